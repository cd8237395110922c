"""Keeps what every account knows about its own mail, and gives each mail its origin; the one place that writes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection, bindparam, func, or_, select, update

from agent.decide.threads.origin import MOST_VOTES, WINDOW, Door, Vote, origin_of, server_of, server_shown
from agent.decide.threads.people import MOST_PEOPLE
from agent.store.base import settings
from agent.store.base.audit import Event
from agent.store.base.engine import Change, Store
from agent.store.base.outbox_tables import OutboxRow
from agent.store.base.rows import table_of
from agent.store.base.tables import AccountRow
from agent.store.mail.mail_codec import from_row, kept_mails
from agent.store.mail.threading import MAIL, THREAD, WRITTEN_TO, chunks, name_roots
from providers.base import Mail, Origin, Role
from providers.mail import mime

ACCOUNT = table_of(AccountRow)
OUTBOX = table_of(OutboxRow)
OWN, DOOR = "own.addresses", "door:"
RULES = "2"
"""Raised whenever the same mail would get another origin than before; all are decided anew then."""
MINE = MAIL.c.origin.in_((Origin.SENT.value, Origin.PROVEN.value))
"""The one question about stored mail whether it is the user's own."""
TOGETHER = 500
"""Whole mails in memory at once."""
MARK = "x-relance-id"


@dataclass(frozen=True, slots=True)
class KnownServer:
    """What is known of the own server of an account."""

    server: str = ""
    labelled: bool = False
    how: str = ""
    """config, provider or learned; empty while it is not known."""
    mails: int = 0
    domains: int = 0


def settle(store: Store, own: Iterable[str], known: Mapping[str, KnownServer]) -> bool:
    """Have stored what the config says of own addresses and servers; what differs decides every mail anew."""
    mark = json.dumps([RULES, sorted(address.lower() for address in own)])
    with store.read() as connection:
        doors = settings.starting_with(connection, DOOR)
        same = settings.get(connection, OWN) == mark
    wanted = {DOOR + name: _packed(kept) for name, kept in known.items() if kept.how}
    stale = [name for name, text in doors.items() if name not in wanted and _kept(text).how in {"config", "provider"}]
    fresh = {name: text for name, text in wanted.items() if doors.get(name) != text}
    if same and not fresh and not stale:
        return False
    with store.write() as change:
        settings.put(change, OWN, mark)
        for name in stale:
            settings.drop(change, name)
        for name, text in fresh.items():
            settings.put(change, name, text)
        decide_again(change)
    return True


def learn_server(store: Store, number: int, name: str) -> bool:
    """Look whether the newest mail shows who writes its findings, where nobody has said so. True when that changed."""
    with store.read() as connection:
        before = _kept(settings.get(connection, DOOR + name))
        if before.how in {"config", "provider"}:
            return False
        found = server_shown(_votes(connection, number))
    now = KnownServer(found.server, how="learned" if found.server else "", mails=found.mails, domains=found.domains)
    if (before.server, before.how) == (now.server, now.how):
        return False
    with store.write() as change:
        settings.put(change, DOOR + name, _packed(now))
        change.record(Event("server.learned" if now.server else "server.unknown", f"account:{number}", "policy"))
        decide_again(change, number)
    return True


def _votes(connection: Connection, account: int) -> list[Vote]:
    """The mails of people the user writes to, as they were delivered from elsewhere, of the last weeks."""
    here = {address.rpartition("@")[2] for address in own_addresses(connection)}
    people = select(THREAD.c.person).where(THREAD.c.account_id == account, WRITTEN_TO).distinct()
    theirs = (
        MAIL.c.account_id == account, MAIL.c.origin == Origin.OTHER.value, MAIL.c.sender.in_(people),
        MAIL.c.role.not_in(("sent", "drafts")), MAIL.c.problem == "",
    )  # fmt: skip
    newest = connection.execute(select(func.max(MAIL.c.received)).where(*theirs)).scalar()
    if newest is None:
        return []
    top = func.json_extract(MAIL.c.data, '$.headers."authentication-results"[0]')
    query = select(MAIL.c.sender, MAIL.c.received, top).where(*theirs, MAIL.c.received > newest - WINDOW)
    found = connection.execute(query.limit(MOST_VOTES)).all()
    if len(found) == MOST_VOTES:
        # A flood; the mail that gives it away may be among what was not read.
        return []
    votes = (Vote(sender.rpartition("@")[2], server_of([said] if said else []), at) for sender, at, said in found)
    return [vote for vote in votes if vote.domain not in here]


