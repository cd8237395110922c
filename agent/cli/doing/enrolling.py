"""`enroll` and `signal`: put a person or a thread under a plan, or give it a reason to write now; neither sends."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from agent.cli.output import home, json_option, narrate, one_line, out, out_json
from agent.errors import Exit, UsageError

if TYPE_CHECKING:
    from agent.common.home import Home
    from agent.sequences.enroll import Answered, WantedEnrolment


@click.command()
@click.argument("whom", metavar="PERSON_OR_THREAD")
@click.option("--plan", metavar="P", help="One of `relance plans`; default: the plan in [followups].")
@click.option("--about", default="", metavar="TEXT", help="What a first mail says, in your own words.")
@click.option("--on", "day", metavar="DATE", help="3d, mon, 2026-12-01: its first touch, or what it counts back from.")
@click.option("--new", is_flag=True, help="Also an address there is no mail with yet.")
@click.option("--account", default="", metavar="A", help="The account to write from; default: where you wrote last.")
@click.option("--say", multiple=True, metavar="N=TEXT", help="Your own text for touch N; may name {name}, {date}.")
@click.option("--fact", multiple=True, metavar="TEXT", help="A link, amount or date that its letters may state.")
@click.option("--dry-run", is_flag=True, help="Show every letter with its day, and begin nothing.")
@json_option
@click.pass_context
def enroll(
    context: click.Context, whom: str, *, plan: str | None, about: str, day: str | None, new: bool, account: str,
    say: tuple[str, ...], fact: tuple[str, ...], dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Put a person (a first mail) or a thread (a number of `list`, a Message-ID) under a plan.

    You approve every first mail. `relance stop ID` on its follow-up ends the plan.
    """
    from agent.sequences.enroll import WantedEnrolment
    from agent.sequences.enroll import enroll as put_under

    with home(context) as here:
        wanted = WantedEnrolment(whom, plan or "", about, _day(here, day), new, account, say=_texts(say), facts=fact)
        code = (
            foreseen(here, wanted, as_json=as_json)
            if dry_run
            else answer(here, put_under(here, wanted), as_json=as_json)
        )
    context.exit(code)


@click.command()
@click.argument("whom", metavar="PERSON")
@click.argument("text")
@click.option("--evidence", default="", metavar="URL", help="A page that shows it; kept in the log, never in a draft.")
@click.option("--plan", metavar="P", help="The plan it begins; default: the plan in [followups].")
@click.option("--new", is_flag=True, help="Also an address there is no mail with yet.")
@click.option("--account", default="", metavar="A", help="The account to write from; default: where you wrote last.")
@json_option
@click.pass_context
def signal(
    context: click.Context, whom: str, text: str, *, evidence: str, plan: str | None, new: bool, account: str,
    as_json: bool,
) -> None:  # fmt: skip
    """A reason to write to somebody now: it is quoted in the next draft, which you approve."""
    from agent.sequences.enroll import WantedEnrolment
    from agent.sequences.enroll import signal as note

    with home(context) as here:
        wanted = WantedEnrolment(whom, plan or "", new=new, account=account, words=text, evidence=evidence)
        code = answer(here, note(here, wanted), as_json=as_json)
    context.exit(code)


def foreseen(here: Home, wanted: WantedEnrolment, *, as_json: bool) -> Exit:
    """Every letter with its day in their zone, and what would end the plan."""
    from agent.decide.plans.rehearsal import rehearse
    from agent.drafting.preview import foresee

    found, touches = foresee(here, wanted)
    if found.refused is not None:
        narrate(f"It would be refused. {one_line(found.refused.words, 400)}")
        return Exit.REFUSED
    for one in touches:
        if as_json:
            out_json({
                "touch": one.number, "at": one.at.isoformat(), "job": one.job, "kind": one.kind, "level": one.level,
                "subject": one.subject, "body": one.body, "asked": one.asked or None,
            })  # fmt: skip
            continue
        out(one_line(f"{one.number}. {one.at:%a %d %b %Y %H:%M %Z}, {one.level}: {one.job}", 300))
        said = f"You would be asked: {one.asked}." if one.asked else "A task for you; nothing is sent."
        for line in (one.body or said).splitlines():
            out(f"   {one_line(line, 300)}".rstrip())
    if not as_json:
        ends = [one.what for one in rehearse(found.plan) if one.does.startswith("ends")]
        out("It ends when: " + one_line("; ".join(ends), 2000) + ".")
    narrate("Nothing was begun.")
    return Exit.OK


def _texts(said: tuple[str, ...]) -> dict[int, str]:
    """Own texts by the number of their touch."""
    found = {}
    for one in said:
        number, equals, text = one.partition("=")
        if not equals or not number.strip().isdecimal() or not text.strip():
            raise UsageError(
                f"--say names a touch and a text, not {one[:40]!r}.", hint='Such as: --say "2=The dates are out."'
            )
        found[int(number)] = text.strip()
    return found


def _day(here: Home, text: str | None) -> date | None:
    """A day the way `snooze` reads it."""
    from agent.cli.doing.verbs import later

    if text is None:
        return None
    found = later(text, here.clock().astimezone(here.zone))
    narrate(f"That is {found:%A %d %B %Y}.")
    return found.date()


def answer(here: Home, done: Answered, *, as_json: bool) -> Exit:
    """What became of it, and the follow-up that is next."""
    from agent.cli.showing.read import ListedFollowup, document
    from agent.store.shown import views

    if not done.ok:
        narrate(f"Nothing was changed. {one_line(done.words, 400)}")
        return Exit.REFUSED
    if not as_json:
        out(one_line(done.words, 400))
        return Exit.OK
    with here.store.read() as connection:
        followup = views.one(connection, str(done.followup))
    out_json({**document(ListedFollowup(followup, followup.state)), "done": done.code})
    return Exit.OK
