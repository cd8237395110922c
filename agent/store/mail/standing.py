"""What stands about a person until the user says otherwise: they want no mail, or their address is dead.

It outlives the mail that said it, and the thread that mail was in; it is kept under a keyed hash and names nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, not_, or_, select, update

from agent.decide.gate.spelling import mailbox_of
from agent.decide.threads.summary import BOUNCED, OPT_OUT, Stand
from agent.store.base.audit import Event
from agent.store.base.engine import Change, Store
from agent.store.base.rows import table_of
from agent.store.base.tables import StandingRow
from agent.store.mail.mail_codec import from_row, kept_mails
from agent.store.mail.threading import MAIL, THREAD, chunks
from agent.store.mail.unclear import perhaps_from
from providers.base import Mail

STANDING = table_of(StandingRow)
PURPOSE = "standing"
NOT_OURS = ("", "not_mine", "empty")
"""Threads the user wrote nothing in: their mails are read only for what somebody says of themselves."""
AT_ONCE = 20
"""Mails read while a letter waits for its check."""
LONG = 300
"""A thread of more mails is not read whole."""
HEARD, TOO_COSTLY = 1, 2
"""Listened to alone; or nobody can, within the limits."""
NOT_WHOLE = THREAD.c.reason.in_(NOT_OURS) | (func.instr(THREAD.c.summary, '"problem": true') > 0)
"""Threads whose summary does not tell of every mail in them what it says of its writer."""


def keep(store: Store, change: Change, stands: Iterable[Stand]) -> None:
    """Write down what was said; what is known already, or was lifted by the user, stays as it is."""
    rows = [
        {
            "person": _name(store, stand.person), "kind": stand.kind, "mail": _name(store, stand.mail),
            "at": datetime.fromisoformat(stand.at), "lifted": 0,
        }
        for stand in stands
    ]  # fmt: skip
    if rows:
        change.connection.execute(STANDING.insert().prefix_with("OR IGNORE"), rows)


def was_noted(store: Store, connection: Connection, person: str, kind: str) -> bool:
    """Whether this was ever written down, lifted or not."""
    row = STANDING.c
    query = select(row.person).where(row.person == _name(store, person), row.kind == kind).limit(1)
    return connection.execute(query).first() is not None


def opted_out(store: Store, connection: Connection, people: Iterable[str]) -> str:
    """The one of these who asked, anywhere, never to be written to again; empty when nobody did."""
    return next((person for person in people if _last(store, connection, person, OPT_OUT) is not None), "")


def dead_since(store: Store, connection: Connection, person: str) -> datetime | None:
    """When a mail to them could last not be delivered for good."""
    return _last(store, connection, person, BOUNCED)


def _last(store: Store, connection: Connection, person: str, kind: str) -> datetime | None:
    row = STANDING.c
    query = select(func.max(row.at, type_=row.at.type)).where(
        row.person == _name(store, person), row.kind == kind, row.lifted == 0
    )
    found: datetime | None = connection.execute(query).scalar()
    return found


def lift(store: Store, change: Change, person: str) -> int:
    """Only ever a person's word: they may be written to again. What is said from now on stands anew."""
    row = STANDING.c
    mine = update(STANDING).where(row.person == _name(store, person), row.lifted == 0).values(lifted=1)
    lifted = change.connection.execute(mine).rowcount
    if lifted:
        change.record(Event("standing.lifted", "person", "user", person=person))
    return int(lifted)


def _name(store: Store, value: str) -> str:
    return store.digest(PURPOSE, mailbox_of(value) if "@" in value and not value.startswith("<") else value)


def spellings_seen(connection: Connection, address: str) -> set[str]:
    """Every form of an address that mail came from: with a tag behind a plus, or other dots where they say nothing."""
    wanted = mailbox_of(address)
    first = wanted[:1]
    if not first or ord(first) >= 0xD7FF:
        return {address}
    # Two bounds and no more: of several SQLite would go by the first and read every sender of that letter.
    local = wanted.partition("@")[0]
    least, end = (first, chr(ord(first) + 1)) if "gmail" in wanted else (local, f"{local}\U0010ffff")
    near = select(MAIL.c.sender).where(MAIL.c.sender >= least, MAIL.c.sender < end).distinct()
    return {address} | {one for one in connection.execute(near).scalars() if mailbox_of(one) == wanted}


