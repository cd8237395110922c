"""The door while the program behind it is still being loaded: the first questions are answered at once, the others
wait; it adds nothing of its own to what the real door says.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from agent.clock import Clock
from agent.store.shown.first_paint import First
from agent.store.shown.values import Queued
from tui.door.naming import item_of
from tui.door.values import Item, ScreenDoor, ShownMatter, Status, Version, VoiceOf
from tui.text import NOTHING, Foreign

BREATH = 1.0
"""Seconds that go to the first frame before anything but the draft on top is looked at."""


class LateDoor:
    """Opens the real door in whatever thread first needs it."""

    breath = BREATH

    def __init__(
        self, first: First, open_real: Callable[[], ScreenDoor], *, touches: Mapping[str, int], clock: Clock,
        zone: tzinfo, scratch: Path,
    ) -> None:  # fmt: skip
        self._first, self._open, self._touches, self._clock = first, open_real, touches, clock
        self.zone, self.scratch = zone, scratch
        self._lock = threading.Lock()
        self._real: ScreenDoor | None = None
        self.opened = threading.Event()

    def real(self) -> ScreenDoor:
        """The door itself; the first who asks opens it."""
        with self._lock:
            if self._real is None:
                self._real = self._open()
                self.opened.set()
            return self._real

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)

        # A verb is looked up on the screen's thread, which must not wait; it is called on another.
        def asked(*given: Any, **named: Any) -> Any:
            return getattr(self.real(), name)(*given, **named)

        return asked

    def close(self) -> None:
        """Let go of what was opened."""
        close = getattr(self._real, "close", None)
        if close is not None:
            close()

    # What is known at once.

    def now(self) -> datetime:
        return self._clock()

    def status(self) -> Status:
        return self.real().status() if self.opened.is_set() else Status(known=False)

    def queue(self) -> tuple[Item, ...]:
        return self.real().queue() if self.opened.is_set() else tuple(self._item(row) for row in self._first.queue)

    def preview(self, number: int) -> ShownMatter | None:
        top = self._first.queue[0] if self._first.queue else None
        if self.opened.is_set() or top is None or top.id != number:
            return self.real().preview(number)
        drafts = self._first.drafts
        versions = tuple(Version(one.version, Foreign(one.body), one.writer) for one in drafts)
        why = Foreign(top.sentence or top.reason.replace("_", " "))
        score = _figure(drafts[-1].voice) if drafts else None
        return ShownMatter(self._item(top), why, NOTHING, (), (Foreign(top.person),), NOTHING, versions,
                      voice=VoiceOf(score))  # fmt: skip

    def _item(self, row: Queued) -> Item:
        return item_of(row, self._clock(), self._touches.get(row.plan, 0))


def _figure(kept: str) -> float | None:
    try:
        return float(kept)
    except (TypeError, ValueError):
        return None
