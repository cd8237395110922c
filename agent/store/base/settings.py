"""Small named facts: generation, heartbeat, pauses; never a secret."""

from __future__ import annotations

import hashlib
import os
import platform
import secrets
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select, update

from agent.failpoints import reach
from agent.paths import Places, write_private
from agent.store.base.engine import Change, Store
from agent.store.base.rows import table_of
from agent.store.base.tables import SettingRow

SETTING = table_of(SettingRow)
GENERATION = "generation"
PROFILE = "voice.profile"
"""What was learned of how the user writes, greetings to people among it."""


def get(connection: Connection, name: str, default: str = "") -> str:
    """The value, or the default."""
    value = connection.execute(select(SETTING.c.value).where(SETTING.c.name == name)).scalar()
    return default if value is None else str(value)


def put(change: Change, name: str, value: str) -> None:
    """Set or replace a value."""
    done = change.connection.execute(update(SETTING).where(SETTING.c.name == name).values(value=value))
    if not done.rowcount:
        change.connection.execute(insert(SETTING).values(name=name, value=value))


def drop(change: Change, name: str) -> None:
    """Forget a value."""
    change.connection.execute(delete(SETTING).where(SETTING.c.name == name))


def starting_with(connection: Connection, start: str) -> dict[str, str]:
    """All values whose name starts so."""
    rows = connection.execute(select(SETTING).where(SETTING.c.name.startswith(start, autoescape=True)))
    return {row.name: row.value for row in rows}


def same_life(store: Store) -> bool:
    """Whether the database is the one this home used last, not a restored or copied one."""
    with store.read() as connection:
        inside = get(connection, GENERATION)
    beside = _beside(store)
    if not inside and not beside:
        return True
    # A start that was cut off before the first one was stored is known by the mark of none.
    return bool({_mark(store, inside), *([_mark_without_place(inside)] if inside else [])} & set(beside))


def next_life(store: Store) -> None:
    """Start a new generation, so that every copy made until now can be told from what goes on."""
    with store.write() as change:
        announce_life(store, change)
    settle_life(store)


def announce_life(store: Store, change: Change) -> None:
    """Both generations are valid until the new one is stored, so that being killed here costs nothing."""
    generation = secrets.token_hex(16)
    both = [_mark(store, name) for name in (get(change.connection, GENERATION), generation)]
    write_private(store.places.generation, "\n".join(both).encode())
    reach("life.announced")
    put(change, GENERATION, generation)


def settle_life(store: Store) -> None:
    """Only the stored generation stays valid. Written under the lock of the database, so that two never cross."""
    with store.write() as change:
        write_private(store.places.generation, _mark(store, get(change.connection, GENERATION)).encode())


def end_life(where: Places) -> None:
    """Whatever database is found here next is taken for another one."""
    write_private(where.generation, b"ended")


def _beside(store: Store) -> list[str]:
    try:
        return store.places.generation.read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return []


def _mark(store: Store, generation: str) -> str:
    """Bound to this machine and this place, so that a home copied whole to another one shows too."""
    place = os.path.realpath(store.places.data)
    return _hashed(f"{generation} {machine()} {place}")


def _mark_without_place(generation: str) -> str:
    """As marks were before they named the place."""
    return _hashed(f"{generation} {machine()}")


def _hashed(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def machine() -> str:
    """The same for as long as this system is installed."""
    try:
        return Path("/etc/machine-id").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return platform.node()
