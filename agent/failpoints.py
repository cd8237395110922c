"""Named points at every database and network boundary where a test may stop the program; silent in normal use."""

from __future__ import annotations

import os
from collections.abc import Callable

VARIABLE = "RELANCE_FAILPOINT"
KILLED = 137
"""What a shell says of a process that was killed: 128 and the number of SIGKILL."""

Handler = Callable[[str], None]
_handler: Handler | None = None


def reach(name: str) -> None:
    """The program came here."""
    if _handler is not None:
        _handler(name)


def install(handler: Handler | None) -> None:
    """Call this at every point from now on; None silences them."""
    global _handler  # noqa: PLW0603 (one switch for the whole process)
    _handler = handler


def from_environment() -> None:
    """`RELANCE_FAILPOINT=7` ends the process without any cleaning up at the seventh point it comes to."""
    wanted = os.environ.get(VARIABLE, "")
    if wanted.isdigit():
        install(_dies_at(int(wanted)))


def _dies_at(number: int) -> Handler:
    seen = 0

    def handler(_name: str) -> None:
        nonlocal seen
        seen += 1
        if seen >= number:
            os._exit(KILLED)

    return handler


from_environment()
