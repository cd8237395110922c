"""What comes to the review screen: rows, drafts, the moment they were looked at; nothing here asks for a verb."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tui.door.values import ShownMatter
from tui.parts.bars import NoticeLine
from tui.review import effects as do
from tui.review import events as on
from tui.review.effects import Effect
from tui.review.state import ReviewState, with_items
from tui.text import NOTHING, line

Stepped = tuple[ReviewState, tuple[Effect, ...]]
"""The state after an event, and what is to be done about it."""


def then(stepped: Stepped, go_on: Callable[[ReviewState], Stepped]) -> Stepped:
    """Another step from where the last one ended."""
    state, more = go_on(stepped[0])
    return state, (*stepped[1], *more)


def unready(state: ReviewState) -> Stepped:
    """A key that sends is dead until the text was on the screen for a moment."""
    return unpainted(replace(state, ready=not state.dwells))


def unpainted(state: ReviewState) -> Stepped:
    """Keys that were pressed before the next frame are about something else."""
    token = state.token + 1
    return replace(state, token=token, painted=None), (do.AwaitPaint(token),)


def painted(state: ReviewState, event: on.Painted) -> Stepped:
    return (replace(state, painted=event.at) if event.token == state.token else state), ()


def came_back(state: ReviewState, event: on.CameBack) -> Stepped:
    del event
    return unpainted(state)


def dwelt(state: ReviewState, event: on.Dwelt) -> Stepped:
    return (replace(state, ready=True) if event.token == state.token else state), ()


def look_again(state: ReviewState, event: on.LookAgain) -> Stepped:
    del event
    return replace(state, read_ahead={}), (do.ReadQueue(),)


def filtered(state: ReviewState, event: on.Filtered) -> Stepped:
    return look_again(with_items(state, state.items, event.wanted), on.LookAgain())


def rows_came(state: ReviewState, event: on.RowsCame) -> Stepped:
    known = {item.number: item for item in event.items}
    gone = [item for number, item in state.items.items() if number not in known.keys() | state.mine]
    said: tuple[Effect, ...] = (*(do.ReadReason(item) for item in gone[:1]), do.Count(len(known)))
    state = with_items(state, known, state.wanted)
    if not known:
        return state, (*said, do.ReadStatus())
    return then((replace(state, nothing=None), said), load)


def status_came(state: ReviewState, event: on.StatusCame) -> Stepped:
    return (state if state.items else replace(state, nothing=event.status)), ()


def reason_came(state: ReviewState, event: on.ReasonCame) -> Stepped:
    """The first sentence of it."""
    reason = line(event.why[0], most=160).plain if event.why else ""
    return state, (do.Say(NoticeLine(event.item.person, loud=True, after=f": off the list. {reason}")),)


def highlighted(state: ReviewState, event: on.Highlighted) -> Stepped:
    if event.number == state.cursor or event.number not in state.numbers:
        return state, ()
    return load(replace(state, cursor=event.number))


def load(state: ReviewState) -> Stepped:
    """Show the highlighted draft, or ask for it."""
    number = state.cursor
    if not number or state.busy:
        return state, ()
    known = state.read_ahead.get(number)
    if known is not None:
        return show(state, known)
    if state.shown is None:
        return state, (do.ReadPreview(number),)
    stepped: Stepped = unready(state) if state.shown_number != number else (state, ())
    return then(stepped, lambda now: (now, (do.ReadMatter(number),)))


def preview_came(state: ReviewState, event: on.PreviewCame) -> Stepped:
    matter = event.matter
    if matter is None:
        return state, ()
    here = matter.item.number == state.cursor and not state.busy
    whole = do.ReadMatter(state.cursor, painted_first=True)
    return then(show(state, matter) if here else (state, ()), lambda now: (now, (whole,)))


def matter_came(state: ReviewState, event: on.MatterCame) -> Stepped:
    matter = event.matter
    if matter is None:
        return state, ()
    state = replace(state, read_ahead={**state.read_ahead, matter.item.number: matter})
    return show(state, matter) if matter.item.number == state.cursor and not state.busy else (state, ())


def show(state: ReviewState, matter: ShownMatter) -> Stepped:
    """This draft stands there now; another text must be read before it can be approved."""
    last = len(matter.versions) - 1
    same = state.shown is not None and state.kept is None and _text_of(state.shown) == _text_of(matter)
    place = min(state.place, last) if same else last
    stepped: Stepped = replace(state, shown=matter, place=place, kept=None), ()
    if not same:
        stepped = then(stepped, unready)
        stepped = then(stepped, lambda now: (now, (do.ToNewestMail(),)))
    return then(stepped, _read_next) if matter.digest else stepped


def _text_of(matter: ShownMatter) -> tuple[object, ...]:
    """What must have been on the screen before it may be approved."""
    return matter.item.number, matter.digest, matter.versions


def _read_next(state: ReviewState) -> Stepped:
    after = state.numbers.index(state.cursor) + 1 if state.cursor in state.numbers else 0
    if after < len(state.numbers) and state.numbers[after] not in state.read_ahead:
        return state, (do.ReadMatter(state.numbers[after], ahead=True),)
    return state, ()


def more_text(state: ReviewState, event: on.MoreText) -> Stepped:
    """A text that is being written again grows."""
    return (replace(state, stream=event.text) if event.number == state.streaming else state), ()


def left(state: ReviewState, event: on.Left) -> Stepped:
    """Whoever leaves while a text is being written does not wait for the end of it."""
    del event
    return replace(state, stopping=True, stream=NOTHING), ()
