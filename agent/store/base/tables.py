"""What is remembered, one class a table; never a method, a query or a relationship."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from agent.decide.plans.triggers import Trigger
from agent.store.base.columns import key, link, moment, one_of, text, whole
from providers.base import Origin, Role

STRICT: dict[str, bool] = {"sqlite_strict": True}
STATES = ["watching", "quiet", "drafted", "approved", "outbox", "snoozed", "skipped", "stopped", "answered", "asked"]
ROWLESS: dict[str, bool] = {"sqlite_strict": True, "sqlite_with_rowid": False}


class AccountRow(SQLModel, table=True):
    """One mailbox and how far it has been read."""

    __tablename__: ClassVar[str] = "account"
    __table_args__ = (one_of("health", ["ok", "auth", "stale", "error"]), STRICT)

    id: int | None = Field(default=None, sa_column=key())
    name: str = Field(sa_column=text(default=None, unique=True))
    provider: str = Field(sa_column=text(default=None))
    address: str = Field(sa_column=text())
    cursor: str = Field(default="", sa_column=text())
    health: str = Field(default="ok", sa_column=text(default="ok"))
    trouble: str = Field(default="", sa_column=text())
    last_sync: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    last_look: datetime | None = Field(default=None, sa_column=moment(nullable=True))


class ThreadRow(SQLModel, table=True):
    """A thread and what was last judged about it."""

    __tablename__: ClassVar[str] = "thread"
    __table_args__ = (
        Index("thread_root", "account_id", "root"),
        Index("thread_changed", "account_id", "changed"),
        Index("thread_open", "open"),
        Index("thread_last", "last"),
        Index("thread_reason", "reason", "person"),
        STRICT,
    )

    id: int | None = Field(default=None, sa_column=key())
    account_id: int = Field(sa_column=link("account.id", index=False))
    root: str = Field(default="", sa_column=text())
    changed: int = Field(default=1, sa_column=whole(default=1))
    """How often news came since it was judged; 0 when there is none."""
    person: str = Field(default="", sa_column=text(index=True))
    subject: str = Field(default="", sa_column=text())
    summary: str = Field(default="", sa_column=text())
    open: int = Field(default=0, sa_column=whole())
    """1 while time alone may make it quiet; all others keep their verdict until a mail changes them."""
    quiet: int = Field(default=0, sa_column=whole())
    reason: str = Field(default="", sa_column=text())
    hold: str = Field(default="", sa_column=text())
    sentence: str = Field(default="", sa_column=text())
    due: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    last: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    """When the newest mail of it was written."""


class MailRow(SQLModel, table=True):
    """One mail in one place of a mailbox."""

    __tablename__: ClassVar[str] = "mail"
    __table_args__ = (
        UniqueConstraint("account_id", "key"),
        Index("mail_message_id", "account_id", "message_id"),
        Index("mail_received", "account_id", "received"),
        Index("mail_sender", "sender", "received", "thread_id"),
        Index("mail_origin", "origin", "received", sqlite_where=sql("origin <> 'other'")),
        one_of("role", list(Role)),
        one_of("origin", list(Origin)),
        STRICT,
    )

    id: int | None = Field(default=None, sa_column=key())
    account_id: int = Field(sa_column=link("account.id", index=False))
    key: str = Field(sa_column=text(default=None))
    thread_id: int = Field(sa_column=link("thread.id"))
    message_id: str = Field(default="", sa_column=text())
    sender: str = Field(default="", sa_column=text())
    written: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    offset: int | None = Field(default=None, sa_column=whole(nullable=True))
    """The writer's own distance from UTC in minutes."""
    received: datetime = Field(sa_column=moment())
    folder: str = Field(default="", sa_column=text())
    role: str = Field(default=Role.INBOX, sa_column=text(default=None))
    origin: str = Field(default=Origin.OTHER, sa_column=text(default="other"))
    """Whose it is, decided when it was kept; everything that asks whether a mail is the user's own asks this."""
    present: int = Field(default=1, sa_column=whole(default=1))
    """0 once it left that place of the mailbox: what was said stays said."""
    heard: int = Field(default=0, sa_column=whole())
    """1 once it was read by itself, for what its writer says of themselves."""
    flags: str = Field(default="", sa_column=text())
    subject: str = Field(default="", sa_column=text())
    problem: str = Field(default="", sa_column=text())
    size: int = Field(default=0, sa_column=whole())
    body: str = Field(default="", sa_column=text())
    data: str = Field(default="{}", sa_column=text(default="{}"))
    """Everything else of the mail, as JSON."""


class ReferenceRow(SQLModel, table=True):
    """Every Message-ID seen or mentioned, and the thread it belongs to."""

    __tablename__: ClassVar[str] = "reference"
    __table_args__ = (ROWLESS,)

    account_id: int = Field(sa_column=link("account.id", index=False, primary=True))
    message_id: str = Field(sa_column=text(default=None, primary=True))
    thread_id: int = Field(sa_column=link("thread.id"))


