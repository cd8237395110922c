"""The door to a real home: rows become values, verbs become actions; never a second way to change or send anything."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from agent.common.desk import Desk
from agent.common.home import Home
from agent.common.outcome import Done
from agent.decide.gate.levels import DEFAULT, Level
from agent.decide.plans.lifecycle import LIVE, Progress, Stage
from agent.lock import is_held
from agent.store.base import audit, settings
from agent.store.mail.mails import account_rows
from agent.store.shown import screens
from agent.store.work import budgets, followups, memories, outbox
from agent.verbs import actions
from agent.verbs.bringing_back import ASIDE, bring_back
from tui.door import handed
from tui.door import rows as real_rows
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
    VoiceOf,
    VoiceSheet,
    WatchedThread,
)
from tui.text import NOTHING, Foreign


class RealDoor:
    """What the screens ask, asked of the store; what they want, done by the actions."""

    def __init__(
        self, home: Home, desk: Desk, *, voice: Callable[[], VoiceSheet] | None = None, beside: bool = False,
        demo: bool = False, owns: bool = False,
    ) -> None:  # fmt: skip
        self._owns = owns
        self._home, self._desk, self._sheet = home, desk, voice
        self._beside, self._demo = beside, demo
        self.zone: tzinfo = desk.zone
        self.scratch: Path = home.places.state / "editing"
        self._watching: Any = None
        self._reading = threading.Lock()
        self._proof: tuple[int, Chain] | None = None

    def now(self) -> datetime:
        return self._desk.store.clock()

    def version(self) -> int:
        # The counter belongs to a connection, so one is kept for it alone.
        if self._watching is None:
            self._watching = self._desk.store.engine.connect()
        with self._watching.begin():
            return self._desk.store.data_version(self._watching)

    def close(self) -> None:
        """Let go of what was kept open."""
        if self._watching is not None:
            self._watching.close()
        if self._owns:
            self._home.close()

    # Reading.

    def status(self) -> Status:
        store = self._desk.store
        alive, _ = is_held(self._home.places.lock)
        with store.read() as connection:
            accounts = account_rows(connection)
            rules = budgets.level_rules(connection)
            level = real_rows.default_level(self._desk, rules)
            stopped = real_rows.paused_words(budgets.pauses(connection), self._desk.pause_file.exists(), self.now())
            alive = alive and bool(settings.get(connection, "daemon.heartbeat"))
            watched = screens.open_count(connection)
            slot = outbox.next_ready(connection)
        synced = [row.last_sync for row in accounts if row.last_sync]
        return Status(
            level=level, daemon=alive and not self._beside, beside=self._beside,
            synced_at=min(synced) if synced else None, paused=Foreign(stopped), trouble=real_rows.trouble(accounts),
            watched=watched, next_slot=slot, demo=self._demo,
        )  # fmt: skip

    def queue(self) -> tuple[Item, ...]:
        with self._desk.store.read() as connection:
            rows = screens.queue(connection)
        return tuple(real_rows.item(row, self.now(), self._desk) for row in rows)

    def preview(self, number: int) -> ShownMatter | None:
        from tui.door.matter import preview

        with self._desk.store.read() as connection:
            return preview(connection, self._desk, number, self.now())

    def matter(self, number: int) -> ShownMatter | None:
        from tui.door.matter import matter

        # The first look loads large word lists, and two threads would load them twice.
        with self._reading, self._desk.store.read() as connection:
            return matter(connection, self._desk, number, self.now())

    def voice_of(self, number: int, body: Foreign) -> VoiceOf:
        from tui.door.voice_sheet import measured

        del number
        return measured(self._home, body.raw)

    def outbox(self) -> tuple[Leaving, ...]:
        with self._desk.store.read() as connection:
            rows, yours = screens.letters(connection), handed.waiting(connection)
        numbers = {letter.number for letter in yours}
        return (*yours, *(real_rows.leaving(row) for row in rows if row.followup_id not in numbers))

    def handed(self, number: int) -> Handed | None:
        return handed.handed(self._desk, number)

    def letter(self, number: int) -> Foreign:
        with self._desk.store.read() as connection:
            row, followup = outbox.newest_of(connection, number), followups.find(connection, number)
        if followup is not None and followup.state == Progress.APPROVED:
            yours = self.handed(number)
            return yours.text if yours is not None else NOTHING
        return Foreign(real_rows.body_of(row.letter)) if row is not None and row.letter else NOTHING

    def watching(self, start: int, most: int, wanted: str, group: str) -> RowsPage[WatchedThread]:
        with self._desk.store.read() as connection:
            rows, total = screens.threads(connection, start, most, wanted, group)
        return RowsPage(tuple(real_rows.watched(row) for row in rows), total)

    def groups(self, wanted: str) -> dict[str, int]:
        with self._desk.store.read() as connection:
            return screens.groups(connection, wanted)

    def why(self, number: int) -> tuple[Foreign, ...]:
        from tui.door.matter import why

        with self._desk.store.read() as connection:
            return why(connection, number)

    def why_thread(self, number: int) -> tuple[Foreign, ...]:
        from tui.door.matter import why_thread

        with self._desk.store.read() as connection:
            return why_thread(connection, self._desk, number)

    def events(self, start: int, most: int, wanted: str) -> RowsPage[Happened]:
        with self._desk.store.read() as connection:
            rows, total = screens.events(connection, start, most, wanted)
        return RowsPage(tuple(real_rows.happened(row) for row in rows), total)

    def chain(self) -> Chain:
        with self._desk.store.read() as connection:
            last, _ = audit.head(connection)
        # Walking the whole chain costs seconds on a long log, so it is walked when it grew enough to matter.
        if self._proof is None or last - self._proof[0] > max(self._proof[0] // 20, 50):
            found = self._desk.store.verify()
            words = found.problem or "Every row is in its place."
            self._proof = last, Chain(found.rows, found.broken_at, found.anchored_seq, Foreign(words))
        return self._proof[1]

    def voice(self) -> VoiceSheet:
        from agent.drafting.draft import profile_of
        from tui.door.voice_sheet import sheet

        if self._sheet is not None:
            return self._sheet()
        with self._desk.store.read() as connection:
            learned = memories.listed(connection)
        return sheet(profile_of(self._home), [memory.text for memory in learned])

    # The verbs.

    def approve(self, number: int, digest: str, *, at_once: bool = False) -> Told:
        return told(actions.approve(self._desk, number, digest, at_once=at_once))

    def edit(self, number: int, body: str) -> Told:
        return told(actions.edit(self._desk, number, body.strip() + "\n"))

    def redo(self, number: int, say: str, hear: Hear, over: Over) -> Told:
        from agent.drafting.draft import redo

        return told(redo(self._home, self._desk, number, say, hear=lambda text: hear(Foreign(text)), cancelled=over))

    def choose(self, number: int, version: int) -> Told:
        from agent.drafting.draft import choose

        return told(choose(self._desk, number, version))

    def snooze(self, number: int, until: datetime) -> Told:
        return told(actions.snooze(self._desk, number, until))

    def skip(self, number: int) -> Told:
        return told(actions.skip(self._desk, number))

    def stop(self, number: int) -> Told:
        return told(actions.stop(self._desk, number))

    def undo(self, number: int) -> Told:
        with self._desk.store.read() as connection:
            followup = followups.find(connection, number)
            row = outbox.newest_of(connection, number)
        live = row is not None and Stage(row.state) in LIVE
        if followup is not None and followup.state in ASIDE and not live:
            return told(bring_back(self._desk, number))
        return told(actions.undo(self._desk, number))

    def pause(self, until: datetime | None = None) -> Told:
        return told(actions.pause(self._desk, until=until))

    def resume(self) -> Told:
        return told(actions.resume(self._desk))

    def set_level(self, level: str, typed: str) -> Told:
        return told(actions.set_level(self._desk, DEFAULT, Level(level), typed or None))

    def settle(self, number: int, verb: str, typed: str) -> Told:
        return told(actions.settle(self._desk, number, verb, typed))

    def write_letter(self, number: int) -> Told:
        return handed.written(self._home, self._desk, number)

    def export_log(self) -> Told:
        from agent.paths import make_private, write_private

        with self._desk.store.read() as connection:
            rows = audit.read(connection)
        folder = make_private(self._home.places.data / "exports")
        file = folder / f"audit-{self.now():%Y%m%d-%H%M%S}.jsonl"
        write_private(file, "".join(f"{audit.as_json(row)}\n" for row in rows).encode())
        return Told(True, "exported", Foreign(f"Written: {file}"))


def told(done: Done) -> Told:
    """The answer of an action, for a screen."""
    text = real_rows.body_of(done.letter.raw) if done.letter is not None else ""
    return Told(done.ok, done.code, Foreign(done.words), done.leaves_at, Foreign(text) if text else NOTHING,
                tuple(Foreign(item) for item in done.listed))  # fmt: skip
