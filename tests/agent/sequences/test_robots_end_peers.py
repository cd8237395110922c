"""A service writes while a letter of a plan is approved and waits: in Gmail's API, in Graph and in a real IMAP server
nothing leaves after that, be it seen by the last look alone."""

from __future__ import annotations

import imaplib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from agent.common.desk import Desk
from agent.common.home import Home
from agent.drafting.draft import draft_due
from agent.judging.judge import judge_changed
from agent.mailboxes.sync import sync_mailbox
from agent.paths import places
from agent.running.desk_setup import desk_for
from agent.running.jobs import Jobs, one_pass
from agent.sending import outbox
from agent.sequences.enroll import WantedEnrolment, enroll
from agent.store.shown import views
from agent.store.work import enrolments
from agent.verbs import actions
from providers.base import Letter, Mailbox, Receipt
from providers.gmail.api import GmailSettings
from providers.gmail.mailbox import GmailMailbox
from providers.imap.connect import ImapSettings
from providers.imap.mailbox import ImapMailbox
from providers.outlook.mailbox import OutlookMailbox
from providers.outlook.mailbox import OutlookSettings as GraphSettings
from tests.peers.dovecot import Dovecot, dovecot
from tests.peers.fake_letters import SAM
from tests.peers.gmail_fake import GmailFake
from tests.peers.graph_fake import GraphFake

__all__ = ["dovecot"]
pytestmark = pytest.mark.slow
ANN, ABOUT = "ann@partner.example", "Would a shorter contract for next year suit you?"
ROBOTS = {
    "calendly": (
        "Calendly <notifications@calendly.com>", "New Event: Ann Lee - 30 Minute Meeting",
        f"A new event has been scheduled.\n\nInvitee: Ann Lee\nInvitee Email: {ANN}\n", "booked",
    ),
    "docusign": (
        "Docusign <dse_na4@docusign.net>", "Completed: Framework agreement",
        f"Your document has been completed.\n\nSigners: Sam, Ann Lee ({ANN})\n", "booked",
    ),
    "zendesk": (
        "Mine Support <support@mine.zendesk.com>", "New ticket #2818: Portal access",
        f"A new ticket has been created.\n\nRequester: Ann Lee <{ANN}>\n", "",
    ),
}  # fmt: skip


@dataclass
class Place:
    """A home with one account whose mailbox is a server's."""

    home: Home
    box: Mailbox
    deliver: Callable[[bytes], object]
    ahead: timedelta = timedelta(minutes=-2)
    left: list[Letter] = field(default_factory=list)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    @property
    def desk(self) -> Desk:
        desk = desk_for(self.home)
        desk.mailbox = lambda _: self.box
        desk.seconds = lambda: self.now().timestamp()
        desk.sender = lambda _: outbox.memory_sender(self.accept)
        return desk

    def accept(self, letter: Letter) -> Receipt:
        self.left.append(letter)
        return Receipt("250 taken", letter.message_id, "")

    def passes(self) -> None:
        jobs = Jobs(
            sync=lambda _: sync_mailbox(self.home, self.home.config.account[0], self.box),
            judge=lambda: judge_changed(self.home), draft=lambda: draft_due(self.home),
        )  # fmt: skip
        done = one_pass(self.desk, jobs)
        assert not done.failed, done.failed

    def approved(self) -> None:
        """A first mail to Ann is drafted on its day, and approved."""
        self.passes()
        made = enroll(self.home, WantedEnrolment(ANN, "sales", about=ABOUT, new=True))
        for _ in range(8):
            self.ahead += timedelta(days=1)
            self.passes()
            with self.home.store.read() as connection:
                if views.one(connection, str(made.followup)).state == "drafted":
                    break
        done = actions.approve(self.desk, made.followup, at_once=True)
        assert done.ok, done

    def comes(self, robot: str) -> None:
        sender, subject, text, _ = ROBOTS[robot]
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = sender, SAM, subject
        message["Message-ID"], message["Date"] = "<robot@service.example>", format_datetime(datetime.now(UTC))
        message.set_content(text)
        self.deliver(message.as_bytes())

    def reason(self) -> str:
        with self.home.store.read() as connection:
            found = enrolments.find(connection, 1)
        assert found is not None
        return str(found.reason)


def check(place: Place, robot: str) -> None:
    """The letter waits, a service writes, and only the last look can see it; with none the letter leaves."""
    place.approved()
    if robot:
        place.comes(robot)
    place.ahead += timedelta(minutes=2)
    outbox.pump(place.desk)
    assert len(place.left) == (0 if robot else 1)
    for _ in range(4 if robot else 0):
        place.ahead += timedelta(days=1)
        place.passes()
    assert len(place.left) == (0 if robot else 1)
    assert place.reason() == (ROBOTS[robot][3] if robot else "")


@contextmanager
def at(private_home: Path, box: Mailbox, deliver: Callable[[bytes], object]) -> Iterator[Place]:
    private_home.mkdir(parents=True)
    account = f'[me]\nname = "Sam"\n[[account]]\nname = "work"\nprovider = "memory"\naddress = "{SAM}"\n'
    (private_home / "config.toml").write_text(f'{account}[gate]\nlevel = "copilot"\n[storage]\nencrypt = false\n')
    clock: list[Place] = []
    home = Home(places(), keyring=False, clock=lambda: clock[0].now())
    clock.append(Place(home, box, deliver))
    try:
        yield clock[0]
    finally:
        home.close()


CASES = pytest.mark.parametrize("robot", [*ROBOTS, ""])


@CASES
def test_gmail(private_home: Path, robot: str) -> None:
    with GmailFake() as fake:
        fake.store.address = SAM
        box = GmailMailbox(GmailSettings(SAM, lambda rejected="": "good", endpoint=fake.url, sleep=lambda _: None))
        with at(private_home, box, fake.store.deliver) as place:
            check(place, robot)


@CASES
def test_outlook(private_home: Path, robot: str) -> None:
    with GraphFake() as fake:
        box = OutlookMailbox(GraphSettings(SAM, lambda rejected="": "good", fake.graph_url, lambda _: None))
        with at(private_home, box, fake.store.deliver) as place:
            check(place, robot)


@pytest.mark.peer
@CASES
def test_imap(private_home: Path, dovecot: Dovecot, robot: str) -> None:
    user = f"robots{robot}"
    line = imaplib.IMAP4("127.0.0.1", dovecot.port)
    line.login(user, "secret")
    settings = ImapSettings(
        host="127.0.0.1", port=dovecot.port, security="none", user=user, password=lambda: "secret", address=SAM
    )
    with (
        closing(ImapMailbox(settings)) as box,
        at(private_home, box, lambda raw: line.append("INBOX", "", "", raw)) as place,
    ):
        check(place, robot)
    line.logout()
