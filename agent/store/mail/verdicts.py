"""Summaries and verdicts of threads: written after judging, read by whoever shows or acts; never judges."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, case, func, or_, select, update

from agent.decide.threads.quiet import OVER
from agent.decide.threads.summary import Summary
from agent.store.base.engine import Change
from agent.store.mail.origins import MINE
from agent.store.mail.threading import MAIL, ONCE_MORE, THREAD, WRITTEN_TO, chunks

TOO_OLD = "too_old"
"""A verdict that no later day changes, only news in the thread."""


class DamagedError(ValueError):
    """A kept summary cannot be read; its mails can tell it again."""


class VerdictRow(NamedTuple):
    """A verdict as the row of its thread keeps it."""

    number: int
    is_quiet: int
    why: str
    held: str
    said: str
    when: datetime | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A thread row with its summary."""

    number: int
    account: int
    summary: Summary


def keep_summaries(
    change: Change, rows: Sequence[tuple[int, Summary, datetime | None]], changed: Mapping[int, int]
) -> None:
    """What each thread says, and whether time alone can change it. What came while it was read is read next."""
    if not rows:
        return
    values = [
        {
            "number": number, "who": summary.person, "what": summary.subject, "told": json.dumps(summary.as_json()),
            "may": int(not summary.blocked and summary.asks), "newest": newest, "seen": changed[number],
        }
        for number, summary, newest in rows
    ]  # fmt: skip
    statement = update(THREAD).where(THREAD.c.id == bindparam("number"))
    change.connection.execute(
        statement.values(
            person=bindparam("who"), subject=bindparam("what"), summary=bindparam("told"), open=bindparam("may"),
            last=bindparam("newest"),
            changed=case((THREAD.c.changed == bindparam("seen"), 0), else_=THREAD.c.changed),
            reason=case((THREAD.c.reason == TOO_OLD, ""), else_=THREAD.c.reason),
        ),
        values,
    )  # fmt: skip


def read_all_again(change: Change) -> None:
    """Every thread counts as changed."""
    change.connection.execute(update(THREAD).values(changed=ONCE_MORE))


def read_damaged_again(change: Change) -> int:
    """Threads whose kept summary cannot be read count as changed. Returns how many."""
    query = select(THREAD.c.id, THREAD.c.summary).where(or_(THREAD.c.summary != "", THREAD.c.open == 1))
    damaged = [row.id for row in change.connection.execute(query) if not _readable(row.summary)]
    for part in chunks(damaged):
        change.connection.execute(update(THREAD).where(THREAD.c.id.in_(part)).values(changed=ONCE_MORE))
    return len(damaged)


def _readable(told: str) -> bool:
    try:
        summary_from_row(told)
    except DamagedError:
        return False
    return True


def summary_from_row(told: str) -> Summary:
    """A summary out of its row."""
    try:
        found = Summary.from_json(json.loads(told))
        for moment in (found.last_own, found.answered_at, found.clock):
            if moment:
                datetime.fromisoformat(moment)
    except (ValueError, TypeError, AttributeError) as problem:
        raise DamagedError("A kept summary cannot be read.") from problem
    return found


def keep_verdicts(change: Change, rows: Sequence[VerdictRow]) -> None:
    """What says the same as before is not written again."""
    known = _kept_verdicts(change.connection, [row.number for row in rows])
    fresh = [row._asdict() for row in rows if known.get(row.number) != row]
    if not fresh:
        return
    statement = update(THREAD).where(THREAD.c.id == bindparam("number"))
    change.connection.execute(
        statement.values(
            quiet=bindparam("is_quiet"), reason=bindparam("why"), hold=bindparam("held"), sentence=bindparam("said"),
            due=bindparam("when"),
        ),
        fresh,
    )  # fmt: skip


def _kept_verdicts(connection: Connection, numbers: Sequence[int]) -> dict[int, VerdictRow]:
    columns = (THREAD.c.id, THREAD.c.quiet, THREAD.c.reason, THREAD.c.hold, THREAD.c.sentence, THREAD.c.due)
    queries = (select(*columns).where(THREAD.c.id.in_(part)) for part in chunks(numbers))
    rows = (VerdictRow._make(row) for query in queries for row in connection.execute(query))
    return {row.number: row for row in rows}


def open_threads(connection: Connection, *, whole: bool = True) -> list[int]:
    """Threads whose verdict depends on the day, those of a person together; not `whole`: none that is too old."""
    query = select(THREAD.c.id).where(THREAD.c.open == 1).order_by(THREAD.c.person)
    return list(connection.execute(query if whole else query.where(THREAD.c.reason != TOO_OLD)).scalars())


def stored(connection: Connection, numbers: Iterable[int]) -> list[Stored]:
    """These threads with their summaries."""
    query = select(THREAD.c.id, THREAD.c.account_id, THREAD.c.summary)
    return [_stored(*row) for part in chunks(numbers) for row in connection.execute(query.where(THREAD.c.id.in_(part)))]


def summaries(connection: Connection, numbers: Iterable[int]) -> dict[int, Summary]:
    """The kept summaries of threads."""
    found: dict[int, Summary] = {}
    query = select(THREAD.c.id, THREAD.c.account_id, THREAD.c.summary)
    for part in chunks(numbers):
        for row in connection.execute(query.where(THREAD.c.id.in_(part), THREAD.c.summary != "")):
            found[row.id] = _stored(*row).summary
    return found


def _stored(number: int, account: int, told: str) -> Stored:
    return Stored(number, account, summary_from_row(told))


def ended_by(connection: Connection, thread: int) -> str:
    """The verdict that ended the plan of a thread; empty where it goes on or a person decides."""
    row = connection.execute(select(THREAD.c.reason).where(THREAD.c.id == thread, THREAD.c.hold == "")).scalar()
    return str(row) if row in OVER else ""


def dates_of(connection: Connection, person: str, most: int = 50) -> list[datetime]:
    """Recent Date headers of a person, with their own offset."""
    from agent.store.mail.mail_codec import written

    query = select(MAIL.c.written, MAIL.c.offset).where(MAIL.c.sender == person, MAIL.c.written.is_not(None))
    rows = connection.execute(query.order_by(MAIL.c.received.desc()).limit(most))
    return [at for row in rows if (at := written(row.written, row.offset)) is not None]


def writers(connection: Connection, since: datetime) -> set[tuple[str, str]]:
    """Address and name of everybody who wrote since then."""
    name = func.json_extract(MAIL.c.data, "$.from[1]")
    found = select(MAIL.c.sender, name).where(MAIL.c.received >= since, MAIL.c.sender != "").distinct()
    return {(row[0], row[1] or "") for row in connection.execute(found)}


def domains_written_to(connection: Connection, but_not: int | None) -> frozenset[str]:
    """The domains of everybody the user writes to, one thread left out."""
    domain = func.substr(THREAD.c.person, func.instr(THREAD.c.person, "@") + 1)
    query = select(domain).where(WRITTEN_TO, THREAD.c.id != (but_not or 0)).distinct()
    return frozenset(connection.execute(query).scalars())


def held(connection: Connection, thread: int | None) -> str:
    """Why the judge holds a thread now; empty where it does not."""
    row = connection.execute(select(THREAD.c.reason, THREAD.c.hold).where(THREAD.c.id == (thread or 0))).first()
    return str(row.reason) if row is not None and row.hold else ""


def own_ids(connection: Connection, account: int) -> frozenset[str]:
    """Message-IDs of everything the person sent from here."""
    query = select(MAIL.c.message_id).where(MAIL.c.account_id == account, MINE)
    return frozenset(connection.execute(query).scalars()) - {""}
