"""The tables of the outbox and the triggers that guard them, whoever writes; never a query."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import ClassVar

from sqlalchemy import Column, Connection, Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from agent.decide.plans.lifecycle import LIVE, STAGE_MOVES, TERMINAL, Stage
from agent.store.base.columns import key, moment, one_of, text, whole
from agent.store.base.rows import table_of

STRICT: dict[str, bool] = {"sqlite_strict": True}
ROWLESS: dict[str, bool] = {"sqlite_strict": True, "sqlite_with_rowid": False}


def _quoted(stages: frozenset[Stage]) -> str:
    return ", ".join(f"'{stage.value}'" for stage in sorted(stages))


def _blob() -> Column[bytes]:
    return Column(LargeBinary, nullable=False, server_default=sql("x''"))


class OutboxRow(SQLModel, table=True):
    """One letter somebody approved. Its intent exists once for ever; the row is never deleted."""

    __tablename__: ClassVar[str] = "outbox"
    __table_args__ = (
        Index("outbox_ready", "state", "ready_at"),
        Index("outbox_followup", "followup_id"),
        Index("outbox_one_live", "root", unique=True, sqlite_where=sql(f"state IN ({_quoted(LIVE)})")),
        one_of("state", list(Stage)),
        one_of("approved_by", ["user", "policy"]),
        STRICT,
    )

    id: int | None = Field(default=None, sa_column=key())
    intent: str = Field(sa_column=text(default=None, unique=True))
    """A keyed hash, so that it says nothing once the mail is forgotten."""
    account_id: int = Field(sa_column=whole(default=None))
    followup_id: int = Field(sa_column=whole(default=None))
    root: str = Field(sa_column=text(default=None))
    person: str = Field(default="", sa_column=text(index=True))
    sender: str = Field(default="", sa_column=text())
    recipients: str = Field(default="[]", sa_column=text(default="[]"))
    """Envelope, as JSON."""
    message_id: str = Field(sa_column=text(default=None))
    token: str = Field(sa_column=text(default=None, index=True))
    digest: str = Field(sa_column=text(default=None))
    """SHA-256 of the letter as approved, before its date is known."""
    letter: bytes = Field(default=b"", sa_column=_blob())
    """The letter as approved."""
    frozen: bytes = Field(default=b"", sa_column=_blob())
    """The bytes with their date, set at the first submission and never again."""
    thread_hint: str = Field(default="", sa_column=text())
    reply_key: str = Field(default="", sa_column=text())
    basis: str = Field(default="{}", sa_column=text(default="{}"))
    """What the approval saw of the mailbox, as JSON."""
    approved_by: str = Field(default="user", sa_column=text(default="user"))
    state: str = Field(default=Stage.HELD, sa_column=text(default=None))
    code: str = Field(default="", sa_column=text())
    """Why it is in this state."""
    words: str = Field(default="", sa_column=text())
    """The same as a sentence without mail content."""
    ready_at: datetime = Field(sa_column=moment())
    """A worker may take it from then on."""
    stale_at: datetime = Field(sa_column=moment())
    """From then on a person must look again."""
    cancel_requested: int = Field(default=0, sa_column=whole())
    owner: str = Field(default="", sa_column=text())
    fence: int = Field(default=0, sa_column=whole())
    lease_until: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    attempts: int = Field(default=0, sa_column=whole())
    """Submissions begun."""
    tries: int = Field(default=0, sa_column=whole())
    """How often in a row a server put it off."""
    sent_cursor: str = Field(default="", sa_column=text())
    """Where reading stood just before the submission; Sent is searched from there."""
    settle_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    looks: int = Field(default=0, sa_column=whole())
    """How often Sent was searched since the outcome became unknown."""
    was_uncertain: int = Field(default=0, sa_column=whole())
    sent_copy: str = Field(default="", sa_column=text())
    """pending, done, server or failed."""
    carried_id: str = Field(default="", sa_column=text())
    """The Message-ID the mail really has."""
    made: datetime = Field(sa_column=moment())
    changed: datetime = Field(sa_column=moment())


class OutboxMoveRow(SQLModel, table=True):
    """Every move the trigger lets through."""

    __tablename__: ClassVar[str] = "outbox_move"
    __table_args__ = (ROWLESS,)

    start: str = Field(sa_column=text(default=None, primary=True))
    end: str = Field(sa_column=text(default=None, primary=True))


class AttemptRow(SQLModel, table=True):
    """The begin or the end of one submission; rows are added, never changed."""

    __tablename__: ClassVar[str] = "attempt"
    __table_args__ = (UniqueConstraint("outbox_id", "number", "part"), one_of("part", ["begin", "end"]), STRICT)

    id: int | None = Field(default=None, sa_column=key())
    outbox_id: int = Field(sa_column=whole(default=None))
    number: int = Field(sa_column=whole(default=None))
    part: str = Field(sa_column=text(default=None))
    at: datetime = Field(sa_column=moment())
    looked_at: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    window: int | None = Field(default=None, sa_column=whole(nullable=True))
    """Microseconds since the look began, on a clock that nobody sets."""
    outcome: str = Field(default="", sa_column=text())
    evidence: str = Field(default="", sa_column=text())


class ApprovalRow(SQLModel, table=True):
    """Who approved which bytes; rows are added, never changed."""

    __tablename__: ClassVar[str] = "approval"
    __table_args__ = (STRICT,)

    id: int | None = Field(default=None, sa_column=key())
    outbox_id: int = Field(sa_column=whole(default=None, index=True))
    digest: str = Field(sa_column=text(default=None))
    actor: str = Field(sa_column=text(default=None))
    again: int = Field(default=0, sa_column=whole())
    """1 when it may already have been delivered and a person chose to send once more."""
    at: datetime = Field(sa_column=moment())


class SpentRow(SQLModel, table=True):
    """One token of every budget, taken with a submission and never given back."""

    __tablename__: ClassVar[str] = "spent"
    __table_args__ = (Index("spent_at", "account_id", "at"), STRICT)

    id: int | None = Field(default=None, sa_column=key())
    account_id: int = Field(sa_column=whole(default=None))
    outbox_id: int = Field(sa_column=whole(default=None))
    root: str = Field(default="", sa_column=text(index=True))
    person: str = Field(default="", sa_column=text(index=True))
    organisation: str = Field(default="", sa_column=text())
    at: datetime = Field(sa_column=moment())


class LevelRow(SQLModel, table=True):
    """A level chosen at run time."""

    __tablename__: ClassVar[str] = "level"
    __table_args__ = (one_of("level", ["manual", "copilot", "autopilot"]), ROWLESS)

    kind: str = Field(sa_column=text(default=None, primary=True))
    value: str = Field(sa_column=text(default=None, primary=True))
    level: str = Field(sa_column=text(default=None))
    at: datetime = Field(sa_column=moment())


SEALED = (
    "intent", "account_id", "sender", "message_id", "token", "digest", "made",
)  # fmt: skip

GUARDS = (
    """