class EventRow(SQLModel, table=True):
    """One row of the audit log. No address, subject or sentence is ever in it."""

    __tablename__: ClassVar[str] = "event"
    __table_args__ = (one_of("actor", ["user", "policy", "daemon"]), STRICT)

    seq: int = Field(sa_column=whole(default=None, primary=True))
    at: datetime = Field(sa_column=moment())
    boot: str = Field(default="", sa_column=text())
    monotonic: int = Field(default=0, sa_column=whole())
    actor: str = Field(sa_column=text(default=None))
    process: str = Field(default="", sa_column=text())
    """Process number and version."""
    event: str = Field(sa_column=text(default=None))
    object: str = Field(default="", sa_column=text(index=True))
    from_state: str = Field(default="", sa_column=text())
    to_state: str = Field(default="", sa_column=text())
    code: str = Field(default="", sa_column=text())
    commitment: str = Field(default="", sa_column=text())
    """A keyed hash of the content it is about; says nothing once its key is gone."""
    prev: str = Field(sa_column=text(default=None))
    hash: str = Field(sa_column=text(default=None))


class EventContentRow(SQLModel, table=True):
    """The key of a commitment and words for a human; both may be removed without touching the chain."""

    __tablename__: ClassVar[str] = "event_content"
    __table_args__ = (STRICT,)

    seq: int = Field(sa_column=whole(default=None, primary=True))
    key: str = Field(default="", sa_column=text())
    proof: str = Field(default="", sa_column=text())
    """Keyed hash of the content, which itself is not kept here."""
    person: str = Field(default="", sa_column=text(index=True))
    detail: str = Field(default="", sa_column=text())


class CheckpointRow(SQLModel, table=True):
    """A keyed statement about the log up to one row."""

    __tablename__: ClassVar[str] = "checkpoint"
    __table_args__ = (STRICT,)

    seq: int = Field(sa_column=whole(default=None, primary=True))
    hash: str = Field(sa_column=text(default=None))
    at: datetime = Field(sa_column=moment())
    mac: str = Field(sa_column=text(default=None))


class EnrolmentRow(SQLModel, table=True):
    """A person or a thread that somebody put under a plan, and how far it got."""

    __tablename__: ClassVar[str] = "enrolment"
    __table_args__ = (
        Index("enrolment_state", "state"),
        one_of("state", ["active", "done", "ended"]),
        one_of("trigger", list(Trigger)),
        STRICT,
    )

    id: int | None = Field(default=None, sa_column=key())
    account_id: int = Field(sa_column=link("account.id"))
    thread_id: int = Field(sa_column=link("thread.id"))
    """For a first mail an empty thread of its own, which that mail fills once it was sent."""
    root: str = Field(sa_column=text(default=None))
    first: int = Field(default=0, sa_column=whole())
    """1 where it began without any mail."""
    person: str = Field(default="", sa_column=text(index=True))
    name: str = Field(default="", sa_column=text())
    subject: str = Field(default="", sa_column=text())
    plan: str = Field(sa_column=text(default=None))
    trigger: str = Field(default="enrolled", sa_column=text(default=None))
    about: str = Field(default="", sa_column=text())
    """The person's own words; they may stand in a draft."""
    begins: str = Field(default="", sa_column=text())
    """The day it starts, where the other side lives."""
    anchor: str = Field(default="", sa_column=text())
    """The day a plan such as renewal counts back from."""
    said: str = Field(default="", sa_column=text())
    """The person's own texts for its touches and what letters may state, as JSON; it may stand in a draft."""
    cause: str = Field(default="", sa_column=text())
    """What began it beside the person's own command, as JSON; never part of a draft."""
    labelled: int = Field(default=0, sa_column=whole())
    """1 while the label that began it is still there."""
    state: str = Field(default="active", sa_column=text(default=None))
    reason: str = Field(default="", sa_column=text())
    made: datetime = Field(sa_column=moment())
    changed: datetime = Field(sa_column=moment())


class SignalRow(SQLModel, table=True):
    """A reason to write now, in the person's own words."""

    __tablename__: ClassVar[str] = "signal"
    __table_args__ = (STRICT,)

    id: int | None = Field(default=None, sa_column=key())
    enrolment_id: int = Field(sa_column=link("enrolment.id"))
    words: str = Field(sa_column=text(default=None))
    evidence: str = Field(default="", sa_column=text())
    """A page that shows it; never part of a draft."""
    touch: int = Field(default=1, sa_column=whole(default=1))
    """The touch that may quote it."""
    at: datetime = Field(sa_column=moment())


