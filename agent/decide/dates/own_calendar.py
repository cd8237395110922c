"""Reads the user's own calendar: with whom they meet and when they are out of office; it books nothing, and an event
that cannot be read is counted and passed over."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice, takewhile
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar

from agent.decide.machines.calendar import MOST_ATTENDEES
from agent.decide.threads.people import is_me

BEHIND, AHEAD = timedelta(days=90), timedelta(days=180)
"""What lies farther away holds nothing: nobody is asked about older threads, and no plan waits longer for a touch."""
MOST_EVENTS, MOST_REPEATS = 3_000, 500
"""Of the window; icalendar reads about 2,000 events in a second, and anybody may send an invitation."""
OLDEST_REPEAT = timedelta(days=20 * 366)
BY = {"DAILY": {"BYDAY"}, "WEEKLY": {"BYDAY"}, "MONTHLY": {"BYDAY", "BYMONTHDAY"}, "YEARLY": {"BYMONTH", "BYMONTHDAY"}}
"""With these alone a rule never stops to give days, or looking for the next one would go on to the year 9999."""
MOST_COUNT = 5_000
STARTS = re.compile(r"^DTSTART[^:\n]{0,200}:(\d{8})", re.MULTILINE | re.IGNORECASE)
ENDS = re.compile(r"^DTEND[^:\n]{0,200}:(\d{8})", re.MULTILINE | re.IGNORECASE)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Meeting:
    """Something in the calendar, with whoever else is invited."""

    starts: datetime
    ends: datetime
    people: tuple[str, ...] = ()
    out_of_office: bool = False


@dataclass(frozen=True, slots=True)
class OwnCalendar:
    """What lies near today."""

    meetings: tuple[Meeting, ...] = ()
    away: tuple[tuple[datetime, datetime], ...] = ()
    unread: int = 0
    """Events that could not be read, or repeat in a way that is not read."""


class Unread(ValueError):
    """An event repeats in a way that is not read."""


@dataclass(frozen=True, slots=True)
class Window:
    """The days that are looked at, and where a time without a zone is."""

    starts: datetime
    ends: datetime
    zone: tzinfo

    @classmethod
    def around(cls, now: datetime, zone: tzinfo) -> Window:
        return cls(now - BEHIND, now + AHEAD, zone)

    def has(self, meeting: Meeting) -> bool:
        return meeting.ends >= self.starts and meeting.starts <= self.ends


def read_own_calendar(text: str, own: Collection[str], now: datetime, zone: tzinfo) -> OwnCalendar:
    """Meetings and absences around now; a ValueError says that the text is no calendar."""
    window = Window.around(now, zone)
    little, passed = _near(text.replace("\r\n", "\n"), window)
    events = [event for calendar in Calendar.from_ical(little, multiple=True) for event in calendar.walk("VEVENT")]
    if "BEGIN:VCALENDAR" not in text.upper() or "END:VCALENDAR" not in text.upper():
        raise ValueError("it is no whole calendar")
    found, unread, moved = list[Meeting](), passed, _moved(events)
    for event in events:
        try:
            found += _meetings(event, own, window, moved)
        except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError):
            unread += 1
    meetings = sorted({one for one in found if one.people}, key=lambda one: (one.starts, one.people))
    away = sorted({(one.starts, one.ends) for one in found if one.out_of_office})
    return OwnCalendar(tuple(meetings), tuple(away), unread)


def _near(text: str, window: Window) -> tuple[str, int]:
    """The text without the events that can say nothing here, and how many that may say something are too many."""
    kept, repeats, passed, left = 0, 0, 0, list[str]()
    for block, event in _pieces(text):
        if event:
            repeating = "\nRRULE" in block.upper() or "\nRDATE" in block.upper()
            if not _may_say(block, window, repeating=repeating):
                continue
            kept, repeats = kept + 1, repeats + repeating
            if kept > MOST_EVENTS or repeats > MOST_REPEATS:
                passed += 1
                continue
        left.append(block)
    return "\n".join(left), passed


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Each whole event, and each line that stands in none, in their order; what is not closed is no event."""
    held = list[str]()
    for line in text.split("\n"):
        mark = line.rstrip().upper()
        if held:
            held.append(line)
            if mark == "END:VEVENT":
                yield "\n".join(held), True
                held.clear()
        elif mark == "BEGIN:VEVENT":
            held.append(line)
        else:
            yield line, False
    yield from ((line, False) for line in held)


