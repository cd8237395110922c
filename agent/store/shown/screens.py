"""Long lists for a screen, a page at a time; only reads, never judges and never sends."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, case, func, literal, or_, select

from agent.decide.plans.lifecycle import LIVE, TERMINAL
from agent.decide.threads.groups import ALONE, DUE, HELD, REASONS, WORDS
from agent.store.base.audit import CONTENT, EVENT
from agent.store.base.rows import every, first
from agent.store.base.values import KeptThread
from agent.store.mail.threading import FOLLOWUP, THREAD
from agent.store.shown.values import JudgedThread, Queued, ShownEvent, ShownLetter
from agent.store.work.followups import DRAFT
from agent.store.work.outbox import OUTBOX

SEARCHED = (THREAD.c.person, THREAD.c.subject, THREAD.c.reason, THREAD.c.sentence)
GROUP = case(
    (THREAD.c.hold != "", HELD),
    (THREAD.c.quiet == 1, DUE),
    *((THREAD.c.reason.in_(reasons), group) for group, reasons in REASONS.items()),
    else_=ALONE,
)
"""`group_of`, as the database says it."""
WAITING = ("drafted", "asked")
QUEUED = select(
    FOLLOWUP.c.id, FOLLOWUP.c.person, FOLLOWUP.c.subject, FOLLOWUP.c.plan, FOLLOWUP.c.touch, FOLLOWUP.c.hold,
    FOLLOWUP.c.level, FOLLOWUP.c.kind, FOLLOWUP.c.reason, FOLLOWUP.c.made, THREAD.c.summary, THREAD.c.last,
    THREAD.c.sentence,
).join(THREAD, THREAD.c.id == FOLLOWUP.c.thread_id)  # fmt: skip
LETTER = (
    OUTBOX.c.id, OUTBOX.c.followup_id, OUTBOX.c.person, OUTBOX.c.state, OUTBOX.c.code, OUTBOX.c.words,
    OUTBOX.c.ready_at, OUTBOX.c.changed, OUTBOX.c.attempts, FOLLOWUP.c.subject, THREAD.c.summary,
)  # fmt: skip
MOST_QUEUED = 2_000
"""Rows of a queue; nobody reads on behind them, and those that follow come up as these are done."""
MOST_OVER = 100
"""Letters that left or ended are shown so far back."""


def queue(connection: Connection) -> list[Queued]:
    """Follow-ups with a text that waits for a person, those due first on top."""
    has_text = select(DRAFT.c.id).where(DRAFT.c.followup_id == FOLLOWUP.c.id).exists()
    query = (
        QUEUED.where(FOLLOWUP.c.state.in_(WAITING), has_text)
        .order_by(FOLLOWUP.c.due.is_(None), FOLLOWUP.c.due, FOLLOWUP.c.id)
        .limit(MOST_QUEUED)
    )
    return every(connection, Queued, query)


def queued(connection: Connection, followup: int) -> Queued | None:
    """One follow-up as the queue shows it, whether it waits there or not."""
    return first(connection, Queued, QUEUED.where(FOLLOWUP.c.id == followup))


def letters(connection: Connection) -> list[ShownLetter]:
    """Everything on its way, and the newest of what is over."""
    newest = select(func.max(OUTBOX.c.id)).group_by(OUTBOX.c.followup_id)
    base = (
        select(*LETTER)
        .join(FOLLOWUP, FOLLOWUP.c.id == OUTBOX.c.followup_id)
        .join(THREAD, THREAD.c.id == FOLLOWUP.c.thread_id)
        .where(OUTBOX.c.id.in_(newest))
    )
    live = base.where(OUTBOX.c.state.in_([stage.value for stage in LIVE])).order_by(OUTBOX.c.ready_at)
    over = base.where(OUTBOX.c.state.in_([stage.value for stage in TERMINAL])).order_by(OUTBOX.c.changed.desc())
    return every(connection, ShownLetter, live) + every(connection, ShownLetter, over.limit(MOST_OVER))


def threads(
    connection: Connection, start: int, most: int, wanted: str, group: str = ""
) -> tuple[list[JudgedThread], int]:
    """Judged threads, newest first, and how many there are; of one group, or with one reason, if asked."""
    where = [*_containing(wanted, *SEARCHED), *_grouped(group)]
    columns = (
        THREAD.c.id, THREAD.c.root, THREAD.c.person, THREAD.c.subject, THREAD.c.reason, THREAD.c.sentence,
        THREAD.c.hold, THREAD.c.quiet, THREAD.c.due, THREAD.c.last, THREAD.c.summary,
    )  # fmt: skip
    query = select(*columns).where(*where).order_by(THREAD.c.last.desc(), THREAD.c.id.desc())
    total = connection.execute(select(func.count()).select_from(THREAD).where(*where)).scalar_one()
    return every(connection, JudgedThread, query.offset(start).limit(most)), int(total)


def groups(connection: Connection, wanted: str) -> dict[str, int]:
    """How many threads belong to each group."""
    query = select(GROUP.label("name"), func.count().label("number")).where(*_containing(wanted, *SEARCHED))
    return {row.name: int(row.number) for row in connection.execute(query.group_by("name"))}


def _grouped(group: str) -> list[ColumnElement[bool]]:
    if not group:
        return []
    return [literal(group) == GROUP] if group in WORDS else [or_(THREAD.c.reason == group, THREAD.c.hold == group)]


def thread(connection: Connection, number: int) -> KeptThread | None:
    """One thread."""
    return first(connection, KeptThread, select(THREAD).where(THREAD.c.id == number))


def open_count(connection: Connection) -> int:
    """How many threads time may still make quiet."""
    return int(connection.execute(select(func.count()).select_from(THREAD).where(THREAD.c.open == 1)).scalar_one())


def events(connection: Connection, start: int, most: int, wanted: str) -> tuple[list[ShownEvent], int]:
    """Rows of the log, newest first, and how many there are."""
    where = _containing(
        wanted, EVENT.c.event, EVENT.c.object, EVENT.c.code, EVENT.c.actor, EVENT.c.to_state, CONTENT.c.person
    )
    joined = EVENT.join(CONTENT, CONTENT.c.seq == EVENT.c.seq, isouter=True)
    total = connection.execute(select(func.count()).select_from(joined if where else EVENT).where(*where)).scalar_one()
    columns = (
        EVENT.c.seq, EVENT.c.at, EVENT.c.actor, EVENT.c.event, EVENT.c.object, EVENT.c.from_state, EVENT.c.to_state,
        EVENT.c.code, EVENT.c.hash, EVENT.c.commitment, CONTENT.c.person, CONTENT.c.detail,
    )  # fmt: skip
    query = select(*columns).select_from(joined).where(*where).order_by(EVENT.c.seq.desc())
    return every(connection, ShownEvent, query.offset(start).limit(most)), int(total)


def _containing(wanted: str, *columns: ColumnElement[str]) -> list[ColumnElement[bool]]:
    words = wanted.strip()[:80]
    return [or_(*(column.contains(words, autoescape=True) for column in columns))] if words else []
