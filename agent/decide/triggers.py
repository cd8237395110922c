"""Turns an enrolment, a label, a signal or a date into the next touch of a plan; it never reads mail or permits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from agent.decide.days import next_workday
from agent.decide.plans import LEVELS, Plan, Touch, anchored_days, plan_of_label
from agent.decide.workdays import USUAL, add_workdays


class Trigger(StrEnum):
    """What put a person or a thread under a plan."""

    QUIET = "quiet"
    ENROLLED = "enrolled"
    LABEL = "label"
    SIGNAL = "signal"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One row: a person or a thread under a plan, and why."""

    plan: str
    person: str = ""
    thread: str = ""
    """The root Message-ID; empty for a first mail, which no thread holds yet."""
    trigger: Trigger = Trigger.ENROLLED
    about: str = ""
    """What the user said it is about, or the words of the signal; the only new facts a draft may use."""
    evidence: str = ""
    """The address of the page that shows the signal."""
    since: date = date.min
    """The day it began, in the person's own zone."""
    anchor: date | None = None
    """The day a plan such as `renewal` counts back from."""


@dataclass(frozen=True, slots=True)
class NextTouch:
    """The touch an enrolment asks for next."""

    number: int
    touch: Touch
    due: date
    level: str
    """The most that is allowed for it."""
    reason: str


def enrolled(
    enrolment: Enrolment,
    plan: Plan,
    done: Sequence[date] = (),
    *,
    country: str = "",
    workdays: frozenset[int] = USUAL,
) -> NextTouch | None:
    """The next touch and its day. `done`: the days of touches already made; None when the plan is used up.

    A signal or a first mail starts on the day itself; a thread that was enrolled waits as the plan says. A plan that
    counts back from a day needs that day, and skips the touches whose day had passed before the enrolment began.
    """
    if enrolment.anchor is not None and any(touch.before_anchor for touch in plan.touches):
        return _anchored(enrolment, plan, done, workdays)
    number = len(done) + 1
    if number > len(plan.touches) or any(touch.before_anchor for touch in plan.touches):
        return None
    touch = plan.touches[number - 1]
    at_once = number == 1 and (enrolment.trigger is Trigger.SIGNAL or not enrolment.thread)
    start = max(done) if done else enrolment.since
    due = next_workday(start, workdays) if at_once else add_workdays(start, touch.after.workdays, country, workdays)
    return NextTouch(number, touch, due, ceiling(enrolment, touch, number), _reason(enrolment, plan, number))


def _anchored(enrolment: Enrolment, plan: Plan, done: Sequence[date], workdays: frozenset[int]) -> NextTouch | None:
    assert enrolment.anchor is not None
    for number, (touch, day) in enumerate(zip(plan.touches, anchored_days(plan, enrolment.anchor), strict=True), 1):
        if number <= len(done) or day < enrolment.since:
            continue
        due = max(next_workday(day, workdays), max(done, default=day))
        if due < enrolment.anchor:
            return NextTouch(number, touch, due, ceiling(enrolment, touch, number), _reason(enrolment, plan, number))
    return None


def ceiling(enrolment: Enrolment, touch: Touch, number: int) -> str:
    """The most allowed for a touch: a first mail to somebody and a signal always pass a person."""
    first = number == 1 and (not enrolment.thread or enrolment.trigger is Trigger.SIGNAL)
    return min(touch.level, "copilot" if first else touch.level, key=LEVELS.index)


def _reason(enrolment: Enrolment, plan: Plan, number: int) -> str:
    step = f"touch {number} of {len(plan.touches)} of {plan.name}"
    if enrolment.trigger is Trigger.SIGNAL:
        return f'{step}: "{enrolment.about[:120]}"'
    if enrolment.anchor is not None:
        return f"{step}, counted back from {enrolment.anchor}"
    return f"{step}, {'labelled' if enrolment.trigger is Trigger.LABEL else 'enrolled'} {enrolment.since}"


def labelled(labels: Iterable[str], folder: str, known: Iterable[str]) -> str:
    """The plan that labels, a folder or a category ask for; empty when none does or the plan is unknown."""
    plans = {name.lower() for name in known}
    names = (
        plan_of_label(label) for label in (*labels, folder, folder.replace(".", "/"), folder.removeprefix("INBOX/"))
    )
    return next((name for name in names if name in plans), "")
