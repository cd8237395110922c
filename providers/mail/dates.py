"""Dates as mail writes them; quick for the usual shape, patient with all others, and never raises."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache

EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
USUAL = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?([0-9]{1,2}) ([A-Z][a-z]{2}) ([0-9]{4}) "
    r"([0-9]{2}):([0-9]{2}):([0-9]{2}) ([+-])([0-9]{2})([0-9]{2})(?: \([A-Z]{1,5}\))?"
)
MONTHS = {
    "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "May": 5, "Jun": 6, "Jul": 7, "Aug": 8, "Sep": 9, "Oct": 10,
    "Nov": 11, "Dec": 12,
}  # fmt: skip
FARTHEST = timedelta(hours=14)
"""No zone lies farther from UTC: the Line Islands are 14 hours ahead."""


def written(value: str) -> datetime | None:
    """A Date header with the writer's own offset; None for what cannot be."""
    if not value:
        return None
    found = _usual(value) or _unusual(value[:200])
    return found if found and found.year < 2100 and found >= EARLIEST else None


def _usual(value: str) -> datetime | None:
    match = USUAL.fullmatch(value)
    if match is None or match[2] not in MONTHS:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = match.groups()
    zone = offset(sign, int(hours), int(minutes))
    if zone is None or year[0] == "0":
        return None
    try:
        return datetime(int(year), MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=zone)
    except ValueError:
        return None


@lru_cache(maxsize=256)
def offset(sign: str, hours: int, minutes: int) -> timezone | None:
    """A zone no farther away than any place on earth; None where it is."""
    distance = timedelta(hours=hours, minutes=minutes)
    if distance > FARTHEST:
        return None
    return timezone(-distance if sign == "-" else distance) if distance else UTC


def _unusual(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
        distance = found.utcoffset()
        if distance is None:
            return found.replace(tzinfo=UTC)
        odd = abs(distance) > FARTHEST or distance.total_seconds() % 60
        return found.astimezone(UTC) if odd else found
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def filed(value: bytes) -> datetime | None:
    """An INTERNALDATE such as ` 1-Mar-2026 10:00:00 +0100`, in UTC; None for what cannot be."""
    found = written(value[:60].decode("latin-1").strip().replace("-", " ", 2))
    return found.astimezone(UTC) if found else None
