"""Which mail and which threads there are, by number, name and owner; reads no mail for its meaning."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from agent.store.base.rows import every
from agent.store.base.values import KeptMail, KeptThread
from agent.store.mail.mail_codec import kept_mails
from agent.store.mail.origins import ACCOUNT, MINE
from agent.store.mail.threading import MAIL, REFERENCE, THREAD, chunks
from providers.base import Origin, Role

SENT_OR_READ = MAIL.c.role != Role.DRAFTS.value
"""Not an unsent draft."""


class MailPlace(NamedTuple):
    """A mail by its number, where it lies and who wrote it."""

    id: int
    thread_id: int
    sender: str


def newer(connection: Connection, number: int) -> list[MailPlace]:
    """Everything with a higher number."""
    query = select(MAIL.c.id, MAIL.c.thread_id, MAIL.c.sender).where(MAIL.c.id > number)
    return [MailPlace(row.id, row.thread_id, row.sender) for row in connection.execute(query)]


def newer_of_others(connection: Connection, number: int) -> list[MailPlace]:
    """What others wrote with a higher number, drafts left out."""
    others = (MAIL.c.id > number, MAIL.c.origin == Origin.OTHER.value, SENT_OR_READ)
    query = select(MAIL.c.id, MAIL.c.thread_id, MAIL.c.sender).where(*others)
    return [MailPlace(row.id, row.thread_id, row.sender) for row in connection.execute(query)]


def newest_after(connection: Connection, number: int, most: int) -> list[KeptMail]:
    """The newest mails with a higher number, drafts left out, oldest first."""
    query = select(MAIL).where(MAIL.c.id > number, SENT_OR_READ).order_by(MAIL.c.id.desc())
    return list(kept_mails(connection, query.limit(most)))[::-1]


def by_number(connection: Connection, numbers: Collection[int]) -> Iterator[KeptMail]:
    """These mails."""
    for part in chunks(list(numbers)):
        yield from kept_mails(connection, select(MAIL).where(MAIL.c.id.in_(part)))


def own_since(connection: Connection, account: int, since: datetime, most: int) -> list[KeptMail]:
    """What the user wrote from an account since then."""
    query = select(MAIL).where(MAIL.c.account_id == account, MINE, MAIL.c.received >= since)
    return list(kept_mails(connection, query.limit(most)))


def own_names(connection: Connection, names: Iterable[str]) -> list[str]:
    """Of these Message-IDs those under which a mail of the user's lies in a mailbox, unsent drafts left out."""
    query = select(MAIL.c.message_id).where(MAIL.c.message_id.in_(list(names)), MINE, SENT_OR_READ)
    return list(connection.execute(query).scalars())


def own_threads(connection: Connection, most: int) -> list[int]:
    """Threads with something the user sent, the newest first."""
    query = select(MAIL.c.thread_id).where(MINE, SENT_OR_READ)
    newest = query.group_by(MAIL.c.thread_id).order_by(func.max(MAIL.c.received).desc()).limit(most)
    return [int(number) for number in connection.execute(newest).scalars()]


def own_threads_among(connection: Connection, numbers: Iterable[int]) -> frozenset[int]:
    """Of these threads those in which the user wrote."""
    query = select(MAIL.c.thread_id).where(MINE).distinct()
    found = (connection.execute(query.where(MAIL.c.thread_id.in_(part))).scalars() for part in chunks(sorted(numbers)))
    return frozenset(number for part in found for number in part)


def threads_naming(connection: Connection, names: Iterable[str]) -> list[int]:
    """Threads that know one of these Message-IDs, in any account."""
    # Account by account, for the key of the table begins with it; without, all of it would be read.
    somewhere = REFERENCE.c.account_id.in_(select(ACCOUNT.c.id))
    query = select(REFERENCE.c.thread_id).where(somewhere, REFERENCE.c.message_id.in_(list(names))).distinct()
    return list(connection.execute(query).scalars())


def thread_of(connection: Connection, account: int, name: str) -> int | None:
    """The thread of an account that knows a Message-ID."""
    same = (REFERENCE.c.account_id == account, REFERENCE.c.message_id == name)
    found: int | None = connection.execute(select(REFERENCE.c.thread_id).where(*same)).scalar()
    return found


def people_of_open_threads(connection: Connection) -> set[str]:
    """Whom the user still waits for."""
    return set(connection.execute(select(THREAD.c.person).where(THREAD.c.open == 1).distinct()).scalars())


def threads_held_for(connection: Connection, reason: str, since: datetime) -> list[tuple[int, int]]:
    """Number and account of the threads a verdict holds for this reason, the newest first."""
    where = (THREAD.c.reason == reason, THREAD.c.last >= since)
    query = select(THREAD.c.id, THREAD.c.account_id).where(*where).order_by(THREAD.c.last.desc())
    return [(row.id, row.account_id) for row in connection.execute(query)]


def thread_row(connection: Connection, number: int) -> KeptThread:
    """A thread that is there."""
    [row] = every(connection, KeptThread, select(THREAD).where(THREAD.c.id == number))
    return row
