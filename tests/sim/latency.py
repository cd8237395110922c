"""Measures against Dovecot: from an answer to the stopped letter, and from the last look to the point of no return.

python -m tests.sim.latency [--tries 50] [--letters 30] [--apart 1.5]        0.05: each answer meets the work on the one before
"""

from __future__ import annotations

import argparse
import imaplib
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from agent.cli.doing.working import jobs_of
from agent.common.desk import Desk
from agent.common.home import Home
from agent.mailboxes.accounts import open_watcher
from agent.mailboxes.boxes import Boxes
from agent.mailboxes.sync import sync_account
from agent.paths import Places
from agent.running.daemon import Daemon
from agent.running.desk_setup import desk_for
from agent.sending import outbox
from agent.store.work import outbox as rows
from agent.store.work.budgets import Limits
from agent.verbs import actions
from tests.peers.dovecot import Dovecot, running
from tests.peers.dovecot_config import SENT
from tests.peers.smtp_faults import FaultServer, fault_server
from tests.sim.kill_storm import CONFIG
from tests.sim.world import drafted, memory_folder

WIDE = Limits(100, 10_000, timedelta(0), 10_000, 3, timedelta(0))


class Site:
    """A home on a real mail server."""

    def __init__(self, dovecot: Dovecot, server: FaultServer, name: str) -> None:
        os.environ["STORM_PASSWORD"] = "secret"
        folder = memory_folder("latency")
        file = folder / "config.toml"
        file.write_text(CONFIG.format(imap=dovecot.port, smtp=server.port, user=name))
        self.home = Home(Places(file, folder / "data", folder / "state", folder / "logs"), keyring=False)
        self.desk: Desk = desk_for(self.home)
        self.desk.limits = WIDE
        self.line = imaplib.IMAP4("127.0.0.1", dovecot.port)
        self.line.login(name, "secret")

    def put(
        self, folder: str, message_id: str, sender: str, to: str, refs: str = "", when: datetime | None = None
    ) -> None:
        at = when or datetime.now(UTC)
        tie = f"In-Reply-To: {refs}\r\nReferences: {refs}\r\n" if refs else ""
        raw = (
            f"From: {sender}\r\nTo: {to}\r\nSubject: Offer\r\nDate: {format_datetime(at)}\r\nMessage-ID: {message_id}\r\n"
            f"{tie}\r\nYes, that works for me, thanks. When can you come?\r\n"
        )
        self.line.append(f'"{folder}"', "", imaplib.Time2Internaldate(at.timestamp()), raw.encode())

    def sync(self) -> None:
        sync_account(self.home, self.home.config.account_named("work"))

    def asked(self, number: int) -> None:
        then = datetime.now(UTC) - timedelta(days=10)
        self.put(SENT, f"<ask{number}@y.example>", "sam@y.example", f"p{number}@x{number}.example", when=then)

    def queued(self, number: int) -> int:
        made = drafted(self.desk, number)
        done = actions.approve(self.desk, made, at_once=True)
        assert done.ok, done
        return made

    def answer(self, number: int, folder: str = "INBOX") -> None:
        self.put(
            folder,
            f"<re{number}@x.example>",
            f"p{number}@x{number}.example",
            "sam@y.example",
            f"<ask{number}@y.example>",
        )

    def state(self, followup: int) -> str:
        with self.home.store.read() as connection:
            row = rows.newest_of(connection, followup)
        return str(row.state) if row else ""

    def close(self) -> None:
        if isinstance(self.desk.mailbox, Boxes):
            self.desk.mailbox.close()
        self.home.close()
        self.line.logout()


@contextmanager
def site(name: str) -> Iterator[tuple[Site, FaultServer]]:
    with running() as dovecot, fault_server() as server:
        here = Site(dovecot, server, name)
        try:
            yield here, server
        finally:
            here.close()


def until(true: Callable[[], bool], seconds: float = 20.0) -> float:
    began = time.perf_counter()
    while time.perf_counter() < began + seconds:
        if true():
            return time.perf_counter() - began
        # Asked too often it would slow down what it measures.
        time.sleep(0.01)
    return float("inf")


class Listening(Daemon):
    """The daemon, which notes when it was told of news."""

    told = 0.0

    def heard(self, name: str) -> None:
        self.told = time.perf_counter()
        super().heard(name)


def answers(tries: int, apart: float) -> tuple[list[float], list[float]]:
    """Seconds from the server having the answer to the letter being stopped, and of these until the server told."""
    taken, untold = [], []
    with site("answers") as (here, _):
        for number in range(tries):
            here.asked(number)
        here.sync()
        made = [here.queued(number) for number in range(tries)]
        name = here.home.config.account[0].name
        assert isinstance(here.desk.mailbox, Boxes)
        jobs = jobs_of(here.home, boxes=here.desk.mailbox)
        daemon = Listening(
            here.desk, jobs, watcher=lambda _n: open_watcher(here.home, here.home.config.account_named(name))
        )
        here.desk.hold_approved = timedelta(hours=1)
        with here.home.store.write() as change:
            change.connection.exec_driver_sql("UPDATE outbox SET ready_at = ready_at + 36000000000")
        thread = threading.Thread(target=daemon.run)
        thread.start()
        until(lambda: daemon.watching.covers(name) and daemon.passes > 0)
        for number in range(tries):
            time.sleep(apart)
            here.answer(number)
            there = time.perf_counter()
            taken.append(until(lambda number=number: here.state(made[number]) == "STOPPED"))  # type: ignore[misc]
            untold.append(max(daemon.told - there, 0.0))
        daemon.stop()
        thread.join(30)
    return sorted(taken), sorted(untold)


def looks(letters: int) -> tuple[list[float], list[float]]:
    """Seconds from the beginning of the last look to the point of no return; nobody is waited for."""
    with site("looks") as (here, server):
        for number in range(letters):
            here.asked(number)
        here.sync()
        for number in range(letters):
            here.queued(number)
        with here.home.store.write() as change:
            change.connection.exec_driver_sql("UPDATE outbox SET ready_at = ready_at - 60000000")
        outbox.pump(here.desk, most=letters)
        assert len(server.taken) == letters, len(server.taken)
        with here.home.store.read() as connection:
            return [window / 1e6 for window in rows.windows(connection)], []


def processor() -> float:
    """Seconds this process has used so far."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


def percent(values: list[float], share: float) -> float:
    return values[min(int(len(values) * share), len(values) - 1)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=50)
    parser.add_argument("--letters", type=int, default=30)
    parser.add_argument("--apart", type=float, default=1.5, help="seconds between two answers")
    chosen = parser.parse_args()
    for name, measure, count in (
        ("answer to stopped", lambda count: answers(count, chosen.apart), chosen.tries),
        ("look to point of no return", looks, chosen.letters),
    ):
        before = processor()
        values, untold = measure(count)
        waited = f" (the server told after p50 {percent(untold, 0.5) * 1000:.0f} ms)" if untold else ""
        print(
            f"{name}: {len(values)} tries, p50 {percent(values, 0.5) * 1000:.0f} ms, p99 {percent(values, 0.99) * 1000:.0f} ms, "
            f"worst {values[-1] * 1000:.0f} ms{waited}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, "
            f"processor {(processor() - before) / len(values) * 1000:.0f} ms a try with everything around it"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
