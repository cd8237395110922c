"""Every screen as accepted, narrow and wide, in our dark theme and in the terminal's own colours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.tui.conftest import press, settled
from tests.tui.scripted import ScriptedDoor
from tui.app import Relance
from tui.screens.welcome import FirstRun

pytestmark = pytest.mark.slow

SIZES = {"80x24": (80, 24), "120x36": (120, 36)}
THEMES = {"dark": "relance-dark", "ansi": "ansi-dark"}
SCREENS: dict[str, tuple[str, ...]] = {
    "review": (),
    "review-held": ("j", "j"),
    "review-queued": ("a",),
    "review-editing": ("e",),
    "review-why": ("w",),
    "review-snooze": ("z",),
    "outbox": ("2",),
    "watching": ("3",),
    "audit": ("4",),
    "voice": ("5",),
    "help": ("question_mark",),
    "paused": ("p",),
}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("screen", SCREENS)
async def test_a_screen_is_painted_as_accepted(
    screen: str, size: str, theme: str, door: ScriptedDoor, snapshot: Callable[[Any, str], None]
) -> None:
    app = Relance(door, dwell=0, poll=0)
    async with app.run_test(size=SIZES[size]) as pilot:
        app.theme = THEMES[theme]
        await settled(pilot)
        await press(pilot, *SCREENS[screen])
        for area in app.screen.query("TextArea"):
            area.cursor_blink = False  # type: ignore[attr-defined]
        await settled(pilot)
        snapshot(app, f"{screen}-{size}-{theme}")


@pytest.mark.parametrize("screen", ["review-held", "outbox", "watching"])
async def test_a_light_screen_is_painted_as_accepted(
    screen: str, door: ScriptedDoor, snapshot: Callable[[Any, str], None]
) -> None:
    app = Relance(door, dwell=0, poll=0)
    async with app.run_test(size=SIZES["120x36"]) as pilot:
        app.theme = "relance-light"
        await settled(pilot)
        await press(pilot, *SCREENS[screen])
        snapshot(app, f"{screen}-120x36-light")


async def test_an_empty_morning_is_painted_as_accepted(
    door: ScriptedDoor, snapshot: Callable[[Any, str], None]
) -> None:
    door.items.clear()
    app = Relance(door, dwell=0, poll=0)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        snapshot(app, "empty-80x24-dark")


async def test_the_first_page_is_painted_as_accepted(snapshot: Callable[[Any, str], None]) -> None:
    app = FirstRun()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        snapshot(app, "welcome-80x24-dark")
