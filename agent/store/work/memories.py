"""What edits taught, kept in the store: small dated notes, listed and removed one by one; never a mail."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, delete, func, insert, select

from agent.store.base.audit import Event
from agent.store.base.engine import Change
from agent.store.base.rows import table_of
from agent.store.base.tables import MemoryRow
from voice.learning.memories import Memory

MEMORY = table_of(MemoryRow)
FIELDS = (
    MEMORY.c.key, MEMORY.c.at, MEMORY.c.kind, MEMORY.c.words, MEMORY.c.person, MEMORY.c.circle, MEMORY.c.language,
)  # fmt: skip
"""The columns in the order of the fields of `Memory`."""
MOST_A_PERSON = 30
"""Newer lessons about somebody replace the oldest: how one writes to them changes."""
MOST = 2_000
"""Notes that are listed at once, over everybody."""


def listed(connection: Connection) -> list[Memory]:
    """All of them, the newest first."""
    rows = connection.execute(select(*FIELDS).order_by(MEMORY.c.at.desc(), MEMORY.c.key).limit(MOST))
    return [Memory(*row) for row in rows]


def relevant_to(connection: Connection, person: str, circle: str) -> list[Memory]:
    """Those about a person, or about others of the same circle."""
    about = MEMORY.c.person == person.lower()
    if circle:
        about = about | (MEMORY.c.circle == circle.lower())
    rows = connection.execute(select(*FIELDS).where(about).order_by(MEMORY.c.at.desc()).limit(MOST))
    return [Memory(*row) for row in rows]


def keep(change: Change, found: Iterable[Memory]) -> int:
    """Add what is new, and let the oldest of a person go when there are too many."""
    fresh = 0
    for memory in found:
        known = change.connection.execute(select(MEMORY.c.key).where(MEMORY.c.key == memory.id)).scalar()
        if known is None:
            change.connection.execute(insert(MEMORY).values(_row(memory)))
            change.record(Event("memory.learned", f"memory:{memory.id}", "policy", code=memory.kind))
            _let_go(change, memory.person)
            fresh += 1
    return fresh


def _let_go(change: Change, person: str) -> None:
    own = select(MEMORY.c.key).where(MEMORY.c.person == person).order_by(MEMORY.c.at.desc(), MEMORY.c.key)
    old = list(change.connection.execute(own.offset(MOST_A_PERSON)).scalars())
    if old:
        change.connection.execute(delete(MEMORY).where(MEMORY.c.key.in_(old)))


def drop(change: Change, key: str) -> bool:
    """Forget one; False where there is none of that name."""
    gone = change.connection.execute(delete(MEMORY).where(MEMORY.c.key == key)).rowcount
    if gone:
        change.record(Event("memory.forgotten", f"memory:{key}"))
    return bool(gone)


def erase_person(change: Change, person: str) -> int:
    """Forget everything about a person."""
    return int(change.connection.execute(delete(MEMORY).where(MEMORY.c.person == person.lower())).rowcount)


def count(connection: Connection) -> int:
    """How many there are."""
    return int(connection.execute(select(func.count()).select_from(MEMORY)).scalar_one())


def _row(memory: Memory) -> dict[str, object]:
    return {
        "key": memory.id, "at": memory.at, "kind": memory.kind, "words": memory.text, "person": memory.person,
        "circle": memory.circle, "language": memory.language,
    }  # fmt: skip
