"""Remembers that the store was restored or copied, so that what may have left already waits; never lifted by itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select, update

from agent.decide.gate.levels import DEFAULT
from agent.decide.plans.lifecycle import Stage
from agent.store.base import settings
from agent.store.base.audit import EVENT, Event
from agent.store.base.engine import Change, Store
from agent.store.work import budgets, outbox
from agent.store.work.outbox import OUTBOX

RESTORED, HEEDED = "restored.at", "restored.heeded"
WORDS = "the store was restored or copied"
DOUBT = "The database was restored or copied, so this may have left already."


def needed(store: Store) -> bool:
    """Whether this is not the database the home used last, or one that lost records nobody heeded yet."""
    if not settings.same_life(store):
        return True
    with store.read() as connection:
        return _last_loss(connection) > int(settings.get(connection, HEEDED, "0"))


def _last_loss(connection: Connection) -> int:
    return int(connection.execute(select(func.max(EVENT.c.seq)).where(EVENT.c.event == "audit.lost")).scalar() or 0)


def take_hold(change: Change) -> int:
    """Pause everything, keep every letter that waited for a person, and doubt every mail from before today."""
    moved = quarantine(change)
    settings.put(change, RESTORED, change.now.isoformat())
    settings.put(change, HEEDED, str(_last_loss(change.connection)))
    budgets.pause(change, DEFAULT, None, actor="daemon", code="restored")
    change.record(Event("store.restored", actor="daemon", code=WORDS))
    return moved


def quarantine(change: Change) -> int:
    """In a restored or copied database nothing that waited may leave without a person."""
    held = (Stage.HELD.value, Stage.CLAIMED.value, Stage.DEFERRED.value)
    moved = 0
    for row in outbox.rows(change.connection, OUTBOX.c.state.in_(held)):
        start = Stage(row.state)
        moved += outbox.transition(
            change,
            row.id,
            start,
            Stage.NEEDS_REVIEW,
            code="restored",
            words=DOUBT,
            was_uncertain=1,
            fence=row.fence + 1,
        )
    for row in outbox.rows(change.connection, OUTBOX.c.state == Stage.SUBMITTING.value):
        moved += outbox.transition(
            change,
            row.id,
            Stage.SUBMITTING,
            Stage.UNCERTAIN,
            code="restored",
            words=DOUBT,
            settle_at=change.now,
            was_uncertain=1,
            looks=0,
            fence=row.fence + 1,
        )
    doubted = update(OUTBOX).where(OUTBOX.c.state == Stage.NEEDS_REVIEW.value, OUTBOX.c.was_uncertain == 0)
    change.connection.execute(doubted.values(was_uncertain=1, code="restored", words=DOUBT))
    return moved


def since(connection: Connection) -> datetime | None:
    """When it was noticed; None where nothing is doubted."""
    found = settings.get(connection, RESTORED)
    return datetime.fromisoformat(found) if found else None


def lift(change: Change) -> bool:
    """A person says that what looks open is open."""
    if since(change.connection) is None:
        return False
    settings.drop(change, RESTORED)
    change.record(Event("store.trusted", actor="user"))
    return True
