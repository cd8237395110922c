"""Ends the process soon after it was asked to, whatever keeps it busy; never while a letter is on its way."""

from __future__ import annotations

import faulthandler
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from agent import logs
from agent.errors import Exit

GRACE = 3.8
"""Seconds in which it may come to its end by itself. Every step is kept as if it could be its last."""
WHILE_SENDING = 60.0
"""Seconds an answer to a letter may take. Without it nobody knows whether the letter left."""

AGAIN = 1.0
"""Seconds until the next look whether the letter has left."""
DEAF = 0.8
"""Seconds the handler gets before the interpreter's own thread ends the process."""
NOWHERE = os.open(os.devnull, os.O_WRONLY)
_sending = _asked = False


@contextmanager
def sending() -> Iterator[None]:
    """A letter is on its way. Once its fate is known there is time again to write it down and come to an end."""
    global _sending  # noqa: PLW0603 (one process sends one letter at a time)
    _sending = True
    try:
        yield
    finally:
        _sending = False
        if _asked:
            _later(GRACE, 0)


def soon() -> None:
    """Called by the handler of a signal that asks for the end."""
    global _asked  # noqa: PLW0603 (there is one end)
    _asked = True
    _later(GRACE, WHILE_SENDING)


def never_mind() -> None:
    """It came to its end by itself."""
    global _asked  # noqa: PLW0603 (there is one end)
    _asked = False
    signal.setitimer(signal.ITIMER_REAL, 0)
    faulthandler.cancel_dump_traceback_later()


def _later(seconds: float, patience: float) -> None:
    def end(_number: int, _frame: object) -> None:
        if _sending and patience > 0:
            _later(AGAIN, patience - AGAIN)
            return
        logs.note("ended.at_once")
        os._exit(Exit.OK)

    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    # Where no handler is heard, in the middle of foreign code, a thread of the interpreter ends it all the same.
    faulthandler.dump_traceback_later(seconds + DEAF, exit=True, file=NOWHERE)
