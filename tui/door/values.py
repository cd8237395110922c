"""What the screens need from the rest of the program, as values and one protocol; never a widget and never a query."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from tui.text import NOTHING, Foreign

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Status:
    """The truths that are always on the screen."""

    level: str = "manual"
    daemon: bool = False
    beside: bool = False
    """Nobody else works, so the jobs run beside this screen."""
    synced_at: datetime | None = None
    next_look: datetime | None = None
    paused: Foreign = NOTHING
    """Why nothing leaves; empty when things may leave."""
    trouble: Foreign = NOTHING
    """An account that cannot be read, and what to do."""
    watched: int = 0
    next_slot: datetime | None = None
    demo: bool = False
    known: bool = True
    """False while the program is still being loaded: nothing of this is said yet."""


@dataclass(frozen=True, slots=True)
class Item:
    """One draft that waits for a person."""

    number: int
    person: Foreign
    address: Foreign
    subject: Foreign
    quiet_days: int = 0
    touch: int = 1
    touches: int = 2
    hold: str = ""
    """Why a person must look first, as a code; empty when the gate lets it pass."""
    level: str = "manual"
    task: bool = False
    """Something for the person to do; nothing of it is ever sent."""


@dataclass(frozen=True, slots=True)
class SaidMail:
    """One mail of a thread."""

    at: datetime
    who: Foreign
    text: Foreign
    own: bool = False
    label: str = ""
    attachments: tuple[Foreign, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check of the gate and what it says."""

    name: str
    verdict: str
    reason: Foreign


@dataclass(frozen=True, slots=True)
class Version:
    """One text of a draft."""

    number: int
    body: Foreign
    writer: str = "phrasebook"


@dataclass(frozen=True, slots=True)
class VoiceOf:
    """How far a draft sounds like its sender, and where that comes from."""

    score: float | None = None
    parts: tuple[tuple[str, float], ...] = ()
    nearest: tuple[Foreign, ...] = ()
    tells: tuple[Foreign, ...] = ()
    learned: int = 0
    """Own mails the figure rests on."""


@dataclass(frozen=True, slots=True)
class ShownMatter:
    """Everything about one draft."""

    item: Item
    why: Foreign
    """The reason in a sentence or two."""
    evidence: Foreign = NOTHING
    """The words it rests on."""
    mails: tuple[SaidMail, ...] = ()
    recipients: tuple[Foreign, ...] = ()
    sender: Foreign = NOTHING
    versions: tuple[Version, ...] = ()
    digest: str = ""
    checks: tuple[CheckLine, ...] = ()
    voice: VoiceOf = VoiceOf()
    level: str = "manual"
    slot: datetime | None = None
    webmail: str = ""
    """Where the thread can be read in a browser, if anywhere."""
    plan: tuple[Foreign, ...] = ()
    """The plan a person put it under, in sentences."""
    delicate: Foreign = NOTHING
    """The sentence of the thread that makes it delicate, if one does."""

    @property
    def draft(self) -> Version:
        return self.versions[-1] if self.versions else Version(0, NOTHING)

    @property
    def asked(self) -> tuple[CheckLine, ...]:
        """Every check but the one that only waits for this person's word."""
        return tuple(check for check in self.checks if check.name != "level" or check.verdict != "hold")

    @property
    def passing(self) -> int:
        return sum(check.verdict == "allow" for check in self.asked)

    @property
    def holds(self) -> tuple[CheckLine, ...]:
        """What a person must look at before it goes; empty where the gate refuses it in any case."""
        if any(check.verdict == "refuse" for check in self.checks):
            return ()
        return tuple(check for check in self.asked if check.verdict == "hold")

    @property
    def free(self) -> bool:
        """Whether nothing but this person's word is missing."""
        return self.passing == len(self.asked)


@dataclass(frozen=True, slots=True)
class Leaving:
    """One letter in the outbox."""

    number: int
    """Of its follow-up."""
    person: Foreign
    address: Foreign
    subject: Foreign
    stage: str
    leaves_at: datetime | None = None
    left_at: datetime | None = None
    words: Foreign = NOTHING
    undoable: bool = False
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Handed:
    """A letter for the person to send."""

    text: Foreign
    mailto: str
    """Opens it in a mail program; without the text where that is too long."""


