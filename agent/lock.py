"""One process at a time may act for a home; the kernel drops the lock when that process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.errors import LockedError
from agent.paths import make_private


@contextmanager
def held(file: Path, doing: str) -> Iterator[None]:
    """Hold the lock while acting, or say who has it."""
    make_private(file.parent)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockedError(
                f"Another relance is at work here ({holder(file) or 'just starting'}).",
                hint="Wait for it to end, or stop it; `relance status` shows it.",
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {doing}\n".encode(), 0)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def holder(file: Path) -> str:
    """What the lock file says about who holds it; for humans, never for decisions."""
    try:
        words = file.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
    number, _, doing = words.partition(" ")
    return f"process {number}, {doing}" if number.isdigit() else ""


def is_held(file: Path) -> tuple[bool, int | None]:
    """Whether a process holds the lock now, and which."""
    try:
        descriptor = os.open(file, os.O_RDWR)
    except FileNotFoundError:
        return False, None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        number = file.read_text(encoding="utf-8").partition(" ")[0].strip()
        return True, int(number) if number.isdigit() else None
    else:
        return False, None
    finally:
        os.close(descriptor)
