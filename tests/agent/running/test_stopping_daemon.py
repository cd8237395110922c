"""A real daemon that reads what it should not: it ends when asked to, and the next start goes on behind it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent import bounds
from agent.common.home import Home
from agent.judging import condensing
from agent.mailboxes.sync import sync_account
from agent.paths import places
from tests.agent.small import BO, ME, letter
from tests.peers.slow_server import imap, slow_server

SLOW, POISON = re.compile(r"(a|aa)+$"), "a" * 200 + "b"
CONFIG = """
[me]
name = "Noor"
timezone = "UTC"
[[account]]
name = "home"
provider = "archive"
address = "noor@example.org"
[account.archive]
path = "{path}"
[[account]]
name = "slow"
provider = "imap"
address = "noor@slow.example"
[account.imap]
host = "127.0.0.1"
port = {port}
security = "none"
user = "noor"
password = {{ env = "SLOW_PASSWORD" }}
"""


def box(folder: Path, *mails: tuple[str, str, str, str]) -> Path:
    """An mbox of a question and what came back."""
    at, parts = datetime.now(UTC) - timedelta(days=9), []
    for number, (name, sender, text, refs) in enumerate(mails):
        raw = letter(
            name, sender, ME if sender != ME else BO, at + timedelta(hours=number), text, subject="Terrace", refs=refs
        )
        parts.append(b"From x@y.example Mon Jan  1 00:00:00 2026\n" + raw.replace(b"\r\n", b"\n") + b"\n")
    (folder / "all.mbox").write_bytes(b"".join(parts))
    return folder / "all.mbox"


def started(home: Path, seconds: float) -> subprocess.Popen[bytes]:
    env = {**os.environ, "RELANCE_HOME": str(home), "SLOW_PASSWORD": "x", "LIMIT": str(seconds)}
    env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    return subprocess.Popen(
        [sys.executable, "-m", "tests.agent.running.test_stopping_daemon"],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def problems(home: Path) -> dict[str, str]:
    with Home(places(home / "config.toml"), keyring=False) as here, here.store.read() as connection:
        return dict(connection.exec_driver_sql("SELECT message_id, problem FROM mail").all())


def until(wanted: object, most: float = 40.0) -> None:
    assert callable(wanted)
    end = time.monotonic() + most
    while not wanted():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.2)


def ended(process: subprocess.Popen[bytes]) -> float:
    """Seconds from asking it to end to its end."""
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    return time.monotonic() - begun


@pytest.mark.slow
def test_it_ends_in_the_middle_and_goes_on_behind(private_home: Path) -> None:
    private_home.mkdir(parents=True, exist_ok=True)
    file = box(
        private_home, ("<a@example.org>", ME, "Which of the two should we take?\n", ""),
        ("<p@lund.example>", BO, f"Hi\n{POISON}\n", "<a@example.org>"),
        ("<b@example.org>", ME, "And the fence: could you send me the price?\n", ""),
        ("<q@lund.example>", BO, "It is 40.\n", "<b@example.org>"),
    )  # fmt: skip
    with slow_server(imap(lambda line: line.hang())) as port:
        (private_home / "config.toml").write_text(CONFIG.format(path=file, port=port))
        with Home(places(private_home / "config.toml"), keyring=False) as here:
            sync_account(here, here.config.account[0])
        busy = private_home / "busy"
        first = started(private_home, 1000)
        try:
            until(busy.exists)
            assert ended(first) < 5
        finally:
            first.kill()
        assert first.wait() == 0
        second = started(private_home, 0.5)
        try:
            until(lambda: problems(private_home).get("<p@lund.example>"))
            until(lambda: health(private_home).get("slow") == "stale")
            assert ended(second) < 5
        finally:
            second.kill()
            second.wait()
    assert {name for name, problem in problems(private_home).items() if problem} == {"<p@lund.example>"}
    assert reasons(private_home)["<q@lund.example>"] == "answered"
    assert health(private_home)["home"] == "ok"


def health(home: Path) -> dict[str, str]:
    with Home(places(home / "config.toml"), keyring=False) as here, here.store.read() as connection:
        return dict(connection.exec_driver_sql("SELECT name, health FROM account").all())


def reasons(home: Path) -> dict[str, str]:
    query = "SELECT m.message_id, t.reason FROM mail m JOIN thread t ON t.id = m.thread_id"
    with Home(places(home / "config.toml"), keyring=False) as here, here.store.read() as connection:
        return dict(connection.exec_driver_sql(query).all())


def child() -> None:
    """The daemon, with a judge that one mail keeps busy for ever, and with little patience."""
    from agent.cli import main
    from agent.mailboxes import accounts

    honest = condensing.summarise

    def reader(thread: object, *given: object, **named: object) -> object:
        if any(POISON in mail.text for mail in thread.mails):  # type: ignore[attr-defined]
            (Path(os.environ["RELANCE_HOME"]) / "busy").touch()
            SLOW.match(POISON)
        return honest(thread, *given, **named)  # type: ignore[arg-type]

    condensing.summarise = reader  # type: ignore[assignment]
    bounds.MOST_SECONDS = float(os.environ["LIMIT"])
    usual = accounts.imap_settings
    accounts.imap_settings = lambda *given: replace(usual(*given), timeout=1.0, whole=2.0)
    sys.argv = ["relance", "run"]
    main()


if __name__ == "__main__":
    child()
