"""Builds the letter of a follow-up from the user's own last mail and a text; nothing a stranger wrote steers it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TypedDict

from sqlalchemy import Connection

from agent.common.desk import Desk, Seat
from agent.decide.threads.copies import fingerprint
from agent.decide.threads.people import recipients
from agent.decide.threads.threads import Thread, assemble, moment
from agent.store.base.values import DraftVersion, Followup, KeptLetter
from agent.store.mail import mail_lists
from agent.store.mail.mails import thread_mails
from agent.store.work import outbox
from providers.base import Address, Letter, Mail, Origin, Role
from providers.mail import freeze
from providers.mail.mime import parse

MOST_SEEN = 2_000
"""Names asked for in one statement; no thread that is read whole has more mails."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter and what it was built from."""

    letter: Letter
    digest: str
    thread: Thread
    basis: Mail | None
    """The mail of the user's that it continues; None for a first mail."""
    intent: str


def whole_thread(connection: Connection, followup: Followup) -> Thread:
    """The thread as every own account has it."""
    number = followup.thread_id
    found = thread_mails(connection, [number]).get(number)
    mails = [*found.mails, *found.drafts] if found else []
    names = [mail.message_id for mail in mails if mail.message_id][:MOST_SEEN]
    names.append(followup.basis)
    others = [other for other in mail_lists.threads_naming(connection, names) if other != number]
    for thread in thread_mails(connection, others).values():
        mails += [*thread.mails, *thread.drafts]
    return assemble(mails, followup.root)


def basis_of(desk: Desk, followup: Followup, thread: Thread) -> Mail | None:
    """The mail the judge decided on, if it is the user's own; never another one in its place."""
    return basis_named(desk, followup.basis, thread)


def basis_named(desk: Desk, name: str, thread: Thread) -> Mail | None:
    """A mail of the user's own by its name, in the thread or as it left."""
    if not name:
        return None
    found = (mail for mail in thread.mails if mail.mine and not mail.problem and name in (mail.message_id, mail.key))
    return next(found, None) or _left(desk, name)


def _left(desk: Desk, message_id: str) -> Mail | None:
    """A letter of ours that is in no Sent folder yet, as it left."""
    with desk.store.read() as connection:
        frozen = outbox.bytes_sent(connection, message_id)
    if not frozen:
        return None
    return replace(parse(frozen, key=message_id, role=Role.SENT), message_id=message_id, origin=Origin.SENT)


def people(desk: Desk, followup: Followup, thread: Thread) -> tuple[Address, ...]:
    """Whom a letter goes to: everybody in To of the mail it continues, but those it could not be delivered to."""
    basis = basis_of(desk, followup, thread)
    if basis is None:
        return () if followup.basis else (Address(followup.person),)
    failed = {
        name.lower()
        for mail in thread.mails
        if mail.failed and mail.origin is Origin.OTHER and desk.judgement.meaning(mail, thread, desk.own) == "bounce"
        for name in mail.failed
    }
    return tuple(address for address in recipients(basis, desk.own).to if address.key not in failed)


def allowed(basis: Mail, own: frozenset[str]) -> frozenset[str]:
    """Every address the user wrote to with the mail a letter continues."""
    return frozenset(address.key for address in recipients(basis, own).to)


def intent_of(followup: Followup) -> str:
    """What must happen at most once. A mail is the same in every account and whatever its thread is called."""
    basis = followup.basis or f"first {followup.plan} {followup.person} {followup.root}"
    return json.dumps([basis, followup.touch, followup.revision], ensure_ascii=True)


def sheet_of(
    desk: Desk, seat: Seat, followup: Followup, draft: DraftVersion, thread: Thread, *, automatic: bool
) -> freeze.Sheet:
    """The plan of the letter; raises freeze.NotFreezable where the thread cannot be continued."""
    last = basis_of(desk, followup, thread)
    if last is None or last.sender is None:
        return _first_sheet(desk, seat, followup, draft, automatic=automatic)
    to = people(desk, followup, thread)
    if not to:
        raise freeze.NotFreezable("Your mail could be delivered to nobody it went to.")
    sender = Address(last.sender.email, tidy(last.sender.name))
    token, message_id = freeze.identify(_secret(desk), intent_of(followup), sender.domain)
    chain = freeze.usable_chain((*last.references, last.message_id))
    return freeze.Sheet(
        sender=sender,
        to=tuple(Address(address.email, tidy(address.name)) for address in to),
        subject=freeze.reply_subject(last.subject or draft.subject),
        body=freeze.in_body(draft.body + (quoted(last) if desk.quote_last else "")),
        message_id=message_id,
        token=token,
        in_reply_to=chain[-1] if chain and chain[-1] == last.message_id else "",
        references=chain,
        automatic=automatic,
    )


