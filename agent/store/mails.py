"""Stores pages of a sync and gives mails and threads back; never judges them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from agent.decide.threads.threads import Thread, assemble, node
from agent.store import lying
from agent.store.admitting import admitted
from agent.store.engine import Change, Store, insert_many
from agent.store.long_threads import long_threads
from agent.store.mail_codec import from_row, to_row
from agent.store.origins import decide_some, with_origins
from agent.store.tables import AccountRow
from agent.store.threading import MAIL, ONCE_MORE, THREAD, chunks, name_roots, place
from agent.store.unclear import perhaps_from
from providers.base import Census, Mail, Moved, Origin, Page, Role, Sweep

ACCOUNT: Any = AccountRow.__table__  # type: ignore[attr-defined]


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


def set_account(change: Change, account: int, **values: Any) -> None:
    """Note health or times of an account."""
    change.connection.execute(update(ACCOUNT).where(ACCOUNT.c.id == account).values(values))


def apply_page(store: Store, change: Change, account: int, page: Page) -> int:
    """Store a page and its cursor together. Returns how many mails were new."""
    connection = change.connection
    fresh, again = _split(connection, account, admitted(store, change, account, page.mails))
    if fresh:
        _add(connection, account, with_origins(connection, account, fresh))
    if again:
        _refresh(connection, account, [_as_moved(mail) for mail in again])
    if page.moved:
        _refresh(connection, account, page.moved)
    _leave(connection, account, page.gone)
    for sweep in page.swept:
        _sweep(connection, account, sweep)
    for census in page.counted:
        _count_out(connection, account, census)
    set_account(change, account, cursor=page.cursor)
    return len(fresh)


def _split(connection: Connection, account: int, mails: Sequence[Mail]) -> tuple[list[Mail], list[Mail]]:
    latest = {mail.key: mail for mail in mails}
    known: set[str] = set()
    query = select(MAIL.c.key).where(MAIL.c.account_id == account, MAIL.c.key.in_(bindparam("keys", expanding=True)))
    for part in chunks(latest):
        known.update(connection.execute(query, {"keys": part}).scalars())
    fresh = [mail for key, mail in latest.items() if key not in known]
    return fresh, [mail for key, mail in latest.items() if key in known]


def _add(connection: Connection, account: int, mails: list[Mail]) -> None:
    tied = [node(mail) for mail in mails]
    threads = place(connection, account, tied)
    touched = set(threads)
    older: set[int] = set()
    query = select(MAIL.c.thread_id).distinct().where(MAIL.c.thread_id.in_(bindparam("threads", expanding=True)))
    for part in chunks(touched):
        older.update(connection.execute(query, {"threads": part}).scalars())
    pairs = list(zip(mails, threads, strict=True))
    insert_many(connection, MAIL, [to_row(mail, account, thread) for mail, thread in pairs])
    nodes: dict[int, list[Any]] = {}
    for one, thread in zip(tied, threads, strict=True):
        nodes.setdefault(thread, []).append(one)
    name_roots(connection, touched, nodes, older)


def _as_moved(mail: Mail) -> Moved:
    return Moved(mail.key, mail.flags, mail.labels, mail.folder, mail.role)


def _refresh(connection: Connection, account: int, moved: Sequence[Moved]) -> None:
    """Flags, labels and places change what a thread means, so it is judged again."""
    keys = [item.key for item in moved]
    had, drafts = _with_labels(connection, account, keys), _unsent(connection, account, keys)
    for item in moved:
        values: dict[str, Any] = {"flags": " ".join(sorted(item.flags)), "present": 1}
        if item.folder is not None:
            values["folder"] = item.folder
        if item.role is not None:
            values["role"] = item.role.value
        where = (MAIL.c.account_id == account, MAIL.c.key == item.key)
        if item.labels is not None and (item.labels or item.key in had):
            _relabel(connection, where, item.labels)
        connection.execute(update(MAIL).where(*where).values(values))
    sent = [drafts[item.key] for item in moved if item.key in drafts and item.role not in (None, Role.DRAFTS)]
    decide_some(connection, account, sent)
    _touch(connection, account, keys)


def _unsent(connection: Connection, account: int, keys: Sequence[str]) -> dict[str, int]:
    """The drafts among these; one that leaves its folder may be a mail that was sent."""
    found: dict[str, int] = {}
    for part in chunks(keys):
        where = (MAIL.c.account_id == account, MAIL.c.key.in_(part), MAIL.c.role == Role.DRAFTS.value)
        found.update((row.key, row.id) for row in connection.execute(select(MAIL.c.key, MAIL.c.id).where(*where)))
    return found


def _with_labels(connection: Connection, account: int, keys: Iterable[str]) -> set[str]:
    """Of these mails those that have a label to lose."""
    found: set[str] = set()
    for part in chunks(keys):
        where = (MAIL.c.account_id == account, MAIL.c.key.in_(part), MAIL.c.data.contains('"labels":['))
        found.update(connection.execute(select(MAIL.c.key).where(*where)).scalars())
    return found


def _relabel(connection: Connection, where: tuple[Any, ...], labels: tuple[str, ...]) -> None:
    import json

    data = connection.execute(select(MAIL.c.data).where(*where)).scalar()
    if data is not None:
        packed = json.dumps({**json.loads(data), "labels": list(labels)}, ensure_ascii=False, separators=(",", ":"))
        connection.execute(update(MAIL).where(*where).values(data=packed))


def _leave(connection: Connection, account: int, gone: Sequence[str]) -> None:
    for part in chunks(gone):
        where = (MAIL.c.account_id == account, MAIL.c.key.in_(part))
        connection.execute(update(MAIL).where(*where).values(present=0))
        _touch(connection, account, part)


def _sweep(connection: Connection, account: int, sweep: Sweep) -> None:
    start = func.substr(MAIL.c.key, 1, len(sweep.prefix))
    where = (MAIL.c.account_id == account, MAIL.c.folder == sweep.folder, start != sweep.prefix, MAIL.c.present == 1)
    keys = list(connection.execute(select(MAIL.c.key).where(*where)).scalars())
    _leave(connection, account, keys)


def _count_out(connection: Connection, account: int, census: Census) -> None:
    where = [MAIL.c.account_id == account, MAIL.c.present == 1]
    where += [MAIL.c.folder == census.folder] if census.folder else []
    known = set(connection.execute(select(MAIL.c.key).where(*where)).scalars())
    _leave(connection, account, sorted(known - census.keys))


def _touch(connection: Connection, account: int, keys: Iterable[str]) -> None:
    for part in chunks(keys):
        threads = select(MAIL.c.thread_id).where(MAIL.c.account_id == account, MAIL.c.key.in_(part))
        connection.execute(update(THREAD).where(THREAD.c.id.in_(threads)).values(changed=ONCE_MORE))


def thread_mails(connection: Connection, threads: Iterable[int]) -> dict[int, Thread]:
    """Whole threads. A draft that left its folder is no draft any more; what was sent or came stays said."""
    rows: dict[int, list[Mail]] = {}
    unsent: list[tuple[int, Mail]] = []
    roots: dict[int, str] = {}
    for part in chunks(threads):
        many = long_threads(connection, part)
        roots |= {number: one.root for number, one in many.items() if one.left_out}
        usual = MAIL.c.thread_id.in_([number for number in part if number not in many])
        found = connection.execute(select(MAIL).where(usual).order_by(MAIL.c.received)).mappings()
        for row in chain(found, *(one.rows(connection) for one in many.values())):
            if _is_unsent(row):
                unsent += [(row["thread_id"], from_row(row))] if row["present"] else []
            else:
                rows.setdefault(row["thread_id"], []).append(from_row(row))
    for number, mail in begun(connection, unsent):
        rows.setdefault(number, []).append(mail)
    return {number: assemble(mails, roots.get(number, "")) for number, mails in rows.items()}


def _is_unsent(row: Any) -> bool:
    """A draft, where it lies as one; mail of somebody else in a folder of drafts is none, however it got there."""
    flagged = "draft" in row["flags"]
    own = row["origin"] != Origin.OTHER.value or not row["sender"]
    return (row["role"] == "drafts" and (flagged or own)) or (row["role"] == "trash" and flagged)


def begun(connection: Connection, unsent: list[tuple[int, Mail]]) -> list[tuple[int, Mail]]:
    """The drafts a person began; those relance laid there say nothing about the thread."""
    if not unsent:
        return []
    ours = lying.names(connection)
    return [
        (number, mail)
        for number, mail in unsent
        if not mail.header("x-relance-id") and mail.key not in ours and mail.message_id not in ours
    ]


def changed_threads(connection: Connection, account: int, most: int = 1000) -> dict[int, int]:
    """Threads that must be judged again, each with how often it has changed since it was."""
    query = select(THREAD.c.id, THREAD.c.changed).where(THREAD.c.account_id == account, THREAD.c.changed > 0)
    return {row.id: row.changed for row in connection.execute(query.limit(most))}


def mails_from(connection: Connection, addresses: Iterable[str], since: datetime) -> list[Mail]:
    """Mails people wrote since then, or may have written, in any thread and account."""
    listed, newer = list(addresses), MAIL.c.received >= since
    query = select(MAIL).where(MAIL.c.sender.in_(listed), newer)
    rows = list(connection.execute(query).mappings())
    for part in chunks(perhaps_from(connection, listed, newer)):
        rows += connection.execute(select(MAIL).where(MAIL.c.id.in_(part))).mappings()
    return [from_row(row) for row in rows]


def counts(connection: Connection) -> dict[int, tuple[int, int]]:
    """Mails and threads of each account."""
    return {account: (mails, _count(connection, THREAD, account)) for account, mails in _grouped(connection)}


def _grouped(connection: Connection) -> list[tuple[int, int]]:
    rows = connection.execute(select(MAIL.c.account_id, func.count().label("number")).group_by(MAIL.c.account_id))
    return [(int(row.account_id), int(row.number)) for row in rows]


def _count(connection: Connection, table: Any, account: int) -> int:
    return int(connection.execute(select(func.count()).where(table.c.account_id == account)).scalar_one())


def account_rows(connection: Connection) -> list[dict[str, Any]]:
    """Every account as it stands."""
    return [dict(row) for row in connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.id)).mappings()]
