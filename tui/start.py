"""Opens the terminal UI on a home; never decides what is configured and never sends."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import tzinfo
from functools import partial
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from agent import config as configuration
from agent.clock import Clock
from agent.config import Config
from agent.paths import Places
from tui.app import Relance
from tui.door.values import ScreenDoor, VoiceSheet

if TYPE_CHECKING:
    from agent.common.desk import Desk
    from agent.common.home import Home
    from tui.door.late import LateDoor
    from tui.screens.welcome import Choice

Work = Callable[[threading.Event], None]
PATIENCE = 5.0
"""Seconds the jobs beside the screen get to come to an end."""
SELDOM = (5_000, 20, 20)
"""How many new things make the interpreter look for some to throw away: some, more, all."""


def start(
    home: Home, *, demo: bool = False, desk: Desk | None = None, work: Work | None = None,
    voice: Callable[[], VoiceSheet] | None = None,
) -> Choice | None:  # fmt: skip
    """The screens on a home that is open already."""
    from agent.running.desk_setup import desk_for
    from tui.door.real import RealDoor

    desk = desk or desk_for(home)
    door = RealDoor(home, desk, voice=voice, beside=work is not None, demo=demo)
    try:
        with working(work):
            Relance(door, chosen=getattr(home.config, "keys", {}), loaded=loaded).run()
    finally:
        door.close()
    return None


def begin(where: Places, clock: Clock, work: Work | None = None) -> Choice | None:
    """The screens, or the first-run page where nothing is configured."""
    config = configuration.load(where.config_file) if where.config_file.exists() else None
    if config is None or not config.account:
        from tui.screens.welcome import FirstRun

        return FirstRun().run()
    gc.disable()
    door = late(where, config, clock, beside=work is not None)
    try:
        with working(partial(_after, door, work) if work is not None else None):
            Relance(cast("ScreenDoor", door), chosen=getattr(config, "keys", {}), loaded=loaded).run()
    finally:
        gc.enable()
        door.close()
    return None


def loaded() -> None:
    """What the program is made of stays as long as the screen. Looking through all of it for things to throw away
    takes a tenth of a second, again and again, and a key would wait for that."""
    gc.freeze()
    gc.set_threshold(*SELDOM)
    gc.enable()


def late(where: Places, config: Config, clock: Clock, *, beside: bool, keyring: bool = True) -> LateDoor:
    """A door that shows the queue while the program behind it is being loaded."""
    from agent.secrets import Vault, database_key
    from agent.sequences.plans import all_plans
    from agent.store.shown.first_paint import First, first
    from tui.door.late import LateDoor

    key = database_key(Vault(where, keyring=keyring), create=False) if config.storage.encrypt else None
    seen = first(where.database, key) if key or not config.storage.encrypt else First()
    touches = {name: len(plan.touches) for name, plan in all_plans(config).items()}
    return LateDoor(seen, partial(_opened, where, clock, beside=beside, keyring=keyring), touches=touches, clock=clock,
                    zone=zone_of(config), scratch=where.state / "editing")  # fmt: skip


def _opened(where: Places, clock: Clock, *, beside: bool, keyring: bool) -> ScreenDoor:
    from agent.common.home import Home
    from agent.running.desk_setup import desk_for
    from tui.door.real import RealDoor

    home = Home(where, clock=clock, keyring=keyring)
    return RealDoor(home, desk_for(home), beside=beside, owns=True)


def _after(door: LateDoor, work: Work, over: threading.Event) -> None:
    """The jobs, once the screen has what it needs."""
    while not over.is_set():
        if door.opened.wait(0.2):
            work(over)
            return


def zone_of(config: Config) -> tzinfo:
    """The person's own time zone."""
    if config.me.timezone:
        return ZoneInfo(config.me.timezone)
    from tzlocal import get_localzone

    return get_localzone()


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
