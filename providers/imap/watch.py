"""Waits for news on a connection of its own; never reads a mail and never waits on a line that is dead."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from providers.base import Role, Unreachable
from providers.folders import Folder
from providers.imap.connect import ImapSettings, connect, explained
from providers.imap.server import list_folders, select
from providers.imap.wire import Wire

REISSUE = 4 * 60.0
"""Well within the 29 minutes of RFC 2177, for routers forget a silent line sooner."""
LISTEN = 1.0
"""How soon whoever stops the daemon is heard."""
ALIVE = 10.0
"""A living server answers NOOP within a moment; a dead line shows after this."""
POLL = 30.0
"""Between two questions where a server has no IDLE."""
NEWS = (b"EXISTS", b"EXPUNGE", b"FETCH", b"VANISHED", b"RECENT")


class ImapWatcher:
    """IDLE on the inbox where the server offers it, else asking now and then."""

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self._client = connect(settings)
        with explained(settings):
            self._known = frozenset(one.decode("ascii", "replace").upper() for one in self._client.capabilities())
            self._wire = Wire(self._client._imap)  # noqa: SLF001 - the signed-in connection has no public name
            listed = list_folders(self._wire, self._known)
            self._inbox: Folder = next(one for one in listed if one.role is Role.INBOX)
            select(self._wire, self._inbox)

    def wait(self, seconds: float, stopped: Callable[[], bool]) -> bool:
        """True when something may have changed; raises when the line turns out dead."""
        with explained(self._settings):
            if self._changed():
                return True
            end = monotonic() + seconds
            while not stopped() and monotonic() < end:
                turn = min(end, monotonic() + (REISSUE if "IDLE" in self._known else POLL))
                if self._idle(turn, stopped) if "IDLE" in self._known else self._pause(turn, stopped):
                    return True
                # A dead line shows here: it takes no answer for longer than a living one would.
                if self._changed():
                    return True
            return False

    def close(self) -> None:
        """Hang up."""
        try:
            self._client.shutdown()
        except OSError:
            return

    def _changed(self) -> bool:
        self._wire.timeout(ALIVE)
        try:
            answers = self._wire.run(b"NOOP")
        finally:
            self._wire.timeout(self._settings.timeout)
        return any(_tells(chunks[0]) for chunks in answers)

    def _idle(self, turn: float, stopped: Callable[[], bool]) -> bool:
        tag = self._wire.command(b"IDLE")
        heard = False
        while not (line := self._wire.response()[0]).startswith(b"+"):
            if not line.startswith(b"*"):
                raise Unreachable("The mail server did not keep its word about IDLE. It will be tried again.")
            heard = heard or _tells(line)
        while not heard and not stopped() and monotonic() < turn:
            heard = self._wire.ready(min(LISTEN, max(0.0, turn - monotonic()))) and self._is_news()
        self._wire.timeout(ALIVE)
        self._wire.raw_line(b"DONE")
        for chunks in self._wire.responses(tag):
            heard = heard or _tells(chunks[0])
        self._wire.timeout(self._settings.timeout)
        return heard

    def _is_news(self) -> bool:
        return _tells(self._wire.response()[0])

    @staticmethod
    def _pause(turn: float, stopped: Callable[[], bool]) -> bool:
        from threading import Event

        while not stopped() and monotonic() < turn:
            Event().wait(min(LISTEN, max(0.0, turn - monotonic())))
        return False


def _tells(line: bytes) -> bool:
    return line.startswith(b"* ") and any(word in line.upper().split() for word in NEWS)
