"""Total time limits towards a server, however slowly it goes on talking; never tries anything again."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from providers.base import Unreachable

Result = TypeVar("Result")


def within(
    seconds: float, act: Callable[[], Result], place: str, undo: Callable[[Result], object] | None = None
) -> Result:
    """What it gives, done in a thread that nobody waits for any longer than this; `undo` gets what comes too late."""
    done: list[Result] = []
    failed: list[BaseException] = []
    left, guard = threading.Event(), threading.Lock()

    def work() -> None:
        try:
            found = act()
        except BaseException as problem:  # noqa: BLE001 (raised again where it is waited for)
            failed.append(problem)
            return
        with guard:
            done.append(found)
            late = left.is_set()
        if late and undo is not None:
            undo(found)

    thread = threading.Thread(target=work, name="patience", daemon=True)
    thread.start()
    thread.join(seconds)
    with guard:
        left.set()
        if done:
            return done[0]
    if failed:
        raise failed[0]
    raise Unreachable(f"{place} takes too long to answer. It will be tried again.")


@contextmanager
def cut_after(seconds: float, line: Callable[[], Any]) -> Iterator[None]:
    """The socket that `line` gives is shut when this is not over in time, which ends whatever waits for it."""

    def cut() -> None:
        with suppress(OSError, AttributeError):
            line().shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
