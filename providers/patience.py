"""Cuts the line to a server that takes too long altogether, however often it says a little; never tries again."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Patience:
    """The connections of one client. When the time is over all of them are cut, from another thread, so that whatever
    waits for one of them ends with the error of a broken line and nothing can leave later."""

    def __init__(self) -> None:
        self._lines: set[int] = set()
        self.over = False

    def watch(self, line: socket.socket) -> None:
        """A connection as it is made; its number stays the same when it is encrypted."""
        self._lines.add(line.fileno())

    def forget(self, line: socket.socket) -> None:
        """A connection that is about to be closed."""
        self._lines.discard(line.fileno())

    @contextmanager
    def during(self, seconds: float) -> Iterator[None]:
        """What is done in here ends in time."""
        self.over = False
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self) -> None:
        self.over = True
        for number in list(self._lines):
            with suppress(OSError), socket.socket(fileno=os.dup(number)) as line:
                line.shutdown(socket.SHUT_RDWR)
