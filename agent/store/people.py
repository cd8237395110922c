"""What is known of the people in a mailbox: their addresses, names and what they forbade; never a text of theirs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, func, or_, select

from agent.store.mail_codec import from_row
from agent.store.threading import MAIL, THREAD

MOST = 2_000
MOST_MAILS = 200


def known(connection: Connection, address: str) -> bool:
    """Whether any mail came from or went to them."""
    quick = (select(MAIL.c.id).where(MAIL.c.sender == address), select(THREAD.c.id).where(THREAD.c.person == address))
    if any(connection.execute(query.limit(1)).first() for query in quick):
        return True
    return any(address in mail_addresses(row) for row in _naming(connection, address))


def _naming(connection: Connection, address: str) -> list[Any]:
    near = MAIL.c.data.ilike(f"%{_escaped(address)}%", escape="\\")
    return list(connection.execute(select(MAIL).where(near).limit(MOST_MAILS)).mappings())


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def mail_addresses(row: Any) -> set[str]:
    """Everybody a mail went to."""
    return {address.key for address in from_row(row).recipients}


def name_of(connection: Connection, address: str) -> str:
    """The name the user knows them by, else the one they sign with."""
    told = select(THREAD.c.summary).where(THREAD.c.person == address, THREAD.c.summary != "")
    for summary in connection.execute(told.order_by(THREAD.c.last.desc()).limit(5)).scalars():
        if name := str(json.loads(summary).get("name") or ""):
            return name
    for row in reversed(_naming(connection, address)):
        mail = from_row(row)
        found = next((one.name for one in mail.recipients if one.key == address and one.name), "")
        if found:
            return found
    query = select(MAIL).where(MAIL.c.sender == address).order_by(MAIL.c.received.desc()).limit(5)
    writers = (from_row(row).sender for row in connection.execute(query).mappings())
    return next((writer.name for writer in writers if writer is not None and writer.name), "")


def called(connection: Connection, words: str) -> dict[str, str]:
    """People whom the user wrote to under this name or a part of it, by address."""
    like = f"%{_escaped(words)}%"
    query = select(THREAD.c.person, THREAD.c.summary).where(THREAD.c.person != "", THREAD.c.summary.ilike(like))
    wanted = set(words.casefold().split())
    found: dict[str, str] = {}
    for row in connection.execute(query.limit(MOST)):
        name = str(json.loads(row.summary or "{}").get("name") or "")
        if wanted <= set(name.casefold().replace(",", " ").split()):
            found[row.person] = name
    return found


def correspondents(connection: Connection) -> list[str]:
    """Addresses the user writes to, those of the newest threads first."""
    query = select(THREAD.c.person).where(THREAD.c.person != "").group_by(THREAD.c.person)
    return list(connection.execute(query.order_by(func.max(THREAD.c.last).desc()).limit(MOST)).scalars())


def opted_out(connection: Connection, people: Iterable[str]) -> str:
    """The one of these who asked, anywhere, never to be written to again; empty when nobody did."""
    for person in people:
        named = or_(THREAD.c.person == person, THREAD.c.summary.ilike(f"%{_escaped(person)}%", escape="\\"))
        if connection.execute(select(THREAD.c.id).where(THREAD.c.reason == "opted_out", named).limit(1)).first():
            return person
    return ""


def bounced(connection: Connection, people: Iterable[str]) -> str:
    """The one of these whom the last mail could not be delivered to and who wrote nothing since; empty for none."""
    for person in people:
        failed = select(func.max(THREAD.c.last)).where(THREAD.c.person == person, THREAD.c.reason == "bounced")
        when = connection.execute(failed).scalar()
        if when is None:
            continue
        alive = select(MAIL.c.id).where(MAIL.c.sender == person, MAIL.c.received > when).limit(1)
        if connection.execute(alive).first() is None:
            return person
    return ""


def open_thread(connection: Connection, person: str, account: int | None = None) -> int | None:
    """The newest thread in which a question of the user's to them still stands."""
    query = select(THREAD.c.id).where(THREAD.c.person == person, THREAD.c.open == 1)
    if account is not None:
        query = query.where(THREAD.c.account_id == account)
    found = connection.execute(query.order_by(THREAD.c.last.desc()).limit(1)).scalar()
    return None if found is None else int(found)


def account_for(connection: Connection, person: str, allowed: Iterable[int]) -> int | None:
    """The account the user last wrote to them from."""
    query = select(THREAD.c.account_id).where(THREAD.c.person == person, THREAD.c.account_id.in_(list(allowed)))
    found = connection.execute(query.order_by(THREAD.c.last.desc()).limit(1)).scalar()
    return None if found is None else int(found)


def root_of(connection: Connection, thread: int) -> str:
    """The Message-ID a thread is called by."""
    return str(connection.execute(select(THREAD.c.root).where(THREAD.c.id == thread)).scalar() or "")
