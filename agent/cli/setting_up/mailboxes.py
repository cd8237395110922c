"""Commands that read mailboxes; never one that writes to them."""

from __future__ import annotations

import sys

import click

from agent.cli.exit_codes import end
from agent.cli.output import home, narrate
from agent.common.home import Home
from agent.config import Account
from agent.errors import ConfigError, SignInError
from agent.lock import held
from agent.mailboxes.sync import sync_account
from providers.base import ProviderError


@click.command()
@click.option("--account", metavar="NAME", help="Only this account.")
@click.pass_context
def sync(context: click.Context, account: str | None) -> None:
    """Read what is new, newest first. Safe to interrupt: the next run goes on where this one stopped."""
    with home(context) as here:
        chosen = choose(here, account)
        with held(here.places.lock, "sync"):
            sync_all(here, chosen)


def sync_all(here: Home, chosen: list[Account]) -> None:
    """One after the other. A mailbox that cannot be read is named in the end, and keeps no other from being read."""
    troubles: list[ConfigError | SignInError | ProviderError] = []
    for entry in chosen:
        try:
            sync_with_bar(here, entry)
        except (ConfigError, SignInError, ProviderError) as problem:
            troubles.append(problem)
    for trouble in troubles[:-1]:
        end(trouble)
    if troubles:
        raise troubles[-1]


def choose(here: Home, name: str | None) -> list[Account]:
    """The accounts a command is about."""
    if name is not None:
        return [here.config.account_named(name)]
    if not here.config.account:
        raise ConfigError("The config names no account.", hint="Run `relance setup` to connect one.")
    return list(here.config.account)


def sync_with_bar(here: Home, account: Account) -> None:
    """One sync, with progress on stderr where somebody watches."""
    bar = Bar(account.name)
    try:
        done = sync_account(here, account, bar.show)
    finally:
        bar.close()
    narrate(f"{account.name}: {done.fresh} new mails.")


class Bar:
    """One line of progress that is rewritten; silent when stderr is not a terminal."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._shown = False
        self._live = sys.stderr.isatty()

    def show(self, done: int, total: int) -> None:
        if not self._live or not total:
            return
        width = 30
        filled = width * done // max(total, 1)
        sys.stderr.write(f"\r{self._name}: {'█' * filled}{'░' * (width - filled)} {done}/{total}\x1b[K")
        sys.stderr.flush()
        self._shown = True

    def close(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
