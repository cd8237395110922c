"""Places the script's mails on the calendar, in workdays back from `now`; never reads a clock, never lands after it."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from agent.demo.people import script_file

HOME = ZoneInfo("Europe/Paris")
SATURDAY = 5
"""As `date.weekday` counts."""
CLOSED_FIRSTS = frozenset({1, 5, 11})
"""Months whose first day is a public holiday in France."""

DATES = {"en": "{day} {month}", "fr": "{day} {month}", "de": "{day}. {month}", "es": "{day} de {month}"}
PLACEHOLDER = re.compile(r"\{([+-]\d{1,3}) (weekday|date|day)\}|\{month\+(\d{1,2})\}")


def names_of(kind: str, language: str) -> tuple[str, ...]:
    """The `weekdays` or the `months` in a language."""
    return tuple(script_file("calendar.toml")[language][kind].split())


def workday_back(now: datetime, count: int) -> date:
    """The workday `count` workdays before today; a weekend counts as the Friday before it."""
    day = now.astimezone(HOME).date()
    while day.weekday() >= SATURDAY:
        day -= timedelta(days=1)
    return shifted(day, -count)


def shifted(day: date, count: int) -> date:
    """Some workdays later, or earlier when the count is negative."""
    step = timedelta(days=1 if count >= 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= day.weekday() < SATURDAY
    return day


def first_workday(day: date, months: int) -> date:
    """The first workday of the month that many months after this day's."""
    years, month = divmod(day.month - 1 + months, 12)
    found = date(day.year + years, month + 1, 1)
    closed = found.month in CLOSED_FIRSTS
    while found.weekday() >= SATURDAY or (closed and found.day == 1):
        found += timedelta(days=1)
    return found


def moment(now: datetime, workdays_ago: int, at: str) -> datetime:
    """When a mail was written, on the clock of the demo's person."""
    return datetime.combine(workday_back(now, workdays_ago), time.fromisoformat(at), HOME)


def promised(rule: str, day: date) -> date | None:
    """The day a script means by `+4` (workdays after the mail) or `month+2`; nothing for an empty rule."""
    if not rule:
        return None
    if rule.startswith("month+"):
        return first_workday(day, int(rule.removeprefix("month+")))
    return shifted(day, int(rule))


def spoken(text: str, day: date, language: str) -> str:
    """The text with its `{+4 weekday}`, `{+8 date}` and `{month+2}` said as people say them, seen from that day."""

    def say(found: re.Match[str]) -> str:
        if found[3]:
            return names_of("months", language)[first_workday(day, int(found[3])).month - 1]
        then = shifted(day, int(found[1]))
        month = names_of("months", language)[then.month - 1]
        names = {
            "weekday": names_of("weekdays", language)[then.weekday()],
            "date": DATES[language].format(day=then.day, month=month),
            "day": str(then.day),
        }
        return names[found[2]]

    return PLACEHOLDER.sub(say, text)
