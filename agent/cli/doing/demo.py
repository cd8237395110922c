"""`demo`: the whole program on a built-in mailbox, in a folder of its own that is removed at the end."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

import click

from agent.cli.output import is_terminal, narrate, out


@click.command()
@click.option("--plain", is_flag=True, help="A narrated run instead of the screen.")
@click.option("--now", metavar="ISO", help="Pretend it is then.")
@click.pass_context
def demo(context: click.Context, plain: bool, now: str | None) -> None:
    """Everything on a mailbox that comes with relance. No account, no key, no network; nothing is kept."""
    from agent.cli.showing.judging import moment
    from agent.clock import system_now

    at = moment(now, system_now())
    with tempfile.TemporaryDirectory(prefix="relance-demo-") as folder:
        if plain or not is_terminal():
            from agent.demo.story import tell

            context.exit(tell(Path(folder), at, out))
        _screen(Path(folder), at)


def _screen(folder: Path, at: datetime) -> None:
    from functools import partial

    from agent.demo.live import live
    from agent.demo.story import stage
    from tui.start import start

    narrate("A made-up mailbox is read, judged and drafted for; one moment …")
    with stage(folder, at) as scene:
        scene.prepare()
        desk = scene.desk()
        start(scene.home, demo=True, desk=desk, work=partial(live, scene, desk))
