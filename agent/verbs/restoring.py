"""Puts a copy in the place of the store so that nothing in it leaves by itself; never sends."""

from __future__ import annotations

from pathlib import Path

from agent.common.home import Home
from agent.secrets import database_key
from agent.store import upkeep
from agent.store.base import settings
from agent.store.work import distrust


def put_back(home: Home, copy: Path) -> Path | None:
    """Everything is paused and doubted before another process may look. Where the replaced store lies."""
    key = database_key(home.vault, create=False) if home.config.storage.encrypt else None
    home.close()
    kept = upkeep.restore(home.places, key, copy, home.clock().strftime("%Y%m%d-%H%M%S"))
    # What the records lost is told in them before it is heeded here.
    home.store.anchor()
    with home.store.write() as change:
        distrust.take_hold(change)
    settings.next_life(home.store)
    return kept
