"""One whole relance on each kind of mailbox, and a person who uses that mailbox from elsewhere; never a real account."""

from __future__ import annotations

import email
import email.policy
import imaplib
import time
from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import count
from typing import Any

from agent.clock import system_now
from agent.common.home import Home
from agent.mailboxes.boxes import Boxes
from agent.mailboxes.sync import sync_account
from agent.paths import Places
from agent.running.desk_setup import desk_for
from agent.sending import outbox
from agent.store.work import outbox as rows
from agent.store.work.budgets import Limits
from agent.verbs import actions
from providers.base import Letter, Receipt, Role, Unknown
from providers.local.memory import MemoryServer
from tests.peers.dovecot import Dovecot
from tests.peers.dovecot_config import SENT
from tests.peers.smtp_faults import FaultServer
from tests.sim.world import drafted, memory_folder

ME, ALIAS = "sam@y.example", "s@y.example"
WIDE = Limits(100, 10_000, timedelta(0), 10_000, 3, timedelta(0))
NUMBERS = count()
HEAD = f"""
[me]
name = "Sam"
timezone = "UTC"
[followups]
drafts = "mailbox"
[gate]
level = "LEVEL"
hold_approved = "10s"
per_day = 100
per_hour = 100
[[account]]
name = "work"
address = "{ME}"
aliases = ["{ALIAS}"]
provider = """


def person(number: int) -> str:
    return f"p{number}@x{number}.example"


class House(ABC):
    """relance with one account called work, and what its owner does in a mail program."""

    def __init__(self, level: str = "copilot", drafts: str = "mailbox") -> None:
        self.folder = memory_folder("house")
        self.later = timedelta(0)
        file = self.folder / "config.toml"
        text = HEAD.replace("LEVEL", level).replace('drafts = "mailbox"', f'drafts = "{drafts}"')
        file.write_text(text + self.account())
        self.file = file
        self.open()

    def open(self) -> None:
        """A process starts; what it knew before is on disk."""
        self.home = Home(self.places(), clock=lambda: system_now() + self.later, keyring=False)
        self.signed_in()
        self.desk = desk_for(self.home)
        self.desk.limits = WIDE
        self.furnish()

    def places(self) -> Places:
        return Places(self.file, self.folder / "data", self.folder / "state", self.folder / "logs")

    def signed_in(self) -> None:
        """Before anything is opened."""
        assert self.home

    def furnish(self) -> None:
        """After the desk is set up."""
        assert self.desk

    def die(self) -> None:
        """The process ends without saying anything, and another one starts."""
        self.leave()
        self.open()

    def leave(self) -> None:
        if isinstance(self.desk.mailbox, Boxes):
            self.desk.mailbox.close()
        self.home.close()

    def close(self) -> None:
        self.leave()

    def forward(self, **parts: float) -> None:
        self.later += timedelta(**parts)

    def sync(self) -> None:
        sync_account(self.home, self.home.config.account_named("work"))

    def asked(self, number: int = 1) -> None:
        then = system_now() - timedelta(days=10)
        self.put("sent", raw(f"<ask{number}@y.example>", ME, person(number), at=then))
        self.sync()

    def answer(
        self, number: int = 1, folder: str = "inbox", *, sender: str = "", to: str = ME, threaded: bool = True
    ) -> None:
        refs = f"<ask{number}@y.example>" if threaded else ""
        name = f"<re{number}-{next(NUMBERS)}@x.example>"
        self.put(folder, raw(name, sender or person(number), to, refs=refs, at=system_now()))

    def drafted(self, number: int = 1, body: str = "Any news on this?\n") -> int:
        return drafted(self.desk, number, body=body)

    def queued(self, number: int = 1) -> int:
        made = self.drafted(number)
        done = actions.approve(self.desk, made, at_once=True)
        assert done.ok, done
        return made

    def due(self) -> None:
        with self.home.store.write() as change:
            change.connection.exec_driver_sql("UPDATE outbox SET ready_at = ready_at - 60000000")

    def pump(self) -> None:
        self.due()
        outbox.pump(self.desk)

    def stage(self, followup: int) -> str:
        with self.home.store.read() as connection:
            row = rows.newest_of(connection, followup)
        return str(row.state) if row else ""

    def progress(self, followup: int) -> tuple[str, str]:
        with self.home.store.read() as connection:
            query = "SELECT state, reason FROM followup WHERE id = ?"
            state, reason = connection.exec_driver_sql(query, (followup,)).one()
        return state, reason

    def text(self, followup: int) -> tuple[str, str]:
        """The newest words and who wrote them."""
        with self.home.store.read() as connection:
            query = "SELECT body, writer FROM draft WHERE followup_id = ? ORDER BY version DESC LIMIT 1"
            body, writer = connection.exec_driver_sql(query, (followup,)).one()
        return body.strip(), writer

    @abstractmethod
    def account(self) -> str:
        """The rest of the config, from the name of the provider on."""

    @abstractmethod
    def put(self, folder: str, mail: bytes) -> None:
        """A mail lands in inbox, sent, junk, or a folder of that name."""

    @abstractmethod
    def drafts(self) -> list[str]:
        """What lies in Drafts."""

    @abstractmethod
    def edit(self, words: str, cc: str = "") -> None:
        """The person opens the only draft, writes something else, and saves."""

    @abstractmethod
    def discard(self) -> None:
        """The person deletes the only draft."""

    @abstractmethod
    def send_by_hand(self) -> None:
        """The person opens the only draft and presses send."""

    @abstractmethod
    def left(self) -> int:
        """How many letters relance itself sent."""

    @abstractmethod
    def begin_a_reply(self, number: int = 1) -> None:
        """The person writes half a mail in the thread and leaves it in Drafts."""

    def calm(self) -> None:
        """Whatever is on a line has arrived."""
        assert self.left() >= 0

    @abstractmethod
    def lose_the_answer(self) -> None:
        """The next letter is taken, and the line breaks before anybody says so."""

    def file_the_copy(self) -> None:
        """The server keeps a copy of what it took, where that is not done at once."""
        assert self.left()


