"""Rows of the store as a test makes them up: what it does not name is as usual."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from agent.store.work.values import Followup

AT = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
_FOLLOWUP = Followup(
    id=1, account_id=1, thread_id=1, root="<r@x>", person="", subject="", plan="nudge", touch=1, basis="", revision=0,
    enrolment_id=None, kind="mail", ceiling="", about="", signal="", state="quiet", level="manual", reason="",
    evidence="", hold="", due=None, until=None, made=AT, changed=AT,
)  # fmt: skip


def followup(**fields: Any) -> Followup:
    """A follow-up."""
    return replace(_FOLLOWUP, **fields)
