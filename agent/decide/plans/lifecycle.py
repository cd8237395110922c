"""The states a follow-up and its outbox row can be in, and every move between them; never makes a move itself."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Stage(StrEnum):
    """Where a row of the outbox stands."""

    HELD = "HELD"
    CLAIMED = "CLAIMED"
    SUBMITTING = "SUBMITTING"
    SENT = "SENT"
    DEFERRED = "DEFERRED"
    UNCERTAIN = "UNCERTAIN"
    NEEDS_REVIEW = "NEEDS_REVIEW"
    STOPPED = "STOPPED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


class Progress(StrEnum):
    """Where a follow-up stands."""

    WATCHING = "watching"
    QUIET = "quiet"
    DRAFTED = "drafted"
    APPROVED = "approved"
    OUTBOX = "outbox"
    SNOOZED = "snoozed"
    SKIPPED = "skipped"
    STOPPED = "stopped"
    ANSWERED = "answered"
    ASKED = "asked"


STAGE_MOVES: Mapping[Stage, frozenset[Stage]] = {
    Stage.HELD: frozenset({Stage.CLAIMED, Stage.CANCELLED, Stage.STOPPED, Stage.NEEDS_REVIEW}),
    Stage.CLAIMED: frozenset({
        Stage.SUBMITTING, Stage.HELD, Stage.DEFERRED, Stage.STOPPED, Stage.CANCELLED, Stage.NEEDS_REVIEW, Stage.FAILED,
    }),
    Stage.SUBMITTING: frozenset({Stage.SENT, Stage.UNCERTAIN, Stage.DEFERRED, Stage.FAILED}),
    Stage.DEFERRED: frozenset({Stage.CLAIMED, Stage.CANCELLED, Stage.STOPPED, Stage.NEEDS_REVIEW}),
    Stage.UNCERTAIN: frozenset({Stage.SENT, Stage.NEEDS_REVIEW}),
    Stage.NEEDS_REVIEW: frozenset({Stage.HELD, Stage.CANCELLED, Stage.STOPPED, Stage.SENT}),
    Stage.SENT: frozenset(),
    Stage.STOPPED: frozenset(),
    Stage.CANCELLED: frozenset(),
    Stage.FAILED: frozenset(),
}  # fmt: skip

TERMINAL = frozenset(stage for stage, moves in STAGE_MOVES.items() if not moves)
LIVE = frozenset(STAGE_MOVES) - TERMINAL
WAITING = frozenset({Stage.HELD, Stage.DEFERRED})
"""Rows a worker may take when their time has come."""
UNDOABLE = frozenset({Stage.HELD, Stage.DEFERRED, Stage.NEEDS_REVIEW})
"""Rows that a person can cancel at once, because nobody can be sending them."""
LOUD = frozenset({Stage.UNCERTAIN, Stage.NEEDS_REVIEW})
"""Rows that need a person."""

_ENDS = frozenset({Progress.SKIPPED, Progress.STOPPED, Progress.ANSWERED})
_ASIDE = _ENDS | {Progress.SNOOZED, Progress.ASKED}

PROGRESS_MOVES: Mapping[Progress, frozenset[Progress]] = {
    Progress.WATCHING: _ASIDE | {Progress.QUIET, Progress.DRAFTED},
    Progress.QUIET: _ASIDE | {Progress.WATCHING, Progress.DRAFTED},
    Progress.DRAFTED: _ASIDE | {Progress.WATCHING, Progress.QUIET, Progress.APPROVED, Progress.OUTBOX},
    Progress.APPROVED: _ASIDE | {Progress.DRAFTED, Progress.OUTBOX},
    Progress.OUTBOX: _ASIDE | {Progress.DRAFTED, Progress.WATCHING},
    Progress.SNOOZED: _ENDS | {Progress.ASKED, Progress.WATCHING, Progress.QUIET, Progress.DRAFTED},
    Progress.ASKED: _ENDS | {Progress.SNOOZED, Progress.WATCHING, Progress.QUIET, Progress.DRAFTED, Progress.OUTBOX},
    Progress.SKIPPED: frozenset({Progress.QUIET, Progress.DRAFTED, Progress.STOPPED, Progress.ANSWERED}),
    Progress.STOPPED: frozenset({Progress.QUIET, Progress.DRAFTED, Progress.ANSWERED}),
    Progress.ANSWERED: frozenset({Progress.STOPPED}),
}

BY_PERSON_ALONE = frozenset(
    (start, end) for start in (Progress.SKIPPED, Progress.STOPPED) for end in (Progress.QUIET, Progress.DRAFTED)
)
"""What a person ended only a person may start again."""


def may_stage(start: Stage, end: Stage) -> bool:
    """Whether an outbox row may go there."""
    return end in STAGE_MOVES[start]


def may_progress(start: Progress, end: Progress, actor: str) -> bool:
    """Whether a follow-up may go there; `actor` is user, policy or daemon."""
    if end not in PROGRESS_MOVES[start]:
        return False
    return actor == "user" or (start, end) not in BY_PERSON_ALONE