def raw(message_id: str, sender: str, to: str, *, refs: str = "", at: datetime, words: str = "Can you?") -> bytes:
    tie = f"In-Reply-To: {refs}\r\nReferences: {refs}\r\n" if refs else ""
    return (
        f"From: {sender}\r\nTo: {to}\r\nSubject: {'Re: ' if refs else ''}Offer\r\nDate: {format_datetime(at)}\r\n"
        f"Message-ID: {message_id}\r\n{tie}Content-Type: text/plain; charset=utf-8\r\n\r\n{words}\r\n"
    ).encode()


def begun(number: int) -> bytes:
    return raw(f"<half{next(NUMBERS)}@y.example>", ME, person(number), refs=f"<ask{number}@y.example>", at=system_now())


def resaved(old: bytes, words: str, cc: str = "", *, ours: bool = False) -> bytes:
    """What a mail program makes of a draft: a new id, its own headers, and the thread."""
    found = email.message_from_bytes(old, policy=email.policy.SMTP)
    assert isinstance(found, email.message.EmailMessage)
    if not ours:
        del found["X-Relance-Id"]
        found.replace_header("Message-ID", f"<phone-{next(NUMBERS)}@mail.example>")
    if cc:
        found["Cc"] = cc
    if words:
        found.set_content(words)
    return found.as_bytes()


def body(mail: bytes) -> str:
    found = email.message_from_bytes(mail, policy=email.policy.default)
    assert isinstance(found, email.message.EmailMessage)
    return str(found.get_content()).strip()


