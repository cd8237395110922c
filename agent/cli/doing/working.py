"""The daemon and its service file on the command line; never decides what is due."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent.cli.output import counted, home, narrate, out
from agent.decide.gate import keeping_back
from agent.errors import Exit

if TYPE_CHECKING:
    from datetime import datetime

    from agent.common.home import Home
    from agent.mailboxes.boxes import Boxes
    from agent.mailboxes.sync import Synced
    from agent.running.daemon import Daemon
    from agent.running.jobs import Jobs
    from agent.running.service import Service
    from providers.base import Watcher


def jobs_of(here: Home, pressed: Callable[[], bool] = lambda: False, boxes: Boxes | None = None) -> Jobs:
    """Reading, judging and drafting, as the daemon calls them; news and the end do not wait for a slow model."""
    from agent.common.person import me_of
    from agent.drafting.draft import draft_due
    from agent.judging.hearing import hear_before
    from agent.judging.judge import judge_changed
    from agent.mailboxes.sync import sync_account, sync_kept
    from agent.models.unclear_answers import break_ties
    from agent.running.jobs import Jobs
    from agent.store import upkeep

    def sync(name: str) -> Synced:
        account = here.config.account_named(name)
        return sync_account(here, account) if boxes is None else sync_kept(here, account, boxes)

    def listen(limit: datetime) -> None:
        hear_before(here.store, me_of(here.config, here.zone), limit)

    def draft() -> None:
        draft_due(here, cancelled=pressed)
        break_ties(here, cancelled=pressed)

    return Jobs(
        sync=sync,
        judge=lambda: judge_changed(here),
        draft=draft,
        tidy=lambda: upkeep.trim_daily(here.store, here.config.storage.keep_days, listen),
    )


@click.command()
@click.option("--once", is_flag=True, help="One full pass, then end.")
@click.pass_context
def run(context: click.Context, once: bool) -> None:
    """Read, judge, draft, and let letters leave when they may. Stop it with ctrl-c at any time; nothing is lost."""
    from agent import logs
    from agent.running import daemon

    with home(context) as here:
        logs.start(here.places, to_stderr=not sys.stderr.isatty())
        if once:
            context.exit(_once(here))
        greeting = iter(("Working. ctrl-c stops it; `relance status` shows how it is.",))

        def make() -> Daemon:
            """Called when the lock is held, and again when the config is to be read anew."""
            for words in greeting:
                narrate(words)
            return daemon_for(here)

        daemon.run(here.places.lock, make)


def _once(here: Home) -> Exit:
    from agent.cli.setting_up.first_look import summary_lines
    from agent.cli.showing.waiting import all_waiting
    from agent.mailboxes.boxes import Boxes
    from agent.running.daemon import run_once
    from agent.running.desk_setup import desk_for
    from agent.store.shown import views

    made = desk_for(here)
    try:
        done = run_once(here.places.lock, made, jobs_of(here))
    finally:
        if isinstance(made.mailbox, Boxes):
            made.mailbox.close()
    if done.lost:
        narrate(done.lost)
    for name, problem in done.failed.items():
        narrate(f"{name}: did not work ({problem}); {done.why.get(name, 'the log has more.')}")
    left = [item for item in done.worked if item.state == "SENT"]
    out(f"Read {counted(len(done.synced), 'account')}, stopped {len(done.stopped)}, sent {len(left)}." + (
        f" Nothing may leave now: {keeping_back.WORDS[done.held_back]}." if done.held_back else ""
    ))  # fmt: skip
    with here.store.read() as connection:
        waiting = all_waiting(connection, here.clock())
        states = Counter(row.state for row in views.listed(connection))
    for line in [waiting] if waiting else []:
        out(line)
    for line in summary_lines(states):
        out(line)
    loud = [item for item in done.worked if item.state in {"UNCERTAIN", "NEEDS_REVIEW"}]
    if loud:
        out(f"{counted(len(loud), 'letter')} cannot go on without you; `relance status` says why.")
    if loud or done.lost:
        return Exit.PERSON
    return Exit.TEMPORARY if done.failed else Exit.OK


def daemon_for(here: Home) -> Daemon:
    """The daemon with the config as it is now."""
    from agent.mailboxes.accounts import open_watcher
    from agent.mailboxes.boxes import boxes_of
    from agent.running.daemon import Daemon
    from agent.running.desk_setup import desk_for
    from agent.running.notify import show

    read_anew(here)
    made: list[Daemon] = []
    boxes = boxes_of(here)
    jobs = jobs_of(here, lambda: bool(made) and made[0].pressed, boxes)
    ring = show if here.config.notify.desktop else None

    def watch(name: str) -> Watcher | None:
        return open_watcher(here, here.config.account_named(name))

    made.append(Daemon(desk_for(here, boxes=boxes), jobs, watcher=watch, notify=ring, tell=narrate))
    return made[0]


def read_anew(here: Home) -> None:
    """The config as it is now; a broken one is not taken over while the daemon works with a good one."""
    from agent import logs
    from agent.errors import ConfigError

    before = here.__dict__.pop("config", None)
    try:
        _ = here.config
    except ConfigError as problem:
        if before is None:
            raise
        here.__dict__["config"] = before
        logs.note("config.kept", error=type(problem).__name__)
        narrate(f"The config has a mistake, so the old one stays in use. {problem}")


@click.group()
def service() -> None:
    """Start the daemon with your session: a systemd user unit or a launchd agent."""


def _described(context: click.Context, here: Home) -> Service:
    """The service of this home, wherever it was told to be."""
    from agent.running import service as services

    root, config = os.environ.get("RELANCE_HOME", ""), context.find_root().obj
    return services.describe(
        here.places, root=str(Path(root).expanduser().resolve()) if root else "",
        config=Path(config).resolve() if config else None,
    )  # fmt: skip


@service.command("install")
@click.option("--print", "only_print", is_flag=True, help="Only show what would be written.")
@click.pass_context
def install(context: click.Context, only_print: bool) -> None:
    """Write the service file and start it."""
    from agent.running import service as services

    with home(context) as here:
        described = _described(context, here)
        out(f"# {described.file}")
        out(described.text)
        if not only_print:
            for line in services.install(described):
                narrate(line)


@service.command()
@click.pass_context
def remove(context: click.Context) -> None:
    """Stop it and take the file away."""
    from agent.running import service as services

    with home(context) as here:
        for line in services.remove(_described(context, here)):
            narrate(line)


@service.command("status")
@click.pass_context
def service_status(context: click.Context) -> None:
    """Whether it is installed and running."""
    from agent.running import service as services

    with home(context) as here:
        out(services.status(_described(context, here)))
