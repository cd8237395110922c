"""What the review screen knows at one moment, and which keys live then; never a widget, and nothing here changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tui.door.values import Item, ShownMatter, Status
from tui.text import NOTHING, Foreign, line, matches

NEED_DRAFT = frozenset({
    "edit", "editor", "redo", "snooze", "skip", "stop", "why", "voice", "thread", "copy", "mark", "approve", "webmail",
    "older", "newer", "choose", "approve_at_once",
})  # fmt: skip
APPROVES = frozenset({"approve", "approve_at_once"})
ACTS = APPROVES | {"edit", "editor", "redo", "snooze", "skip", "stop", "mark", "choose", "approve_marked"}
"""Keys that lead to the door. They count only if what they are about was on the screen when they were pressed."""


@dataclass(frozen=True, slots=True)
class ReviewState:
    """Rows, the highlight, the draft that is shown, and what a person has begun."""

    items: Mapping[int, Item] = field(default_factory=dict)
    """Every draft that waits, in the order of the queue."""
    numbers: tuple[int, ...] = ()
    """Those that the filter lets through."""
    wanted: str = ""
    """The words of the filter."""
    cursor: int = 0
    """The highlighted one; 0 for none."""
    marked: Mapping[int, str] = field(default_factory=dict)
    """Drafts to be approved together, each with the digest of the letter that stood there."""
    mine: frozenset[int] = frozenset()
    """Drafts a person has decided about here, until the store has said yes or no."""
    asked_marked: tuple[int, ...] = ()
    """Those of which the line has asked whether all may go."""
    asked_held: str = ""
    """The digest of the held letter of which it has asked that."""
    shown: ShownMatter | None = None
    place: int = 0
    """Which version of the shown draft."""
    read_ahead: Mapping[int, ShownMatter] = field(default_factory=dict)
    dwells: bool = True
    """A text must be on the screen for a moment before it can be approved."""
    ready: bool = False
    """It was."""
    token: int = 0
    """Of the text that is waited for."""
    painted: float | None = None
    """Since when it is on the screen; None until then."""
    editing: bool = False
    kept: str | None = None
    """What was typed, until the store shows it as a version."""
    streaming: int = 0
    """The draft that is being written again; 0 for none."""
    stream: Foreign = NOTHING
    """The text of it so far."""
    stopping: bool = False
    nothing: Status | None = None
    """What is said where no draft waits."""

    @property
    def shown_number(self) -> int:
        """Of the draft whose text stands there; 0 for none."""
        return self.shown.item.number if self.shown is not None else 0

    @property
    def reading(self) -> bool:
        """What stands there is not the text of the highlighted row, or not the newest one."""
        return self.shown_number != self.cursor or self.kept is not None

    @property
    def busy(self) -> bool:
        """The text belongs to somebody who is writing it, so no other may take its place."""
        return self.editing or bool(self.streaming)

    @property
    def decided(self) -> bool:
        return self.shown_number in self.mine

    @property
    def newest(self) -> bool:
        return self.shown is not None and self.place == len(self.shown.versions) - 1

    @property
    def body(self) -> Foreign:
        """The version that stands there."""
        return self.shown.versions[self.place].body if self.shown is not None and self.shown.versions else NOTHING

    @property
    def to_approve(self) -> tuple[int, ...]:
        """What is marked and in sight, from top to bottom."""
        return tuple(number for number in self.numbers if number in self.marked and number not in self.mine)


def with_items(state: ReviewState, items: Mapping[int, Item], wanted: str) -> ReviewState:
    """Other rows or another filter. The highlight stays on its row, or on the place where that was."""
    found = [item for item in items.values() if matches(wanted, item.person, item.subject, item.address)]
    numbers = tuple(item.number for item in found)
    cursor = state.cursor
    if cursor not in numbers:
        place = state.numbers.index(cursor) if cursor in state.numbers else 0
        cursor = numbers[min(place, len(numbers) - 1)] if numbers else 0
    return replace(
        state, items=items, wanted=wanted, numbers=numbers, cursor=cursor,
        marked={number: digest for number, digest in state.marked.items() if number in items},
        shown=state.shown if numbers else None,
    )  # fmt: skip


def alive(state: ReviewState, key: str) -> bool | None:
    """None leaves a key dim and dead, False hides it."""
    if key == "keep":
        return state.editing
    if key in NEED_DRAFT and (state.shown is None or state.busy or state.reading or state.decided):
        return None
    if key in APPROVES:
        may = key == "approve" or (state.shown is not None and state.shown.level != "manual")
        return True if may and state.ready and _seen_whole(state) else None
    if key == "mark":
        return True if state.cursor in state.marked or _seen_whole(state) else None
    if key == "approve_marked":
        return bool(state.marked.keys() - state.mine)
    return _walks(state, key) if key in {"older", "newer", "choose", "webmail"} else True


def _seen_whole(state: ReviewState) -> bool:
    """The newest text, with a digest of the letter it stands for."""
    return state.newest and state.shown is not None and bool(state.shown.digest)


def _walks(state: ReviewState, key: str) -> bool | None:
    if state.shown is None:
        return None
    if key == "webmail":
        return bool(state.shown.webmail) or None
    return (state.place > 0 if key == "older" else not state.newest) or None


DEAD = {
    "older": "This is the first version.",
    "newer": "This is the newest version.",
    "choose": "This version is the draft already.",
    "webmail": "No page in a browser is known for this thread; its provider names none.",
}


def dead(state: ReviewState, key: str) -> str:
    """Why a key that is dim does nothing."""
    if state.shown is None or key == "keep":
        return "There is no draft here."
    if state.busy:
        return "esc ends this first."
    if state.cursor in state.items and state.reading:
        return f"Still reading what goes to {safe(state.items[state.cursor].person)}; press it again when it is there."
    if state.decided:
        return "Decided; it goes as soon as the store has it."
    if key == "approve_at_once" and state.shown.level == "manual":
        return "At manual level nothing leaves from here; a hands it to you."
    return DEAD.get(key) or _not_yet(state, state.shown)


def _not_yet(state: ReviewState, matter: ShownMatter) -> str:
    if not state.newest:
        return "An older version; t takes it, ] goes back to the newest."
    if not _seen_whole(state):
        refused = next((check for check in matter.checks if check.verdict == "refuse"), None)
        return line(refused.reason, most=160).plain if refused else "The gate is still reading."
    return "It came up this moment; read it first."


def too_soon(state: ReviewState, at: float) -> bool:
    """Whether a key was pressed before what it is about stood on the screen."""
    return state.painted is None or at < state.painted


def safe(value: Foreign) -> str:
    """A name short enough for a line with others."""
    return line(value, most=40).plain