def door(connection: Connection, account: int) -> Door:
    """What decides about the mail of an account."""
    name = connection.execute(select(ACCOUNT.c.name).where(ACCOUNT.c.id == account)).scalar() or ""
    kept = _kept(settings.get(connection, DOOR + str(name)))
    return Door(own_addresses(connection), kept.server, kept.labelled)


def known_servers(connection: Connection) -> dict[str, KnownServer]:
    """What is known of each account's own server, by the account's name."""
    return {name.removeprefix(DOOR): _kept(text) for name, text in settings.starting_with(connection, DOOR).items()}


def own_addresses(connection: Connection) -> frozenset[str]:
    """Every address of the user's, as the config last said."""
    text = settings.get(connection, OWN)
    return frozenset(json.loads(text)[1]) if text else frozenset()


def _packed(kept: KnownServer) -> str:
    return json.dumps(asdict(kept), sort_keys=True)


def _kept(text: str) -> KnownServer:
    return KnownServer(**json.loads(text)) if text else KnownServer()


def with_origins(connection: Connection, account: int, mails: Sequence[Mail]) -> list[Mail]:
    """Mails as they are to be stored; what a provider said of their origin counts for nothing."""
    at = door(connection, account)
    found = [replace(mail, origin=origin) if mail.origin is not origin else mail
             for mail, origin in _decided(connection, at, mails)]  # fmt: skip
    return _marked(connection, found)


def _marked(connection: Connection, mails: Sequence[Mail]) -> list[Mail]:
    """Copies of our letters that lost their mark on the way have it again, so that every reader knows them."""
    bare = [mail for mail in mails if mail.mine and mail.role is not Role.DRAFTS and not mail.header(MARK)]
    tokens = _tokens(connection, bare) if bare else {}
    return [
        replace(mail, headers={**mail.headers, MARK: (tokens[mail.key],)}) if mail.key in tokens else mail
        for mail in mails
    ]


def _tokens(connection: Connection, mails: Sequence[Mail]) -> dict[str, str]:
    """By the key of a mail the token of the letter it is: by its name, or word for word."""
    found: dict[str, str] = {}
    columns = (OUTBOX.c.message_id, OUTBOX.c.carried_id, OUTBOX.c.token, OUTBOX.c.frozen)
    for part in chunks(mails, TOGETHER):
        people = {address.key for mail in part for address in mail.to[:MOST_PEOPLE]}
        names = {mail.message_id for mail in part} - {""}
        near = or_(OUTBOX.c.person.in_(people), OUTBOX.c.message_id.in_(names), OUTBOX.c.carried_id.in_(names))
        for row in connection.execute(select(*columns).where(near, func.length(OUTBOX.c.frozen) > 0)):
            left, marks = mime.parse(row.frozen), {row.message_id, row.carried_id} - {""}
            same = (mail.key for mail in part if mail.message_id in marks or same_letter(mail, left))
            found.update(dict.fromkeys(same, row.token))
    return found


def _decided(connection: Connection, at: Door, mails: Sequence[Mail]) -> list[tuple[Mail, Origin]]:
    plain = [(mail, origin_of(mail, at)) for mail in mails]
    unsure = [mail for mail, origin in plain if origin in (Origin.CLAIMED, Origin.PROVEN)]
    ours = letters(connection, unsure) if unsure else frozenset[str]()
    return [(mail, Origin.SENT if mail.key in ours else origin) for mail, origin in plain]


