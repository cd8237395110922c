"""What is known of the people in a mailbox: their addresses, names and what they forbade; never a text of theirs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, func, literal, or_, select

from agent.store.base.engine import Store
from agent.store.base.values import KeptMail
from agent.store.mail import standing
from agent.store.mail.mail_codec import from_row, kept_mails
from agent.store.mail.origins import MINE
from agent.store.mail.threading import MAIL, THREAD, WRITTEN_TO

MOST = 2_000
"""People a search or a completion goes through; a longer list helps nobody."""
MOST_MAILS = 200
"""Of the newest that name somebody; each must be unpacked to see in which field."""


def has_mail_with(connection: Connection, address: str) -> bool:
    """Whether any mail came from or went to them."""
    quick = (select(MAIL.c.id).where(MAIL.c.sender == address), select(THREAD.c.id).where(THREAD.c.person == address))
    if any(connection.execute(query.limit(1)).first() for query in quick):
        return True
    return any(address in mail_addresses(row) for row in _naming(connection, address))


def _naming(connection: Connection, address: str, *where: ColumnElement[bool]) -> list[KeptMail]:
    near = MAIL.c.data.ilike(f"%{_escaped(address)}%", escape="\\")
    query = select(MAIL).where(near, *where).order_by(MAIL.c.received.desc())
    return list(kept_mails(connection, query.limit(MOST_MAILS)))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def mail_addresses(row: KeptMail) -> set[str]:
    """Everybody a mail went to."""
    return {address.key for address in from_row(row).recipients}


def name_of(connection: Connection, address: str) -> str:
    """The name the user knows them by, else the one they sign with in what the user answered."""
    told = select(THREAD.c.summary).where(THREAD.c.person == address, WRITTEN_TO, THREAD.c.summary != "")
    for summary in connection.execute(told.order_by(THREAD.c.last.desc()).limit(5)).scalars():
        if name := str(json.loads(summary).get("name") or ""):
            return name
    mine = [from_row(row) for row in _naming(connection, address, MINE)]
    names = (one.name for mail in mine for one in mail.recipients if one.key == address and one.name)
    return next(names, "") or _signed(connection, address, {name for mail in mine for name in mail.in_reply_to})


def _signed(connection: Connection, address: str, answered: set[str]) -> str:
    query = select(MAIL).where(MAIL.c.sender == address, MAIL.c.message_id.in_(sorted(answered)[:MOST_MAILS]))
    rows = kept_mails(connection, query.order_by(MAIL.c.received.desc()).limit(5))
    writers = (from_row(row).sender for row in rows)
    return next((writer.name for writer in writers if writer is not None and writer.name), "")


def called(connection: Connection, words: str) -> dict[str, str]:
    """People whom the user wrote to under this name or a part of it, by address."""
    like = f"%{_escaped(words)}%"
    query = select(THREAD.c.person, THREAD.c.summary).where(WRITTEN_TO, THREAD.c.summary.ilike(like))
    wanted = set(words.casefold().split())
    found: dict[str, str] = {}
    for row in connection.execute(query.limit(MOST)):
        name = str(json.loads(row.summary or "{}").get("name") or "")
        if wanted <= set(name.casefold().replace(",", " ").split()):
            found[row.person] = name
    return found


def correspondents(connection: Connection) -> list[str]:
    """Addresses the user writes to, those of the newest threads first."""
    query = select(THREAD.c.person).where(WRITTEN_TO).group_by(THREAD.c.person)
    return list(connection.execute(query.order_by(func.max(THREAD.c.last).desc()).limit(MOST)).scalars())


@dataclass(frozen=True, slots=True)
class Everybody:
    """Whom any mail came from or went to, and how the user calls them; asked once where many are looked up."""

    addresses: frozenset[str]
    names: Mapping[str, str]


def everybody(connection: Connection) -> Everybody:
    """All of them, in one look at every mail."""
    told: dict[str, str] = {}
    for field in ("to", "cc", "bcc"):
        each = func.json_each(MAIL.c.data, f"$.{field}").table_valued("value").alias("each_one")
        address = func.lower(func.json_extract(each.c.value, "$[0]"))
        name = func.max(case((MINE, func.json_extract(each.c.value, "$[1]")), else_=""))
        query = select(address, name).select_from(MAIL).join(each, literal(1) == 1).group_by(address)
        for person, said in connection.execute(query):
            told[person] = told.get(person) or said or ""
    wrote = connection.execute(select(MAIL.c.sender).distinct()).scalars()
    under = connection.execute(select(THREAD.c.person).distinct()).scalars()
    return Everybody(frozenset({*told, *wrote, *under}) - {""}, {person: name for person, name in told.items() if name})


def domains_answered(connection: Connection) -> frozenset[str]:
    """The domains of those the user writes to, without those whose mail came back."""
    known = (WRITTEN_TO, THREAD.c.last.is_not(None), THREAD.c.reason != "bounced")
    query = select(THREAD.c.person).where(*known).distinct()
    return frozenset(person.rpartition("@")[2] for person in connection.execute(query).scalars()) - {""}


def opted_out(store: Store, connection: Connection, people: Iterable[str]) -> str:
    """The one of these who asked, anywhere, never to be written to again; empty when nobody did."""
    everybody = list(people)
    if found := standing.opted_out(store, connection, everybody):
        return found
    for person in everybody:
        named = or_(THREAD.c.person == person, THREAD.c.summary.ilike(f"%{_escaped(person)}%", escape="\\"))
        if connection.execute(select(THREAD.c.id).where(THREAD.c.reason == "opted_out", named).limit(1)).first():
            return person
    return ""


def bounced(store: Store, connection: Connection, people: Iterable[str]) -> str:
    """The one of these whom a mail could not be delivered to and whom the user heard nothing from since; else empty."""
    return next((one for one in people if _dead(store, connection, one)), "")


def _dead(store: Store, connection: Connection, person: str) -> bool:
    told = select(func.max(THREAD.c.last)).where(THREAD.c.person == person, THREAD.c.reason == "bounced")
    since = [at for at in (standing.dead_since(store, connection, person), connection.execute(told).scalar()) if at]
    return bool(since) and not _answered_since(connection, person, max(since))


def _answered_since(connection: Connection, person: str, since: datetime) -> bool:
    """Whether they wrote and the user answered: what merely bears their address may be anybody's."""
    theirs = select(MAIL.c.message_id).where(MAIL.c.sender == person, MAIL.c.received > since, MAIL.c.message_id != "")
    names = set(connection.execute(theirs.order_by(MAIL.c.received.desc()).limit(MOST_MAILS)).scalars())
    mine = (from_row(row) for row in _naming(connection, person, MINE, MAIL.c.received > since))
    return bool(names) and any(not names.isdisjoint(mail.in_reply_to) for mail in mine)


def open_thread(connection: Connection, person: str, account: int | None = None) -> int | None:
    """The newest thread in which a question of the user's to them still stands."""
    query = select(THREAD.c.id).where(THREAD.c.person == person, THREAD.c.open == 1)
    if account is not None:
        query = query.where(THREAD.c.account_id == account)
    found = connection.execute(query.order_by(THREAD.c.last.desc()).limit(1)).scalar()
    return None if found is None else int(found)


def account_for(connection: Connection, person: str, allowed: Iterable[int]) -> int | None:
    """The account the user last wrote to them from."""
    query = select(THREAD.c.account_id).where(
        THREAD.c.person == person, WRITTEN_TO, THREAD.c.account_id.in_(list(allowed))
    )
    found = connection.execute(query.order_by(THREAD.c.last.desc()).limit(1)).scalar()
    return None if found is None else int(found)


def root_of(connection: Connection, thread: int) -> str:
    """The Message-ID a thread is called by."""
    return str(connection.execute(select(THREAD.c.root).where(THREAD.c.id == thread)).scalar() or "")
