"""The plans there are, what each would do, and a file to begin one's own with; it starts none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent.cli.output import home, json_option, narrate, one_line, out, out_json
from agent.decide.plans.plans import Plan
from agent.errors import UsageError
from agent.preferred_times import DAYS
from agent.store.work import enrolments

if TYPE_CHECKING:
    from agent.common.home import Home
    from agent.sequences.beginning.looking import LookedAtMail

OWN = """\
# A plan of your own. `relance plans test {name}` shows what it does, `relance enroll PERSON --plan {name}` begins it.
#
# touches, in order; each has
#   after = "3 workdays"     how long after the one before: workdays, days, weeks or months
#                            (before = "30 days" counts back from the day that `enroll --on` names)
#   job = "..."              what it is for. `relance plans jobs` lists those there are wordings for; with other
#                            words give a text of your own, or you are asked to write the mail when its day comes
#   say = "..."              your own text; it goes out in these words. It may name {{name}}, {{date}} and {{about}},
#                            and be given by language: say = {{ en = "...", de = "..." }}
#   ask = "..."              the question it ends with
#   facts = ["..."]          links, amounts and dates that a letter may state
#   tone = "formal"          formal, informal or short
#   level = "copilot"        the most that is allowed for it: manual, copilot or autopilot
#   kind = "task"            something for you to do by hand; nothing is sent
# exit_when = [{{ sender = "billing@" }}, {{ body = "contract signed", mentions = "{{person}}" }}, {{ label = "won" }}]
#                            a mail ends the plan that meets all of one entry
# begin_when = [{{ sender = "shop@example.org", subject = "receipt", person = "body" }}]
#                            a mail from there that says this begins the plan; person: sender, body, to or cc.
#                            `relance plans test {name} --mail FILE.eml` says what a mail would begin
# organisation = true        an answer of somebody else at their organisation holds the plan; "end" ends it
# priority = 1               where two plans want the same person or thread, the higher one takes over; else 0
# prefer_days = ["tue", "wed"] and prefer_hours = "9-11"   when its letters leave rather, where the other side lives
# on = {{ later = "wait", away = "wait", booked = "stop", delegate = "propose" }}
#                            what an answer does: later and away: wait, stop or hold; booked: stop or hold; delegate:
#                            stop or propose; each may also lead to another plan: later = "plan:winback"
#                            text = [{{ words = ["price", "cost"], then = "task" }}]   words in their answer make a task
#                            for you, or stop, hold, or lead to plan:NAME. The first letter of that plan waits for
#                            your approval, and no plan may lead back to itself

