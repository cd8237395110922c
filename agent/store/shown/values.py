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
