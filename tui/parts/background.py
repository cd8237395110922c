"""Questions to the door in threads of their own: one at a time a group, the newest wins, and none keeps a person who
leaves waiting; it never touches a widget.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import copy_context
from typing import Any

Get = Callable[[], Any]
Answer = Callable[[Any], None]


class Questions:
    """A later question of a group takes the place of one that has not begun."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: dict[str, tuple[Get, Answer]] = {}
        self._busy: set[str] = set()
        self._over = threading.Event()

    def close(self) -> None:
        """The screen goes: from now on no answer is given, and a door that closes under a question is no failure."""
        self._over.set()

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._busy)

    def ask(self, group: str, get: Get, answer: Answer) -> None:
        """`answer` is called in the thread with what `get` returned, unless a newer question came meanwhile."""
        with self._lock:
            self._waiting[group] = (get, answer)
            if group in self._busy:
                return
            self._busy.add(group)
        # A daemon thread: what is only read may be left unread when the screen closes.
        threading.Thread(target=copy_context().run, args=(self._serve, group), name=group, daemon=True).start()

    def _serve(self, group: str) -> None:
        while True:
            with self._lock:
                job = self._waiting.pop(group, None)
                if job is None:
                    self._busy.discard(group)
                    return
            self._answer(group, *job)

    def _answer(self, group: str, get: Get, answer: Answer) -> None:
        try:
            value = get()
        except BaseException:
            with self._lock:
                self._busy.discard(group)
            if self._over.is_set():
                return
            raise
        if group not in self._waiting and not self._over.is_set():
            answer(value)