def unheard(connection: Connection, people: Iterable[str], most: int) -> list[tuple[int, Mail]]:
    """The newest mails of these not read yet, in threads not read whole, not yet, or not written in by the user."""
    found: list[tuple[int, Mail]] = []
    beside = MAIL.alias("beside")
    count = select(func.count()).where(beside.c.thread_id == MAIL.c.thread_id).scalar_subquery()
    new, listed = (MAIL.c.heard == 0, MAIL.c.origin == "other"), list(people)
    by_sender = [MAIL.c.sender.in_(part) for part in chunks(listed)]
    perhaps = [MAIL.c.id.in_(part) for part in chunks(perhaps_from(connection, listed, *new))]
    for theirs in (*by_sender, *perhaps):
        query = select(MAIL).join(THREAD, THREAD.c.id == MAIL.c.thread_id).where(
            theirs, *new, NOT_WHOLE | (THREAD.c.changed > 0) | (count > LONG)
        )  # fmt: skip
        rows = kept_mails(connection, query.order_by(MAIL.c.received.desc()).limit(most - len(found)))
        found += [(row.id, from_row(row)) for row in rows]
    return found


def untold(connection: Connection, before: datetime, most: int) -> list[tuple[int, Mail]]:
    """Old mails not read yet whose texts are about to be emptied, where no thread was read whole for them."""
    query = select(MAIL).join(THREAD, THREAD.c.id == MAIL.c.thread_id).where(
        MAIL.c.received < before, MAIL.c.body != "", MAIL.c.heard == 0, MAIL.c.origin == "other", NOT_WHOLE,
    )  # fmt: skip
    return [(row.id, from_row(row)) for row in kept_mails(connection, query.limit(most))]


EMPTIABLE = or_(
    MAIL.c.heard != 0, MAIL.c.origin != "other",
    MAIL.c.thread_id.in_(select(THREAD.c.id).where(THREAD.c.changed == 0, not_(NOT_WHOLE))),
)  # fmt: skip
"""Mails whose words have been listened to, or can be by nobody."""


def mark_heard(change: Change, numbers: Sequence[int], how: int = HEARD) -> None:
    """These need not be read alone again."""
    for part in chunks(numbers):
        change.connection.execute(update(MAIL).where(MAIL.c.id.in_(part)).values(heard=how))


def never_heard(connection: Connection, people: Iterable[str]) -> list[Mail]:
    """What these people wrote, or may have, that takes more than the limits to read: it may forbid to write."""
    listed = sorted({form for person in people for form in spellings_seen(connection, person)})
    costly = (MAIL.c.heard == TOO_COSTLY, MAIL.c.origin == "other")
    theirs = [MAIL.c.sender.in_(part) for part in chunks(listed)]
    theirs += [MAIL.c.id.in_(part) for part in chunks(perhaps_from(connection, listed, *costly))]
    queries = (select(MAIL).where(one, *costly).order_by(MAIL.c.received.desc()).limit(AT_ONCE) for one in theirs)
    return [from_row(row) for query in queries for row in kept_mails(connection, query)]


def reports(connection: Connection, thread: int) -> list[Mail]:
    """The newest mails of a thread that name addresses a mail could not be delivered to."""
    named = (MAIL.c.thread_id == thread, MAIL.c.origin == "other", MAIL.c.data.contains('"failed":['))
    query = select(MAIL).where(*named).order_by(MAIL.c.received.desc()).limit(AT_ONCE)
    return [from_row(row) for row in kept_mails(connection, query)]


def still_to_hear(connection: Connection, people: Iterable[str]) -> tuple[list[Mail], bool]:
    """What these people wrote where nobody listened yet, and whether there is more than can be read at once."""
    forms = {form for person in people for form in spellings_seen(connection, person)}
    found = unheard(connection, forms, AT_ONCE + 1)
    return [mail for _, mail in found[:AT_ONCE]], len(found) > AT_ONCE