@dataclass(frozen=True, slots=True)
class WatchedThread:
    """One thread and why it is touched or left alone."""

    number: int
    person: Foreign
    subject: Foreign
    reason: str
    words: Foreign = NOTHING
    state: str = ""
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of the log."""

    seq: int
    at: datetime
    actor: str
    event: str
    object: str = ""
    start: str = ""
    end: str = ""
    code: str = ""
    person: Foreign = NOTHING
    detail: Foreign = NOTHING
    hash: str = ""
    commitment: str = ""


@dataclass(frozen=True, slots=True)
class Chain:
    """What the log can prove about itself."""

    rows: int = 0
    broken_at: int | None = None
    anchored: int = 0
    words: Foreign = NOTHING


@dataclass(frozen=True, slots=True)
class VoiceSheet:
    """How the user writes, in parts to read."""

    state: str = "too_few"
    mails: int = 0
    figures: tuple[tuple[str, str], ...] = ()
    lists: tuple[tuple[str, tuple[tuple[Foreign, int], ...]], ...] = ()
    """A title and phrases with how often each was seen."""
    samples: tuple[Foreign, ...] = ()
    learned: tuple[Foreign, ...] = ()
    """What the person's edits taught."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a verb did, in a sentence."""

    ok: bool
    code: str
    words: Foreign
    leaves_at: datetime | None = None
    text: Foreign = NOTHING
    """What was handed over, to be copied."""
    listed: tuple[Foreign, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class RowsPage(Generic[T]):
    """A part of a long list."""

    rows: tuple[T, ...]
    total: int


Hear = Callable[[Foreign], None]
"""Takes the text so far, each time longer."""
Over = Callable[[], bool]
"""Whether the person thought better of it; looked at many times a second."""


class ScreenDoor(Protocol):
    """Reads and the verbs. Every call may come from a thread that is not the screen's."""

    zone: tzinfo
    scratch: Path
    """A private folder for a text that is being edited outside."""

    def now(self) -> datetime: ...
    def version(self) -> int:
        """Another number once anything was written."""
        ...

    def status(self) -> Status: ...
    def queue(self) -> tuple[Item, ...]: ...
    def preview(self, number: int) -> ShownMatter | None:
        """The same without checks and digest, at once; it cannot be approved."""
        ...

    def matter(self, number: int) -> ShownMatter | None: ...
    def outbox(self) -> tuple[Leaving, ...]:
        """What leaves or left, and before it what the person is to send."""
        ...

    def handed(self, number: int) -> Handed | None:
        """A letter that is the person's to send; None where it cannot be made any more."""
        ...

    def letter(self, number: int) -> Foreign:
        """The text that leaves or left, as it was approved; nothing where it is kept no longer."""
        ...

    def watching(self, start: int, most: int, wanted: str, group: str) -> RowsPage[WatchedThread]: ...
    def groups(self, wanted: str) -> dict[str, int]:
        """How many threads there are for each group of reasons."""
        ...

    def voice_of(self, number: int, body: Foreign) -> VoiceOf: ...
    def why(self, number: int) -> tuple[Foreign, ...]: ...
    def why_thread(self, number: int) -> tuple[Foreign, ...]: ...
    def events(self, start: int, most: int, wanted: str) -> RowsPage[Happened]: ...
    def chain(self) -> Chain: ...
    def voice(self) -> VoiceSheet: ...

    def approve(self, number: int, digest: str, *, at_once: bool = False) -> Told:
        """At once: not at a good moment in their day, but as soon as the time to undo is over."""
        ...

    def edit(self, number: int, body: str) -> Told: ...
    def redo(self, number: int, say: str, hear: Hear, over: Over) -> Told: ...
    def choose(self, number: int, version: int) -> Told: ...
    def snooze(self, number: int, until: datetime) -> Told: ...
    def skip(self, number: int) -> Told: ...
    def stop(self, number: int) -> Told: ...
    def undo(self, number: int) -> Told: ...
    def pause(self, until: datetime | None = None) -> Told: ...
    def resume(self) -> Told: ...
    def set_level(self, level: str, typed: str) -> Told: ...
    def settle(self, number: int, verb: str, typed: str) -> Told: ...
    def write_letter(self, number: int) -> Told:
        """A file of a letter that is the person's to send."""
        ...

    def export_log(self) -> Told: ...
