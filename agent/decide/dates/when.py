"""Understands the few ways people say when something should come back; never guesses a day it was not told."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta, tzinfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MORNING = time(9, 0)
MOST_DAYS = 730
"""Two years: who asks for a later day has most likely mistyped the year."""
SPAN = re.compile(r"(\d{1,3}) ?(h|d|w|m)")
DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(am|pm)?")


def parse(text: str, now: datetime, zone: tzinfo) -> datetime | None:
    """`3h`, `3d`, `2w`, `mon`, `tomorrow`, `2026-12-01`, each with an hour if wanted; None when it says nothing."""
    asked = _apart(text.strip().lower()[:40]).split()
    if not asked or len(asked) > 2:
        return None
    local = now.astimezone(zone)
    if asked[0].endswith("h") and len(asked) == 1 and (match := SPAN.fullmatch(asked[0])):
        return now + timedelta(hours=int(match[1]))
    date = _day(asked[0], local)
    hour = _clock(asked[1]) if len(asked) == 2 else MORNING
    if date is None or hour is None:
        return None
    found = datetime.combine(date, hour, zone)
    return found if now < found <= now + timedelta(days=MOST_DAYS) else None


def _apart(text: str) -> str:
    """The hour of a date as machines write it, `2026-12-01T14:00`, set off from it."""
    return f"{text[:10]} {text[11:]}" if text[10:11] == "t" and DATE.fullmatch(text[:10]) else text


def _day(word: str, local: datetime) -> datetime | None:
    today = local.replace(tzinfo=None)
    if word == "tomorrow":
        return today + timedelta(days=1)
    if word[:3] in DAYS and word in _names(word[:3]):
        ahead = (DAYS.index(word[:3]) - today.weekday() - 1) % 7 + 1
        return today + timedelta(days=ahead)
    if match := SPAN.fullmatch(word):
        days = {"h": 0, "d": 1, "w": 7, "m": 30}[match[2]]
        return today + timedelta(days=int(match[1]) * days)
    if match := DATE.fullmatch(word):
        try:
            return datetime(int(match[1]), int(match[2]), int(match[3]))  # noqa: DTZ001 (a date without a zone is meant)
        except ValueError:
            return None
    return None


def _names(short: str) -> tuple[str, ...]:
    full = {"tue": "tuesday", "wed": "wednesday", "thu": "thursday", "sat": "saturday"}
    return short, full.get(short, short + "day")


def _clock(word: str) -> time | None:
    match = CLOCK.fullmatch(word)
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3] == "pm" and hour < 12:
        hour += 12
    return time(hour, minute) if hour < 24 and minute < 60 else None
