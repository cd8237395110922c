"""Reads what the judge asks for beside a thread: dates, numbers and names; never a whole mailbox."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Case, Connection, case, func, select

from agent.store.base.rows import table_of
from agent.store.base.tables import AccountRow
from agent.store.mail import unclear
from agent.store.mail.mail_codec import from_row, kept_mails
from agent.store.mail.threading import MAIL, THREAD, chunks
from providers.base import Mail

ACCOUNT = table_of(AccountRow)
ANY_ACCOUNT = MAIL.c.account_id.in_(select(ACCOUNT.c.id))
"""Lets the index by account and time be used where every account is meant."""
TOGETHER = 50
"""So many whole mails are held at a time."""


@dataclass(frozen=True, slots=True)
class MailLine:
    """One stored mail, without anything that is in it."""

    number: int
    thread: int
    key: str
    identity: str
    """Its Message-ID, or its key where it has none."""
    at: datetime
    """When it was written, as far as that is believed."""

    @classmethod
    def of(cls, columns: Iterable[object]) -> MailLine:
        """The line of a row, by its `COLUMNS`."""
        row = _Columns._make(columns)
        at = row.received if row.written is None or row.written > row.received else row.written
        return cls(row.number, row.thread, row.key, row.message_id or row.key, at)


class _Columns(NamedTuple):
    number: int
    thread: int
    message_id: str
    key: str
    written: datetime | None
    received: datetime


COLUMNS = (MAIL.c.id, MAIL.c.thread_id, MAIL.c.message_id, MAIL.c.key, MAIL.c.written, MAIL.c.received)


def _told(name: str) -> Case[str | None]:
    """A field of a kept summary; NULL where that cannot be read."""
    return case((func.json_valid(THREAD.c.summary) == 1, func.json_extract(THREAD.c.summary, f"$.{name}")))


def _people(listed: str | None, person: str) -> set[str]:
    found = json.loads(listed or "[]")
    return {str(one) for one in (*found, person) if one}


def waits(connection: Connection) -> list[tuple[int, ...]]:
    """The workdays the user waited before asking again, of each open thread where they did."""
    found = connection.execute(select(_told("waits")).where(THREAD.c.open == 1)).scalars()
    return [tuple(json.loads(text)) for text in found if text and text != "[]"]


def samples(connection: Connection, people: Collection[str]) -> dict[str, list[int]]:
    """How many workdays the answers of these people took, in all threads with them."""
    found: dict[str, list[int]] = defaultdict(list)
    some = (THREAD.c.summary != "", func.instr(THREAD.c.summary, '"samples": []') == 0)
    for part in chunks(people):
        wrote = select(MAIL.c.thread_id).where(MAIL.c.sender.in_(part))
        for told in connection.execute(select(_told("samples")).where(THREAD.c.id.in_(wrote), *some)).scalars():
            for who, days in json.loads(told or "[]"):
                if who in part:
                    found[who].append(days)
    return found


def threads_with_news(connection: Connection, since: datetime) -> dict[str, list[int]]:
    """By person the threads in which anybody wrote since then."""
    found: dict[str, list[int]] = defaultdict(list)
    query = select(THREAD.c.id, THREAD.c.person, _told("people")).where(THREAD.c.last > since, THREAD.c.summary != "")
    for number, person, listed in connection.execute(query):
        for one in _people(listed, person):
            found[one].append(number)
    return found


def threads_of_people(connection: Connection, people: Collection[str], since: datetime) -> set[int]:
    """Threads with these people in which anybody wrote since then."""
    found: set[int] = set()
    newer = select(THREAD.c.id).where(THREAD.c.last > since)
    for part in chunks(people):
        found.update(connection.execute(newer.where(THREAD.c.person.in_(part))).scalars())
        wrote = select(MAIL.c.thread_id).where(MAIL.c.sender.in_(part), MAIL.c.thread_id.in_(newer))
        found.update(connection.execute(wrote.distinct()).scalars())
    return found


def names_of_writers(connection: Connection, since: datetime) -> Iterator[tuple[str, str]]:
    """Address and name of everybody who wrote in a thread with news since then."""
    news = select(MAIL.c.thread_id).where(ANY_ACCOUNT, MAIL.c.received >= since)
    name = func.json_extract(MAIL.c.data, "$.from[1]")
    query = select(MAIL.c.sender, name).where(MAIL.c.thread_id.in_(news), MAIL.c.sender != "").distinct()
    return ((row[0], row[1]) for row in connection.execute(query) if row[1])


def lines_written_by(connection: Connection, address: str, since: datetime) -> list[MailLine]:
    """What an address wrote since then, the newest first."""
    query = select(*COLUMNS).where(MAIL.c.sender == address, MAIL.c.received > since)
    return [MailLine.of(row) for row in connection.execute(query.order_by(MAIL.c.received.desc()))]


def lines_perhaps_written(connection: Connection) -> dict[str, list[MailLine]]:
    """By mailbox what it may have written, for an unclear header may mean it, the newest first."""
    found: dict[str, list[MailLine]] = defaultdict(list)
    query = select(unclear.WRITERS, *COLUMNS).where(unclear.FROM_ANYBODY).order_by(MAIL.c.received.desc())
    for writers, *columns in connection.execute(query):
        for mailbox in unclear.mailboxes(writers):
            found[mailbox].append(MailLine.of(columns))
    return found


def identities(connection: Connection, threads: Iterable[int]) -> dict[int, dict[int, str]]:
    """The mails of each thread: by number their Message-ID, or their key where they have none."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for part in chunks(threads):
        query = select(MAIL.c.thread_id, MAIL.c.id, MAIL.c.message_id, MAIL.c.key).where(MAIL.c.thread_id.in_(part))
        for row in connection.execute(query):
            found[row.thread_id][row.id] = row.message_id or row.key
    return found


def senders(connection: Connection, since: datetime) -> set[str]:
    """Everybody who wrote since then."""
    query = select(MAIL.c.sender).where(ANY_ACCOUNT, MAIL.c.received >= since).distinct()
    return set(connection.execute(query).scalars())


def by_machines(connection: Connection, robots: Collection[str], since: datetime) -> Iterator[Mail]:
    """What came since then from these addresses, or says itself that a machine wrote it."""
    automatic = func.json_type(MAIL.c.data, '$.headers."auto-submitted"').is_not(None)
    recent = select(MAIL.c.id).where(ANY_ACCOUNT, MAIL.c.received >= since)
    found = set(connection.execute(recent.where(automatic)).scalars())
    for part in chunks(robots):
        found.update(connection.execute(recent.where(MAIL.c.sender.in_(part))).scalars())
    for part in chunks(sorted(found), TOGETHER):
        for row in kept_mails(connection, select(MAIL).where(MAIL.c.id.in_(part))):
            yield from_row(row)
