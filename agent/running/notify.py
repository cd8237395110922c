"""Tells the desktop that letters or accounts need the user: counts and names of states, never a word of any mail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from agent import logs
from providers.mail.plain import plain

TITLE = "relance"
SECONDS = 2.0
"""A desktop that does not answer must not hold the daemon up."""
SCRIPT = ("on run argv", 'display notification (item 1 of argv) with title "relance"', "end run")
STATES = {
    "UNCERTAIN": "uncertain",
    "NEEDS_REVIEW": "waiting for you",
    "FAILED": "refused by a server",
    "auth": "without a valid sign-in",
}
"""What may be said of a state; others are not worth an interruption."""


def command(words: str, system: str = sys.platform) -> list[str]:
    """What shows a notification here; empty where nothing can."""
    if system == "darwin":
        found = shutil.which("osascript")
        return [found, *(part for line in SCRIPT for part in ("-e", line)), words] if found else []
    found = shutil.which("notify-send")
    return [found, f"--app-name={TITLE}", "--", TITLE, words] if found else []


def show(words: str, system: str = sys.platform) -> bool:
    """Whether the desktop took it. Nothing depends on that."""
    line = command(plain(words)[:200], system)
    if not line:
        return False
    try:
        done = subprocess.run(
            line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=SECONDS,
            check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as problem:
        logs.note("notify.failed", error=type(problem).__name__)
        return False
    return done.returncode == 0


@dataclass(slots=True)
class Bell:
    """Rings when more needs a person than the last time, once for each."""

    ring: Callable[[str], object]
    known: dict[str, int] = field(default_factory=dict)

    def hear(self, counts: Mapping[str, int]) -> None:
        """The counts by state as they are now."""
        now = {state: counts.get(state, 0) for state in STATES}
        more = {state for state in STATES if now[state] > self.known.get(state, 0)}
        self.known = now
        if more:
            self.ring(sentence(now))


def sentence(counts: Mapping[str, int]) -> str:
    """`2 letters waiting for you, 1 account without a valid sign-in.`"""
    parts = []
    for state, words in STATES.items():
        count, noun = counts.get(state, 0), "account" if state == "auth" else "letter"
        if count:
            parts.append(f"{count} {noun}{'s' if count > 1 else ''} {words}")
    return ", ".join(parts) + "."
