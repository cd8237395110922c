"""A private Dovecot on loopback; a new user name is a new, empty mailbox."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.peers.dovecot_config import basic


@dataclass(frozen=True)
class Dovecot:
    """Where it listens, and where the mail lies."""

    port: int
    home: Path
    user: str

    def maildir(self, name: str) -> Path:
        """The folder of a user; made when it is not there."""
        place = self.home / "home" / name / "Maildir"
        for part in ("cur", "new", "tmp"):
            (place / part).mkdir(parents=True, exist_ok=True)
        self.own(self.home / "home" / name)
        return place

    def own(self, place: Path) -> None:
        """Give files to the user the server runs as."""
        if os.getuid() == 0:
            entry = pwd.getpwnam(self.user)
            subprocess.run(["chown", "-R", f"{entry.pw_uid}:{entry.pw_gid}", str(place)], check=True)


def free_port() -> int:
    """Below the range outgoing connections use."""
    for port in range(20000 + os.getpid() % 9000, 32000):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no free port")


def unprivileged() -> tuple[str, str]:
    """The user and group to run as."""
    import grp

    entry = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    return entry.pw_name, grp.getgrgid(entry.pw_gid).gr_name


@contextlib.contextmanager
def running(more: str = "") -> Iterator[Dovecot]:
    """A server for as long as the block lasts; `more` is added to its configuration."""
    home = Path(tempfile.mkdtemp(prefix="dove", dir="/tmp"))
    user, group = unprivileged()
    server = Dovecot(free_port(), home, user)
    (home / "home").mkdir()
    (home / "dovecot.conf").write_text(basic(home, user, group, server.port) + more)
    home.chmod(0o755)
    server.own(home)
    process = subprocess.Popen(["dovecot", "-F", "-c", str(home / "dovecot.conf")])
    try:
        _wait(server.port)
        yield server
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(home, ignore_errors=True)


def _wait(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1) as line:
            if line.recv(4) == b"* OK":
                return
        time.sleep(0.05)
    raise RuntimeError("Dovecot did not start")


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One server for the whole run."""
    if shutil.which("dovecot") is None:
        pytest.skip("Dovecot is not installed: apt-get install dovecot-imapd")
    with running() as server:
        yield server