"""


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def plans(context: click.Context, as_json: bool) -> None:
    """The plans there are, with every touch; `new NAME` begins one of your own, `test NAME` plays one through."""
    if context.invoked_subcommand is not None:
        return
    from agent.sequences.plans import all_plans

    with home(context) as here:
        known = all_plans(here.config)
        with here.store.read() as connection:
            under = enrolments.counts(connection)
    for plan in known.values():
        if as_json:
            out_json(_document(plan, under.get(plan.name, 0)))
            continue
        head = f"{plan.name}: {plan.description}" if plan.description else plan.name
        out(one_line(head, 200) + (f" (under it now: {under[plan.name]})" if plan.name in under else ""))
        for number, touch in enumerate(plan.touches, 1):
            when = f"{touch.after} before the day" if touch.before_anchor else f"after {touch.after}"
            task = " (a task for you)" if touch.kind == "task" else ""
            out(one_line(f"  {number}. {when}: {touch.job}{task}", 400))
        for number, rule in enumerate(plan.begin_when, 1):
            out(one_line(f"  rule {number}: a mail from {rule.sender} begins it for its {rule.person}", 400))


def _document(plan: Plan, under: int) -> dict[str, object]:
    touches = [
        {
            "after": str(touch.after), "before_anchor": touch.before_anchor, "job": touch.job, "kind": touch.kind,
            "level": touch.level, "say": dict(touch.say), "facts": list(touch.facts), "ask": touch.ask,
            "tone": touch.tone,
        }
        for touch in plan.touches
    ]  # fmt: skip
    texts = [{"words": list(rule.words), "then": rule.then} for rule in plan.texts]
    return {
        "name": plan.name, "description": plan.description, "touches": touches,
        "on": {**plan.on, "text": texts},
        "exit_when": [dict(rule.parts) for rule in plan.exit_when],
        "prefer_days": [DAYS[day] for day in sorted(plan.prefer_days or ())],
        "prefer_hours": [f"{at:%H:%M}" for at in plan.prefer_hours or ()],
        "priority": plan.priority,
        "organisation": plan.organisation, "under": under,
        "begin_when": [
            {"sender": rule.sender, "subject": rule.subject, "body": rule.body, "person": rule.person}
            for rule in plan.begin_when
        ],
    }  # fmt: skip


@plans.command()
@click.argument("name")
@click.option("--like", default="nudge", metavar="PLAN", help="The built-in plan it begins with.")
@click.pass_context
def new(context: click.Context, name: str, like: str) -> None:
    """Write a plan of your own into a file, with a comment for every key. Send the file to whom you like."""
    from agent.config import PLAN_NAME, own_plan
    from agent.decide.plans.parsing import built_in, text_of
    from agent.paths import make_private, write_private
    from agent.sequences.plans import all_plans

    if not PLAN_NAME.fullmatch(name):
        raise UsageError(f"{name[:40]!r} is no name for a plan.", hint="Lower case letters, digits and hyphens.")
    if like not in built_in():
        raise UsageError(f"There is no built-in plan {like[:40]!r}.", hint=f"Choose {', '.join(built_in())}.")
    with home(context) as here:
        if name in all_plans(here.config):
            raise UsageError(f"There is a plan called {name!r} already.", hint="Choose another name.")
        file = own_plan(here.places.config_file.parent, name)
    if file.exists():
        raise UsageError(f"{file} is there already.", hint="Choose another name.")
    make_private(file.parent)
    write_private(file, (OWN.format(name=name) + text_of(like)).encode())
    out(str(file))
    narrate(f"Edit it, then `relance plans test {name}`.")


@plans.command()
def jobs() -> None:
    """The jobs there are wordings for, as a plan names them."""
    from voice.jobs import WORDS

    for words in WORDS.values():
        out(words)


@plans.command()
@click.argument("name")
@click.option("--mail", "file", type=click.Path(path_type=Path), metavar="FILE", help="Would this mail begin it?")
@json_option
@click.pass_context
def test(context: click.Context, name: str, file: Path | None, as_json: bool) -> None:
    """Play every exit and branch against a plan and say which fires; nobody is written to.

    With --mail it says instead whether this mail would begin the plan, for whom, and why not.
    """
    from agent.decide.plans.rehearsal import rehearse, wordings
    from agent.sequences.enroll import known_plan
    from agent.sequences.plans import all_plans

    with home(context) as here:
        plan = known_plan(all_plans(here.config), name)
        looked = _begins(here, plan, file) if file is not None else None
    if looked is not None:
        _say_begins(plan, looked, as_json=as_json)
        return
    steps, played = wordings(plan), rehearse(plan)
    if as_json:
        for step in steps:
            out_json(
                {"touch": step.number, "job": step.job, "written": step.written, "languages": list(step.languages)}
            )
        for one in played:
            out_json({"what": one.what, "does": one.does, "code": one.code})
        return
    for step in steps:
        out(one_line(f"{step.number}. {step.job}: {step.written}", 300))
    out("")
    for one in played:
        out(one_line(f"{one.what}: {one.does}", 300))


def _begins(here: Home, plan: Plan, file: Path) -> LookedAtMail:
    from agent.sequences.beginning.looking import look_at_mail
    from agent.trying.trial import read_file

    return look_at_mail(here, plan, read_file(file, here.clock()))


def _say_begins(plan: Plan, looked: LookedAtMail, *, as_json: bool) -> None:
    if as_json:
        rules = [{"rule": number, "why": why or None} for number, why in looked.rules]
        out_json(
            {
                "begins": not looked.why, "plan": plan.name, "person": looked.person or None,
                "rule": looked.rule or None, "why": looked.why or None, "rules": rules,
            }
        )  # fmt: skip
        return
    if not looked.why:
        out(one_line(f"It would begin {plan.name} for {looked.person} (rule {looked.rule}).", 300))
        return
    out(one_line(f"It would begin nothing: {looked.why}.", 400))
    for number, why in looked.rules:
        out(one_line(f"  rule {number}: {why or f'would begin it for {looked.person}'}", 400))
