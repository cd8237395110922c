"""Labels and absences in a real IMAP server, in Gmail's API and in Graph: what is set there is heeded here."""

from __future__ import annotations

import imaplib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from agent.common.home import Home
from agent.decide.plans.causes import cause_of
from agent.judging.judge import judge_changed
from agent.mailboxes import absence
from agent.mailboxes.sync import sync_mailbox
from agent.paths import places
from agent.store.mail import verdicts
from agent.store.work import enrolments
from providers.base import Mailbox
from providers.gmail.api import GmailSettings
from providers.gmail.mailbox import GmailMailbox
from providers.imap.connect import ImapSettings
from providers.imap.mailbox import ImapMailbox
from providers.outlook.mailbox import OutlookMailbox
from providers.outlook.mailbox import OutlookSettings as GraphSettings
from tests.peers.dovecot import Dovecot, dovecot
from tests.peers.dovecot_config import SENT
from tests.peers.fake_letters import SAM
from tests.peers.gmail_fake import GmailFake
from tests.peers.graph_fake import GraphFake

__all__ = ["dovecot"]
NOW = datetime.now(UTC).replace(microsecond=0)


def asked(bcc: str = "") -> bytes:
    message = EmailMessage()
    if bcc:
        message["Bcc"] = bcc
    message["From"], message["To"], message["Subject"] = SAM, "ann@partner.example", "The offer"
    message["Message-ID"], message["Date"] = "<offer@mine.example>", format_datetime(NOW - timedelta(days=1))
    message.set_content("Hi Ann,\n\nCould you tell me whether the offer suits you?\n\nSam")
    return message.as_bytes()


@pytest.fixture
def home(private_home: Path) -> Iterator[Home]:
    private_home.mkdir(parents=True)
    account = f'[[account]]\nname = "work"\nprovider = "memory"\naddress = "{SAM}"\n'
    (private_home / "config.toml").write_text(f"{account}[storage]\nencrypt = false\n")
    opened = Home(places(), keyring=False)
    yield opened
    opened.close()


def states(home: Home, box: Mailbox) -> list[tuple[str, str]]:
    """Read what is new, judge it, and say what is enrolled."""
    sync_mailbox(home, home.config.account[0], box)
    judge_changed(home)
    with home.store.read() as connection:
        (thread,) = connection.exec_driver_sql("SELECT id FROM thread").scalars().all()
        return [(row.plan, row.state) for row in enrolments.of_thread(connection, thread)]


def set_and_taken(
    home: Home, box: Mailbox, label: Callable[[], object], unlabel: Callable[[], object], plan: str = "sales"
) -> None:
    assert states(home, box) == []
    label()
    assert states(home, box) == [(plan, "active")]
    unlabel()
    assert states(home, box) == [(plan, "ended")]


def began(home: Home) -> tuple[str, str, str]:
    """Plan and cause of what began, and to whom a letter of it would go."""
    with home.store.read() as connection:
        (row,) = enrolments.active(connection)
        cause = cause_of(row.cause)
        (summary,) = verdicts.summaries(connection, [row.thread_id]).values()
    return row.plan, f"{cause.by} {cause.word}", " ".join(summary.people)


WORD = f"{SAM.partition('@')[0]}+relance-3d@{SAM.partition('@')[2]}"
BEGAN = ("nudge", "bcc 3d", "ann@partner.example")


def test_gmail(home: Home) -> None:
    with GmailFake() as fake:
        fake.store.address = SAM
        key = fake.store.deliver(asked(), labels=("SENT",), at=NOW - timedelta(days=1))
        name = fake.store.label("relance/sales")
        settings = GmailSettings(SAM, lambda rejected="": "good", endpoint=fake.url, sleep=lambda _: None)
        box = GmailMailbox(settings)
        set_and_taken(
            home, box, lambda: fake.store.relabel(key, add=(name,)), lambda: fake.store.relabel(key, remove=(name,))
        )


def test_a_time_in_gmail(home: Home) -> None:
    with GmailFake() as fake:
        fake.store.address = SAM
        key = fake.store.deliver(asked(), labels=("SENT",), at=NOW - timedelta(days=1))
        name = fake.store.label("relance/3d")
        settings = GmailSettings(SAM, lambda rejected="": "good", endpoint=fake.url, sleep=lambda _: None)
        box = GmailMailbox(settings)
        set_and_taken(
            home,
            box,
            lambda: fake.store.relabel(key, add=(name,)),
            lambda: fake.store.relabel(key, remove=(name,)),
            "nudge",
        )


def test_a_word_in_bcc_in_gmail(home: Home) -> None:
    with GmailFake() as fake:
        fake.store.address = SAM
        fake.store.deliver(asked(WORD), labels=("SENT", "INBOX"), at=NOW - timedelta(days=1))
        box = GmailMailbox(GmailSettings(SAM, lambda rejected="": "good", endpoint=fake.url, sleep=lambda _: None))
        assert states(home, box) == [("nudge", "active")] and began(home) == BEGAN


