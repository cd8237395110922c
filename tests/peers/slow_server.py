"""A server on loopback that drips, hangs or never ends, at the place it is told to."""

from __future__ import annotations

import contextlib
import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import Any

Talk = Callable[["Line"], None]


class Line:
    """One connection, from the server's side."""

    def __init__(self, handler: Any, over: threading.Event) -> None:
        self._handler = handler
        self._over = over

    def say(self, data: bytes) -> None:
        self._handler.wfile.write(data)

    def hear(self) -> bytes:
        return bytes(self._handler.rfile.readline())

    def drip(self, data: bytes = b"x", every: float = 0.1) -> None:
        """One byte at a time, for ever."""
        while not self._over.wait(every):
            for one in data:
                self.say(bytes([one]))
                if self._over.wait(every):
                    return

    def hang(self) -> None:
        self._over.wait()

    def flood(self, data: bytes) -> None:
        while not self._over.is_set():
            self.say(data)


@contextlib.contextmanager
def slow_server(talk: Talk) -> Iterator[int]:
    """Its port, for as long as the block lasts."""
    over = threading.Event()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError, ValueError):
                talk(Line(self, over))

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        over.set()
        server.shutdown()
        thread.join(5)
        server.server_close()


def imap(then: Talk) -> Talk:
    """Greets, signs in and lists as usual; what follows is `then`."""

    def talk(line: Line) -> None:
        line.say(b"* OK ready\r\n")
        while command := line.hear():
            tag, _, rest = command.strip().partition(b" ")
            word = rest.split(b" ")[0].upper()
            if word == b"CAPABILITY":
                line.say(b"* CAPABILITY IMAP4rev1\r\n")
            elif word == b"LIST":
                line.say(b'* LIST () "/" "INBOX"\r\n')
            elif word != b"LOGIN":
                then(line)
                return
            line.say(tag + b" OK done\r\n")

    return talk
