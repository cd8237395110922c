"""The houses of the summer: what their owners do to mail that lies there, and what left, as the servers saw it."""

from __future__ import annotations

import email
import email.policy
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import getaddresses
from typing import Any
from unittest.mock import patch

from agent.clock import system_now
from agent.mailboxes.sync import sync_account
from providers.base import Role
from providers.local.memory import MemoryServer
from tests.peers.cloud_houses import GmailHouse, OutlookHouse
from tests.peers.dovecot_config import SENT
from tests.peers.houses import House, ImapHouse, MemoryHouse
from tests.sim.families import Person
from tests.sim.summer.cast import BEGIN, PLANS

KINDS = ("memory", "dovecot", "gmail", "graph")
OTHER = "sam@z.example"
"""The user's second address, with a mailbox of its own."""


@dataclass(frozen=True)
class Wired:
    """One letter as the server took it."""

    to: tuple[str, ...]
    subject: str
    text: str


class Summer(House):
    """What all of them have: a clock in May, an account beside it, and plans of the user's own."""

    writer: Person
    placed: set[str]
    beside: MemoryServer
    plans: tuple[str, ...]
    """Those of the user's own that stand in the config."""

    def __init__(self, writer: Person, plans: tuple[str, ...] = (), **how: str) -> None:
        self.writer, self.placed, self.plans = writer, set(), plans
        self.beside = MemoryServer(now=lambda: self.home.clock())
        self.patches = ExitStack()
        super().__init__(level="copilot", drafts="local", **how)

    def open(self) -> None:
        """The config says who the user is; their summer begins on a Monday."""
        if not self.later:
            self.later = BEGIN - system_now()
        text = self.file.read_text().replace('name = "Sam"', f'name = "{self.writer.name}"', 1)
        beside = f'[[account]]\nname = "beside"\naddress = "{OTHER}"\nprovider = "memory"\n'
        base = text.split("\n# beside\n")[0]
        plans = "\n".join(PLANS[name] for name in self.plans)
        self.file.write_text(f"{base}\n# beside\n{beside}{plans}")
        super().open()

    def signed_in(self) -> None:
        self.home.servers["beside"] = self.beside
        super().signed_in()

    def sync(self) -> None:
        for account in self.home.config.account:
            sync_account(self.home, account)

    def put(self, folder: str, mail: bytes) -> None:
        if folder == "sent":
            self.placed.add(str(email.message_from_bytes(mail)["Message-ID"]))
        super().put(folder, mail)  # type: ignore[safe-super]

    def without(self, plan: str) -> None:
        """The user takes a plan out of the config, and the program starts again."""
        self.plans = tuple(name for name in self.plans if name != plan)
        self.die()

    def close(self) -> None:
        super().close()
        self.patches.close()

    def wire(self, since: int = 0) -> list[Wired]:
        """What left, without so many of the first letters."""
        raise NotImplementedError

    def mark(self, name: str, label: str, *, on: bool = True) -> None:
        """A label or keyword is set on the mail of that Message-ID, or taken away."""
        raise NotImplementedError

    def delete(self, name: str) -> None:
        """A mail is deleted for good."""
        raise NotImplementedError


def read(raw: bytes, to: tuple[str, ...] = ()) -> Wired:
    """A letter in its own bytes."""
    found = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(found, email.message.EmailMessage)
    named = tuple(address.lower() for _, address in getaddresses([str(found[key] or "") for key in ("To", "Cc")]))
    return Wired(to or named, str(found["Subject"]), str(found.get_content()))


class MemorySummer(Summer, MemoryHouse):
    """A mailbox in memory."""

    def signed_in(self) -> None:
        super().signed_in()
        assert self.server is not None
        self.server.now = lambda: self.home.clock()

    def wire(self, since: int = 0) -> list[Wired]:
        assert self.server is not None
        return [
            read(letter.raw, tuple(one.lower() for one in letter.recipients)) for letter in self.server.accepted[since:]
        ]

    def _key(self, name: str) -> str:
        assert self.server is not None
        return next(held.mail.key for held in self.server.present() if held.mail.message_id == name)

    def mark(self, name: str, label: str, *, on: bool = True) -> None:
        assert self.server is not None
        self.server.flag(self._key(name), frozenset(("seen",)), (label,) if on else ())

    def delete(self, name: str) -> None:
        assert self.server is not None
        self.server.remove(self._key(name))


