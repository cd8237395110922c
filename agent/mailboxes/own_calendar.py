"""Reads the user's calendar again when it may have changed; it writes nothing there, and where it cannot read it keeps
what it knew."""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from agent.bounds import within_bounds
from agent.common.home import Home
from agent.common.person import me_of
from agent.decide.dates.own_calendar import OwnCalendar, away_now_or_next, read_own_calendar
from agent.decide.plans.absence import NAMES, Away, kept_absences
from agent.decide.plans.meetings import hashed
from agent.decide.plans.notices import CALENDAR
from agent.errors import RelanceError
from agent.mailboxes.absence import note
from agent.store.base import settings
from providers.base import ProviderError
from providers.http import Client, host_of

KEPT, TROUBLE, ASKED = "calendar.kept", CALENDAR, "calendar.asked"
ABSENCE = f"{NAMES}/calendar"
"""No account has such a name."""
MOST_BYTES = 5_000_000
"""Characters of twenty thousand meetings."""
EVERY = timedelta(hours=1)
SECONDS = 30.0
"""As long as a person would wait for it once."""
READING = 20.0
"""Seconds of the processor for a calendar of the largest size."""


def refresh_calendar(home: Home) -> bool:
    """Heed the calendar as it is now. True where something in it changed."""
    place = home.config.calendar.ics
    with home.store.read() as connection:
        before, asked = settings.get(connection, KEPT), settings.get(connection, ASKED)
    if not place:
        return bool(before or asked) and _forget(home)
    mark = _mark(home, place, asked)
    if mark != asked:
        _read(home, place, mark, before)
    _note_absence(home)
    with home.store.read() as connection:
        return settings.get(connection, KEPT) != before


def _forget(home: Home) -> bool:
    with home.store.write() as change:
        for name in (KEPT, TROUBLE, ASKED):
            settings.drop(change, name)
        note(change, ABSENCE, None)
    return True


def _mark(home: Home, place: str, asked: str) -> str:
    """Another one whenever it has to be read: a file that changed, an address after an hour, and both every day."""
    if "://" in place:
        at, _, name = asked.partition(" ")
        known = bool(at) and name == _name(place)
        rests = known and timedelta(0) <= home.clock() - datetime.fromisoformat(at) < EVERY
        return asked if rests else f"{home.clock().isoformat()} {_name(place)}"
    day = f"{home.clock():%Y-%m-%d}"
    try:
        told = _file(home, place).stat()
    except OSError:
        return f"{day} missing {_name(place)}"
    return f"{day} {told.st_mtime_ns}:{told.st_size} {_name(place)}"


def _name(place: str) -> str:
    """Tells one place from another; the address itself may be a secret."""
    return hashed("", place)


def _file(home: Home, place: str) -> Path:
    return home.places.config_file.parent / Path(place).expanduser()


def _read(home: Home, place: str, mark: str, before: str) -> None:
    """What cannot be read says so, and what was known goes on counting."""
    try:
        found = _parsed(home, _bytes(home, place))
        trouble = f"{found.unread} events of your calendar are not read" if found.unread else ""
        kept = _packed(found, before)
    except (OSError, ValueError, ProviderError, RelanceError) as problem:
        kept, trouble = before, f"your calendar cannot be read ({_why(problem)}); what it said before goes on counting"
    with home.store.write() as change:
        settings.put(change, ASKED, mark)
        for name, value in ((KEPT, kept), (TROUBLE, trouble)):
            if value:
                settings.put(change, name, value)
            else:
                settings.drop(change, name)


def _why(problem: Exception) -> str:
    if isinstance(problem, ProviderError | TooLargeError):
        return str(problem).rstrip(".")
    if isinstance(problem, FileNotFoundError):
        return "there is no such file"
    return "the file cannot be opened" if isinstance(problem, OSError) else "it is no calendar that can be read"


class TooLargeError(ValueError):
    """A calendar of more than it may have."""


def _bytes(home: Home, place: str) -> bytes:
    if "://" in place:
        return fetch(place)
    file = _file(home, place)
    if not file.is_file():
        raise FileNotFoundError
    with file.open("rb") as opened:
        raw = opened.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise TooLargeError(f"it has more than {MOST_BYTES // 1_000_000} MB")
    return raw


def fetch(url: str) -> bytes:
    """The calendar at an address, limited in size and time; nobody sends us elsewhere."""
    client = Client({host_of(url)}, whole=SECONDS, most=MOST_BYTES)
    try:
        reply = client.request("GET", url)
    finally:
        client.close()
    if not reply.ok:
        raise TooLargeError(f"{urlsplit(url).hostname} answered {reply.status}")
    return reply.body


def _parsed(home: Home, raw: bytes) -> OwnCalendar:
    text = raw.decode("utf-8-sig", "replace")
    own, now = me_of(home.config, home.zone).keys, home.clock()
    with within_bounds(READING):
        return read_own_calendar(text, own, now, home.zone)


def _packed(found: OwnCalendar, before: str) -> str:
    """As it is kept; the same text for the same calendar."""
    salt = json.loads(before)["salt"] if before else secrets.token_hex(16)
    times: dict[str, list[str]] = defaultdict(list)
    for meeting in found.meetings:
        for person in meeting.people:
            times[hashed(salt, person)].append(meeting.starts.isoformat())
    away = [[starts.isoformat(), ends.isoformat()] for starts, ends in found.away]
    return json.dumps({"salt": salt, "meetings": times, "away": away}, sort_keys=True)


def _note_absence(home: Home) -> None:
    """Whole days out of office pause like any other absence."""
    with home.store.read() as connection:
        kept, noted = settings.get(connection, KEPT), settings.get(connection, ABSENCE)
    days = json.loads(kept).get("away", []) if kept else []
    found = away_now_or_next(
        ((datetime.fromisoformat(one), datetime.fromisoformat(two)) for one, two in days), home.clock()
    )
    away = Away("your calendar", "calendar", found[0].isoformat(), found[1].isoformat()) if found else None
    before = next((replace(one, ignored=False) for one in kept_absences({ABSENCE: noted} if noted else {})), None)
    if away != before:
        with home.store.write() as change:
            note(change, ABSENCE, away)
