"""The review screen without a screen: frames, keys typed ahead, a door whose answers come late, and what was displayed
when each key was pressed. Every verb is held against that.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tests.tui import seeds
from tui.door.values import Item, ShownMatter, Told, Version
from tui.review import effects as do
from tui.review import events as on
from tui.review.state import ReviewState
from tui.review.step import step
from tui.text import Foreign

KEYS = (
    *("j", "j", "k", "approve", "approve", "approve_at_once", "skip", "stop", "mark", "approve_marked"),
    *("approve_marked", "edit", "redo", "snooze", "older", "newer", "choose", "editor", "escape"),
)
HIGHLIGHTS = {"j": 1, "k": -1}


@dataclass(frozen=True)
class Frame:
    """What a person sees: the highlight, the text, and the question that stands in the line."""

    at: float
    cursor: int = 0
    shown: int = 0
    digest: str = ""
    version: int = 0
    text: str = ""
    asked: tuple[int, ...] = ()
    asked_held: str = ""
    holds: bool = False


@dataclass
class World:
    """One person, one screen, one door."""

    chance: random.Random
    state: ReviewState = field(default_factory=lambda: ReviewState(dwells=False))
    now: float = 1.0
    made: int = 0
    verbs: int = 0
    matters: dict[int, ShownMatter] = field(default_factory=dict)
    frames: list[Frame] = field(default_factory=lambda: [Frame(0.0)])
    waits: list[int] = field(default_factory=list)
    answers: list[Callable[[], on.Event]] = field(default_factory=list)
    """What the door has still to say."""
    dialogs: list[tuple[str, Item, Frame]] = field(default_factory=list)
    marks: dict[int, str] = field(default_factory=dict)
    """The digest that stood there when each was marked."""
    edited: Frame = field(default_factory=lambda: Frame(0.0))
    """What stood there when editing began."""

    # The door.

    def draft_comes(self) -> None:
        self.made += 1
        item = replace(seeds.ITEMS[0], number=self.made)
        hold = self.chance.random() < 0.2
        checks = seeds.LENA.checks if hold else seeds.PASSING
        self.matters[self.made] = replace(seeds.ANNA, item=item, digest=f"{self.made}:2", checks=checks)

    def draft_changes(self, number: int) -> None:
        matter = self.matters[number]
        last = matter.draft.number + 1
        versions = (*matter.versions, Version(last, Foreign(f"text {last} of {number}")))
        self.matters[number] = replace(matter, versions=versions, digest=f"{number}:{last}")

    def draft_goes(self, number: int) -> None:
        self.matters.pop(number, None)

    def queue(self) -> on.Event:
        return on.RowsCame([matter.item for matter in self.matters.values()])

    # Time.

    def paint(self) -> None:
        self.now += 1
        state, matter = self.state, self.state.shown
        version = matter.versions[state.place].number if matter is not None else 0
        digest = matter.digest if matter is not None and state.newest else ""
        text = state.kept if state.kept is not None else state.body.raw
        asked, holds = (state.asked_marked, state.asked_held), matter is not None and bool(matter.holds)
        self.frames.append(Frame(self.now, state.cursor, state.shown_number, digest, version, text, *asked, holds))
        waits, self.waits = self.waits, []
        for token in waits:
            self.feed(on.Painted(token, self.now), self.frames[-1])

    def hear(self) -> None:
        if self.answers:
            self.feed(self.answers.pop(self.chance.randrange(len(self.answers)))(), self.frames[-1])

    def frame_at(self, moment: float) -> Frame:
        return next(frame for frame in reversed(self.frames) if frame.at <= moment)

    # The person.

    def press(self, key: str, at: float) -> None:
        """A key that was pressed at a time and is worked off now."""
        self.now += 0.01
        frame = self.frame_at(at)
        by = HIGHLIGHTS.get(key)
        if by is None:
            before = self.state
            self.feed(on.Pressed(key, at), frame)
            if key == "mark" and self.state.marked != before.marked:
                assert frame.cursor == frame.shown == before.cursor, "marked without being looked at"
                self.marks[before.cursor] = frame.digest
            if self.state.editing and not before.editing:
                self.edited = frame
        elif self.state.numbers:
            place = self.state.numbers.index(self.state.cursor) + by
            last = len(self.state.numbers) - 1
            self.feed(on.Highlighted(self.state.numbers[min(max(place, 0), last)]), frame)

    def answer_dialog(self) -> None:
        if not self.dialogs:
            return
        name, item, frame = self.dialogs.pop()
        events = {"redo": on.HowTold(item, "shorter"), "snooze": on.UntilTold(item, seeds.NOW)}
        self.feed(events[name], frame)

    def keep(self) -> None:
        if self.state.editing:
            self.feed(on.TextKept(f"typed at {self.now}"), self.edited)

    # What follows.

    def feed(self, event: on.Event, frame: Frame) -> None:
        """The next state; `frame` is what stood there when the person asked for it."""
        self.state, effects = step(self.state, event)
        for effect in effects:
            self.carry_out(effect, frame)

    def carry_out(self, effect: do.Effect, frame: Frame) -> None:
        match effect:
            case do.AwaitPaint(token):
                self.waits.append(token)
            case do.ReadQueue():
                self.answers.append(self.queue)
            case do.ReadPreview(number):
                self.answers.append(lambda: on.PreviewCame(self.preview(number)))
            case do.ReadMatter(number):
                early = self.matters.get(number)
                late = self.chance.random() < 0.5
                self.answers.append(lambda: on.MatterCame(self.matters.get(number) if late else early))
            case do.AskHow(item):
                self.dialogs.append(("redo", item, frame))
            case do.AskUntil(item):
                self.dialogs.append(("snooze", item, frame))
            case do.LendToEditor(text):
                assert text.raw == frame.text, "another text was lent than the one that stood there"
                self.feed(on.EditorEnded(f"edited at {self.now}", ""), frame)
            case do.Verb():
                self.asked_of_the_door(effect, frame)
            case do.ApproveMarked(seen):
                self.approved_together(effect, dict(seen), frame)

    def preview(self, number: int) -> ShownMatter | None:
        whole = self.matters.get(number)
        return replace(whole, digest="", checks=()) if whole is not None else None

    def asked_of_the_door(self, verb: do.Verb, frame: Frame) -> None:
        number = verb.item.number
        assert frame.shown == number, f"{verb.name} of {number} while {frame.shown} stood there"
        if verb.name not in {"edit", "redo", "snooze"}:
            assert frame.cursor == number, f"{verb.name} of {number} while {frame.cursor} was highlighted"
        if verb.name == "approve":
            assert verb.given[0] == frame.digest != "", "another letter was approved than the one that stood there"
            assert not frame.holds or frame.asked_held == frame.digest, "a held letter went without a second key"
        if verb.name == "choose":
            assert verb.given == (frame.version,)
        self.verbs += 1
        self.answers.append(lambda: self.done(verb))

    def done(self, verb: do.Verb) -> on.Event:
        number = verb.item.number
        ok = number in self.matters and self.chance.random() < 0.8
        if ok and verb.name in {"edit", "redo", "choose"}:
            self.draft_changes(number)
        elif ok:
            self.draft_goes(number)
        self.answers.append(lambda: self.again())
        return on.VerbTold(verb, Told(ok, "", Foreign("Said.")), seeds.NOW)

    def again(self) -> on.Event:
        return on.LookAgain()

    def approved_together(self, asked: do.ApproveMarked, seen: dict[int, str], frame: Frame) -> None:
        assert tuple(seen) == frame.asked, "others than those that the line named"
        assert all(self.marks[number] == digest != "" for number, digest in seen.items())
        self.verbs += 1
        done = [number for number in seen if number in self.matters]
        for number in done:
            self.draft_goes(number)
        self.answers.append(lambda: on.MarkedTold(asked, done, Told(True, "marked", Foreign("Said."))))
        self.answers.append(lambda: self.again())