class ImapSummer(Summer, ImapHouse):
    """A mailbox in Dovecot, and a server that takes letters."""

    def calm(self) -> None:
        """The letter is counted before it is acknowledged, and nobody dies here."""

    def wire(self, since: int = 0) -> list[Wired]:
        return [read(raw, tuple(one.lower() for one in to)) for _, to, raw in self.smtp.taken[self._before + since :]]

    def _find(self, name: str) -> str:
        for folder in (SENT, "INBOX", "Projects", "Junk"):
            if self.line.select(f'"{folder}"')[0] != "OK":
                continue
            found = self.line.uid("SEARCH", "HEADER", "Message-ID", name)[1][0].split()
            if found:
                return str(found[0].decode())
        raise AssertionError(name)

    def mark(self, name: str, label: str, *, on: bool = True) -> None:
        self.line.uid("STORE", self._find(name), "+FLAGS" if on else "-FLAGS", f"({label})")
        self.line.unselect()

    def delete(self, name: str) -> None:
        number = self._find(name)
        self.line.uid("STORE", number, "+FLAGS", "\\Deleted")
        self.line.uid("EXPUNGE", number)
        self.line.unselect()


class GmailSummer(Summer, GmailHouse):
    """A mailbox at the fake of Gmail."""

    def wire(self, since: int = 0) -> list[Wired]:
        found = [mail for mail in self.fake.store.mails.values() if "SENT" in mail.labels]
        return [
            read(mail.raw) for mail in [one for one in found if one.header("Message-ID") not in self.placed][since:]
        ]

    def _key(self, name: str) -> str:
        return str(self.fake.store._by_message_id[name])

    def mark(self, name: str, label: str, *, on: bool = True) -> None:
        names = (self.fake.store.label(label),)
        self.fake.store.relabel(self._key(name), add=names if on else (), remove=() if on else names)

    def delete(self, name: str) -> None:
        self.fake.store.erase(self._key(name))


class OutlookSummer(Summer, OutlookHouse):
    """A mailbox at the fake of Graph, whose clock is the summer's."""

    def open(self) -> None:
        stamp = "%Y-%m-%dT%H:%M:%SZ"
        self.patches.close()
        self.patches.enter_context(patch("tests.peers.graph_fake_store.now", lambda: self.home.clock().strftime(stamp)))
        super().open()

    def put(self, folder: str, mail: bytes) -> None:
        if b"text/calendar" not in mail:
            super().put(folder, mail)
            return
        # Graph says so itself of what answers an invitation.
        self.fake.store.deliver(mail, kind="#microsoft.graph.eventMessageResponse")

    def wire(self, since: int = 0) -> list[Wired]:
        found = []
        for item in self.fake.store.sent():
            if item.value["internetMessageId"] in self.placed:
                continue
            to = [one["emailAddress"]["address"].lower() for one in item.value["toRecipients"]]
            found.append(Wired(tuple(to), str(item.value["subject"]), str(item.value["body"]["content"])))
        return found[since:]

    def _item(self, name: str) -> Any:
        return next(item for item in self.fake.store.items.values() if item.value["internetMessageId"] == name)

    def mark(self, name: str, label: str, *, on: bool = True) -> None:
        self.fake.store.change(self._item(name), {"categories": [label] if on else []})

    def delete(self, name: str) -> None:
        self.fake.store.erase(self._item(name).id)


@contextmanager
def houses(kind: str) -> Iterator[Callable[[Person, tuple[str, ...]], Summer]]:
    """Makes houses of a kind for a writer."""
    os.environ["HOUSE_PASSWORD"] = "secret"
    with ExitStack() as stack:
        if kind == "dovecot":
            from tests.peers.dovecot import running
            from tests.peers.smtp_faults import fault_server

            server, smtp = stack.enter_context(running()), stack.enter_context(fault_server())
            yield lambda writer, plans: ImapSummer(writer, plans, dovecot=server, smtp=smtp)  # type: ignore[arg-type]
        else:
            made = {"memory": MemorySummer, "gmail": GmailSummer, "graph": OutlookSummer}[kind]
            yield lambda writer, plans: made(writer, plans)


def beside(house: Summer, mail: bytes, at: datetime) -> None:
    """A mail lands in the other account."""
    house.beside.deliver(mail, role=Role.INBOX, received=at)
