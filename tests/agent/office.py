"""A small office: one person's mailbox in memory, a clock that obeys, and the passes the daemon makes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from agent.common.desk import Desk
from agent.common.home import Home
from agent.drafting.draft import draft_due
from agent.judging.judge import judge_changed
from agent.mailboxes.sync import sync_account
from agent.paths import places
from agent.running.desk_setup import desk_for
from agent.running.jobs import Jobs, one_pass
from agent.sending import outbox
from agent.sequences.enroll import Answered, WantedEnrolment, enroll, signal
from agent.store.base.values import DraftVersion, Followup, KeptEnrolment
from agent.store.shown import views
from agent.store.work import enrolments
from providers.base import Letter, Receipt, Role
from providers.local.memory import MemoryServer
from tests.conftest import Ticking

ME, ANN, BOB = "sam@mine.example", "ann@partner.example", "bob@other.example"
PARIS = ZoneInfo("Europe/Paris")
CONFIG = """
[me]
name = "Sam Okafor"
timezone = "Europe/Paris"
[[account]]
name = "work"
provider = "memory"
address = "sam@mine.example"
[gate]
level = "{level}"
"""


@dataclass
class Office:
    home: Home
    server: MemoryServer
    clock: Ticking
    desk: Desk
    left: list[tuple[datetime, Letter]] = field(default_factory=list)
    written: int = 0

    def mail(self, sender: str, to: str, subject: str, text: str, **more: Any) -> str:
        """A mail lies in the mailbox; returns its Message-ID."""
        self.written += 1
        name = more.pop("name", "") or f"<m{self.written}@{sender.partition('@')[2]}>"
        at = more.pop("at", None) or self.clock()
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, to, subject
        message["Message-ID"], message["Date"] = name, format_datetime(at.astimezone(PARIS))
        follows = more.pop("follows", "")
        if follows:
            message["In-Reply-To"] = message["References"] = follows
        for header, value in more.pop("headers", {}).items():
            message[header] = value
        message.set_content(text)
        role = more.pop("role", Role.SENT if sender.endswith((ME, f"{ME}>")) else Role.INBOX)
        self.key = self.server.deliver(message.as_bytes(), role=role, received=at, **more)
        return name

    def read(self) -> None:
        sync_account(self.home, self.home.config.account[0])
        judge_changed(self.home)

    def passes(self) -> Any:
        """One full pass of the daemon."""
        jobs = Jobs(
            sync=lambda _: sync_account(self.home, self.home.config.account[0]),
            judge=lambda: judge_changed(self.home), draft=lambda: draft_due(self.home),
        )  # fmt: skip
        done = one_pass(self.desk, jobs)
        assert not done.failed, done.failed
        return done

    def runs(self, *, days: float, hours: float = 1.0) -> None:
        """Time passes, with a pass every so often."""
        for _ in range(int(days * 24 / hours)):
            self.clock.forward(hours=hours)
            self.passes()

    def enroll(self, whom: str, plan: str = "sales", **more: Any) -> Answered:
        return enroll(self.home, WantedEnrolment(whom, plan, **more))

    def signal(self, whom: str, words: str, **more: Any) -> Answered:
        return signal(self.home, WantedEnrolment(whom, words=words, **more))

    def rows(self, person: str = "") -> list[Followup]:
        with self.home.store.read() as connection:
            return [row for row in views.listed(connection) if not person or row.person == person]

    def one(self, number: int) -> Followup:
        with self.home.store.read() as connection:
            return views.one(connection, str(number))

    def enrolment(self, number: int = 1) -> KeptEnrolment:
        with self.home.store.read() as connection:
            found = enrolments.find(connection, number)
        assert found is not None
        return found

    def draft(self, number: int) -> DraftVersion | None:
        with self.home.store.read() as connection:
            return views.newest_draft(connection, number)

    def events(self) -> list[str]:
        with self.home.store.read() as connection:
            return list(connection.exec_driver_sql("SELECT event FROM event ORDER BY seq").scalars())


@contextmanager
def office(where: Path, clock: Ticking, *, level: str = "copilot", more: str = "") -> Iterator[Office]:
    """Opened and closed."""
    where.mkdir(parents=True, exist_ok=True)
    (where / "config.toml").write_text(CONFIG.format(level=level) + more)
    home = Home(places(), clock=clock, keyring=False)
    server = MemoryServer(clock)
    home.servers["work"] = server
    desk = desk_for(home)
    made = Office(home, server, clock, desk)

    def accept(letter: Letter) -> Receipt:
        made.left.append((clock(), letter))
        return Receipt("250 taken", letter.message_id, server.accept(letter))

    desk.sender = lambda _: outbox.memory_sender(accept)
    desk.seconds = lambda: clock().timestamp()
    try:
        yield made
    finally:
        home.close()
