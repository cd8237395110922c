"""Waits for news in every mailbox, each in its own thread; only ever wakes the daemon and never reads a mail."""

from __future__ import annotations

import threading
from collections.abc import Callable

from agent import logs
from providers.base import ProviderError, SignInNeeded, Watcher

ONE_WAIT = 25 * 60.0
"""IDLE must be begun anew within 29 minutes (RFC 2177)."""
FIRST_PAUSE, LONGEST_PAUSE, SIGN_IN_PAUSE = 5.0, 900.0, 3600.0
"""Seconds, doubling between the first two; a refused sign-in waits for a person and is tried once an hour."""


class Watching:
    """The threads that wait."""

    def __init__(
        self, opens: Callable[[str], Watcher | None], news: Callable[[str], None], spread: Callable[[], float]
    ) -> None:
        self._opens = opens
        self._news = news
        self._spread = spread
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self._alive: set[str] = set()

    def start(self, names: list[str]) -> None:
        """One thread an account."""
        for name in names:
            thread = threading.Thread(target=self._watch, args=(name,), name=f"watch-{name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """They end at their next breath; the process does not wait for a dead line."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(timeout=2.0)

    def covers(self, name: str) -> bool:
        """Whether news of this account would be heard."""
        return name in self._alive

    def _watch(self, name: str) -> None:
        pause = FIRST_PAUSE
        while not self._stopped.is_set():
            try:
                watcher = self._opens(name)
                if watcher is None:
                    return
                pause = FIRST_PAUSE
                self._listen(name, watcher)
            except SignInNeeded:
                pause = SIGN_IN_PAUSE
            except Exception as problem:  # noqa: BLE001 (a watcher that dies must come back)
                logs.note("watch.failed", account=name, error=type(problem).__name__)
                if not isinstance(problem, ProviderError):
                    logs.keep_traceback(problem)
            self._alive.discard(name)
            self._stopped.wait(pause * (0.5 + self._spread() / 2))
            pause = min(pause * 2, LONGEST_PAUSE)

    def _listen(self, name: str, watcher: Watcher) -> None:
        self._alive.add(name)
        # Something may have come while nobody listened.
        self._news(name)
        try:
            while not self._stopped.is_set():
                if watcher.wait(ONE_WAIT, self._stopped.is_set):
                    self._news(name)
        finally:
            close = getattr(watcher, "close", None)
            if close is not None:
                close()