def letters(connection: Connection, mails: Sequence[Mail]) -> frozenset[str]:
    """The keys of those that are letters of ours that left, by name and word for word.

    The name alone proves nothing: everybody who got the letter knows it.
    """
    found: set[str] = set()
    for part in chunks(mails, TOGETHER):
        names = [mail.message_id for mail in part if mail.message_id]
        tokens = [token for mail in part if (token := mail.header("x-relance-id"))]
        same = or_(OUTBOX.c.message_id.in_(names), OUTBOX.c.carried_id.in_(names), OUTBOX.c.token.in_(tokens))
        columns = (OUTBOX.c.message_id, OUTBOX.c.carried_id, OUTBOX.c.token, OUTBOX.c.frozen)
        rows = connection.execute(select(*columns).where(same, func.length(OUTBOX.c.frozen) > 0)).all()
        for row in rows:
            left = mime.parse(row.frozen)
            marks = {row.message_id, row.carried_id} - {""}
            found.update(
                mail.key for mail in part
                if (mail.message_id in marks or mail.header("x-relance-id") == row.token) and same_letter(mail, left)
            )  # fmt: skip
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class LetterMarks:
    """By what a letter of ours is known again; where it is asked only to learn less, its name alone will do."""

    names: frozenset[str] = frozenset()
    tokens: frozenset[str] = frozenset()

    def has(self, mail: Mail) -> bool:
        return mail.message_id in self.names or mail.header(MARK) in self.tokens


def written_here(connection: Connection) -> LetterMarks:
    """All letters that were ever to leave from here."""
    rows = connection.execute(select(OUTBOX.c.message_id, OUTBOX.c.carried_id, OUTBOX.c.token)).all()
    names = {name for row in rows for name in (row.message_id, row.carried_id)} - {""}
    return LetterMarks(frozenset(names), frozenset(row.token for row in rows) - {""})


def same_letter(mail: Mail, left: Mail) -> bool:
    """Whether a mail says what a letter said, to the same people, with the same date."""
    return _said(mail) == _said(left)


def _said(mail: Mail) -> tuple[object, ...]:
    people = sorted(address.key for address in mail.to), sorted(address.key for address in mail.cc + mail.bcc)
    writer = mail.sender.key if mail.sender else ""
    return writer, people, mail.date, " ".join(mail.subject.split()), " ".join(mail.text.split())


def decide_again(change: Change, account: int | None = None) -> None:
    """Every stored mail that is, was or could be the user's own gets its origin anew; its thread is judged again."""
    connection = change.connection
    numbers = [account] if account is not None else list(connection.execute(select(ACCOUNT.c.id)).scalars())
    for number in numbers:
        at = door(connection, number)
        near = or_(MAIL.c.sender.in_(sorted(at.own)), MAIL.c.origin != Origin.OTHER.value)
        ids = list(connection.execute(select(MAIL.c.id).where(MAIL.c.account_id == number, near)).scalars())
        decide_some(connection, number, ids, at)


def decide_some(connection: Connection, account: int, ids: Sequence[int], at: Door | None = None) -> None:
    """The same for these stored mails alone."""
    known = at or (door(connection, account) if ids else Door())
    for part in chunks(ids, TOGETHER):
        _decide_part(connection, known, part)


def _decide_part(connection: Connection, at: Door, ids: list[int]) -> None:
    rows = list(kept_mails(connection, select(MAIL).where(MAIL.c.id.in_(ids))))
    mails = [from_row(row) for row in rows]
    changed = [
        (row, origin.value)
        for row, (_, origin) in zip(rows, _decided(connection, at, mails), strict=True)
        if row.origin != origin.value
    ]
    if changed:
        statement = update(MAIL).where(MAIL.c.id == bindparam("number")).values(origin=bindparam("now"))
        connection.execute(statement, [{"number": row.id, "now": origin} for row, origin in changed])
        # Whose its mails are decides what a thread is named after.
        name_roots(connection, set(), {}, {row.thread_id for row, _ in changed})


def counted(connection: Connection, account: int) -> dict[str, int]:
    """How many mails bear an own address, by how each is known to be the user's."""
    query = select(MAIL.c.origin, func.count()).where(MAIL.c.account_id == account, MAIL.c.origin != Origin.OTHER.value)
    return {str(origin): int(count) for origin, count in connection.execute(query.group_by(MAIL.c.origin))}
