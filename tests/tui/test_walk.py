"""A newcomer's two minutes with the demo, in a real terminal multiplexer: approve, edit, undo, and an answer."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


class Terminal:
    """One tmux server of its own."""

    def __init__(self, name: str) -> None:
        self.name = name

    def run(self, *words: str) -> str:
        done = subprocess.run(["tmux", "-L", self.name, *words], capture_output=True, text=True, check=False)
        return done.stdout

    def press(self, *keys: str) -> None:
        for key in keys:
            self.run("send-keys", "-t", "0", key)
            time.sleep(0.15)

    def write(self, text: str) -> None:
        self.run("send-keys", "-t", "0", "-l", text)

    def screen(self) -> str:
        return self.run("capture-pane", "-p", "-t", "0")

    def wait(self, words: str, patience: float = PATIENCE) -> str:
        end = time.monotonic() + patience
        while words not in (seen := self.screen()):
            assert time.monotonic() < end, f"never saw {words!r} on\n{seen}"
            time.sleep(0.2)
        return seen


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    made = Terminal(f"relance-{tmp_path.name}")
    command = f"cd {ROOT} && {sys.executable} -m agent demo; echo ended $?; cat"
    made.run("new-session", "-d", "-x", "110", "-y", "32", command)
    yield made
    made.run("kill-server")


@pytest.mark.slow
def test_a_newcomer_approves_edits_undoes_and_sees_an_answer_stop_a_follow_up(terminal: Terminal) -> None:
    first = terminal.wait("Draft to")
    assert "Try it:" in first
    assert "DEMO" in first
    time.sleep(1)

    terminal.press("a")
    terminal.wait("Queued for")
    terminal.press("2")
    terminal.wait("◷ Queued")
    terminal.press("u")
    terminal.wait("Cancelled. It was not sent; the draft is kept.")

    terminal.press("1")
    terminal.wait("Draft to")
    terminal.press("e")
    terminal.wait("esc keeps")
    terminal.write(" PS see you soon")
    terminal.press("Escape")
    terminal.wait("Saved; approve it when it is right.")
    terminal.wait("PS see you soon")

    terminal.press("w")
    terminal.wait("The gate")
    terminal.press("Escape")
    terminal.press("3")
    terminal.wait("Each has its reason.")
    terminal.press("1")
    terminal.wait("Maya Cohen: off the list.", patience=120)
    terminal.press("4")
    terminal.wait("chain intact")
    terminal.press("5")
    terminal.wait("Your voice, from")
    terminal.press("q")
    terminal.wait("ended 0")
