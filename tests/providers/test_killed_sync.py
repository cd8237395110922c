"""A first sync that is killed again and again ends with the store of one that never was."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.peers.dovecot import Dovecot, dovecot
from tests.peers.generate import into_maildir

__all__ = ["dovecot"]
MAILS = 1500
KILLS = 30
ROUNDS = 3
ROOT = Path(__file__).parents[2]
CONFIG = """
[[account]]
name = "killed"
provider = "imap"
address = "me@example.org"
[account.imap]
host = "127.0.0.1"
port = {port}
security = "none"
user = "killed"
password = {{ env = "KILLED_PASSWORD" }}
"""
SYNC = """
from agent.common.home import Home
from agent.mailboxes.sync import sync_account
with Home.usual() as home:
    sync_account(home, home.config.account[0], lambda done, total: print(done, total, flush=True))
"""
ROWS = """
import json
from sqlalchemy import select
from agent.common.home import Home
from agent.store.mail.threading import MAIL, THREAD
wanted = (MAIL.c.key, MAIL.c.message_id, MAIL.c.subject, MAIL.c.present, MAIL.c.role, MAIL.c.body, THREAD.c.root)
with Home.usual() as home, home.store.read() as connection:
    rows = connection.execute(select(*wanted).join(THREAD, THREAD.c.id == MAIL.c.thread_id).order_by(MAIL.c.key))
    print(json.dumps([list(row) for row in rows]))
"""


def environment(home: Path, port: int) -> dict[str, str]:
    home.mkdir()
    (home / "config.toml").write_text(CONFIG.format(port=port))
    return {
        **os.environ, "RELANCE_HOME": str(home), "KILLED_PASSWORD": "secret", "PYTHONPATH": str(ROOT),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }  # fmt: skip


def run(script: str, variables: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "-c", script], env=variables, capture_output=True, text=True, check=True
    ).stdout


def killed(variables: dict[str, str], pages: int, delay: float) -> int:
    """Kill a sync some time after it stored so many pages; returns how far it said it was."""
    process = subprocess.Popen([sys.executable, "-c", SYNC], env=variables, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    reached = 0
    for _ in range(pages):
        line = process.stdout.readline()
        reached = int(line.split()[0]) if line else reached
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.stdout.close()
    return reached


@pytest.mark.peer
@pytest.mark.slow
def test_a_sync_killed_at_random_moments_ends_like_an_uninterrupted_one(dovecot: Dovecot, tmp_path: Path) -> None:
    place = dovecot.maildir("killed")
    into_maildir(place, 5, MAILS, attachment=2000)
    dovecot.own(place)
    whole = environment(tmp_path / "whole", dovecot.port)
    run(SYNC, whole)
    expected = json.loads(run(ROWS, whole))
    assert len(expected) == MAILS
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    dice = random.Random(seed)
    for number in range(ROUNDS):
        variables = environment(tmp_path / f"home{number}", dovecot.port)
        seen = [killed(variables, dice.choice((0, 1, 1)), dice.uniform(0.0, 0.2)) for _ in range(KILLS // ROUNDS)]
        print(f"home {number}: killed after {seen} mails")
        assert any(seen)
        run(SYNC, variables)
        assert json.loads(run(ROWS, variables)) == expected
