"""One event makes the next state of the review screen and says what is to be done; never does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tui.review import deciding, reading
from tui.review import events as on
from tui.review.reading import Stepped, then
from tui.review.state import ReviewState

STEPS: dict[type, Callable[[ReviewState, Any], Stepped]] = {
    on.Pressed: deciding.pressed,
    on.Highlighted: reading.highlighted,
    on.Filtered: reading.filtered,
    on.LookAgain: reading.look_again,
    on.RowsCame: reading.rows_came,
    on.PreviewCame: reading.preview_came,
    on.MatterCame: reading.matter_came,
    on.StatusCame: reading.status_came,
    on.ReasonCame: reading.reason_came,
    on.VoiceCame: deciding.voice_came,
    on.Painted: reading.painted,
    on.CameBack: reading.came_back,
    on.Dwelt: reading.dwelt,
    on.TextKept: deciding.text_kept,
    on.EditorEnded: deciding.editor_ended,
    on.HowTold: deciding.how_told,
    on.UntilTold: deciding.until_told,
    on.MoreText: reading.more_text,
    on.VerbTold: deciding.verb_told,
    on.MarkedTold: deciding.marked_told,
    on.Left: reading.left,
}


def step(state: ReviewState, event: on.Event) -> Stepped:
    """The state after the event, and the effects in their order."""
    after, effects = STEPS[type(event)](state, event)
    if after.cursor == state.cursor:
        return after, effects
    # The text may be the one before, but the row beside it is another, and no question is about that.
    stepped: Stepped = replace(after, asked_held=""), effects
    return then(stepped, reading.unpainted) if after.token == state.token else stepped
