"""Rows of the store as a test makes them up: what it does not name is as usual."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from agent.store.base.values import DraftVersion, Followup, KeptLetter

AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
_FOLLOWUP = Followup(
    id=1, account_id=1, thread_id=1, root="<r@x>", person="", subject="", plan="nudge", touch=1, basis="", revision=0,
    enrolment_id=None, kind="mail", ceiling="", about="", signal="", state="quiet", level="manual", reason="",
    evidence="", hold="", due=None, until=None, made=AT, changed=AT,
)  # fmt: skip
_LETTER = KeptLetter(
    id=1, intent="one", account_id=1, followup_id=1, root="<r@x>", person="", sender="", recipients="[]",
    message_id="<m@x>", token="t", digest="", letter=b"", frozen=b"", thread_hint="", reply_key="", basis="{}",
    approved_by="user", state="HELD", code="", words="", ready_at=AT, stale_at=AT, cancel_requested=0, owner="",
    fence=0, lease_until=None, attempts=0, tries=0, sent_cursor="", settle_at=None, looks=0, was_uncertain=0,
    sent_copy="", carried_id="", made=AT, changed=AT,
)  # fmt: skip
_DRAFT = DraftVersion(
    id=1, followup_id=1, version=1, writer="phrasebook", subject="", body="", voice="", facts="", notes="", made=AT
)


def followup(**fields: Any) -> Followup:
    """A follow-up."""
    return replace(_FOLLOWUP, **fields)


def letter(**fields: Any) -> KeptLetter:
    """A letter in the outbox."""
    return replace(_LETTER, **fields)


def draft(**fields: Any) -> DraftVersion:
    """A version of a text."""
    return replace(_DRAFT, **fields)
