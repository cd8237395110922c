"""Small things the app needs from its surroundings: themes, title, help, palette entries, levels; never a read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from textual.app import App, SystemCommand
from textual.content import Content
from textual.theme import Theme

from agent.decide.dates.when import parse
from agent.decide.gate.levels import Level
from tui import keys, words
from tui.door.values import Leaving, ScreenDoor
from tui.parts.ask import AskLine
from tui.parts.bars import NoticeLine
from tui.parts.host import Host
from tui.parts.indented import Hanging
from tui.parts.sheet import SheetPage
from tui.screens.mode import Mode
from tui.text import Foreign, joined, own

OVER = frozenset({"SENT", "STOPPED", "CANCELLED", "FAILED"})
DARK = Theme(
    "relance-dark", primary="#6ea8d8", secondary="#b7a1e0", accent="#7fd1c7", warning="#e6b566", error="#d9626b",
    success="#8cc98a", foreground="#d7dde4", background="#14181d", surface="#1a1f26", panel="#232a33", dark=True,
)  # fmt: skip
LIGHT = Theme(
    "relance-light", primary="#2a6496", secondary="#6a4fa3", accent="#0f766e", warning="#9a5b00", error="#b3261e",
    success="#2e6b2e", foreground="#22272e", background="#fbfaf7", surface="#f2f0ea", panel="#e5e2da", dark=False,
)  # fmt: skip


def dress(app: App[Any]) -> None:
    """Our two themes; the others stay a command away."""
    app.register_theme(DARK)
    app.register_theme(LIGHT)
    app.theme = DARK.name


def in_turn() -> None:
    """Let tasks begin in their turn. From Python 3.12 on Textual begins them at once, and then a part of the first
    screen looks for a screen that is not there yet."""
    asyncio.get_running_loop().set_task_factory(None)


def title(app: Host, waiting: int) -> None:
    """The terminal's own title: a number and our name, nothing else ever."""
    driver = app._driver  # noqa: SLF001 (there is no public way to write to the terminal)
    if driver is not None and not app.is_headless:
        driver.write(f"\x1b]2;{int(waiting)} to review - relance\x07")


def followed(notice: NoticeLine, letters: Sequence[Leaving], door: ScreenDoor) -> NoticeLine:
    """What became of the letter the line talks about."""
    if notice.leaves_at is None or not notice.number:
        return notice
    letter = next((one for one in letters if one.number == notice.number), None)
    if letter is None or letter.stage in {"HELD", "DEFERRED"}:
        return notice
    at = f"Left {letter.left_at.astimezone(door.zone):%H:%M}, accepted by server" if letter.left_at else ""
    said = at or words.STAGES.get(letter.stage, letter.stage)
    return replace(notice.without_undo(), words=letter.person, after=f": {said}.")


def lower(level: str) -> str | None:
    """The next more careful level."""
    rank = Level(level).rank
    return tuple(Level)[rank - 1].value if rank else None


def higher(level: str) -> str | None:
    """The next level that asks less."""
    rank = Level(level).rank + 1
    return tuple(Level)[rank].value if rank < len(Level) else None


MEANS = {
    "copilot": "relance sends what you approved, as you approved it, after the time to undo.",
    "autopilot": "relance sends by itself what passes every check, after ten minutes to undo.",
}


def raising(level: str) -> AskLine:
    """The only question that must be answered in full."""
    text = joined(own(MEANS[level]), "\nType ", own(level, "bold"), " to allow it.")
    return AskLine(own(f" Raise the level to {level} "), text, hint=level)


def pausing(door: ScreenDoor) -> AskLine:
    """Until when nothing leaves."""

    def meaning(typed: str) -> Content:
        found = parse(typed, door.now(), door.zone)
        unknown = "not a time to come" if typed else ""
        return own(f"{found.astimezone(door.zone):%A %Y-%m-%d %H:%M}" if found else unknown)

    def right(typed: str) -> bool:
        return parse(typed, door.now(), door.zone) is not None

    return AskLine(own("Pause everything"), own("Until when?"), "2h, tomorrow, mon 9, 2026-12-01", meaning, right=right)


def help_of(place: str) -> SheetPage:
    """The keys of a screen, from the table."""
    places = (place, *(("editing",) if place == "review" else ()), keys.EVERYWHERE)
    return SheetPage(own(f"Keys: {keys.TITLES[place]}"), [_keys_of(name) for name in places])


def _keys_of(place: str) -> Hanging:
    rows = [
        (joined(own(f" {keys.spoken(key.keys):<12}", "bold $text-accent"), own(key.words, "bold")), own(key.tip))
        for key in keys.of_place(place)
    ]
    return Hanging(rows, 29, keys.TITLES[place])


def commands(app: Host, mode: Mode | None) -> Iterable[SystemCommand]:
    """Every verb that is possible now, by name."""
    if mode is None:
        return
    for key in keys.of_place(mode.MODE):
        name = f"{key.name}_now"
        method = getattr(mode, f"action_{name}", None)
        if method is not None and mode.check_action(name, ()):
            yield SystemCommand(f"{mode.MODE}: {key.words}", key.tip, method)
    for key in keys.of_place(keys.EVERYWHERE):
        if key.name not in {"palette", mode.MODE}:
            yield SystemCommand(f"relance: {key.words}", key.tip, getattr(app, f"action_{key.name}_now"))
    for number, person in app.review.people() if app.review is not None else ():
        yield from _person(app, number, person)


def _person(app: Host, number: int, person: Foreign) -> Iterable[SystemCommand]:
    from tui.text import words as safe

    # The palette reads titles as markup, so nothing that could open a tag may stand in one.
    name = safe(person, 60).translate({ord("["): "(", ord("]"): ")", ord("\\"): "/"})
    yield SystemCommand(f"go to: {name}", "Their draft.", lambda: app.go_to(number))
