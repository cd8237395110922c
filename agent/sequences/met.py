"""Whether the user's calendar has a meeting with whom a plan is for; each holds a touch once, and allows nothing."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from agent.decide.plans.meetings import SOON, day_of, known_meetings
from agent.mailboxes.own_calendar import KEPT
from agent.sequences.situation import EnrolmentScene
from agent.store.base import settings
from agent.store.base.engine import Change

TOLD = "calendar.told:"


def met_or_meets(connection: Connection, scene: EnrolmentScene, now: datetime) -> datetime | None:
    """The last meeting since the user's last mail there, or the plan's beginning, up to the day of the next touch."""
    kept = settings.get(connection, KEPT)
    if not kept:
        return None
    found = scene.next()
    until = max(now, scene.morning(found.due)) if found is not None else now
    wrote = scene.summary.last_own if scene.summary is not None else ""
    since = datetime.fromisoformat(wrote) if wrote else scene.row.made
    people = scene.summary.people if scene.summary is not None and scene.summary.people else (scene.row.person,)
    return known_meetings(kept).between(people, since, until + SOON)


def was_told(connection: Connection, number: int, at: datetime) -> bool:
    """Whether this meeting held this touch before; then the person has decided."""
    return settings.get(connection, f"{TOLD}{number}") == at.isoformat()


def tell(change: Change, number: int, at: datetime | None) -> None:
    """Remember that it did."""
    if at is not None:
        settings.put(change, f"{TOLD}{number}", at.isoformat())


def sentence_of(scene: EnrolmentScene, at: datetime, now: datetime) -> str:
    """What is said of it; nothing in it comes from the calendar but the day."""
    who = scene.row.name or scene.row.person
    return (
        f"You {'meet' if at > now else 'met'} {who} on {day_of(at, scene.place.zone)}; please look before more is sent."
    )
