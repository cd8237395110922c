"""Stores a page of a sync with its cursor, all or nothing; the one door through which mail comes in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update

from agent.decide.threads.threads import Node, node
from agent.store.base.engine import Change, Store, insert_many
from agent.store.forgetting.admitting import admitted
from agent.store.mail.mail_codec import to_row
from agent.store.mail.mails import set_account
from agent.store.mail.origins import decide_some, with_origins
from agent.store.mail.threading import MAIL, ONCE_MORE, THREAD, chunks, name_roots, place
from providers.base import Census, Mail, Moved, Page, Role, Sweep


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
    nodes: dict[int, list[Node]] = {}
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
        values: dict[str, str | int] = {"flags": " ".join(sorted(item.flags)), "present": 1}
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


def _relabel(connection: Connection, where: tuple[ColumnElement[bool], ...], labels: tuple[str, ...]) -> None:
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
