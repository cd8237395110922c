"""A newcomer's two minutes with the demo, in a real terminal multiplexer: approve, edit, undo, and an answer."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


SERVERS = itertools.count()


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
            # An escape and the next key right after it are one key to a terminal, the later the busier it is.
            time.sleep(1.5 if key == "Escape" else 0.15)

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


@contextmanager
def opened(folder: Path, words: str) -> Iterator[Terminal]:
    """`relance` with these words, in a home of its own."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    # A server that ends may still hold its name when the next one begins.
    made = Terminal(f"relance-{folder.name}-{next(SERVERS)}")
    command = f"cd {ROOT} && RELANCE_HOME={folder / 'home'} {sys.executable} -m agent {words}; echo ended $?; cat"
    made.run("new-session", "-d", "-x", "110", "-y", "32", command)
    try:
        yield made
    finally:
        made.run("kill-server")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with opened(tmp_path, "demo") as made:
        yield made


@pytest.mark.slow
def test_a_newcomer_approves_edits_undoes_and_sees_an_answer_stop_a_follow_up(terminal: Terminal) -> None:
    # A screen is read while it is painted: each part is waited for.
    for part in ("Draft to", "Try it:", "DEMO"):
        terminal.wait(part)
    terminal.wait("checks pass")
    time.sleep(1)

    terminal.press("a")
    terminal.wait("Queued for")
    terminal.press("2")
    terminal.wait("◷ Queued")
    terminal.press("u")
    terminal.wait("Cancelled. It was not sent; the draft is kept.")

    terminal.press("1")
    terminal.wait("gate")
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
    terminal.wait("left alone")
    terminal.press("1")
    terminal.wait("Maya Cohen: off the list.", patience=120)
    terminal.press("4")
    terminal.wait("chain intact")
    terminal.press("5")
    terminal.wait("Your voice, from")
    terminal.press("q")
    terminal.wait("ended 0")


MBOX = b"""From sam@example.org Mon Nov  2 09:00:00 2020
From: Sam <sam@example.org>
To: Ann <ann@elsewhere.example>
Subject: The plan
Date: Mon, 2 Nov 2020 09:00:00 +0000
Message-ID: <1@example.org>

Hi Ann, could you send me the plan by Friday? Sam
"""


@pytest.mark.slow
def test_with_nothing_configured_each_of_the_three_ways_leads_somewhere(tmp_path: Path) -> None:
    (tmp_path / "mail.mbox").write_bytes(MBOX)
    with opened(tmp_path, "") as first:
        first.wait("How do you want to begin?")
        first.press("m")
        first.wait("The path of an mbox file")
        first.write(str(tmp_path / "mail.mbox"))
        first.wait("a file")
        first.press("Enter")
        first.wait("Your own address")
        first.write("sam@example.org")
        first.press("Enter")
        assert "The plan" in first.wait("ended 0")
    with opened(tmp_path, "") as first:
        first.wait("How do you want to begin?")
        first.press("d")
        assert "DEMO" in first.wait("Draft to")
        first.press("q")
        first.wait("ended 0")
    with opened(tmp_path, "") as first:
        first.wait("How do you want to begin?")
        first.press("s")
        first.wait("ddress")
