"""Finds the moment a mail may leave, in the recipient's hours and within every budget; it never sends."""

from __future__ import annotations

from collections.abc import Sequence
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
    prefer: bool = True,
) -> Slot:
    """The first good moment not before `due` and not before `now`; a missed one simply moves on."""
    zone = ZoneInfo(hours.zone)
    start = max(due, now).astimezone(zone)
    if absent_until is not None:
        start = max(start, datetime.combine(absent_until + timedelta(days=1), time(), zone))
    pending = sorted(booked, key=lambda item: item.at)
    fallback: Slot | None = None
    for ahead in range(LOOK_AHEAD):
        day = start.date() + timedelta(days=ahead)
        if not is_workday(day, hours.country, hours.workdays):
            continue
        found = _on(day, start, person, organisation, hours, pending=pending, budgets=budgets)
        if found is None:
            continue
        if not prefer or _liked(found.astimezone(zone)):
            return Slot(found, f"{found.astimezone(zone):%a %H:%M} in {hours.zone}")
        fallback = fallback or Slot(
            found, f"{found.astimezone(zone):%a %H:%M} in {hours.zone}, the first workday that is free"
        )
        if (day - start.date()).days >= 3:
            break
    return fallback or Slot(None, "no moment within the budgets in the next weeks")


def _liked(local: datetime) -> bool:
    return local.weekday() in BEST_DAYS and MORNING[0] <= local.time() < MORNING[1]


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
