"""Opens the terminal UI on a home; never decides what is configured and never sends."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from agent.act.home import Home
from agent.act.ports import Desk
from tui.app import Relance
from tui.door import VoiceSheet
from tui.real_door import RealDoor
from tui.welcome import Choice, FirstRun

Work = Callable[[threading.Event], None]
PATIENCE = 5.0
"""Seconds the jobs beside the screen get to come to an end."""


def start(
    home: Home, *, demo: bool = False, desk: Desk | None = None, work: Work | None = None,
    voice: Callable[[], VoiceSheet] | None = None,
) -> Choice | None:  # fmt: skip
    """The screens, or the first-run page where nothing is configured."""
    if desk is None and not configured(home):
        return FirstRun().run()
    if desk is None:
        from agent.act.desk import desk_for

        desk = desk_for(home)
    door = RealDoor(home, desk, voice=voice, beside=work is not None, demo=demo)
    try:
        with working(work):
            Relance(door, chosen=getattr(home.config, "keys", {})).run()
    finally:
        door.close()
    return None


def configured(home: Home) -> bool:
    """Whether there is a mailbox to look at. A damaged config is an error, not a first run."""
    return home.places.config_file.exists() and bool(home.config.account)


@contextmanager
def working(work: Work | None) -> Iterator[None]:
    """The jobs in a thread of their own while the screen is open."""
    if work is None:
        yield
        return
    over = threading.Event()
    thread = threading.Thread(target=work, args=(over,), name="jobs", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(PATIENCE)
