"""A row of the queue as a value for the screen, with the name a person goes by; loads nothing of the store."""

from __future__ import annotations

import json
from datetime import datetime

from agent.store.shown.values import Queued
from tui.door.values import Item
from tui.text import Foreign


def name_of(summary: str, person: str) -> Foreign:
    """What the person is called, else their address."""
    try:
        name = json.loads(summary or "{}").get("name") or ""
    except (ValueError, AttributeError):
        name = ""
    return Foreign(str(name) or person)


def item_of(row: Queued, now: datetime, touches: int) -> Item:
    """A row of the queue."""
    since = row.last or row.made
    return Item(
        number=row.id, person=name_of(row.summary, row.person), address=Foreign(row.person),
        subject=Foreign(row.subject), quiet_days=max((now - since).days, 0), touch=row.touch, touches=touches,
        hold=row.hold, level=row.level, task=row.kind == "task",
    )  # fmt: skip
