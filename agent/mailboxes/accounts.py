"""Opens the mailbox a config entry describes; never opens anything that can send."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from agent.common.home import Home
from agent.config import Account
from agent.errors import ConfigError
from agent.mailboxes import foreign
from providers import registry
from providers.base import Mailbox, Watcher

if TYPE_CHECKING:
    from providers.imap.connect import ImapSettings
    from providers.local.memory import MemoryServer

OLD = 120
"""Days after which nobody is asked again, unless the config says more. Of older mail a page beside its plain text is
not fetched: comparing takes a tenth of a first look (`python bench/sync.py`, with and without `--newest-today`)."""


def open_mailbox(home: Home, account: Account) -> Mailbox:
    """Sign in and hand out the mailbox."""
    spec = registry.known(account.provider)
    if spec.foreign:
        return foreign.open_mailbox(home, account)
    mailbox: Mailbox = registry.made(spec, spec.mailbox, settings_of(home, account))
    return mailbox


def open_watcher(home: Home, account: Account) -> Watcher | None:
    """A line of its own that hears of news; None where the provider cannot tell and must be asked."""
    spec = registry.known(account.provider)
    if spec.foreign:
        return foreign.open_watcher(home, account)
    watcher: Watcher | None = registry.made(spec, spec.watcher, settings_of(home, account)) if spec.watcher else None
    return watcher


def settings_of(home: Home, account: Account) -> object:
    """What the provider of an account is opened with."""
    spec = registry.known(account.provider)
    found: object = foreign.opening(home, account) if spec.foreign else registry.resolve(spec.settings)(home, account)
    return found


def imap_settings(home: Home, account: Account) -> ImapSettings:
    """Where and how to sign in; the password is fetched once."""
    from agent.secrets import resolve
    from providers.imap.connect import ImapSettings

    assert account.imap is not None
    server = account.imap
    since = home.clock() - timedelta(days=max(OLD, 2 * home.config.followups.max_age_days))
    if server.oauth is not None:
        from agent.mailboxes.clouds import tokens_for

        return ImapSettings(
            host=server.host, port=server.port, security=server.security, user=server.user or account.address,
            oauth=tokens_for(home, account), address=account.address, compared_since=since,
        )  # fmt: skip
    secret = resolve(server.password, f"{account.name}.imap.password", home.vault)
    return ImapSettings(
        host=server.host, port=server.port, security=server.security, user=server.user or account.address,
        password=lambda: secret, address=account.address, compared_since=since,
    )  # fmt: skip


def archive_path(home: Home, account: Account) -> Path:  # noqa: ARG001
    """The file or folder that holds the mails."""
    assert account.archive is not None
    return account.archive.path.expanduser()


def memory_server(home: Home, account: Account) -> MemoryServer:
    """The mails the demo and the tests put there."""
    if account.name not in home.servers:
        raise ConfigError(f"The provider {account.provider!r} of {account.name!r} cannot be opened from the config.")
    return home.servers[account.name]
