"""Plays everything that can happen to somebody under a plan and says what the plan does; reads and changes no mail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from agent.decide.plans.branches import AskedFor, asked_in
from agent.decide.plans.exits import Standing, standing
from agent.decide.plans.plans import NAMED_PERSON, ExitMail, Plan, TextRule, Touch, plan_meant
from agent.decide.threads.summary import Summary
from voice.jobs import NEEDS_DATE, OF_SILENCE, Job, job_of
from voice.languages.pack import LANGUAGES, pack

PERSON, DAY = "ann@example.org", "2026-03-02T09:00:00+00:00"
QUIET = Summary(
    "<rehearsal@relance.invalid>", person=PERSON, name="They", last_own=DAY, own_id="<own@relance.invalid>", asks=True,
    answered_at=DAY,
)  # fmt: skip
ASKING = replace(QUIET, blocked="answered")
SCENES: tuple[tuple[str, dict[str, str | bool]], ...] = (
    ("They answer", {"blocked": "answered"}),
    ("They say no", {"blocked": "declined"}),
    ("They ask not to be written to", {"blocked": "opted_out"}),
    ("They ask for more time, until 9 March", {"meaning": "later", "until": "2026-03-09"}),
    ("They ask for more time and name no day", {"meaning": "later"}),
    ("They are away until 9 March", {"meaning": "away", "until": "2026-03-09"}),
    ("They name somebody else", {"blocked": "delegated", "delegate": "ben@example.org"}),
    ("They left", {"blocked": "left"}),
    ("The mail bounces", {"blocked": "bounced"}),
    ("A meeting is booked", {"blocked": "booked"}),
    ("An answer that cannot be read for certain comes", {"blocked": "unsure"}),
    ("A mail that says it is yours comes from elsewhere", {"blocked": "claimed"}),
    ("Somebody else answers in the thread", {"blocked": "joined"}),
    ("A mail of theirs cannot be read", {"problem": True}),
    ("There was a death", {"sensitive": "death"}),
)
"""What can come, as the judge would sum it up."""
BY_HAND = (
    ("You write to them yourself", "ends"), ("You stop its follow-up", "ends"), ("You pause them", "waits"),
    ("You take its label away", "ends, if a label began it"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Played:
    """One thing that happens, and what the plan does."""

    what: str
    does: str
    code: str


@dataclass(frozen=True, slots=True)
class Worded:
    """One touch, and where its text comes from."""

    number: int
    job: str
    written: str
    languages: tuple[str, ...]


def rehearse(plan: Plan) -> list[Played]:
    """Every exit and branch, and which fires."""
    played = [_played(what, standing(replace(QUIET, **given), plan)) for what, given in SCENES]  # type: ignore[arg-type]
    played += [_played(_asks(rule), standing(ASKING, plan, asked=_met(plan, rule))) for rule in plan.texts]
    played += [Played(what, does, "hand") for what, does in BY_HAND]
    return [*played, *_around(plan), *_rules(plan)]


def _asks(rule: TextRule) -> str:
    words = ", ".join(f'"{word}"' for word in rule.words)
    return f"They answer with {words}"


def _met(plan: Plan, rule: TextRule) -> AskedFor | None:
    """What a short answer with the first of the words meets, which may be an earlier entry."""
    return asked_in(plan, f"Please send it: {rule.words[0]}.")


def _around(plan: Plan) -> Iterator[Played]:
    """What comes from others than the person."""
    over = plan_meant(plan.on["booked"])
    booked = "waits for you (booked)" if plan.on["booked"] == "hold" else _moves(over) if over else "ends (booked)"
    yield Played("A service says that they booked, paid or signed", booked, "moved" if over else "booked")
    yield Played(
        "A service says that something was cancelled, declined or paid back", "waits for you (undone)", "undone"
    )
    yield Played("They file a ticket", "waits for you (ticket)", "ticket")
    ends = {"": "goes on", "hold": "waits for you (organisation)", "end": "ends (organisation)"}
    yield Played("Somebody else at their organisation answers you elsewhere", ends[plan.organisation], "organisation")


def _played(what: str, stands: Standing) -> Played:
    if stands.task:
        return Played(what, f"ends, with a task for you: they asked for it ({stands.end})", stands.end)
    if stands.end:
        return Played(what, f"ends ({stands.end})", stands.end)
    if stands.move:
        return Played(what, _moves(stands.move), "moved")
    if stands.hold:
        return Played(what, f"waits for you ({stands.hold})", stands.hold)
    if stands.wait:
        return Played(what, f"goes on, not before {stands.wait:%a %d %b}", "wait")
    return Played(what, "goes on", "on")


def _moves(name: str) -> str:
    return f"goes over to the plan {name}; its first letter waits for you (moved)"


def _rules(plan: Plan) -> Iterator[Played]:
    """A mail for each rule of `exit_when`, and one that meets none."""
    for rule in plan.exit_when:
        met = plan.exits(_meeting(dict(rule.parts)))
        yield Played(f"A mail comes with {rule}", "ends (exit_rule)" if met else "goes on", "exit_rule")


def _meeting(said: Mapping[str, str]) -> ExitMail:
    """A mail as a rule wants it."""
    named = said.get("mentions", "")
    body = f"{said.get('body', '')} {'' if named == NAMED_PERSON else named}"
    sender, subject = said.get("sender", "someone@example.org"), said.get("subject", "Hello")
    return ExitMail(sender, subject, body, (said.get("label", ""),), named == NAMED_PERSON)


def wordings(plan: Plan) -> list[Worded]:
    """Where the text of each touch comes from."""
    return [_worded(number, touch) for number, touch in enumerate(plan.touches, 1)]


def _worded(number: int, touch: Touch) -> Worded:
    job = job_of(touch.job)
    if touch.kind == "task":
        return Worded(number, touch.job, "a task for you; nothing is sent", ())
    if touch.say or touch.ask:
        languages = tuple(sorted(filter(None, touch.say)))
        named = f" ({', '.join(languages)})" if languages else ""
        return Worded(number, touch.job, f"your own text{named}", languages)
    if job is Job.OWN:
        near = "no wording goes by this name (`relance plans jobs`): you are asked to write it"
        return Worded(number, touch.job, near, ())
    languages = LANGUAGES if job in OF_SILENCE | {Job.FIRST} else tuple(
        code for code in LANGUAGES if pack(code).steps(job.value)
    )  # fmt: skip
    needs = ""
    if job in NEEDS_DATE or job is Job.FIRST:
        needs = ", where a day was named" if job in NEEDS_DATE else ", where you said what it is about"
    return Worded(number, touch.job, f"written in {', '.join(languages)}{needs}", languages)
