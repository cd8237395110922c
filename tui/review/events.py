"""What can happen to the review screen, each as a value; never what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf

from tui.door.values import Item, ShownMatter, Status, Told, VoiceOf
from tui.review.effects import ApproveMarked, Verb
from tui.text import Foreign


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key, by its name in the table."""

    key: str
    at: float = inf
    """When, on the clock of `Painted`; without a time it is pressed after everything that was painted."""


@dataclass(frozen=True, slots=True)
class Highlighted:
    """A person went to another row."""

    number: int


@dataclass(frozen=True, slots=True)
class Filtered:
    """Other words in the filter."""

    wanted: str


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Something was written since the last look."""


@dataclass(frozen=True, slots=True)
class RowsCame:
    """The queue as the door tells it."""

    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class PreviewCame:
    """A text without its checks; None where it is gone."""

    matter: ShownMatter | None


@dataclass(frozen=True, slots=True)
class MatterCame:
    """A draft with everything about it; None where it is gone."""

    matter: ShownMatter | None


@dataclass(frozen=True, slots=True)
class StatusCame:
    """What is watched where nothing waits."""

    status: Status


@dataclass(frozen=True, slots=True)
class ReasonCame:
    """Why a draft went off the list."""

    item: Item
    why: Sequence[Foreign]


@dataclass(frozen=True, slots=True)
class VoiceCame:
    """How far a draft sounds like its sender."""

    item: Item
    voice: VoiceOf


@dataclass(frozen=True, slots=True)
class Painted:
    """A text is on the screen."""

    token: int
    at: float


@dataclass(frozen=True, slots=True)
class CameBack:
    """The screen is there again after another one."""


@dataclass(frozen=True, slots=True)
class Dwelt:
    """A text was on the screen for the moment that it must be."""

    token: int


@dataclass(frozen=True, slots=True)
class TextKept:
    """A person ended editing in place."""

    text: str


@dataclass(frozen=True, slots=True)
class EditorEnded:
    """The person's own editor gave the draft back, or said why not."""

    text: str | None
    problem: str


@dataclass(frozen=True, slots=True)
class HowTold:
    """In what way a draft is to be written again; None where the person thought better of it."""

    item: Item
    say: str | None


@dataclass(frozen=True, slots=True)
class UntilTold:
    """When a draft is to come back, in the person's own time; None where they thought better of it."""

    item: Item
    until: datetime | None


@dataclass(frozen=True, slots=True)
class MoreText:
    """A text that is being written, so far."""

    number: int
    text: Foreign


@dataclass(frozen=True, slots=True)
class VerbTold:
    """What the door answered to a verb."""

    verb: Verb
    told: Told
    now: datetime


@dataclass(frozen=True, slots=True)
class MarkedTold:
    """What the door answered to several approvals; `done` are those it took."""

    asked: ApproveMarked
    done: Sequence[int]
    told: Told


@dataclass(frozen=True, slots=True)
class Left:
    """The screen goes."""


Event = (
    Pressed | Highlighted | Filtered | LookAgain | RowsCame | PreviewCame | MatterCame | StatusCame | ReasonCame
    | VoiceCame | Painted | CameBack | Dwelt | TextKept | EditorEnded | HowTold | UntilTold | MoreText | VerbTold
    | MarkedTold | Left
)  # fmt: skip
