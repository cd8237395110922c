"""Reads calendar parts of a mail: acceptances, invitations and cancellations; it never books anything."""

from __future__ import annotations

from icalendar import Calendar

from agent.decide.values import Answer, Certainty, Meaning
from providers.base import Mail

MOST_ATTENDEES = 20
"""An invitation to more is sent to an audience: that somebody of it accepts answers nothing of ours."""
MEANINGS = {"ACCEPTED": Meaning.BOOKED, "DECLINED": Meaning.REPLY}
ROOM = ("room", "resource")


def read_calendar(mail: Mail) -> Answer | None:
    """The verdict on the calendar part of a mail; None when there is none."""
    part = next((part for part in mail.parts if part.content_type.lower().startswith("text/calendar")), None)
    if part is None:
        return None
    try:
        calendar = Calendar.from_ical(part.text[:200_000])
        event = next(iter(calendar.walk("VEVENT")), None)
        method = str(calendar.get("METHOD", "")).upper()
        attendees = event.get("ATTENDEE", []) if event is not None else []
        summary = str(event.get("SUMMARY", "")) if event is not None else ""
    except (ValueError, IndexError, KeyError, TypeError, AttributeError):
        return Answer(Meaning.UNSURE, mail.subject[:200], certainty=Certainty.UNSURE)
    people = attendees if isinstance(attendees, list) else [attendees]
    return Answer(
        _meaning(method, people, mail), f"{method} {summary or mail.subject}"[:200].strip(), certainty=Certainty.SURE
    )


def _meaning(method: str, people: list[object], mail: Mail) -> Meaning:
    parameters = [getattr(person, "params", {}) for person in people]
    if method == "REPLY":
        if any(str(values.get("CUTYPE", "")).lower() in ROOM for values in parameters):
            return Meaning.UNSURE
        states = {str(values.get("PARTSTAT", "")).upper() for values in parameters}
        return MEANINGS.get(states.pop(), Meaning.UNSURE) if len(states) == 1 else Meaning.UNSURE
    if method == "REQUEST":
        blast = len(people) > MOST_ATTENDEES or bool(mail.header("list-unsubscribe") or mail.header("list-id"))
        return Meaning.LIST if blast else Meaning.BOOKED
    if method == "PUBLISH":
        return Meaning.LIST if mail.header("list-unsubscribe") else Meaning.UNSURE
    return Meaning.UNSURE
