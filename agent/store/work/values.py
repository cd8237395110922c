"""What work is done on, one value a row: the fields are the columns of its table; never a query and never a change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


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