def _first_sheet(desk: Desk, seat: Seat, followup: Followup, draft: DraftVersion, *, automatic: bool) -> freeze.Sheet:
    if followup.basis:
        raise freeze.NotFreezable("The mail to follow up is not in the mailbox any more, or nothing proves it yours.")
    token, message_id = freeze.identify(_secret(desk), intent_of(followup), seat.address.rpartition("@")[2])
    subject = freeze.in_header(draft.subject or followup.subject)
    if not subject:
        raise freeze.NotFreezable(f"A first mail needs a subject: `relance edit {followup.id} --subject ...`.")
    return freeze.Sheet(
        Address(seat.address, tidy(seat.called)),
        (Address(followup.person),), subject, freeze.in_body(draft.body), message_id, token,
        automatic=automatic,
    )  # fmt: skip


def compose(
    desk: Desk, seat: Seat, followup: Followup, draft: DraftVersion, thread: Thread, *, automatic: bool
) -> Composed:
    """The exact letter, still without its date."""
    sheet = sheet_of(desk, seat, followup, draft, thread, automatic=automatic)
    raw = freeze.freeze(sheet)
    last = basis_of(desk, followup, thread)
    letter = Letter(
        sheet.message_id, sheet.token, sheet.sender.email, sheet.envelope, raw,
        last.thread_hint if last else "", last.key if last else "",
    )  # fmt: skip
    return Composed(letter, freeze.digest(raw), thread, last, desk.store.digest("intent", intent_of(followup)))


def as_approved(
    desk: Desk, row: KeptLetter, followup: Followup, draft: DraftVersion | None, thread: Thread
) -> Composed:
    """The letter of a row of the outbox, beside the thread as it is now."""
    same = draft is not None and draft.version == json.loads(row.basis).get("version")
    digest = freeze.digest(row.letter) if same and row.letter else ""
    return Composed(letter_of(row, row.letter), digest, thread, basis_of(desk, followup, thread), row.intent)


def quoted(mail: Mail) -> str:
    """The user's own last mail below the text, the way mail programs quote."""
    when = moment(mail)
    lines = "\n".join(f"> {line}".rstrip() for line in mail.text.strip().splitlines()[:200])
    return f"\n\nOn {when:%Y-%m-%d %H:%M}, {tidy(mail.sender.name) if mail.sender else ''} wrote:\n{lines}\n"


def tidy(name: str) -> str:
    """A display name without anything a header cannot hold."""
    return freeze.in_header(name[:500])[:200].strip()


def identity_of(mail: Mail) -> str:
    """By what a mail is known again; others may reuse an id, so who wrote it and all that is read of it count too."""
    name = f"{mail.message_id or mail.key} {mail.sender.key if mail.sender else ''}"
    return name if mail.mine else f"{name} {fingerprint(mail)[:32]}"


def earlier_identity(mail: Mail) -> str:
    """How approvals that still wait may know a mail of others; a copy with other headers or parts passed for it."""
    said = f"{mail.origin} {mail.date} {' '.join(mail.text.split())}"
    name = f"{mail.message_id or mail.key} {mail.sender.key if mail.sender else ''}"
    return f"{name} {sha256(said.encode('utf-8', 'replace')).hexdigest()[:16]}"


class Basis(TypedDict, total=False):
    """What an approval saw, as it is kept; an older one said less."""

    seen: list[str]
    drafts: list[str]
    unread: list[str]
    elsewhere: list[str]
    version: int
    accepted: list[str]
    at_once: bool
    held: str
    newest: int


@dataclass(frozen=True, slots=True)
class SeenByApproval:
    """What an approval saw, to be compared at the last moment."""

    thread: Thread
    elsewhere: tuple[Mail, ...]
    version: int
    accepted: tuple[str, ...] = ()
    at_once: bool = False
    held: str = ""
    """Why the judge held the thread then."""
    newest: int = 0
    """The number of the newest mail that was stored then."""

    def packed(self) -> str:
        values: Basis = {
            "seen": sorted(identity_of(mail) for mail in self.thread.mails),
            "drafts": sorted(identity_of(mail) for mail in self.thread.drafts),
            "unread": sorted(mail.key for mail in self.thread.mails if mail.problem),
            "elsewhere": sorted({identity_of(mail) for mail in self.elsewhere}),
            "version": self.version,
            "accepted": sorted(self.accepted),
            "at_once": self.at_once,
            "held": self.held,
            "newest": self.newest,
        }
        return json.dumps(values, ensure_ascii=True, separators=(",", ":"))


def letter_of(row: KeptLetter, raw: bytes) -> Letter:
    """The letter of a row of the outbox."""
    return Letter(
        row.message_id, row.token, row.sender, tuple(json.loads(row.recipients)), raw, row.thread_hint,
        row.reply_key,
    )  # fmt: skip


def written_since(connection: Connection, message_ids: Iterable[str]) -> list[str]:
    """Of these Message-IDs those under which a mail of the user's lies in a mailbox, unsent drafts left out."""
    return mail_lists.own_names(connection, message_ids)


def date_for(desk: Desk, now: datetime) -> datetime:
    """Now, in the user's own zone."""
    return now.astimezone(desk.zone)


def _secret(desk: Desk) -> str:
    return desk.store.digest("message id", "")