CREATE TRIGGER outbox_starts_held BEFORE INSERT ON outbox WHEN NEW.state <> 'HELD'
BEGIN SELECT RAISE(ABORT, 'a letter starts by being held'); END
""",
    """
CREATE TRIGGER outbox_moves BEFORE UPDATE OF state ON outbox
WHEN OLD.state <> NEW.state
 AND NOT EXISTS (SELECT 1 FROM outbox_move WHERE start = OLD.state AND "end" = NEW.state)
BEGIN SELECT RAISE(ABORT, 'the outbox does not move that way'); END
""",
    f"""
CREATE TRIGGER outbox_sealed BEFORE UPDATE OF {", ".join(SEALED)} ON outbox
WHEN {" OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in SEALED)}
BEGIN SELECT RAISE(ABORT, 'an approved letter does not change'); END
""",
    f"""
CREATE TRIGGER outbox_letter BEFORE UPDATE OF letter, recipients ON outbox
WHEN (OLD.letter IS NOT NEW.letter OR OLD.recipients IS NOT NEW.recipients)
 AND NOT (OLD.state IN ({_quoted(TERMINAL)}) AND NEW.letter = x'' AND NEW.recipients = '[]')
BEGIN SELECT RAISE(ABORT, 'an approved letter does not change'); END
""",
    f"""
CREATE TRIGGER outbox_frozen BEFORE UPDATE OF frozen ON outbox
WHEN OLD.frozen IS NOT NEW.frozen AND OLD.frozen <> x''
 AND NOT (OLD.state IN ({_quoted(TERMINAL)}) AND NEW.frozen = x'')
BEGIN SELECT RAISE(ABORT, 'bytes that may have left do not change'); END
""",
    """
CREATE TRIGGER outbox_fence BEFORE UPDATE OF fence ON outbox WHEN NEW.fence < OLD.fence
BEGIN SELECT RAISE(ABORT, 'a fence only rises'); END
""",
    """
CREATE TRIGGER outbox_kept BEFORE DELETE ON outbox
BEGIN SELECT RAISE(ABORT, 'an intent is remembered for ever'); END
""",
)
GROWING = ("attempt", "approval", "spent", "outbox_move")
GROWING_GUARD = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'rows of {table} are added, never changed'); END
"""


@contextmanager
def unguarded(connection: Connection, table: str) -> Iterator[None]:
    """Only to forget a person: inside one transaction the rows of a growing table may be emptied."""
    connection.exec_driver_sql(f"DROP TRIGGER {table}_no_UPDATE")
    yield
    connection.exec_driver_sql(GROWING_GUARD.format(table=table, verb="UPDATE"))


def guard(connection: Connection) -> None:
    """Fill the table of moves and put the triggers in place; part of the first migration."""
    moves = [{"start": start.value, "end": end.value} for start, ends in STAGE_MOVES.items() for end in sorted(ends)]
    connection.execute(table_of(OutboxMoveRow).insert(), moves)
    for statement in GUARDS:
        connection.exec_driver_sql(statement)
    for table in GROWING:
        for verb in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(GROWING_GUARD.format(table=table, verb=verb))
