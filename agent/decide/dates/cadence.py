"""Finds the moment a mail may leave, in the recipient's hours and within every budget; it never sends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent.decide.dates.workdays import USUAL, is_workday
from agent.decide.gate.spelling import near_address, same_domain

GAP = timedelta(seconds=90)
"""Between two letters: nobody writes faster by hand, and a burst looks like a machine's."""
PERSON_GAP = timedelta(hours=24)
"""Between two letters to one person, whatever they are about: more than one a day presses."""
LOOK_AHEAD = 60
"""Days in which a free slot is sought; after them it is said that the budgets leave no moment."""
BEST_DAYS = frozenset({1, 2, 3})
MORNING = (time(9), time(11, 30))
NOON = time(12)
NEAR_MORNING = 3
"""Days a letter waits for the middle of the week where nobody prefers anything: a weekend, and no more."""
MOST_DAYS = 5
"""Calendar days that a preference, or the afternoon before days off, may cost: from the Thursday before Easter to the
Tuesday after it. Whatever would take longer leaves at the first moment."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody works, in their own zone."""

    zone: str = "UTC"
    starts: time = time(9)
    ends: time = time(17)
    workdays: frozenset[int] = USUAL
    country: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """A mail that left or is about to leave."""

    at: datetime
    person: str
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Budgets:
    """How much may leave."""

    per_day: int = 20
    per_hour: int = 5
    per_organisation: int = 5
    person_gap: timedelta = PERSON_GAP


@dataclass(frozen=True, slots=True)
class Preference:
    """When a letter leaves rather, where the other side lives."""

    days: frozenset[int] = BEST_DAYS
    hours: tuple[time, time] = MORNING
    within: int = NEAR_MORNING
    """Days it may wait for that."""
    before: date | None = None
    """The day it is anchored to: no preference takes it there."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A moment and the reason for it; no moment means none was found."""

    at: datetime | None
    reason: str


def slot(
    due: datetime,
    now: datetime,
    person: str,
    hours: Hours,
    *,
    organisation: str = "",
    booked: Sequence[Booked] = (),
    budgets: Budgets = Budgets(),
    absent_until: date | None = None,
    prefer: Preference | None = Preference(),
) -> Slot:
    """The first good moment not before `due` and not before `now`; a missed one simply moves on."""
    zone = ZoneInfo(hours.zone)
    start = max(due, now).astimezone(zone)
    if absent_until is not None:
        start = max(start, datetime.combine(absent_until + timedelta(days=1), time(), zone))
    pending = sorted(booked, key=lambda item: item.at)
    from_then = prefer.hours[0] if prefer else hours.starts
    found = _moments(start, from_then, person, organisation, hours, pending=pending, budgets=budgets)
    first = next(found, None)
    if first is None:
        return Slot(None, "no moment within the budgets in the next weeks")
    if prefer is None or _liked(first, prefer):
        return _slot(first, hours)
    return _preferred(first, found, hours, prefer)


def _preferred(first: datetime, others: Iterator[datetime], hours: Hours, prefer: Preference) -> Slot:
    """A moment that is liked, where one is near; else the first, but no afternoon before days off."""
    soon = _before_days_off(first, hours)
    better: datetime | None = None
    for at in others:
        waited = (at.date() - first.date()).days
        if waited > max(prefer.within, MOST_DAYS if soon else 0) or (prefer.before and at.date() >= prefer.before):
            break
        if waited <= prefer.within and _liked(at, prefer):
            return _slot(at, hours)
        if soon and better is None and not _before_days_off(at, hours):
            better = at
    words = ", the next workday: nobody reads much before days off" if better else ", the first workday that is free"
    return _slot(better or first, hours, words)


def _slot(at: datetime, hours: Hours, words: str = "") -> Slot:
    return Slot(at.astimezone(UTC), f"{at:%a %H:%M} in {hours.zone}{words}")


def _moments(
    start: datetime, from_then: time, person: str, organisation: str, hours: Hours, *, pending: Sequence[Booked],
    budgets: Budgets,
) -> Iterator[datetime]:  # fmt: skip
    """The first free moment of each workday in local time, and where that is earlier the first one `from_then` on."""
    for ahead in range(LOOK_AHEAD):
        day = start.date() + timedelta(days=ahead)
        if not is_workday(day, hours.country, hours.workdays):
            continue
        then = datetime.combine(day, from_then, start.tzinfo)
        moments = (
            _on(day, least, person, organisation, hours, pending=pending, budgets=budgets)
            for least in (start, max(start, then))
        )
        yield from (at.astimezone(start.tzinfo) for at in dict.fromkeys(moments) if at is not None)


def _liked(local: datetime, prefer: Preference) -> bool:
    return local.weekday() in prefer.days and prefer.hours[0] <= local.time() < prefer.hours[1]


def _before_days_off(local: datetime, hours: Hours) -> bool:
    """An afternoon after which they are off: a Friday's, or the one before a holiday of theirs."""
    after = local.date() + timedelta(days=1)
    return local.time() >= NOON and not is_workday(after, hours.country, hours.workdays)


def _on(
    day: date,
    start: datetime,
    person: str,
    organisation: str,
    hours: Hours,
    *,
    pending: Sequence[Booked],
    budgets: Budgets,
) -> datetime | None:
    """The first free moment of a day; moves in real time so that clock changes cannot fold two into one."""
    zone = ZoneInfo(hours.zone)
    opens = max(datetime.combine(day, hours.starts, zone).astimezone(UTC), start.astimezone(UTC))
    closes = datetime.combine(day, hours.ends, zone).astimezone(UTC)
    at = opens
    for _ in range(len(pending) * 3 + 3):
        if at >= closes:
            return None
        later = _obstacle(at, person, organisation, pending, budgets)
        if later is None:
            return at
        at = later
    return None


def _obstacle(
    at: datetime, person: str, organisation: str, pending: Sequence[Booked], budgets: Budgets
) -> datetime | None:
    """The earliest moment after the first budget that forbids this one; None when all allow it."""
    for item in pending:
        distance = abs(item.at - at)
        if near_address(item.person, person) and distance < budgets.person_gap:
            return item.at + budgets.person_gap
        if distance < GAP:
            return item.at + GAP
    for span, most, chosen in (
        (timedelta(hours=1), budgets.per_hour, pending),
        (timedelta(days=1), budgets.per_day, pending),
        (
            timedelta(days=1),
            budgets.per_organisation,
            [item for item in pending if same_domain(item.organisation, organisation)],
        ),
    ):
        crowd = _crowded(at, span, most, chosen)
        if crowd is not None:
            return crowd
    return None


def _crowded(at: datetime, span: timedelta, most: int, pending: Sequence[Booked]) -> datetime | None:
    """When a window of this length that holds `at` would get more than allowed: a moment later to try."""
    near = sorted([item.at for item in pending if abs(item.at - at) < span] + [at])
    for first in near:
        inside = [moment for moment in near if first <= moment < first + span]
        if at in inside and len(inside) > most:
            return max(first + span, at + GAP)
    return None
