"""Counts days in the calendar, for what people name in words; impossible days are never repaired."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

DAY = timedelta(days=1)
STALE = 90
"""Days back to which a day without a year still belongs; a day named that passed longer ago is the coming one."""


def next_workday(day: date, workdays: frozenset[int] = frozenset({0, 1, 2, 3, 4})) -> date:
    """The day itself, or the first workday after it; nobody works on New Year's Day."""
    for _ in range(8):
        if day.weekday() in workdays and (day.month, day.day) != (1, 1):
            return day
        day += DAY
    return day


def make(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def near(month: int, day: int, base: date) -> date | None:
    """A day without a year: the coming one, unless it passed only lately."""
    this = make(base.year, month, day)
    if this is None or (base - this).days > STALE:
        return make(base.year + 1, month, day) or this
    if (this - base).days > 366 - STALE:
        return make(base.year - 1, month, day)
    return this


def easter(year: int) -> date:
    """Easter Sunday of the western churches."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


def month_start(base: date, ahead: int) -> date:
    total = base.year * 12 + base.month - 1 + ahead
    return date(total // 12, total % 12 + 1, 1)


def month_end(base: date) -> date:
    last = month_start(base, 1) - DAY
    while last.weekday() > 4:
        last -= DAY
    return last


def monday(base: date, weeks: int) -> date:
    return base - timedelta(days=base.weekday()) + timedelta(weeks=weeks)


def after_easter(base: date) -> date:
    this = easter(base.year) + 2 * DAY
    return this if this > base else easter(base.year + 1) + 2 * DAY


def after_summer(base: date) -> date:
    return date(base.year if base.month < 9 else base.year + 1, 9, 1)


def season(base: date, month: int) -> date:
    """The first day of a season to come; the month after, while it lasts."""
    start = date(base.year, month, 1)
    if start <= base < month_start(start, 3):
        return month_start(base, 1)
    return start if start > base else date(base.year + 1, month, 1)


PHRASES: dict[str, Callable[[date], date]] = {
    "week_after_next": lambda base: monday(base, 2),
    "in_a_week": lambda base: base + 7 * DAY,
    "fortnight": lambda base: base + 14 * DAY,
    "weekend": lambda base: max(monday(base, 0) + 5 * DAY, base),
    "end_of_next_week": lambda base: monday(base, 1) + 4 * DAY,
    "next_week": lambda base: monday(base, 1),
    "this_week": lambda base: max(monday(base, 0) + 4 * DAY, base),
    "day_after_tomorrow": lambda base: base + 2 * DAY,
    "tomorrow": lambda base: base + DAY,
    "today": lambda base: base,
    "end_of_month": month_end,
    "next_month": lambda base: month_start(base, 1),
    "new_year": lambda base: date(base.year + 1, 1, 2),
    "easter": after_easter,
    "summer": after_summer,
    "in_summer": lambda base: season(base, 6),
    "in_autumn": lambda base: season(base, 9),
}
STRETCHES = frozenset(
    {"week_after_next", "next_week", "next_month", "new_year", "easter", "summer", "in_summer", "in_autumn"}
)
"""Named as a time to come back in, whatever part of it."""
