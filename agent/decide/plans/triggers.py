"""Turns an enrolment, a label, a signal or a date into the next touch of a plan; it never reads mail or permits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from agent.decide.dates.workdays import USUAL, add_workdays, is_workday
from agent.decide.plans.plans import LABEL, LEVELS, Plan, Touch, anchored_days, plan_of_label


class Trigger(StrEnum):
    """What put a person or a thread under a plan."""

    QUIET = "quiet"
    ENROLLED = "enrolled"
    LABEL = "label"
    SIGNAL = "signal"
    DATE = "date"


AT_ONCE = frozenset({Trigger.SIGNAL, Trigger.DATE})
"""They name the day of the first touch themselves."""
LEAST_BETWEEN = 5
"""Workdays between two touches that count back from a day."""


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
    moved: bool = False
    """It took the place of another plan, and no letter of it has left yet."""


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
    last: int | None = None,
    country: str = "",
    workdays: frozenset[int] = USUAL,
) -> NextTouch | None:
    """The next touch and its day; None when the plan is used up.

    `done`: the days of touches already made; `last`: the number of the latest of them, where some were passed over.

    A signal, a date or a first mail starts on the day itself; a thread that was enrolled waits as the plan says. A plan
    that counts back from a day needs that day, and skips the touches whose day had passed before the enrolment began.
    """
    number = (len(done) if last is None else last) + 1
    days = Days(tuple(done), country, workdays)
    if any(touch.before_anchor for touch in plan.touches):
        return _anchored(enrolment, plan, days, number) if enrolment.anchor is not None else None
    if number > len(plan.touches):
        return None
    touch = plan.touches[number - 1]
    start = max(done) if done else enrolment.since
    at_once = number == 1 and (enrolment.trigger in AT_ONCE or not enrolment.thread)
    due = days.on(start) if at_once else days.after(start, touch.after.workdays)
    return _next(enrolment, plan, number, due, first=not done)


@dataclass(frozen=True, slots=True)
class Days:
    """The days of the touches already made, and which days count."""

    done: tuple[date, ...]
    country: str
    workdays: frozenset[int]

    def on(self, day: date) -> date:
        """The day itself, or the first workday after it."""
        return day if is_workday(day, self.country, self.workdays) else self.after(day, 1)

    def after(self, day: date, count: int) -> date:
        return add_workdays(day, count, self.country, self.workdays)


def _anchored(enrolment: Enrolment, plan: Plan, days: Days, least: int) -> NextTouch | None:
    """A touch made late pushes the next one away: two may not fall together."""
    assert enrolment.anchor is not None
    earliest = days.after(max(days.done), LEAST_BETWEEN) if days.done else date.min
    for number, day in enumerate(anchored_days(plan, enrolment.anchor), 1):
        if number < least or day < enrolment.since:
            continue
        due = max(days.on(day), earliest)
        if due < enrolment.anchor:
            return _next(enrolment, plan, number, due, first=not days.done)
    return None


def _next(enrolment: Enrolment, plan: Plan, number: int, due: date, *, first: bool) -> NextTouch:
    touch = plan.touches[number - 1]
    return NextTouch(
        number, touch, due, ceiling(enrolment, touch, first=first), _reason(enrolment, plan, number, first=first)
    )


def ceiling(enrolment: Enrolment, touch: Touch, *, first: bool) -> str:
    """The most allowed for a touch: a first mail to somebody, a signal and whoever was moved always pass a person."""
    careful = first and (not enrolment.thread or enrolment.trigger is Trigger.SIGNAL)
    return min(touch.level, "copilot" if careful or enrolment.moved else touch.level, key=LEVELS.index)


def _reason(enrolment: Enrolment, plan: Plan, number: int, *, first: bool) -> str:
    step = f"Touch {number} of {len(plan.touches)} of {plan.name}"
    if enrolment.trigger is Trigger.SIGNAL and first:
        return f'{step}: "{enrolment.about[:120]}".'
    if enrolment.anchor is not None:
        return f"{step}, counted back from {enrolment.anchor}."
    if enrolment.trigger is Trigger.DATE and first:
        return f"{step}, from {enrolment.since} on."
    return f"{step}, {'labelled' if enrolment.trigger is Trigger.LABEL else 'enrolled'} {enrolment.since}."


def plans_asked(labels: Iterable[str], folder: str = "", flags: Iterable[str] = ()) -> tuple[str, ...]:
    """The plans that labels, a folder or a keyword name, known or not."""
    place = folder.replace(".", "/").replace("\\", "/")
    place = place[6:] if place[:6].lower() == "inbox/" else place
    # Some mail programs cannot write a slash into a keyword.
    keys = (
        f"{LABEL}{flag[len(LABEL) :]}"
        for flag in flags
        if flag[: len(LABEL) - 1] == LABEL[:-1] and flag[len(LABEL) - 1 : len(LABEL)] in tuple("/_.-")
    )
    asked = (plan_of_label(label) for label in (*labels, place, *keys))
    return tuple(dict.fromkeys(name for name in asked if name))


def labelled(labels: Iterable[str], folder: str, known: Iterable[str], flags: Iterable[str] = ()) -> str:
    """The plan that labels, a folder or a keyword ask for; empty when none does or the plan is unknown."""
    plans = {name.lower(): name for name in known}
    return next((plans[name] for name in plans_asked(labels, folder, flags) if name in plans), "")
