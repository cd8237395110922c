"""The real program against a real Dovecot and a server that misbehaves, killed at random again and again.

python -m tests.sim.kill_storm [--kills 300] [--seed 1] [--people 12]
"""

from __future__ import annotations

import argparse
import email
import imaplib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.peers.dovecot import Dovecot, running
from tests.peers.dovecot_config import SENT
from tests.peers.smtp_faults import FaultServer, fault_server
from tests.sim.world import memory_folder

FAULTS = ["ok"] * 6 + [
    "ok_then_drop", "rcpt_drop", "mail_451", "data_451", "data_drop", "body_drop", "dot_drop_before_store",
    "dot_drop_after_store", "dot_garbage_after_store", "dot_452_after_store", "dot_stall_after_store", "dot_451", "banner_421",
]  # fmt: skip
CONFIG = """
[me]
name = "Sam"
timezone = "UTC"
[[account]]
name = "work"
provider = "imap"
address = "sam@y.example"
[account.imap]
host = "127.0.0.1"
port = {imap}
security = "none"
user = "{user}"
password = {{ env = "STORM_PASSWORD" }}
[account.smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"
user = "sam"
[gate]
level = "copilot"
hold_approved = "10s"
per_day = 100
per_hour = 100
"""


class Storm:
    def __init__(self, dovecot: Dovecot, server: FaultServer, seed: int, people: int) -> None:
        self.random = random.Random(seed)
        self.dovecot = dovecot
        self.server = server
        self.home = memory_folder("storm")
        self.user = f"storm{seed}"
        self.people = people
        self.killed = 0
        self.ended: Counter[int] = Counter()
        (self.home / "config.toml").write_text(CONFIG.format(imap=dovecot.port, smtp=server.port, user=self.user))

    def fill(self) -> None:
        """I asked these people something ten days ago."""
        line = imaplib.IMAP4("127.0.0.1", self.dovecot.port)
        line.login(self.user, "secret")
        when = datetime.now(UTC) - timedelta(days=10)
        for number in range(self.people):
            raw = (
                f"From: Sam <sam@y.example>\r\nTo: Pat <p{number}@x{number}.example>\r\nSubject: Offer {number}\r\n"
                f"Date: {format_datetime(when)}\r\nMessage-ID: <ask{number}@y.example>\r\n\r\n"
                f"Hi Pat,\r\n\r\ncould you tell me whether offer {number} works for you?\r\n\r\nThanks,\r\nSam\r\n"
            )
            line.append(f'"{SENT}"', r"(\Seen)", imaplib.Time2Internaldate(when.timestamp()), raw.encode())
        line.logout()

    def program(self, *words: str, kill: bool) -> int:
        """Run the real program; when told to, kill it at a random point or a random moment."""
        places = {
            "RELANCE_HOME": str(self.home),
            "STORM_PASSWORD": "secret",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }
        by_point = kill and self.random.random() < 0.7
        if by_point:
            places["RELANCE_FAILPOINT"] = str(self.random.randint(1, 90))
        started = subprocess.Popen(
            [sys.executable, "-m", "tests.sim.kill_storm", "--child", *words],
            env={**os.environ, **places}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        if kill and not by_point:
            with suppress(subprocess.TimeoutExpired):
                started.wait(self.random.uniform(0.4, 2.5))
            started.send_signal(signal.SIGKILL)
        _, said = started.communicate(timeout=120)
        code = started.returncode
        self.killed += code in {137, -signal.SIGKILL}
        self.ended[code] += 1
        if code == 1:
            print(said.decode()[-600:])
        return code

    def run(self, kills: int) -> None:
        self.fill()
        self.program("run", "--once", kill=False)
        while self.killed < kills:
            self.server.case = self.random.choice(FAULTS)
            if self.random.random() < 0.35:
                self.program(
                    "approve", "--at-once", str(self.random.randint(1, self.people)), kill=self.random.random() < 0.5
                )
            self.program("run", "--once", kill=True)

    def settle(self) -> None:
        self.server.case = "ok"
        for number in range(1, self.people + 1):
            self.program("approve", "--at-once", str(number), kill=False)
        time.sleep(16)
        for _ in range(2):
            self.program("run", "--once", kill=False)

    def judge(self) -> tuple[list[str], str]:
        from agent.common.home import Home
        from agent.paths import Places
        from agent.store.work import outbox

        tokens = Counter(str(email.message_from_bytes(raw)["X-Relance-Id"]) for *_, raw in self.server.taken)
        asked = Counter(re.findall(rb"<ask\d+@", raw)[0] for *_, raw in self.server.taken)
        wrong = [f"token {token} was delivered {count} times" for token, count in tokens.items() if count > 1]
        wrong += [f"{name.decode()} was followed up {count} times" for name, count in asked.items() if count > 1]
        places = Places(self.home / "config.toml", self.home / "data", self.home / "state", self.home / "logs")
        with Home(places, keyring=False) as home:
            verdict = home.store.verify()
            with home.store.read() as connection:
                rows = outbox.rows(connection)
                windows = outbox.windows(connection)
        if not self.server.taken:
            wrong.append("no letter left, so nothing was tried")
        if verdict.broken_at is not None:
            wrong.append(f"audit log broken at {verdict.broken_at}")
        for row in rows:
            if row.token in tokens and row.state not in {"SENT", "UNCERTAIN", "NEEDS_REVIEW"}:
                wrong.append(f"row {row.id} is {row.state} and was delivered")
            if row.state in {"CLAIMED", "SUBMITTING"}:
                wrong.append(f"row {row.id} is left in {row.state}")
        states = Counter(row.state for row in rows)
        words = f"{len(self.server.taken)} letters taken, {len(rows)} approved: {dict(states)}; audit log of {verdict.rows} rows whole"
        if windows:
            words += f"; look to point of no return p50 {windows[len(windows) // 2] / 1000:.0f} ms, p99 {windows[-max(len(windows) // 100, 1)] / 1000:.0f} ms"
        return wrong, words

    def close(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)


def storm(kills: int, seed: int, people: int) -> tuple[list[str], str]:
    with running() as dovecot, fault_server() as server:
        server.stall = 1.0
        here = Storm(dovecot, server, seed, people)
        try:
            here.run(kills)
            here.settle()
            wrong, words = here.judge()
            return wrong, f"{here.killed} kills, exit codes {dict(here.ended)}; {words}"
        finally:
            here.close()


def child(words: list[str]) -> None:
    """The real program, with caps that would take days lifted and a short patience with a silent server."""
    from dataclasses import replace

    from agent import failpoints
    from agent.cli import main as relance
    from agent.running import desk_setup
    from providers.smtp import sender as smtp

    failpoints.from_environment()
    original, connect = desk_setup.limits_of, smtp.Server
    desk_setup.limits_of = lambda config: replace(original(config), gap=timedelta(0), per_person=timedelta(0))
    smtp.Server = lambda **named: connect(**{**named, "last_seconds": 2.0})  # type: ignore[assignment, misc]
    sys.argv = ["relance", *words]
    relance()


def main() -> int:
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2:])
        return 0
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=12)
    chosen = parser.parse_args()
    began = time.monotonic()
    wrong, words = storm(chosen.kills, chosen.seed, chosen.people)
    for line in wrong:
        print("WRONG", line)
    print(f"kill storm, seed {chosen.seed}: {words}; {len(wrong)} broken promises, {time.monotonic() - began:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
