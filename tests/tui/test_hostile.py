"""Hostile text on every screen: nothing crashes, nothing is pressed, and no control byte reaches the terminal."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.tui.conftest import press, settled, shown
from tests.tui.hostile import TEXTS, door_with
from tui.app import Relance

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]")
WALK = (
    "j", "w", "escape", "v", "escape", "enter", "escape", "z", "escape", "r", "enter", "s", "space", "A",
    "left_square_bracket", "2", "j", "enter", "escape", "3", "enter", "escape", "4", "enter", "escape", "5",
    "question_mark", "escape", "1", "slash", "type:[b", "escape",
)  # fmt: skip
HARMLESS = {"redo", "skip"}
"""The verbs the walk asks for itself."""


@pytest.mark.parametrize("name", TEXTS)
async def test_hostile_text_crashes_nothing_and_presses_nothing(name: str, tmp_path: Path) -> None:
    door = door_with(TEXTS[name], tmp_path)
    app = Relance(door, dwell=0, poll=0)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for key in WALK:
            await press(pilot, key)
            assert not HIDDEN.search(shown(app)), f"after {key}"
    assert {str(call[0]) for call in door.calls} <= HARMLESS


@pytest.mark.parametrize("name", ["markup link", "unbalanced"])
async def test_a_click_on_hostile_text_does_nothing(name: str, tmp_path: Path) -> None:
    door = door_with(TEXTS[name], tmp_path)
    app = Relance(door, dwell=0, poll=0)
    async with app.run_test(size=(120, 36)) as pilot:
        for mode in "1234":
            await settled(pilot)
            await press(pilot, mode)
            for x in (4, 10, 40, 60, 90):
                for y in (2, 3, 5, 8, 28):
                    await pilot.click(offset=(x, y))
                    if app.screen is not app.mode:
                        app.pop_screen()
    assert door.calls == []


async def test_hostile_names_are_harmless_in_the_palette(tmp_path: Path) -> None:
    door = door_with(TEXTS["markup link"], tmp_path)
    app = Relance(door, dwell=0, poll=0)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "ctrl+p", "type:go to")
        await pilot.pause(0.2)
        await settled(pilot)
        assert "(@click=app.approve_now)" in shown(app)
        await press(pilot, "enter")
    assert [call for call in door.calls if call[0] == "approve"] == []


PROGRAM = """
import sys
from pathlib import Path
from tests.tui.hostile import TEXTS, door_with
from tui.app import Relance
text = " ".join(value[:4000] for name, value in TEXTS.items())
Relance(door_with(text, Path(sys.argv[1])), dwell=0, poll=0.3).run()
"""
OWN_TITLE = re.compile(rb"\x1b\]2;\d+ to review - relance\x07")
FORBIDDEN = re.compile(rb"\x1b[\]P_^X]|\xc2[\x80-\x9f]|(?<![\x80-\xff])[\x90\x9b\x9d]|owned|\x07")
QUESTIONS = re.compile(rb"\x1bP=[12]s\x1b\\\\|\x1b\]22;[a-z-]+\x07")


def through_a_terminal(keys: list[bytes], scratch: Path) -> bytes:
    """What the program writes to a real pseudo-terminal while these keys are pressed."""
    parent, child = pty.openpty()
    os.set_blocking(parent, False)
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "30", "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(scratch)],
        stdin=child,
        stdout=child,
        stderr=child,
        env=environment,
        cwd=ROOT,
    )
    os.close(child)
    written = b""
    try:
        written += _until(parent, lambda seen: b"Quit" in seen or b"Help" in seen)
        for key in keys:
            os.write(parent, key)
            written += _drain(parent, 0.25)
        os.write(parent, b"q")
        written += _drain(parent, 1.0)
        process.wait(10)
    finally:
        process.kill()
        process.wait()
        os.close(parent)
    return written


def _until(parent: int, enough: object) -> bytes:
    seen, end = b"", time.monotonic() + 30
    while time.monotonic() < end and not enough(seen):  # type: ignore[operator]
        seen += _drain(parent, 0.2)
    return seen


def _drain(parent: int, seconds: float) -> bytes:
    seen, end = b"", time.monotonic() + seconds
    while (rest := end - time.monotonic()) > 0:
        if select.select([parent], [], [], rest)[0]:
            try:
                seen += os.read(parent, 65536)
            except OSError:
                break
    return seen


@pytest.mark.slow
def test_no_control_sequence_of_a_stranger_reaches_a_real_terminal(tmp_path: Path) -> None:
    keys = [b"j", b"w", b"\x1b", b"v", b"\x1b", b"2", b"\r", b"\x1b", b"3", b"\r", b"\x1b", b"4", b"5", b"1"]
    written = through_a_terminal(keys, tmp_path)
    assert len(written) > 5_000, "the screens were really painted"
    assert b"Traceback" not in written
    rest = QUESTIONS.sub(b"", OWN_TITLE.sub(b"", written))
    found = FORBIDDEN.search(rest)
    assert found is None, rest[max(found.start() - 80, 0) : found.end() + 80]