def _may_say(block: str, window: Window, *, repeating: bool) -> bool:
    plain = block.upper().replace("\n ", "").replace("\n\t", "")
    if "ATTENDEE" not in plain and "ORGANIZER" not in plain and "OOF" not in plain and "OPAQUE" not in plain:
        return False
    starts, ends = STARTS.search(plain), ENDS.search(plain)
    if repeating or starts is None or "RECURRENCE-ID" in plain or "\nDURATION" in plain:
        return True
    first, last = f"{window.starts - DAY:%Y%m%d}", f"{window.ends + DAY:%Y%m%d}"
    return starts[1] <= last and (ends or starts)[1] >= first


def _moved(events: Iterable[Any]) -> frozenset[tuple[str, str]]:
    """Single times of events that repeat which have an entry of their own."""
    found = ((str(event.get("UID", "")), event.get("RECURRENCE-ID")) for event in events)
    return frozenset((name, _key(at.dt)) for name, at in found if at is not None and hasattr(at, "dt"))


def _key(at: date | datetime) -> str:
    if isinstance(at, datetime):
        return (at.astimezone(UTC) if at.tzinfo else at).isoformat()
    return at.isoformat()


def _meetings(
    event: Any, own: Collection[str], window: Window, moved: Collection[tuple[str, str]]
) -> Iterator[Meeting]:
    people, coming = _people(event, own)
    if str(event.get("STATUS", "")).upper() == "CANCELLED" or not coming:
        return
    start, length = _when(event)
    out = _out_of_office(event, length, whole=not isinstance(start, datetime), alone=not people)
    if not people and not out:
        return
    name = str(event.get("UID", ""))
    again = event.get("RECURRENCE-ID") is None
    for at in _times(event, start, window) if again else [start]:
        if again and (name, _key(at)) in moved:
            continue
        begins = _moment(at, window.zone)
        found = Meeting(begins, _moment(at + length, window.zone), people, out)
        if window.has(found):
            yield found


def _moment(at: date | datetime, zone: tzinfo) -> datetime:
    if not isinstance(at, datetime):
        at = datetime.combine(at, time())
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _when(event: Any) -> tuple[date | datetime, timedelta]:
    start = event["DTSTART"].dt
    if "DTEND" in event:
        length = event["DTEND"].dt - start
    elif "DURATION" in event:
        length = event["DURATION"].dt
    else:
        length = timedelta(0) if isinstance(start, datetime) else DAY
    return start, max(length, timedelta(0))


def _people(event: Any, own: Collection[str]) -> tuple[tuple[str, ...], bool]:
    """Who else comes, and whether the user does."""
    invited = event.get("ATTENDEE", [])
    invited = invited if isinstance(invited, list) else [invited]
    answers = [(_address(one), str(getattr(one, "params", {}).get("PARTSTAT", "")).upper()) for one in invited]
    coming = not any(said == "DECLINED" and is_me(who, own) for who, said in answers if who)
    if len(answers) > MOST_ATTENDEES:
        return (), coming
    organizer = event.get("ORGANIZER")
    everybody = [who for who, said in answers if said != "DECLINED"]
    everybody += [_address(organizer)] if organizer is not None and not isinstance(organizer, list) else []
    return tuple(sorted({who for who in everybody if who and not is_me(who, own)})), coming


def _address(value: object) -> str:
    text = str(value).strip().lower()
    text = text.removeprefix("mailto:")
    return text if "@" in text and len(text) <= 320 else ""


