"""A door without anything behind it: it remembers what was asked of it, and nothing is ever sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from agent.decide.threads.groups import group_of
from tests.tui import seeds
from tui.door.values import (
    Chain,
    Handed,
    Happened,
    Hear,
    Item,
    Leaving,
    Over,
    RowsPage,
    ShownMatter,
    Status,
    Told,
    Version,
    VoiceOf,
    VoiceSheet,
    WatchedThread,
)
from tui.text import NOTHING, Foreign, matches

GONE = ("approve", "skip", "stop", "snooze")


def _group(row: WatchedThread) -> str:
    return group_of(quiet=row.state == "drafted", hold="held" if row.state == "asked" else "", reason=row.reason)


class ScriptedDoor:
    """Values in, calls out."""

    zone: tzinfo = seeds.PARIS

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        self.moment = seeds.NOW
        self.number = 1
        self.state = seeds.STATUS
        self.items = list(seeds.ITEMS)
        self.matters: dict[int, ShownMatter] = dict(seeds.MATTERS)
        self.letters = list(seeds.OUTBOX)
        self.threads = list(seeds.WATCHED)
        self.log = list(seeds.EVENTS)
        self.sheet = seeds.SHEET
        self.proof = seeds.CHAIN
        self.yours: dict[int, Handed] = {}
        self.texts: dict[int, Foreign] = {}
        self.reasons: dict[int, tuple[Foreign, ...]] = {}
        self.calls: list[tuple[object, ...]] = []
        self.aside: dict[int, Item] = {}
        self.stream: Callable[[str, Hear, Over], str] = lambda say, *_: f"Hi,\n\n{say or 'another try'}.\n\nSam"
        self.answers: dict[str, Told] = {}

    def now(self) -> datetime:
        return self.moment

    def version(self) -> int:
        return self.number

    def status(self) -> Status:
        return self.state

    def queue(self) -> tuple[Item, ...]:
        return tuple(self.items)

    def preview(self, number: int) -> ShownMatter | None:
        whole = self.matters.get(number)
        return replace(whole, digest="", checks=()) if whole is not None else None

    def matter(self, number: int) -> ShownMatter | None:
        return self.matters.get(number)

    def outbox(self) -> tuple[Leaving, ...]:
        return tuple(self.letters)

    def handed(self, number: int) -> Handed | None:
        return self.yours.get(number)

    def write_letter(self, number: int) -> Told:
        return self._take("write_letter", number)

    def letter(self, number: int) -> Foreign:
        return self.texts.get(number, Foreign("Hi,\n\nany news on this?\n\nSam"))

    def watching(self, start: int, most: int, wanted: str, group: str) -> RowsPage[WatchedThread]:
        rows = [row for row in self._found(wanted) if group in {"", _group(row)}]
        return RowsPage(tuple(rows[start : start + most]), len(rows))

    def groups(self, wanted: str) -> dict[str, int]:
        return dict(Counter(_group(row) for row in self._found(wanted)))

    def _found(self, wanted: str) -> list[WatchedThread]:
        return [row for row in self.threads if matches(wanted, row.person, row.subject, Foreign(row.reason), row.words)]

    def why(self, number: int) -> tuple[Foreign, ...]:
        known = next((row.words for row in self.threads if row.number == number), Foreign("Nothing is known of it."))
        return self.reasons.get(number, (known,))

    def why_thread(self, number: int) -> tuple[Foreign, ...]:
        return self.why(number)

    def events(self, start: int, most: int, wanted: str) -> RowsPage[Happened]:
        rows = [row for row in self.log if matches(wanted, Foreign(f"{row.event} {row.object} {row.code}"), row.person)]
        return RowsPage(tuple(rows[start : start + most]), len(rows))

    def chain(self) -> Chain:
        return self.proof

    def voice(self) -> VoiceSheet:
        return self.sheet

    def _take(self, verb: str, number: int, *more: object) -> Told:
        self.calls.append((verb, number, *more))
        self.number += 1
        if verb in self.answers:
            return self.answers[verb]
        item = next((one for one in self.items if one.number == number), None)
        if verb in GONE and item is not None:
            self.items.remove(item)
            self.aside[number] = item
        return Told(True, verb, Foreign(f"{verb} done."))

    def approve(self, number: int, digest: str, *, at_once: bool = False) -> Told:
        told = self._take("approve", number, digest, *(("at once",) if at_once else ()))
        if not told.ok or told.code in {"handed_over", "task_done"}:
            return told
        leaves = self.moment + timedelta(seconds=30)
        item = self.aside[number]
        self.letters.append(
            Leaving(number, item.person, item.address, item.subject, "HELD", leaves, None, NOTHING, undoable=True)
        )
        return replace(told, code="queued", words=Foreign("Queued."), leaves_at=leaves)

    def edit(self, number: int, body: str) -> Told:
        matter = self.matters[number]
        fresh = Version(matter.draft.number + 1, Foreign(body), "person")
        self.matters[number] = replace(matter, versions=(*matter.versions, fresh), digest=f"digest-{body}")
        return self._take("edit", number, body)

    def redo(self, number: int, say: str, hear: Hear, over: Over) -> Told:
        body = self.stream(say, hear, over)
        if over():
            return Told(False, "cancelled", Foreign("Cancelled; the draft stays as it was."))
        matter = self.matters[number]
        fresh = Version(matter.draft.number + 1, Foreign(body))
        self.matters[number] = replace(matter, versions=(*matter.versions, fresh))
        return self._take("redo", number, say)

    def snooze(self, number: int, until: datetime) -> Told:
        return self._take("snooze", number, until)

    def skip(self, number: int) -> Told:
        return self._take("skip", number)

    def stop(self, number: int) -> Told:
        return self._take("stop", number)

    def undo(self, number: int) -> Told:
        told = self._take("undo", number)
        if told.ok and number in self.aside:
            self.items.insert(0, self.aside.pop(number))
            self.letters = [row for row in self.letters if row.number != number]
        return told

    def choose(self, number: int, version: int) -> Told:
        matter = self.matters[number]
        again = replace(matter.versions[version - 1], number=matter.draft.number + 1)
        self.matters[number] = replace(matter, versions=(*matter.versions, again))
        return self._take("choose", number, version)

    def voice_of(self, number: int, body: Foreign) -> VoiceOf:
        del body
        return self.matters[number].voice

    def pause(self, until: datetime | None = None) -> Told:
        if until is not None:
            return self._take("pause", 0, until)
        self.state = replace(self.state, paused=Foreign("You paused everything."))
        return self._take("pause", 0)

    def resume(self) -> Told:
        self.state = replace(self.state, paused=NOTHING)
        return self._take("resume", 0)

    def set_level(self, level: str, typed: str) -> Told:
        self.state = replace(self.state, level=level)
        return self._take("level", 0, level, typed)

    def settle(self, number: int, verb: str, typed: str) -> Told:
        return self._take("settle", number, verb, typed)

    def export_log(self) -> Told:
        return self._take("export_log", 0)
