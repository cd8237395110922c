"""What screens and commands are shown of rows, one value a row; loads nothing of the store and never reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Queued:
    """A follow-up in the queue, beside what was judged of its thread."""

    id: int
    person: str
    subject: str
    plan: str
    touch: int
    hold: str
    level: str
    kind: str
    reason: str
    summary: str
    sentence: str
    made: datetime
    last: datetime | None


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """A letter in the outbox without its bytes, beside its follow-up and what was judged of its thread."""

    id: int
    followup_id: int
    person: str
    state: str
    code: str
    words: str
    ready_at: datetime
    changed: datetime
    attempts: int
    subject: str
    summary: str


@dataclass(frozen=True, slots=True)
class JudgedThread:
    """A thread in the list of all threads, with what was judged of it."""

    id: int
    root: str
    person: str
    subject: str
    reason: str
    sentence: str
    hold: str
    quiet: int
    due: datetime | None
    last: datetime | None
    summary: str


@dataclass(frozen=True, slots=True)
class ShownEvent:
    """A row of the audit log, beside the words for a human where they are still kept."""

    seq: int
    at: datetime
    actor: str
    event: str
    object: str
    from_state: str
    to_state: str
    code: str
    hash: str
    commitment: str
    person: str | None
    detail: str | None