def test_a_time_in_outlook(home: Home) -> None:
    with GraphFake() as fake:
        key = fake.store.deliver(asked(), "sentitems")

        def categories(*names: str) -> None:
            fake.store.change(fake.store.items[key], {"categories": list(names)})

        box = OutlookMailbox(GraphSettings(SAM, lambda rejected="": "good", fake.graph_url, lambda _: None))
        set_and_taken(home, box, lambda: categories("relance/2w"), lambda: categories("Red category"), "nudge")


def test_a_word_in_bcc_in_outlook(home: Home) -> None:
    with GraphFake() as fake:
        fake.store.deliver(asked(WORD), "sentitems")
        fake.store.deliver(asked(), "inbox")
        box = OutlookMailbox(GraphSettings(SAM, lambda rejected="": "good", fake.graph_url, lambda _: None))
        assert states(home, box) == [("nudge", "active")] and began(home) == BEGAN


def test_outlook(home: Home) -> None:
    with GraphFake() as fake:
        key = fake.store.deliver(asked(), "sentitems")

        def categories(*names: str) -> None:
            fake.store.change(fake.store.items[key], {"categories": list(names)})

        box = OutlookMailbox(GraphSettings(SAM, lambda rejected="": "good", fake.graph_url, lambda _: None))
        set_and_taken(
            home, box, lambda: categories("relance/sales", "Red category"), lambda: categories("Red category")
        )


def away(home: Home, box: Mailbox) -> str:
    """What holds everything back after a look at the mailbox."""
    sync_mailbox(home, home.config.account[0], box)
    with home.store.read() as connection:
        return absence.holds(connection, datetime.now(UTC))


def test_the_vacation_responder_of_gmail_holds_everything(home: Home) -> None:
    with GmailFake() as fake:
        fake.store.address = SAM
        end = datetime.now(UTC) + timedelta(days=3)
        fake.store.vacation = {"enableAutoReply": True, "endTime": str(int(end.timestamp() * 1000))}
        settings = GmailSettings(SAM, lambda rejected="": "good", endpoint=fake.url, sleep=lambda _: None)
        assert f"until {end.astimezone():%a %d %b %Y}" in away(home, GmailMailbox(settings))


def test_the_automatic_replies_of_outlook_hold_everything(home: Home) -> None:
    with GraphFake() as fake:
        fake.store.replies = {"status": "alwaysEnabled"}
        box = OutlookMailbox(GraphSettings(SAM, lambda rejected="": "good", fake.graph_url, lambda _: None))
        assert away(home, box).startswith("you are away (")


@pytest.mark.peer
@pytest.mark.parametrize("way", ["keyword", "keyword as Thunderbird writes it", "folder", "time", "time in a folder"])
def test_imap(home: Home, dovecot: Dovecot, way: str) -> None:
    user = f"label{way.replace(' ', '')}"
    line = imaplib.IMAP4("127.0.0.1", dovecot.port)
    line.login(user, "secret")
    line.append(f'"{SENT}"', "(\\Seen)", "", asked())
    name, plan = ("relance/2w", "nudge") if "time" in way else ("relance/sales", "sales")
    line.create(f'"{name}"')
    box = ImapMailbox(
        ImapSettings(
            host="127.0.0.1", port=dovecot.port, security="none", user=user, password=lambda: "secret", address=SAM
        )
    )
    keyword = name.replace("/", "_") if "Thunderbird" in way or way == "time" else name

    def label() -> None:
        line.select(f'"{SENT}"')
        if "folder" in way:
            line.copy("1", f'"{name}"')
        else:
            line.store("1", "+FLAGS", f"({keyword})")

    def unlabel() -> None:
        line.select(f'"{name}"' if "folder" in way else f'"{SENT}"')
        if "folder" in way:
            line.store("1", "+FLAGS", "(\\Deleted)")
            line.expunge()
        else:
            line.store("1", "-FLAGS", f"({keyword})")

    set_and_taken(home, box, label, unlabel, plan)
    box.close()
    line.logout()


@pytest.mark.peer
def test_a_word_in_bcc_in_imap(home: Home, dovecot: Dovecot) -> None:
    line = imaplib.IMAP4("127.0.0.1", dovecot.port)
    line.login("bccword", "secret")
    # The copy that came in has no Bcc and comes first.
    line.append("INBOX", "", "", asked())
    line.append(f'"{SENT}"', "(\\Seen)", "", asked(WORD))
    box = ImapMailbox(
        ImapSettings(
            host="127.0.0.1", port=dovecot.port, security="none", user="bccword", password=lambda: "secret", address=SAM
        )
    )
    assert states(home, box) == [("nudge", "active")] and began(home) == BEGAN
    box.close()
    line.logout()


@pytest.mark.peer
def test_a_word_in_bcc_of_a_forged_mail_in_imap(home: Home, dovecot: Dovecot) -> None:
    line = imaplib.IMAP4("127.0.0.1", dovecot.port)
    line.login("bccforged", "secret")
    line.append("INBOX", "", "", asked(WORD))
    box = ImapMailbox(
        ImapSettings(
            host="127.0.0.1",
            port=dovecot.port,
            security="none",
            user="bccforged",
            password=lambda: "secret",
            address=SAM,
        )
    )
    assert states(home, box) == []
    box.close()
    line.logout()
