"""Ends work on foreign text that takes more than its share of processor time or memory, also in the middle of a
regular expression; never decides what follows from that."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import TypeVar

from agent.errors import RelanceError

MOST_SECONDS = 3.0
"""Of the processor; an ordinary thread takes about one millisecond (`python bench/try_.py`: 11 s for 10,005)."""
MOST_MEMORY = 512 * 1024 * 1024
"""Beyond what the process has already."""
AGAIN = 0.25
"""Seconds to the next signal, should somebody swallow the first."""
STATM = Path("/proc/self/statm")
Result = TypeVar("Result")


class TooMuchError(RelanceError):
    """A mail took more than any mail may."""

    def __init__(self) -> None:
        super().__init__("A mail could not be judged within the limits on time and memory.")


class _Over(BaseException):
    """No `Exception`, so that no library takes it for trouble of its own."""


Handler = Callable[[int, FrameType | None], object] | int | None
"""Who hears it when the timer rings, or a word of the system for nobody."""
_open = False


def bounded(act: Callable[[], Result], seconds: float | None = None) -> Result:
    """Do it within the limits; raises TooMuchError beyond them. The kernel counts the time, and only the main thread
    hears it."""
    if _open or threading.current_thread() is not threading.main_thread():
        return act()
    try:
        with _timed(MOST_SECONDS if seconds is None else seconds):
            return act()
    except (_Over, MemoryError):
        raise TooMuchError from None


@contextlib.contextmanager
def _timed(seconds: float) -> Iterator[None]:
    global _open  # noqa: PLW0603 (there is one timer for the whole process)
    before = signal.signal(signal.SIGPROF, _ring)
    _open = True
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN)
        yield
    finally:
        # The last ring may come in here; the next one is far enough away for the second try.
        try:
            _quiet(before)
        finally:
            _quiet(before)


def _quiet(before: Handler) -> None:
    global _open  # noqa: PLW0603 (as above)
    _open = False
    signal.setitimer(signal.ITIMER_PROF, 0)
    # A ring that comes late, on another thread, would end the process where nobody hears it.
    signal.signal(signal.SIGPROF, before if callable(before) else _ring)


def _ring(_number: int, _frame: object) -> None:
    if _open:
        raise _Over


@contextlib.contextmanager
def little_memory() -> Iterator[None]:
    """While foreign text is worked on the process may grow only so far; beyond that `bounded` says so."""
    try:
        import resource

        size = int(STATM.read_text().split()[0]) * resource.getpagesize()
        before = resource.getrlimit(resource.RLIMIT_AS)
        most = size + MOST_MEMORY if before[0] == resource.RLIM_INFINITY else min(before[0], size + MOST_MEMORY)
        resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    except (ImportError, OSError, ValueError):
        # Not every system counts this.
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
