"""Stores pages of a sync and gives mails and threads back; never judges them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import Unpack

from sqlalchemy import Connection, Table, func, insert, select, update

from agent.decide.threads.threads import Thread, assemble
from agent.store.base.changes import AccountChange
from agent.store.base.engine import Change
from agent.store.base.rows import every, table_of
from agent.store.base.tables import AccountRow
from agent.store.base.values import KeptAccount, KeptMail
from agent.store.mail import laid_drafts
from agent.store.mail.long_threads import long_threads
from agent.store.mail.mail_codec import from_row, kept_mails, to_row
from agent.store.mail.threading import MAIL, ONCE_MORE, THREAD, chunks
from agent.store.mail.unclear import perhaps_from
from providers.base import Mail, Origin

ACCOUNT = table_of(AccountRow)


def account_number(change: Change, name: str, provider: str, address: str) -> int:
    """The row of an account; made when it is new."""
    found = change.connection.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.name == name)).scalar()
    if found is None:
        values = {"name": name, "provider": provider, "address": address}
        found = change.connection.execute(insert(ACCOUNT).values(values).returning(ACCOUNT.c.id)).scalar_one()
    return int(found)


def cursor(connection: Connection, account: int) -> str:
    """How far an account has been read."""
    return str(connection.execute(select(ACCOUNT.c.cursor).where(ACCOUNT.c.id == account)).scalar_one())


def set_account(change: Change, account: int, **values: Unpack[AccountChange]) -> None:
    """Note health or times of an account."""
    change.connection.execute(update(ACCOUNT).where(ACCOUNT.c.id == account).values(values))


def thread_mails(connection: Connection, threads: Iterable[int]) -> dict[int, Thread]:
    """Whole threads. A draft that left its folder is no draft any more; what was sent or came stays said."""
    rows: dict[int, list[Mail]] = {}
    unsent: list[tuple[int, Mail]] = []
    roots: dict[int, str] = {}
    for part in chunks(threads):
        many = long_threads(connection, part)
        roots |= {number: one.root for number, one in many.items() if one.left_out}
        usual = MAIL.c.thread_id.in_([number for number in part if number not in many])
        found = kept_mails(connection, select(MAIL).where(usual).order_by(MAIL.c.received))
        for row in chain(found, *(one.rows(connection) for one in many.values())):
            if _is_unsent(row):
                unsent += [(row.thread_id, from_row(row))] if row.present else []
            else:
                rows.setdefault(row.thread_id, []).append(from_row(row))
    for number, mail in begun(connection, unsent):
        rows.setdefault(number, []).append(mail)
    return {number: assemble(mails, roots.get(number, "")) for number, mails in rows.items()}


def _is_unsent(row: KeptMail) -> bool:
    """A draft, where it lies as one; mail of somebody else in a folder of drafts is none, however it got there."""
    flagged = "draft" in row.flags
    own = row.origin != Origin.OTHER.value or not row.sender
    return (row.role == "drafts" and (flagged or own)) or (row.role == "trash" and flagged)


def begun(connection: Connection, unsent: list[tuple[int, Mail]]) -> list[tuple[int, Mail]]:
    """The drafts a person began; those relance laid there say nothing about the thread."""
    if not unsent:
        return []
    ours = laid_drafts.names(connection)
    return [
        (number, mail)
        for number, mail in unsent
        if not mail.header("x-relance-id") and mail.key not in ours and mail.message_id not in ours
    ]


def changed_threads(connection: Connection, account: int, most: int = 1000) -> dict[int, int]:
    """Threads that must be judged again, each with how often it has changed since it was."""
    query = select(THREAD.c.id, THREAD.c.changed).where(THREAD.c.account_id == account, THREAD.c.changed > 0)
    return {row.id: row.changed for row in connection.execute(query.limit(most))}


def newest(connection: Connection) -> int:
    """The number of the newest mail."""
    return int(connection.execute(select(func.max(MAIL.c.id))).scalar() or 0)


def mails_from(connection: Connection, addresses: Iterable[str], since: datetime) -> list[Mail]:
    """Mails people wrote since then, or may have written, in any thread and account."""
    listed, newer = list(addresses), MAIL.c.received >= since
    query = select(MAIL).where(MAIL.c.sender.in_(listed), newer)
    rows = list(kept_mails(connection, query))
    for part in chunks(perhaps_from(connection, listed, newer)):
        rows += kept_mails(connection, select(MAIL).where(MAIL.c.id.in_(part)))
    return [from_row(row) for row in rows]


def half_read(connection: Connection, addresses: Iterable[str], most: int) -> list[tuple[int, int, Mail]]:
    """Mails of others, by number and account, of which only the plain text was read."""
    half = (MAIL.c.data.contains('"half":true'), MAIL.c.origin == Origin.OTHER.value)
    found: list[tuple[int, int, Mail]] = []
    for part in chunks(addresses):
        query = select(MAIL).where(MAIL.c.sender.in_(part), *half).order_by(MAIL.c.received.desc()).limit(most)
        rows = kept_mails(connection, query)
        found += [(row.id, row.account_id, mail) for row in rows if (mail := from_row(row)).half_read]
    return found[:most]


def read_whole(change: Change, number: int, mail: Mail, text: str) -> None:
    """It says this, in all its forms; its thread is judged again where that is more than was known."""
    row = to_row(replace(mail, text=text, half_read=False), 0, 0)
    values = {"body": row["body"], "data": row["data"], **({} if text == mail.text else {"heard": 0})}
    change.connection.execute(update(MAIL).where(MAIL.c.id == number).values(values))
    if text != mail.text:
        thread = select(MAIL.c.thread_id).where(MAIL.c.id == number).scalar_subquery()
        change.connection.execute(update(THREAD).where(THREAD.c.id == thread).values(changed=ONCE_MORE))


def counts(connection: Connection) -> dict[int, tuple[int, int]]:
    """Mails and threads of each account."""
    return {account: (mails, _count(connection, THREAD, account)) for account, mails in _grouped(connection)}


def _grouped(connection: Connection) -> list[tuple[int, int]]:
    rows = connection.execute(select(MAIL.c.account_id, func.count().label("number")).group_by(MAIL.c.account_id))
    return [(int(row.account_id), int(row.number)) for row in rows]


def _count(connection: Connection, table: Table, account: int) -> int:
    return int(connection.execute(select(func.count()).where(table.c.account_id == account)).scalar_one())


def account_rows(connection: Connection) -> list[KeptAccount]:
    """Every account as it stands."""
    return every(connection, KeptAccount, select(ACCOUNT).order_by(ACCOUNT.c.id))
