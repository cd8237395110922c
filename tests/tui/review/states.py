"""States of the review screen for the tables of cases, made by the events that lead there."""

from __future__ import annotations

from tests.tui import seeds
from tui.review import events as on
from tui.review.effects import Effect
from tui.review.state import ReviewState
from tui.review.step import step


def after(state: ReviewState, *events: on.Event) -> ReviewState:
    """The state after these events."""
    return told(state, *events)[0]


def told(state: ReviewState, *events: on.Event) -> tuple[ReviewState, tuple[Effect, ...]]:
    """The state after these events, and what the last one asked for; each was painted before the next."""
    effects: tuple[Effect, ...] = ()
    for event in events:
        if state.painted is None:
            state, _ = step(state, on.Painted(state.token, 0.0))
        state, effects = step(state, event)
    return state, effects


FILLED = after(ReviewState(dwells=False), on.RowsCame(seeds.ITEMS))
"""The rows are there, no draft yet."""
OPEN = after(FILLED, *(on.MatterCame(matter) for matter in seeds.MATTERS.values()))
"""The first draft stands there, and the others were read ahead."""
