"""Listens to other programs of the same user on a socket in the state folder; never on a network, never to others."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

from agent.errors import LockedError, UsageError
from agent.paths import make_private
from agent.verbs.hooks import LONGEST_LINE

NAME = "hook.sock"
PATIENCE = 10.0
"""Seconds for somebody who connected and says nothing."""
MOST_LINES = 1_000
"""Of one connection: others wait behind it."""
WAITING = 16
"""Connections that may queue; one at a time is served, in a moment."""
LONGEST_PATH = 100
"""Bytes; systems take 104 or 108 for the path of a socket, its end included."""
Heed = Callable[[bytes], str]


@contextlib.contextmanager
def listening(folder: Path) -> Iterator[socket.socket]:
    """A socket that only this user can open; it is gone afterwards."""
    if not hasattr(socket, "AF_UNIX"):
        raise UsageError("This system has no local sockets.", hint="Pipe events into `relance hook` instead.")
    place = make_private(folder) / NAME
    if len(os.fsencode(place)) > LONGEST_PATH:
        raise UsageError(f"The path {place} is too long for a socket.", hint="Pipe events into `relance hook` instead.")
    _free(place)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        before = os.umask(0o177)
        try:
            server.bind(str(place))
        finally:
            os.umask(before)
        try:
            server.listen(WAITING)
            yield server
        finally:
            place.unlink(missing_ok=True)


def _free(place: Path) -> None:
    """Take away what a process that was killed left there; never anything that is no socket."""
    if not os.path.lexists(place):
        return
    if not stat.S_ISSOCK(place.lstat().st_mode):
        raise UsageError(f"{place} is no socket.", hint="Move it away; relance did not put it there.")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(PATIENCE)
        try:
            probe.connect(str(place))
        except ConnectionRefusedError:
            place.unlink(missing_ok=True)
            return
    raise LockedError("Another `relance hook --listen` is at work.", hint="One is enough.")


def serve(server: socket.socket, heed: Heed) -> None:
    """Answer one connection after the other, until the process is ended."""
    while True:
        connection, _ = server.accept()
        with connection, contextlib.suppress(OSError):
            if is_mine(connection):
                answer(connection, heed)


def is_mine(connection: socket.socket) -> bool:
    """Whether the other end runs as this user, where the system tells."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    said = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", said)
    return bool(user == os.getuid())


def answer(connection: socket.socket, heed: Heed) -> None:
    """A line for each line; one that is too long is answered and ends it."""
    connection.settimeout(PATIENCE)
    with connection.makefile("rb") as lines:
        for _ in range(MOST_LINES):
            line = lines.readline(LONGEST_LINE + 1)
            if not line:
                return
            if line.strip():
                connection.sendall(heed(line).encode() + b"\n")
            if len(line) > LONGEST_LINE:
                return