def _out_of_office(event: Any, length: timedelta, *, whole: bool, alone: bool) -> bool:
    """A day or more out of office; of whole days without anybody else also those that are marked as taken."""
    busy = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    if busy:
        return busy == "OOF" and length >= DAY
    return whole and alone and str(event.get("TRANSP", "")).upper() == "OPAQUE"


def _times(event: Any, start: date | datetime, window: Window) -> Iterator[date | datetime]:
    """Every time an event begins, as far as the window goes."""
    rule = event.get("RRULE")
    if rule is None:
        yield start
    else:
        yield from _repeats(event, rule, start, window)
    more = event.get("RDATE", [])
    for dates in more if isinstance(more, list) else [more]:
        yield from (one.dt for one in islice(dates.dts, MOST_REPEATS) if isinstance(one.dt, type(start)))


def _repeats(event: Any, rule: Any, start: date | datetime, window: Window) -> Iterator[date | datetime]:
    if isinstance(rule, list):
        raise Unread
    whole = not isinstance(start, datetime)
    zone = None if not isinstance(start, datetime) else start.tzinfo
    first = start.replace(tzinfo=None) if isinstance(start, datetime) else datetime.combine(start, time())
    last = window.ends.astimezone(zone or window.zone).replace(tzinfo=None)
    text = _readable(rule, zone, last)
    if window.starts.astimezone(zone or window.zone).replace(tzinfo=None) - first > OLDEST_REPEAT:
        raise Unread
    gone = _left_out(event)
    times = islice(rrulestr(text, dtstart=first), OLDEST_REPEAT.days)
    for at in takewhile(lambda one: one <= last, times):
        again: date | datetime = at.date() if whole else at.replace(tzinfo=zone)
        if _key(again) not in gone:
            yield again


def _readable(rule: Any, zone: tzinfo | None, last: datetime) -> str:
    """A rule that ends, in local time without a zone, which is where it repeats; raises for what is not read."""
    parts = {str(key).upper(): value for key, value in dict(rule).items()}
    frequency = str(parts.get("FREQ", [""])[0]).upper()
    counted = "COUNT" in parts
    if not _gives_days(frequency, parts):
        raise Unread
    if counted and int(parts["COUNT"][0]) > MOST_COUNT:
        raise Unread
    if not counted:
        until = parts.pop("UNTIL", [last])[0]
        if isinstance(until, datetime):
            until = until.astimezone(zone).replace(tzinfo=None) if until.tzinfo and zone else until.replace(tzinfo=None)
        else:
            until = datetime.combine(until, time(23, 59, 59))
        parts["UNTIL"] = [min(until, last).strftime("%Y%m%dT%H%M%S")]
    return "RRULE:" + ";".join(f"{key}={','.join(map(str, value))}" for key, value in parts.items())


def _gives_days(frequency: str, parts: dict[str, Any]) -> bool:
    by = {key for key in parts if key.startswith("BY")}
    interval = int(parts.get("INTERVAL", [1])[0])
    if frequency not in BY or by - BY[frequency] or len(by - {"BYMONTH"}) > 1 or interval < 1:
        return False
    if frequency == "DAILY" and by and interval > 1:
        return False
    days = [abs(int(day)) for day in parts.get("BYMONTHDAY", [])]
    ordinals = [int(sign or "0") for sign in (re.sub(r"[^0-9]", "", str(day)) for day in parts.get("BYDAY", []))]
    return max(days, default=1) <= 28 and max(ordinals, default=0) <= 4


def _left_out(event: Any) -> frozenset[str]:
    found = event.get("EXDATE", [])
    lists = found if isinstance(found, list) else [found]
    return frozenset(_key(one.dt) for dates in lists for one in dates.dts)


def away_now_or_next(away: Iterable[tuple[datetime, datetime]], now: datetime) -> tuple[datetime, datetime] | None:
    """The absence that holds or comes next, with those that follow it without a gap."""
    ahead = sorted(one for one in away if one[1] > now)
    if not ahead:
        return None
    starts, ends = ahead[0]
    for other_starts, other_ends in ahead[1:]:
        if other_starts <= ends:
            ends = max(ends, other_ends)
    return starts, ends
