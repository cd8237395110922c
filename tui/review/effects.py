"""What the review screen is to do about an event, each as a value; carrying it out is the screen's, never done here."""

from __future__ import annotations

from dataclasses import dataclass

from tui.door.values import Item, ShownMatter, VoiceOf
from tui.parts.bars import NoticeLine
from tui.text import NOTHING, Foreign


@dataclass(frozen=True, slots=True)
class ReadQueue:
    """Ask which drafts wait."""


@dataclass(frozen=True, slots=True)
class ReadStatus:
    """Ask what to say where none does."""


@dataclass(frozen=True, slots=True)
class ReadPreview:
    """Ask for a text alone."""

    number: int


@dataclass(frozen=True, slots=True)
class ReadMatter:
    """Ask for a draft with everything about it."""

    number: int
    ahead: bool = False
    """It is not shown yet and hurries nobody."""
    painted_first: bool = False
    """The text alone is to be on the screen before."""


@dataclass(frozen=True, slots=True)
class ReadReason:
    """Ask why a draft went off the list."""

    item: Item


@dataclass(frozen=True, slots=True)
class ReadVoice:
    """Ask how far a text sounds like its sender."""

    item: Item
    body: Foreign


@dataclass(frozen=True, slots=True)
class Verb:
    """Something to be done at the door, about the draft it was asked for."""

    name: str
    item: Item
    given: tuple[object, ...] = ()
    body: Foreign = NOTHING
    """The text that stood there."""


@dataclass(frozen=True, slots=True)
class ApproveMarked:
    """Approve each of these that the gate lets pass."""

    seen: tuple[tuple[int, str], ...]
    """Each with the digest of the letter that stood on the screen."""

    @property
    def numbers(self) -> frozenset[int]:
        return frozenset(number for number, _ in self.seen)


@dataclass(frozen=True, slots=True)
class Say:
    """Show what happened in the line above the keys."""

    notice: NoticeLine


@dataclass(frozen=True, slots=True)
class Hint:
    """Say there for a moment why a key does nothing."""

    words: str


@dataclass(frozen=True, slots=True)
class AwaitPaint:
    """Tell when the text is on the screen, and when it was for a moment."""

    token: int


@dataclass(frozen=True, slots=True)
class LendToEditor:
    """Open the text in the person's own editor."""

    text: Foreign


@dataclass(frozen=True, slots=True)
class AskHow:
    """Ask in what way the draft is to be written again."""

    item: Item


@dataclass(frozen=True, slots=True)
class AskUntil:
    """Ask when it is to come back."""

    item: Item


@dataclass(frozen=True, slots=True)
class OpenWhy:
    """Lay the page with reasons and checks over the screen."""

    matter: ShownMatter


@dataclass(frozen=True, slots=True)
class OpenThread:
    """Lay the whole thread over the screen."""

    matter: ShownMatter


@dataclass(frozen=True, slots=True)
class OpenVoice:
    """Lay the page with the figures of the voice over the screen."""

    item: Item
    voice: VoiceOf


@dataclass(frozen=True, slots=True)
class OpenBrowser:
    """Open a page of the provider."""

    address: str


@dataclass(frozen=True, slots=True)
class Copy:
    """Put a text on the clipboard."""

    text: Foreign


@dataclass(frozen=True, slots=True)
class ToNewestMail:
    """Scroll the thread to its end."""


@dataclass(frozen=True, slots=True)
class Count:
    """Tell the tab how many wait."""

    number: int


Effect = (
    ReadQueue | ReadStatus | ReadPreview | ReadMatter | ReadReason | ReadVoice | Verb | ApproveMarked | Say | Hint
    | AwaitPaint | LendToEditor | AskHow | AskUntil | OpenWhy | OpenThread | OpenVoice
    | OpenBrowser | Copy | ToNewestMail | Count
)  # fmt: skip
