"""Random keys on two screens while answers arrive, with a daemon and the commands on the same store: nothing may crash,
no row may go, and nothing answered may wait.

python -m tests.tui.storm [--seconds 300] [--seed 1]
"""

from __future__ import annotations

import argparse
import os
import pty
import random
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from agent.common.home import Home
from agent.paths import Places
from bench.tui import fill
from tests.tui.arriving import AT_FIRST, EVERY, Answers

ROOT = Path(__file__).parents[2]
KEYS = (
    *(b"j", b"k", b"j", b"\x1b", b"\x1b", b"\r", b" ", b"G", b"g", b"d", b"b", b"[", b"]", b"t"),
    *(b"a", b"a", b"A", b"e", b"r", b"z", b"s", b"x", b"w", b"v", b"o", b"c", b"u", b"u", b"p", b"P", b"-", b"+"),
    *(b"1", b"2", b"3", b"4", b"5", b"/", b"?", b"S", b"C", b"\x10", b"\t"),
    *(b"\x1b[A", b"\x1b[B", b"\x1b[6~", b"\x1b[200~aaaa\ra\r\x1b[201~", b"shorter", b"mon 9", "é漢".encode()),
    *(b"\x1b[<0;20;5M\x1b[<0;20;5m", b"\x1b[<64;20;8M", b"\x1b[<0;3;1M\x1b[<0;3;1m"),
)
"""No key here ends a screen; `q` in a text field is a letter."""
PATIENCE = 240.0
"""Seconds a screen has for the keys that wait and its own end; a busy machine is slow."""
COMMANDS = (
    ("approve", "{id}"), ("skip", "{id}"), ("snooze", "{id}", "3d"), ("stop", "{id}"), ("undo", "{id}"), ("list",),
    ("show", "{id}"), ("why", "{id}"), ("pause",), ("resume",), ("status",), ("audit", "list"), ("redo", "{id}"),
    ("list", "--json"),
)  # fmt: skip
FOLLOWUPS = 40
A_WHILE = 60.0
SIZES = ((24, 80), (36, 120), (5, 20), (30, 100))


@dataclass
class Screen:
    """One terminal UI behind a pseudo-terminal."""

    process: subprocess.Popen[bytes]
    terminal: int
    written: bytearray = field(default_factory=bytearray)

    def read(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (rest := end - time.monotonic()) > 0:
            if not select.select([self.terminal], [], [], rest)[0]:
                return
            try:
                self.written += os.read(self.terminal, 65536)
            except OSError:
                return

    def press(self, keys: bytes) -> None:
        with suppress(OSError):
            os.write(self.terminal, keys)

    def resize(self, lines: int, columns: int) -> None:
        import fcntl
        import struct
        import termios

        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))


def environment(folder: Path) -> dict[str, str]:
    """Nothing of the machine's own home."""
    kept = {**os.environ, "RELANCE_HOME": str(folder), "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    return {**kept, "EDITOR": "true", "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}


@contextmanager
def screen(folder: Path) -> Iterator[Screen]:
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "agent"], stdin=child, stdout=child, stderr=child, env=environment(folder), cwd=ROOT,
        start_new_session=True,
    )  # fmt: skip
    os.close(child)
    made = Screen(process, parent)
    made.resize(24, 80)
    try:
        yield made
    finally:
        process.kill()
        process.wait()
        os.close(parent)


@contextmanager
def daemon(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (folder / "daemon.txt").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "agent", "run"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env=environment(folder), cwd=ROOT,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def rows(folder: Path) -> set[str]:
    """Every follow-up and every version of its text; others may join them, none may go."""
    with home_of(folder) as home, home.store.read() as connection:
        return {
            f"{name} {row[0]}"
            for name in ("followup", "draft")
            for row in connection.exec_driver_sql(f"SELECT id FROM {name}")
        }


def home_of(folder: Path) -> Home:
    where = Places(folder / "config.toml", folder / "data", folder / "state", folder / "logs")
    return Home(where, keyring=False)


def storm(folder: Path, seconds: float, seed: int) -> list[str]:
    """What went wrong; the same seed presses the same keys."""
    fill(folder, mails=120, followups=FOLLOWUPS)
    before, chance = rows(folder), random.Random(seed)
    with home_of(folder) as home, screen(folder) as one, screen(folder) as two:
        answers = Answers(home, FOLLOWUPS, chance)
        for each in (one, two):
            _wait_for(each, b"Draft to")
        for _ in range(AT_FIRST):
            answers.bring()
        with daemon(folder):
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                _once(folder, chance, (one, two), answers)
            problems = [problem for each in (one, two) for problem in _ended(each)]
        _command(folder, "run", "--once")
        problems += answers.unheard()
    (folder / "screens.txt").write_bytes(bytes(one.written) + b"\n====\n" + bytes(two.written))
    # A short one may never look at Review again.
    if seconds >= A_WHILE and b"off the list" not in one.written + two.written:
        problems.append("no screen said that an answer took a draft off the list")
    return problems + _left(folder, before)


def _once(folder: Path, chance: random.Random, screens: tuple[Screen, Screen], answers: Answers) -> None:
    for each in screens:
        each.press(chance.choice(KEYS))
        each.read(chance.choice((0.05, 0.1, 0.2)))
    if chance.random() < EVERY:
        answers.bring()
    if chance.random() < 0.02:
        chance.choice(screens).resize(*chance.choice(SIZES))
    if chance.random() < 0.01:
        _command(folder, *(word.format(id=chance.randint(1, FOLLOWUPS)) for word in chance.choice(COMMANDS)))


def _command(folder: Path, *words: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "agent", *words], capture_output=True, env=environment(folder), cwd=ROOT, check=False
    )
    with (folder / "commands.txt").open("ab") as log:
        log.write(done.stdout + done.stderr)


def _wait_for(each: Screen, words: bytes) -> None:
    end = time.monotonic() + 120
    while words not in each.written and time.monotonic() < end:
        each.read(0.2)


def _ended(each: Screen) -> list[str]:
    """Leave it as a person would, once it has worked off what was typed ahead."""
    each.resize(24, 80)
    end = time.monotonic() + PATIENCE
    while each.process.poll() is None and time.monotonic() < end:
        each.press(b"\x1b")
        each.read(0.5)
        each.press(b"q")
        each.read(1.5)
    code = each.process.poll()
    found = [] if code == 0 else [f"a screen ended with {code}"]
    return [*found, *(["a traceback on a screen"] if b"Traceback" in each.written else [])]


def _left(folder: Path, before: set[str]) -> list[str]:
    found = [
        f"a traceback in {file.name}"
        for file in (folder / "daemon.txt", folder / "commands.txt", *folder.glob("logs/*"))
        if file.is_file() and b"Traceback" in file.read_bytes()
    ]
    if gone := before - rows(folder):
        found.append(f"rows went: {', '.join(sorted(gone))}")
    with home_of(folder) as home:
        verdict = home.store.verify()
        with home.store.read() as connection:
            whole = connection.exec_driver_sql("PRAGMA integrity_check").scalar_one()
    found += [f"the log does not verify: {verdict.problem}"] if verdict.problem else []
    return found + ([f"the database is not whole: {whole}"] if whole != "ok" else [])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="relance-storm-") as name:
        problems = storm(Path(name), chosen.seconds, chosen.seed)
    for problem in problems:
        print(problem)
    print(f"seed {chosen.seed}, {chosen.seconds:.0f} s: {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
