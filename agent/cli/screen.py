"""Bare `relance`: the terminal UI, with the daemon's jobs beside it where no daemon runs; never a second sender."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import click

from agent.act.home import Home
from agent.cli.output import home, is_terminal
from agent.cli.working import daemon_for
from agent.errors import LockedError, UsageError
from agent.lock import held, is_held

BREATH_SECONDS = 5.0


def open_screen(context: click.Context) -> None:
    """The screens; on a first run the page that offers the demo, a mailbox file or an account."""
    if not is_terminal():
        raise UsageError("The screen needs a terminal.", hint="`relance --help` lists the commands that do not.")
    from tui.app import run
    from tui.start import configured

    with home(context) as here:
        alone = configured(here) and not is_held(here.places.lock)[0]
        choice = run(here, work=beside(here.places.config_file) if alone else None)
    if choice is not None:
        follow(context, choice.what, choice.path, choice.address)


def beside(config_file: Path) -> Callable[[threading.Event], None]:
    """The same jobs as the daemon's, in a thread, for as long as the screen is open."""

    def work(over: threading.Event) -> None:
        with Home.usual(config_file) as own:
            try:
                with held(own.places.lock, "beside the screen"):
                    _turns(own, over)
            except LockedError:
                return

    return work


def _turns(own: Home, over: threading.Event) -> None:
    from agent.jobs import wake_up

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
