"""Which moves exist; a move that is not listed here does not."""

from __future__ import annotations

import itertools

import pytest

from agent.decide.plans.lifecycle import (
    BY_PERSON_ALONE,
    LIVE,
    STAGE_MOVES,
    TERMINAL,
    UNDOABLE,
    Progress,
    Stage,
    may_progress,
    may_stage,
)
from agent.store.base.tables import STATES

PUBLISHED = """
HELD -> CLAIMED CANCELLED STOPPED NEEDS_REVIEW
CLAIMED -> SUBMITTING HELD DEFERRED STOPPED CANCELLED NEEDS_REVIEW FAILED
SUBMITTING -> SENT UNCERTAIN DEFERRED FAILED
DEFERRED -> CLAIMED CANCELLED STOPPED NEEDS_REVIEW
UNCERTAIN -> SENT NEEDS_REVIEW
NEEDS_REVIEW -> HELD CANCELLED STOPPED SENT
SENT ->
STOPPED ->
CANCELLED ->
FAILED ->
"""


def test_the_outbox_moves_exactly_as_published() -> None:
    table = {}
    for line in PUBLISHED.strip().splitlines():
        start, _, ends = line.partition("->")
        table[Stage(start.strip())] = frozenset(Stage(end) for end in ends.split())
    assert dict(STAGE_MOVES) == table


def test_what_was_submitted_never_becomes_ready_again_by_itself() -> None:
    seen, frontier = set(), {Stage.SUBMITTING}
    while frontier:
        stage = frontier.pop()
        seen.add(stage)
        # A person is the only way out of NEEDS_REVIEW, and DEFERRED needs proof.
        moves = STAGE_MOVES[stage] - {Stage.DEFERRED} if stage is not Stage.NEEDS_REVIEW else frozenset()
        frontier |= moves - seen
    assert not seen & {Stage.HELD, Stage.CLAIMED, Stage.DEFERRED}


def test_nothing_leaves_a_final_state_and_nothing_undoable_is_being_sent() -> None:
    assert frozenset({Stage.SENT, Stage.STOPPED, Stage.CANCELLED, Stage.FAILED}) == TERMINAL
    assert not any(may_stage(stage, end) for stage in TERMINAL for end in Stage)
    assert UNDOABLE <= LIVE
    assert not UNDOABLE & {Stage.CLAIMED, Stage.SUBMITTING, Stage.UNCERTAIN}


def test_the_states_of_a_follow_up_are_those_of_its_table() -> None:
    assert [state.value for state in Progress] == STATES


@pytest.mark.parametrize(("start", "end"), sorted(BY_PERSON_ALONE))
def test_what_a_person_ended_only_a_person_starts_again(start: Progress, end: Progress) -> None:
    assert may_progress(start, end, "user")
    assert not may_progress(start, end, "policy")
    assert not may_progress(start, end, "daemon")


def test_an_answered_follow_up_is_never_sent() -> None:
    reachable = {Progress.ANSWERED}
    for _ in Progress:
        reachable |= {
            end for start, end in itertools.product(reachable, Progress) if may_progress(start, end, "policy")
        }
    assert Progress.OUTBOX not in reachable
    assert Progress.DRAFTED not in reachable
