"""Which columns of a row may be written when it is made, and which later; never a query and never a value."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict


class AccountChange(TypedDict, total=False):
    """What is noted about a mailbox; `AccountRow` says what each field is."""

    cursor: str
    health: str
    trouble: str
    last_sync: datetime
    last_look: datetime


class LetterChange(TypedDict, total=False):
    """What a move of a letter writes beside its state; `OutboxRow` says what each field is."""

    frozen: bytes
    approved_by: str
    ready_at: datetime
    stale_at: datetime
    cancel_requested: int
    owner: str
    fence: int
    lease_until: datetime
    attempts: int
    tries: int
    sent_cursor: str
    settle_at: datetime
    looks: int
    was_uncertain: int
    sent_copy: str
    carried_id: str


class LetterNote(LetterChange, total=False):
    """What is noted about a letter that stays where it is."""

    words: str


class FromThread(TypedDict, total=False):
    """What follows for a touch of a plan from its thread as it is now; `FollowupRow` says what each field is."""

    basis: str
    revision: int
    ceiling: str
    signal: str
    hold: str


class FollowupChange(FromThread, total=False):
    """What a move of a follow-up writes beside its state; `FollowupRow` says what each field is."""

    reason: str
    evidence: str
    due: datetime | None
    until: datetime | None
    made: datetime


class NewFollowup(FromThread, total=False):
    """What a follow-up is made of; `FollowupRow` says what each field is."""

    account_id: int
    thread_id: int
    root: str
    person: str
    subject: str
    plan: str
    touch: int
    enrolment_id: int
    kind: str
    about: str
    state: str
    level: str
    reason: str
    evidence: str
    due: datetime | None


class EnrolmentChange(TypedDict, total=False):
    """What is noted about an enrolment; `EnrolmentRow` says what each field is."""

    labelled: int
    state: str
    reason: str
    changed: datetime


class NewEnrolment(TypedDict):
    """What an enrolment is made of; `EnrolmentRow` says what each field is."""

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
