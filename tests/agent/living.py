"""The real program in a process of its own, with two mailboxes on a real server; tests pull the ground from under it."""

from __future__ import annotations

import contextlib
import imaplib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from tests.peers.dovecot import Dovecot
from tests.peers.dovecot_config import SENT

PROGRAM = str(Path(sys.executable).with_name("relance"))
HEAD = """
[me]
name = "Sam"
timezone = "UTC"
[storage]
encrypt = false
[gate]
level = "copilot"
hold_approved = "10s"
"""
ACCOUNT = """
[[account]]
name = "{name}"
provider = "imap"
address = "{name}@y.example"
[account.imap]
host = "127.0.0.1"
port = {imap}
security = "none"
user = "{user}"
password = {{ env = "PASSWORD_{upper}" }}
[account.smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"
user = "sam"
"""


class Living:
    """One home, and the processes that work on it."""

    def __init__(self, home: Path, dovecot: Dovecot, smtp: int = 9) -> None:
        self.home = home
        self.dovecot = dovecot
        self.smtp = smtp
        self.users = {name: f"{name}-{home.parent.name}-{os.getpid()}" for name in ("work", "home")}
        self.environment = {
            **os.environ, "RELANCE_HOME": str(home), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "PASSWORD_WORK": "secret", "PASSWORD_HOME": "secret",
        }  # fmt: skip
        self.started: list[subprocess.Popen[str]] = []
        home.mkdir(parents=True, exist_ok=True)

    def configure(self, *names: str, port: int = 0, more: str = "") -> None:
        """The config with these accounts; `port` replaces the mail server of the last one."""
        tables = [
            ACCOUNT.format(
                name=name, upper=name.upper(), user=self.users[name], smtp=self.smtp,
                imap=port if port and name == names[-1] else self.dovecot.port,
            )
            for name in names
        ]  # fmt: skip
        (self.home / "config.toml").write_text(HEAD + "".join(tables) + more)

    def start(self, *words: str, **places: str) -> subprocess.Popen[str]:
        """Start it and go on."""
        process = subprocess.Popen(
            [PROGRAM, *words], env={**self.environment, **places}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        self.started.append(process)
        return process

    def run(self, *words: str, largest: int = 0, says: str = "", **places: str) -> tuple[int, str, str]:
        """Run it to its end; `largest` is the size no file may pass."""
        limit = (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))) if largest else None
        done = subprocess.run(
            [PROGRAM, *words], env={**self.environment, **places}, capture_output=True, text=True, timeout=120,
            check=False, input=says, preexec_fn=limit,
        )  # fmt: skip
        return done.returncode, done.stdout, done.stderr

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("status", "--json")[1])
        return found

    def health(self, name: str) -> str:
        return next((str(row["health"]) for row in self.status()["accounts"] if row["name"] == name), "unknown")

    def rows(self, query: str) -> list[dict[str, Any]]:
        """What lies in the database, read from outside."""
        import sqlcipher3.dbapi2 as sqlite

        connection = sqlite.connect(f"{self.database.as_uri()}?mode=ro", uri=True, timeout=10)
        connection.row_factory = sqlite.Row
        with contextlib.closing(connection):
            return [dict(row) for row in connection.execute(query)]

    @property
    def database(self) -> Path:
        return next(self.home.rglob("*.db"))

    def state(self) -> str:
        found = self.rows("SELECT state FROM outbox ORDER BY id DESC LIMIT 1")
        return str(found[0]["state"]) if found else ""

    def line(self, name: str) -> imaplib.IMAP4:
        line = imaplib.IMAP4("127.0.0.1", self.dovecot.port)
        line.login(self.users[name], "secret")
        return line

    def put(self, folder: str, raw: str | bytes, name: str = "work") -> None:
        line = self.line(name)
        data = raw.encode() if isinstance(raw, str) else raw
        line.append(f'"{folder}"', r"(\Seen)", imaplib.Time2Internaldate(time.time()), data.replace(b"\n", b"\r\n"))
        line.logout()

    def asked(self, number: int = 1) -> None:
        """I asked somebody something ten days ago."""
        when = datetime.now(UTC) - timedelta(days=10)
        self.put(SENT, (
            f"From: Sam <work@y.example>\nTo: Pat <p{number}@x.example>\nSubject: Offer {number}\n"
            f"Date: {format_datetime(when)}\nMessage-ID: <ask{number}@y.example>\n\n"
            f"Hi Pat,\n\ncould you tell me whether offer {number} works for you?\n\nThanks,\nSam\n"
        ))  # fmt: skip

    def answered(self, number: int = 1) -> None:
        """And now they answer."""
        self.put("INBOX", (
            f"From: Pat <p{number}@x.example>\nTo: work@y.example\nSubject: Re: Offer {number}\n"
            f"Date: {format_datetime(datetime.now(UTC))}\nMessage-ID: <re{number}@x.example>\n"
            f"In-Reply-To: <ask{number}@y.example>\n\nYes, it works for us, thank you.\n\nPat\n"
        ))  # fmt: skip

    def queued(self, number: int = 1) -> None:
        """A follow-up, approved and due in a quarter of a minute."""
        self.asked(number)
        self.run("run", "--once")
        self.run("edit", "1", "--body-file", "-", says="Any news?\n")
        code, out, err = self.run("approve", "1", "--at-once")
        assert code == 0, (out, err)

    def close(self) -> None:
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.communicate()


def until(true: Callable[[], object], seconds: float = 90.0) -> bool:
    """Whether it became true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return bool(true())
