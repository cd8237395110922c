"""Bare `relance`: the terminal UI, with the daemon's jobs beside it where no daemon runs; never a second sender."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent.errors import LockedError, UsageError
from agent.lock import held, is_held
from agent.paths import places

if TYPE_CHECKING:
    from agent.common.home import Home

BREATH_SECONDS = 5.0
"""The pass beside the screen looks for work this often; shorter than the daemon, for somebody watches."""


def open_screen(context: click.Context) -> None:
    """The screens; on a first run the page that offers the demo, a mailbox file or an account."""
    # Textual paints on stderr, so that one counts as well.
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)):
        raise UsageError("The screen needs a terminal.", hint="`relance --help` lists the commands that do not.")
    from agent.clock import system_now
    from tui.start import begin

    where = places(context.find_root().obj)
    alone = not is_held(where.lock)[0]
    choice = begin(where, system_now, work_beside_screen(where.config_file) if alone else None)
    if choice is not None:
        follow(context, choice.what, choice.path, choice.address)
    elif where.config_file.exists() and where.database.exists():
        still_waiting(where.config_file)


def still_waiting(config_file: Path) -> None:
    """The screen is closed while letters wait, and nothing else is at work: a word about it."""
    from agent.cli.output import narrate
    from agent.cli.showing.waiting import all_waiting, nobody_sends
    from agent.common.home import Home

    with Home.usual(config_file) as own, own.store.read() as connection:
        waiting, nobody = all_waiting(connection, own.clock()), nobody_sends(own.places.lock)
    if waiting and nobody:
        narrate(f"{waiting} {nobody}")


def work_beside_screen(config_file: Path) -> Callable[[threading.Event], None]:
    """The same jobs as the daemon's, in a thread, for as long as the screen is open."""

    def work(over: threading.Event) -> None:
        from agent.common.home import Home

        with Home.usual(config_file) as own:
            try:
                with held(own.places.lock, "beside the screen"):
                    _passes(own, over)
            except LockedError:
                return

    return work


def _passes(own: Home, over: threading.Event) -> None:
    from agent.cli.doing.working import daemon_for
    from agent.running.jobs import wake_up

    daemon = daemon_for(own)
    wake_up(daemon.desk)
    daemon.watching.start([seat.name for seat in daemon.desk.seats])
    try:
        while not over.is_set():
            daemon.turn()
            daemon.wake.wait(BREATH_SECONDS)
            daemon.wake.clear()
    finally:
        daemon.watching.stop()


def follow(context: click.Context, what: str, path: str, address: str) -> None:
    """Do what a newcomer chose."""
    from agent.cli import cli

    words = {"demo": ["demo"], "setup": ["setup"], "try": ["try", path, "--me", address, "--drafts"]}[what]
    command = cli.get_command(context, words[0])
    assert command is not None
    with command.make_context(words[0], words[1:], parent=context) as inner:
        command.invoke(inner)
