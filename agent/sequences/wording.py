"""What is said about an enrolment wherever its thread is shown; changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from agent.decide.plans.causes import cause_of
from agent.decide.plans.lifecycle import Progress, Stage
from agent.store.base.values import Followup, KeptEnrolment, KeptSignal
from agent.store.work import enrolments, outbox
from providers.mail.plain import plain

BEGAN = {
    "enrolled": "you enrolled it", "label": "it has the label", "signal": "you noted a reason to write",
    "date": "you named the day",
}  # fmt: skip
ENDED = {
    "answered": "they answered", "declined": "they said no", "opted_out": "they asked not to be written to again",
    "delegated": "they named somebody else", "booked": "it was settled", "left": "they left",
    "bounced": "the mail could not be delivered", "by_hand": "you wrote yourself", "stopped": "you stopped it",
    "unlabelled": "its label was taken away", "plan_done": "every touch was made", "no_plan": "the plan is gone",
    "moved": "another plan goes on", "asked_for": "they asked for something, which is a task for you",
    "exit_rule": "a rule of the plan ended it", "organisation": "somebody else at their organisation answered you",
    "list": "it went to a list", "no_reply": "nobody reads mail there", "robot": "a program writes from there",
    "many": "it went to many people", "to_myself": "it went to yourself", "no_recipient": "it went to nobody",
    "opt_out": "they asked not to be written to again", "reply": "they answered", "decline": "they said no",
    "bounce": "the mail could not be delivered", "delegate": "they named somebody else", "grief": "there was a death",
    "hook_converted": "another program of yours said that it was won",
    "hook_booked": "another program of yours said that it was booked",
    "hook_paid": "another program of yours said that it was paid",
    "hook_signed": "another program of yours said that it was signed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Under:
    """The plan a thread is or was under, and the touch it is at."""

    row: KeptEnrolment
    touch: Followup | None
    signals: tuple[KeptSignal, ...]
    came_from: str = ""
    """The plan it took the place of."""
    went_to: str = ""
    """The plan that took its place."""
    words: str = ""
    """What ended or holds it, where a mail or another program did."""


def told(connection: Connection, thread: int) -> Under | None:
    """The newest enrolment of a thread; None where there never was one."""
    rows = enrolments.of_thread(connection, thread)
    if not rows:
        return None
    row = rows[-1]
    touches = enrolments.touches(connection, row.id)
    now = next((touch for touch in touches if touch.state != Progress.SKIPPED), None)
    now = touches[-1] if touches and row.state == "active" else now
    before, after = enrolments.moved_here(connection, row), enrolments.moved_on(connection, row)
    signals = tuple(enrolments.signals(connection, row.id))
    words = _words(connection, row, touches[-1]) if touches else ""
    return Under(row, now, signals, before.plan if before else "", after.plan if after else "", words)


def _words(connection: Connection, row: KeptEnrolment, touch: Followup) -> str:
    """Kept with the touch that was next, or with its letter; what stands there before is the step of the plan."""
    letter = outbox.newest_of(connection, touch.id) if row.state == "active" else None
    if letter is not None and letter.state == Stage.NEEDS_REVIEW:
        return str(letter.words)
    planned = touch.evidence.startswith(f"Touch {touch.touch} of ")
    stands = row.state == "ended" or touch.state == Progress.ASKED
    return str(touch.evidence) if stands and not planned else ""


def sentence(found: Under) -> str:
    """One sentence for a person."""
    row, touch = found.row, found.touch
    plan = plain(row.plan)
    if row.state != "active":
        why = ENDED.get(row.reason, row.reason.replace("_", " "))
        why = f"the plan {plain(found.went_to)} goes on" if found.went_to else why
        return f"The plan {plan} ended on {row.changed.astimezone():%a %d %b %Y}: {why}."
    next_one = ""
    if touch is not None and (touch.state in {Progress.ASKED, Progress.DRAFTED} or found.words):
        next_one = f" Touch {touch.touch} waits for you."
    elif touch is not None and touch.state in {Progress.WATCHING, Progress.SNOOZED} and touch.due:
        next_one = f" Touch {touch.touch} comes on {touch.due.astimezone():%a %d %b %Y}."
    since = f"{row.made.astimezone():%a %d %b %Y}"
    why = f"in place of the plan {plain(found.came_from)}" if found.came_from else f"because {began(row)}"
    return f"It is under {plan} since {since}, {why}.{next_one}"


def began(row: KeptEnrolment) -> str:
    """What began it, as it is said behind "because"."""
    return plain(cause_of(row.cause).words) or BEGAN.get(row.trigger, "of a plan")


def lines(found: Under) -> list[str]:
    """Everything a screen shows of it, foreign text made plain."""
    said = [sentence(found)]
    if found.words:
        said.append(plain(found.words))
    if found.row.about:
        said.append(f"About: {plain(found.row.about)}")
    said += [
        f"Reason to write: {plain(item.words)}" + (f" ({plain(item.evidence)})" if item.evidence else "")
        for item in found.signals
    ]
    return said
