"""Reads the days and hours somebody prefers; a ValueError says what is wrong, and nothing is guessed."""

from __future__ import annotations

import re
from datetime import time

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = re.compile(r"([01]?\d|2[0-3])(?::([0-5]\d))?\s*-\s*([01]?\d|2[0-3])(?::([0-5]\d))?")
LEAVES = (time(9), time(17))
"""Between these, where the other side lives, letters leave; other hours could never be met."""


def days_of(value: object) -> frozenset[int]:
    """Weekdays by their number, Monday being 0."""
    if not isinstance(value, list) or not value or any(day not in DAYS for day in value):
        raise ValueError(f'prefer_days must be a list of {", ".join(DAYS)}, such as ["tue", "wed", "thu"]')
    return frozenset(DAYS.index(day) for day in value)


def hours_of(value: object) -> tuple[time, time]:
    """The first moment, and the one that is too late."""
    found = HOURS.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError('prefer_hours: write hours such as "9-11" or "09:00-11:30"')
    first, last = time(int(found[1]), int(found[2] or 0)), time(int(found[3]), int(found[4] or 0))
    if first >= last:
        raise ValueError(f'prefer_hours: "{value}" ends before it begins')
    if first >= LEAVES[1] or last <= LEAVES[0]:
        raise ValueError(f'prefer_hours: letters leave from 9:00 to 17:00 where the other side lives, not "{value}"')
    return first, last