class FollowupRow(SQLModel, table=True):
    """One (thread, plan, touch) on its way."""

    __tablename__: ClassVar[str] = "followup"
    __table_args__ = (
        UniqueConstraint("account_id", "root", "plan", "touch", "basis", "revision"),
        Index("followup_state", "state"),
        one_of("state", STATES),
        one_of("level", ["manual", "copilot", "autopilot"]),
        one_of("kind", ["mail", "task"]),
        one_of("ceiling", ["", "manual", "copilot"]),
        STRICT,
    )

    id: int | None = Field(default=None, sa_column=key())
    account_id: int = Field(sa_column=link("account.id"))
    thread_id: int = Field(sa_column=link("thread.id"))
    root: str = Field(sa_column=text(default=None))
    person: str = Field(default="", sa_column=text(index=True))
    subject: str = Field(default="", sa_column=text())
    plan: str = Field(default="nudge", sa_column=text(default=None))
    touch: int = Field(default=1, sa_column=whole(default=1))
    basis: str = Field(default="", sa_column=text())
    """Message-ID of the mail it would continue."""
    revision: int = Field(default=0, sa_column=whole())
    """Raised by a person alone."""
    enrolment_id: int | None = Field(default=None, sa_column=link("enrolment.id", nullable=True))
    """None where only the silence of the thread asked for it."""
    kind: str = Field(default="mail", sa_column=text(default="mail"))
    """mail, or task: something for the person to do, never sent."""
    ceiling: str = Field(default="", sa_column=text())
    """The most its plan allows, where that is less than everything."""
    about: str = Field(default="", sa_column=text())
    signal: str = Field(default="", sa_column=text())
    """Both are the person's own words; what they state may stand in the text."""
    state: str = Field(default="quiet", sa_column=text(default=None))
    level: str = Field(default="manual", sa_column=text(default=None))
    reason: str = Field(default="", sa_column=text())
    """A reason code."""
    evidence: str = Field(default="", sa_column=text())
    hold: str = Field(default="", sa_column=text())
    due: datetime | None = Field(default=None, sa_column=moment(nullable=True, index=True))
    until: datetime | None = Field(default=None, sa_column=moment(nullable=True))
    """A snooze ends then."""
    made: datetime = Field(sa_column=moment())
    changed: datetime = Field(sa_column=moment())


class DraftRow(SQLModel, table=True):
    """One version of the text of a follow-up; versions are added, never changed."""

    __tablename__: ClassVar[str] = "draft"
    __table_args__ = (UniqueConstraint("followup_id", "version"), STRICT)

    id: int | None = Field(default=None, sa_column=key())
    followup_id: int = Field(sa_column=link("followup.id"))
    version: int = Field(sa_column=whole(default=1))
    writer: str = Field(sa_column=text(default=None))
    """phrasebook, model or person."""
    subject: str = Field(default="", sa_column=text())
    body: str = Field(default="", sa_column=text())
    voice: str = Field(default="", sa_column=text())
    facts: str = Field(default="", sa_column=text())
    notes: str = Field(default="", sa_column=text())
    made: datetime = Field(sa_column=moment())


class MemoryRow(SQLModel, table=True):
    """What an edit taught, small and dated."""

    __tablename__: ClassVar[str] = "memory"
    __table_args__ = (STRICT,)

    key: str = Field(sa_column=text(default=None, primary=True))
    person: str = Field(default="", sa_column=text(index=True))
    circle: str = Field(default="", sa_column=text())
    kind: str = Field(default="", sa_column=text())
    language: str = Field(default="", sa_column=text())
    words: str = Field(default="", sa_column=text())
    at: datetime = Field(sa_column=moment())


class SettingRow(SQLModel, table=True):
    """Small facts by name: generation, heartbeat, pauses."""

    __tablename__: ClassVar[str] = "setting"
    __table_args__ = (ROWLESS,)

    name: str = Field(sa_column=text(default=None, primary=True))
    value: str = Field(sa_column=text())


class StandingRow(SQLModel, table=True):
    """What stands about a person until the user lifts it; person and mail are keyed hashes."""

    __tablename__: ClassVar[str] = "standing"
    __table_args__ = (one_of("kind", ["opt_out", "bounced"]), ROWLESS)

    person: str = Field(sa_column=text(default=None, primary=True))
    kind: str = Field(sa_column=text(default=None, primary=True))
    mail: str = Field(sa_column=text(default=None, primary=True))
    at: datetime = Field(sa_column=moment())
    lifted: int = Field(default=0, sa_column=whole())


class ForgottenRow(SQLModel, table=True):
    """Keyed hashes of addresses whose mail must not be kept again."""

    __tablename__: ClassVar[str] = "forgotten"
    __table_args__ = (ROWLESS,)

    digest: str = Field(sa_column=text(default=None, primary=True))