class MemoryHouse(House):
    server: MemoryServer | None = None
    lost = False

    def lose_the_answer(self) -> None:
        self.lost = True

    def account(self) -> str:
        return '"memory"\n'

    def signed_in(self) -> None:
        self.server = self.server or MemoryServer(now=system_now)
        self.home.servers["work"] = self.server

    def furnish(self) -> None:
        assert self.server is not None
        server = self.server

        def deliver(letter: Letter) -> Receipt:
            key = server.accept(letter)
            if self.lost:
                raise Unknown("The line broke.")
            return Receipt("taken", letter.message_id, key)

        self.desk.sender = lambda _name: outbox.memory_sender(deliver)

    def put(self, folder: str, mail: bytes) -> None:
        assert self.server is not None
        role = {"inbox": Role.INBOX, "sent": Role.SENT, "junk": Role.JUNK}.get(folder, Role.OTHER)
        self.server.deliver(mail, role=role, folder=folder)

    def begin_a_reply(self, number: int = 1) -> None:
        assert self.server is not None
        self.server.deliver(begun(number), role=Role.DRAFTS, flags=frozenset(("draft",)))

    def _lying(self) -> list[Any]:
        assert self.server is not None
        return [held for held in self.server.present() if held.mail.role is Role.DRAFTS]

    def drafts(self) -> list[str]:
        return [held.mail.text.strip() for held in self._lying()]

    def edit(self, words: str, cc: str = "") -> None:
        assert self.server is not None
        (held,) = self._lying()
        self.server.deliver(resaved(held.raw, words, cc), role=Role.DRAFTS, flags=frozenset(("draft",)))
        self.server.remove(held.mail.key)

    def discard(self) -> None:
        assert self.server is not None
        (held,) = self._lying()
        self.server.remove(held.mail.key)

    def send_by_hand(self) -> None:
        assert self.server is not None
        (held,) = self._lying()
        self.server.remove(held.mail.key)
        self.server.deliver(resaved(held.raw, ""), role=Role.SENT)

    def left(self) -> int:
        assert self.server is not None
        return len(self.server.accepted)


class ImapHouse(House):
    def __init__(self, dovecot: Dovecot, smtp: FaultServer, **how: str) -> None:
        self.dovecot, self.smtp, self._before = dovecot, smtp, len(smtp.taken)
        self.user = f"house{next(NUMBERS)}-{time.time_ns() % 10**9}"
        self.line = imaplib.IMAP4("127.0.0.1", dovecot.port)
        self.line.login(self.user, "secret")
        super().__init__(**how)

    def account(self) -> str:
        return f"""
"imap"
[account.imap]
host = "127.0.0.1"
port = {self.dovecot.port}
security = "none"
user = "{self.user}"
password = {{ env = "HOUSE_PASSWORD" }}
[account.smtp]
host = "127.0.0.1"
port = {self.smtp.port}
security = "none"
user = "sam"
files_sent_copy = "no"
""".lstrip()

    def put(self, folder: str, mail: bytes) -> None:
        name = {"inbox": "INBOX", "sent": SENT, "junk": "Junk"}.get(folder, folder)
        self.line.create(f'"{name}"')
        date = email.message_from_bytes(mail)["Date"]
        at = imaplib.Time2Internaldate(email.utils.parsedate_to_datetime(date).timestamp())
        assert self.line.append(f'"{name}"', "", at, mail)[0] == "OK"

    def begin_a_reply(self, number: int = 1) -> None:
        self.line.append("Drafts", "\\Draft", imaplib.Time2Internaldate(time.time()), begun(number))

    def _lying(self) -> list[tuple[str, bytes]]:
        self.line.select("Drafts")
        found = []
        for number in self.line.uid("SEARCH", "UNDELETED")[1][0].split():
            answer = self.line.uid("FETCH", number, "(BODY.PEEK[])")[1]
            found.append((number.decode(), answer[0][1]))
        return found

    def drafts(self) -> list[str]:
        return [body(mail) for _, mail in self._lying()]

    def _drop(self, number: str) -> None:
        self.line.uid("STORE", number, "+FLAGS", "\\Deleted")
        self.line.uid("EXPUNGE", number)
        self.line.unselect()

    def edit(self, words: str, cc: str = "") -> None:
        ((number, mail),) = self._lying()
        self.line.append("Drafts", "\\Draft", imaplib.Time2Internaldate(time.time()), resaved(mail, words, cc))
        self._drop(number)

    def discard(self) -> None:
        ((number, _),) = self._lying()
        self._drop(number)

    def send_by_hand(self) -> None:
        ((number, mail),) = self._lying()
        self._drop(number)
        self.put("sent", resaved(mail, ""))

    def left(self) -> int:
        return len(self.smtp.taken) - self._before

    def calm(self) -> None:
        # The server takes a letter on a thread of its own, when the sender may be dead already.
        time.sleep(0.3)

    def lose_the_answer(self) -> None:
        self.smtp.case = "dot_drop_after_store"

    def file_the_copy(self) -> None:
        self.put("sent", self.smtp.taken[-1][2])

    def close(self) -> None:
        super().close()
        self.line.logout()
