"""Ends work on foreign text that takes more than its share of processor time or memory, also in the middle of a
regular expression; never decides what follows from that."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from agent.errors import RelanceError

MOST_SECONDS = 3.0
"""Of the processor; an ordinary thread takes about one millisecond (`python bench/try_.py`: 11 s for 10,005)."""
MOST_MEMORY = 512 * 1024 * 1024
"""Beyond what the process has already."""
AGAIN = 0.25
"""Seconds to the next signal, should somebody swallow the first."""
STATM = Path("/proc/self/statm")


class TooMuchError(RelanceError):
    """A mail took more than any mail may."""

    def __init__(self) -> None:
        super().__init__("A mail could not be judged within the limits on time and memory.")


class _Over(BaseException):
    """No `Exception`, so that no library takes it for trouble of its own."""


Handler = Callable[[int, FrameType | None], object] | int | None
"""Who hears it when the timer rings, or a word of the system for nobody."""
_open = False


class _Bounds:
    """Says when the time begins and ends; there is one timer for the whole process, and the outermost has it."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._counts = False
        self._before: Handler = None

    def __enter__(self) -> None:
        global _open  # noqa: PLW0603 (as there is one timer)
        if _open or threading.current_thread() is not threading.main_thread():
            return
        self._before = signal.signal(signal.SIGPROF, _ring)
        self._counts = _open = True
        signal.setitimer(signal.ITIMER_PROF, self._seconds, AGAIN)

    def __exit__(self, kind: type[BaseException] | None, problem: BaseException | None, trace: object) -> None:
        if not self._counts:
            return
        # Another signal may end the first try.
        try:
            self._quiet()
        finally:
            self._quiet()
        if isinstance(problem, _Over | MemoryError):
            raise TooMuchError from None

    def _quiet(self) -> None:
        global _open  # noqa: PLW0603 (as above)
        _open = False
        signal.setitimer(signal.ITIMER_PROF, 0)
        # A ring that comes late, on another thread, would end the process where nobody hears it.
        signal.signal(signal.SIGPROF, self._before if callable(self._before) else _ring)


def within_bounds(seconds: float | None = None) -> _Bounds:
    """What is done inside stays within the limits; TooMuchError is raised beyond them. The kernel counts the time, and
    only the main thread hears it."""
    return _Bounds(MOST_SECONDS if seconds is None else seconds)


def _ring(_number: int, frame: FrameType | None) -> None:
    # On the way in and out nothing foreign runs, and an end there would leave the timer on; it rings again.
    if _open and (frame is None or frame.f_globals is not globals()):
        raise _Over


@contextlib.contextmanager
def little_memory() -> Iterator[None]:
    """While foreign text is worked on the process may grow only so far; beyond that `within_bounds` says so."""
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
