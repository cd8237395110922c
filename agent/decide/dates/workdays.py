"""Counts workdays by date, with the holidays of a country where the package that knows them is installed."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

USUAL = frozenset({0, 1, 2, 3, 4})
DAY = timedelta(days=1)


@lru_cache(maxsize=512)
def holidays(country: str, year: int) -> frozenset[date]:
    """The public holidays of a country; none when unknown."""
    if not country:
        return frozenset()
    try:
        import holidays as known

        name, _, part = country.partition("-")
        return frozenset(known.country_holidays(name.upper(), subdiv=part.upper() or None, years=year))
    except (ImportError, NotImplementedError, KeyError, AttributeError):
        return frozenset()


def is_workday(day: date, country: str = "", workdays: frozenset[int] = USUAL) -> bool:
    return day.weekday() in workdays and day not in holidays(country, day.year)


def add_workdays(day: date, count: int, country: str = "", workdays: frozenset[int] = USUAL) -> date:
    """The date `count` workdays later; the day itself is not counted."""
    left = count
    for _ in range(count * 7 + 60):
        if left <= 0:
            break
        day += DAY
        left -= is_workday(day, country, workdays)
    return day


def workdays_between(first: date, last: date, workdays: frozenset[int] = USUAL) -> int:
    """Workdays after the first day up to and with the last, holidays not looked at."""
    days = (last - first).days
    if days <= 0:
        return 0
    weeks, rest = divmod(days, 7)
    return weeks * len(workdays) + sum((first.weekday() + step) % 7 in workdays for step in range(1, rest + 1))
