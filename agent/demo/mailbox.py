"""The whole demo mailbox as bytes, made for one moment; never in the future of that moment and never random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from agent.demo.days import HOME, moment, promised, spoken
from agent.demo.letters import DemoLetter, arrived
from agent.demo.machines import KINDS, STAMPS
from agent.demo.people import OWN, DemoPerson, message_id, people
from agent.demo.script import Expect, MailScript, ThreadScript, arrivals, threads
from providers.base import Role

NAME = "Sam Okafor"
ADDRESS = "sam@okafor.example"
ALIASES = ("sam.okafor@studio-okafor.example",)
ZONE = "Europe/Paris"
HOLIDAYS = "FR"
FOLDERS = {Role.INBOX: "INBOX", Role.SENT: "Sent", Role.DRAFTS: "Drafts", Role.JUNK: "Junk", Role.ARCHIVE: "Archive"}
OLD = 75
"""Workdays after which incoming mail lies in the archive."""
ON_THE_WAY = timedelta(seconds=4)
"""A mail arrives a little after it was written, as mail does."""
REPLY_WORDS = {"outlook": {"fr": "RE : ", "de": "AW: ", "es": "RE: "}}


@dataclass(frozen=True, slots=True)
class DemoMail:
    """One mail of the demo, and what a sensible person would make of it."""

    message_id: str
    raw: bytes
    role: Role
    folder: str
    flags: frozenset[str]
    received: datetime
    thread: str
    means: str = ""
    """The expected meaning; empty where nobody asks (old mail, own mail in Sent)."""
    until: date | None = None
    delegate: str = ""


@dataclass(frozen=True, slots=True)
class DemoThread:
    """One conversation of the demo with its mails and the expected verdict."""

    name: str
    about: str
    expect: Expect
    mails: tuple[DemoMail, ...]


def build(now: datetime) -> list[DemoMail]:
    """Every mail in the mailbox at that moment, oldest first."""
    mails = [mail for thread in conversations(now) for mail in thread.mails]
    return sorted(mails, key=lambda mail: (mail.received, mail.message_id, mail.folder))


def conversations(now: datetime) -> list[DemoThread]:
    """The same mails by conversation, with what is expected of each."""
    return [conversation(script, now) for script in threads()]


def conversation(script: ThreadScript, now: datetime) -> DemoThread:
    """One conversation, its mails in the order of the script."""
    known: list[DemoLetter] = []
    made = []
    for number, mail in enumerate(script.mails):
        before = () if mail.apart else tuple(known)
        written = fill(script, mail, before, moment(now, mail.workdays_ago, mail.at), number)
        if mail.echo_of >= 0:
            written = replace(written, message_id=known[mail.echo_of].message_id, at=known[mail.echo_of].at)
        known.append(written)
        made.append(delivered(written, mail, script.name, now))
    return DemoThread(script.name, script.about, script.expect, tuple(made))


def fill(script: ThreadScript, mail: MailScript, before: Sequence[DemoLetter], at: datetime, number: int) -> DemoLetter:
    """A scripted mail with its people, its day and the mail it answers."""
    sender = people()[mail.sender]
    own = mail.sender in OWN
    to = tuple(people()[key] for key in mail.to or ((script.partner,) if own else ("sam",)))
    return DemoLetter(
        message_id=message_id(sender, f"{script.name} {number}"),
        at=at.astimezone(sender.clock),
        sender=sender,
        to=to,
        subject=spoken(mail.subject, at.date(), script.language) or reply_subject(script.subject, sender, before),
        text=spoken(mail.text, at.date(), script.language),
        cc=tuple(people()[key] for key in mail.cc),
        parent=before[-1] if before else None,
        chain=tuple(item.message_id for item in before),
        quotes=mail.quotes,
        headers={**STAMPS[mail.stamp], **mail.headers},
    )


def reply_subject(subject: str, sender: DemoPerson, before: Sequence[object]) -> str:
    """As the sender's program writes it."""
    if not before:
        return subject
    return REPLY_WORDS.get(sender.client, {}).get(sender.language, "Re: ") + subject


def delivered(written: DemoLetter, mail: MailScript, thread: str, now: datetime) -> DemoMail:
    """The mail as it lies in its folder."""
    message = KINDS[mail.kind](written)
    received = min(written.at.astimezone(HOME) + ON_THE_WAY, now.astimezone(HOME).replace(microsecond=0))
    role = role_of(mail)
    raw = message.as_bytes() if mail.own and role in (Role.SENT, Role.DRAFTS) else arrived(message, written, received)
    day = written.at.astimezone(HOME).date()
    flags = frozenset({"seen", "draft"} if mail.draft else {"seen"})
    until = promised(mail.until, day)
    delegate = people()[mail.delegate].email if mail.delegate else ""
    return DemoMail(written.message_id, raw, role, FOLDERS[role], flags, received, thread, mail.means, until, delegate)


def role_of(mail: MailScript) -> Role:
    """Where a mail lies unless the script says otherwise."""
    if mail.folder:
        return Role(mail.folder)
    if mail.draft:
        return Role.DRAFTS
    if mail.own:
        return Role.SENT
    return Role.ARCHIVE if mail.workdays_ago > OLD else Role.INBOX


def arrival(name: str, now: datetime, follows: Sequence[str] = (), subject: str = "") -> DemoMail:
    """A mail that comes in at that moment; `follows` are the Message-IDs of what it answers, oldest first."""
    mail = arrivals()[name]
    sender = people()[mail.sender]
    at = (now - ON_THE_WAY - timedelta(seconds=1)).replace(microsecond=0).astimezone(HOME)
    title = mail.subject or reply_subject(subject.removeprefix("Re: "), sender, ("" if mail.apart else "Re",))
    script = ThreadScript(f"arrival {name}", title, "sam", (mail,), Expect("history"), language=sender.language)
    written = replace(
        fill(script, mail, (), at, 0),
        message_id=message_id(sender, f"{name} {at.isoformat()} {' '.join(follows)}"),
        chain=() if mail.apart else tuple(follows),
        parent=refused(mail, follows, subject, at),
    )
    return replace(delivered(written, mail, script.name, now), flags=frozenset())


def refused(mail: MailScript, follows: Sequence[str], subject: str, at: datetime) -> DemoLetter | None:
    """The own mail that a delivery report speaks of."""
    if not mail.failed:
        return None
    to = (people()[mail.failed],)
    return DemoLetter(follows[-1], at - ON_THE_WAY, people()["sam"], to, subject or "(no subject)", "")
