"""What work is done on, one value a row: the fields are the columns of its table; never a query and never a change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class KeptAccount:
    """One mailbox and how far it has been read; `AccountRow` says what each field is."""

    id: int
    name: str
    provider: str
    address: str
    cursor: str
    health: str
    trouble: str
    last_sync: datetime | None
    last_look: datetime | None


@dataclass(frozen=True, slots=True)
class KeptThread:
    """A thread and what was last judged about it; `ThreadRow` says what each field is."""

    id: int
    account_id: int
    root: str
    changed: int
    person: str
    subject: str
    summary: str
    open: int
    quiet: int
    reason: str
    hold: str
    sentence: str
    due: datetime | None
    last: datetime | None


class KeptMail(NamedTuple):
    """One stored mail, its columns in the order of their table, for thousands are made at a time."""

    id: int
    account_id: int
    key: str
    thread_id: int
    message_id: str
    sender: str
    written: datetime | None
    offset: int | None
    received: datetime
    folder: str
    role: str
    origin: str
    present: int
    heard: int
    flags: str
    subject: str
    problem: str
    size: int
    body: str
    data: str


@dataclass(frozen=True, slots=True)
class Followup:
    """One (thread, plan, touch) on its way; `FollowupRow` says what each field is."""

    id: int
    account_id: int
    thread_id: int
    root: str
    person: str
    subject: str
    plan: str
    touch: int
    basis: str
    revision: int
    enrolment_id: int | None
    kind: str
    ceiling: str
    about: str
    signal: str
    state: str
    level: str
    reason: str
    evidence: str
    hold: str
    due: datetime | None
    until: datetime | None
    made: datetime
    changed: datetime


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """One letter somebody approved and what became of it; `OutboxRow` says what each field is."""

    id: int
    intent: str
    account_id: int
    followup_id: int
    root: str
    person: str
    sender: str
    recipients: str
    message_id: str
    token: str
    digest: str
    letter: bytes
    frozen: bytes
    thread_hint: str
    reply_key: str
    basis: str
    approved_by: str
    state: str
    code: str
    words: str
    ready_at: datetime
    stale_at: datetime
    cancel_requested: int
    owner: str
    fence: int
    lease_until: datetime | None
    attempts: int
    tries: int
    sent_cursor: str
    settle_at: datetime | None
    looks: int
    was_uncertain: int
    sent_copy: str
    carried_id: str
    made: datetime
    changed: datetime


@dataclass(frozen=True, slots=True)
class KeptEvent:
    """One row of the audit log; `EventRow` says what each field is."""

    seq: int
    at: datetime
    boot: str
    monotonic: int
    actor: str
    process: str
    event: str
    object: str
    from_state: str
    to_state: str
    code: str
    commitment: str
    prev: str
    hash: str


@dataclass(frozen=True, slots=True)
class ToldEvent(KeptEvent):
    """The same with the words beside it, as far as they were not removed."""

    person: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class DraftVersion:
    """One version of the text of a follow-up; `DraftRow` says what each field is."""

    id: int
    followup_id: int
    version: int
    writer: str
    subject: str
    body: str
    voice: str
    facts: str
    notes: str
    made: datetime


@dataclass(frozen=True, slots=True)
class KeptEnrolment:
    """A person or a thread under a plan; `EnrolmentRow` says what each field is."""

    id: int
    account_id: int
    thread_id: int
    root: str
    first: int
    person: str
    name: str
    subject: str
    plan: str
    trigger: str
    about: str
    begins: str
    anchor: str
    said: str
    cause: str
    labelled: int
    state: str
    reason: str
    made: datetime
    changed: datetime


@dataclass(frozen=True, slots=True)
class KeptSignal:
    """A reason to write now; `SignalRow` says what each field is."""

    id: int
    enrolment_id: int
    words: str
    evidence: str
    touch: int
    at: datetime


NO_TEXT = DraftVersion(0, 0, 0, "", "", "", "", "", "", datetime(1970, 1, 1, tzinfo=UTC))
"""Stands where a follow-up has no draft any more."""
