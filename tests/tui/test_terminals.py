"""Poor and hostile terminals: no colour, few letters, tiny windows, pasted keys; a real pseudo-terminal each time."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tui.conftest import press, settled, shown
from tests.tui.scripted import ScriptedDoor
from tui.app import Relance

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PROGRAM = """
import json, sys
from pathlib import Path
from tests.tui.scripted import ScriptedDoor
from tui.app import Relance
scratch = Path(sys.argv[1])
door = ScriptedDoor(scratch / "scratch")
Relance(door, dwell=0, poll=0.3).run()
(scratch / "calls.json").write_text(json.dumps([str(call[0]) for call in door.calls]))
"""
COLOUR = re.compile(rb"\x1b\[[0-9;]*[34]8;[25];|\x1b\[(?:[0-9]+;)*(?:3[0-7]|4[0-7]|9[0-7])m")
PASTED = b"\x1b[200~aaaa\ra\rAA\r\x1b[201~"


class Terminal:
    """The screens behind a pseudo-terminal."""

    def __init__(self, scratch: Path, **environment: str) -> None:
        self.scratch, self.written = scratch, b""
        self._parent, child = pty.openpty()
        self.resize(24, 80)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG"))}
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(scratch)], stdin=child, stdout=child, stderr=child, cwd=ROOT,
            env={**kept, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), **environment}, start_new_session=True,
        )  # fmt: skip
        os.close(child)

    def resize(self, lines: int, columns: int) -> None:
        fcntl.ioctl(self._parent, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        if hasattr(self, "process"):
            import signal

            self.process.send_signal(signal.SIGWINCH)

    def press(self, keys: bytes, seconds: float = 0.4) -> None:
        os.write(self._parent, keys)
        self.read(seconds)

    def read(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (rest := end - time.monotonic()) > 0:
            if select.select([self._parent], [], [], rest)[0]:
                try:
                    self.written += os.read(self._parent, 65536)
                except OSError:
                    return

    def wait(self, words: bytes) -> None:
        end = time.monotonic() + 60
        while words not in self.written:
            assert time.monotonic() < end, self.written[-2000:]
            self.read(0.2)

    def calls(self) -> list[str]:
        """Leave it, and see what the door was asked."""
        end = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < end:
            self.press(b"\x1b", 0.3)
            self.press(b"q", 0.5)
        assert self.process.poll() == 0, self.written[-3000:]
        assert b"Traceback" not in self.written
        return [str(name) for name in json.loads((self.scratch / "calls.json").read_text())]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._parent)


@contextmanager
def terminal(scratch: Path, **environment: str) -> Iterator[Terminal]:
    made = Terminal(scratch, **environment)
    try:
        made.wait(b"Draft to")
        made.read(1.0)
        yield made
    finally:
        made.close()


@pytest.mark.slow
def test_pasted_keys_do_nothing(tmp_path: Path) -> None:
    with terminal(tmp_path) as screen:
        for mode in (b"1", b"2", b"3", b"4", b"1"):
            screen.press(mode)
            screen.press(PASTED)
        assert screen.calls() == []


@pytest.mark.slow
def test_a_terminal_may_become_tiny_and_large_again(tmp_path: Path) -> None:
    with terminal(tmp_path) as screen:
        for lines, columns in ((5, 20), (1, 1), (60, 200), (24, 80)):
            screen.resize(lines, columns)
            for key in (b"1", b"j", b"2", b"3", b"4", b"5", b"?", b"\x1b", b"\x10", b"\x1b[6~", b"\x1b", b"1"):
                screen.press(key, 0.1)
        assert screen.calls() == [], "it lives, and nothing was pressed by accident"


@pytest.mark.slow
@pytest.mark.parametrize(
    "environment",
    [
        {"NO_COLOR": "1"},
        {"TERM": "linux"},
        {"TERM": "dumb"},
        {"LC_ALL": "C", "PYTHONUTF8": "0"},
        {"COLORTERM": "truecolor"},
    ],
    ids=lambda environment: next(iter(environment)) + "=" + next(iter(environment.values())),
)
def test_every_screen_opens_in_a_poor_terminal(environment: dict[str, str], tmp_path: Path) -> None:
    with terminal(tmp_path, **environment) as screen:
        for key in (b"w", b"\x1b", b"2", b"3", b"4", b"5", b"?", b"\x1b", b"1"):
            screen.press(key)
        assert screen.calls() == []
    if "NO_COLOR" in environment:
        assert not coloured(screen.written)


def coloured(written: bytes) -> list[bytes]:
    """Colours that are not shades of grey."""
    found = re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)", written)
    return [b";".join(one) for one in found if len(set(one)) > 1]


@pytest.mark.slow
def test_a_click_goes_where_it_points(tmp_path: Path) -> None:
    with terminal(tmp_path) as screen:
        screen.written = b""
        screen.press(b"\x1b[<0;16;1M\x1b[<0;16;1m", 1.5)
        screen.wait(b"Needs you")
        assert screen.calls() == []


async def test_all_a_person_needs_stands_in_eighty_columns(door: ScriptedDoor) -> None:
    app = Relance(door, dwell=0, poll=0)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        text = shown(app)
        wanted = ("Anna Weiss", "Why", "Draft to anna@weiss.example", "voice 0.92", "gate: 9 of 9", "COPILOT", "? Help")
        assert [word for word in wanted if word not in text] == []
        await press(pilot, "question_mark", "G")
        assert "Quit" in shown(app), "the help can be read to its end"


async def test_a_window_of_five_lines_crashes_nothing(door: ScriptedDoor) -> None:
    app = Relance(door, dwell=0, poll=0)
    async with app.run_test(size=(20, 5)) as pilot:
        await settled(pilot)
        for key in ("j", "w", "escape", "2", "j", "3", "G", "4", "5", "j", "1", "z", "escape", "e", "escape"):
            await press(pilot, key)
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert "Draft to" in shown(app)
