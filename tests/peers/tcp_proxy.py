"""A TCP proxy that records what a client says, and can hang, cut or slow down what the server says."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Proxy:
    """Between a client and a server on this machine."""

    target: int
    port: int = 0
    heard: bytearray = field(default_factory=bytearray)
    """Every byte any client sent."""
    silent: bool = False
    """Swallow everything from now on, as a line does that died without a word."""
    cut_after: int | None = None
    """Hang up after so many more bytes from the server."""
    pace: float = 0.0
    """Seconds between small pieces from the server."""
    _open: list[socket.socket] = field(default_factory=list)

    def up(self, client: socket.socket, server: socket.socket) -> None:
        """What the client says."""
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                self.heard += data
                if not self.silent:
                    server.sendall(data)
        self.hang_up(client, server)

    def down(self, client: socket.socket, server: socket.socket) -> None:
        """What the server says."""
        with contextlib.suppress(OSError):
            while data := server.recv(512 if self.pace else 65536):
                if self.silent:
                    continue
                if self.cut_after is not None:
                    data = data[: self.cut_after]
                    self.cut_after -= len(data)
                time.sleep(self.pace)
                client.sendall(data)
                if self.cut_after == 0:
                    break
        self.hang_up(client, server)

    def hang_up(self, *lines: socket.socket) -> None:
        """End both sides."""
        for line in lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def serve(self, listening: socket.socket) -> None:
        """Take connections until the listening socket is closed."""
        with contextlib.suppress(OSError):
            while True:
                client, _ = listening.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
                self._open += [client, server]
                for way in (self.up, self.down):
                    threading.Thread(target=way, args=(client, server), daemon=True).start()

    def end(self) -> None:
        """Close whatever is open."""
        self.hang_up(*self._open)
        for line in self._open:
            line.close()


@contextlib.contextmanager
def proxy_to(port: int) -> Iterator[Proxy]:
    """A proxy for as long as the block lasts."""
    listening = socket.create_server(("127.0.0.1", 0))
    proxy = Proxy(port, listening.getsockname()[1])
    thread = threading.Thread(target=proxy.serve, args=(listening,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        with contextlib.suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)
        proxy.end()
