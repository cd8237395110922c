"""Opens the mailbox a config entry describes; never opens anything that can send."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from agent.common.home import Home
from agent.config import Account
from agent.errors import ConfigError
from providers.base import Mailbox, Watcher

if TYPE_CHECKING:
    from providers.imap.connect import ImapSettings

OLD = 120
"""Days after which nobody is asked again, unless the config says more. Of older mail a page beside its plain text is
not fetched: comparing takes a tenth of a first look (`python bench/sync.py`, with and without `--newest-today`)."""


def open_mailbox(home: Home, account: Account) -> Mailbox:
    """Sign in and hand out the mailbox."""
    match account.provider:
        case "imap":
            return _imap(home, account)
        case "archive":
            return _archive(home, account)
        case "gmail" | "outlook":
            from agent.mailboxes.clouds import open_cloud

            return open_cloud(home, account)
        case "memory" if account.name in home.servers:
            from providers.local.memory import MemoryMailbox

            return MemoryMailbox(home.servers[account.name])
        case _:
            raise ConfigError(
                f"The provider {account.provider!r} of {account.name!r} cannot be opened from the config."
            )


def open_watcher(home: Home, account: Account) -> Watcher | None:
    """A line of its own that hears of news; None where the provider cannot tell and must be asked."""
    if account.provider != "imap":
        return None
    from providers.imap.watch import ImapWatcher

    return ImapWatcher(imap_settings(home, account))


def _imap(home: Home, account: Account) -> Mailbox:
    from providers.imap.mailbox import ImapMailbox

    days = max(OLD, 2 * home.config.followups.max_age_days)
    return ImapMailbox(imap_settings(home, account), compared_since=home.clock() - timedelta(days=days))


def imap_settings(home: Home, account: Account) -> ImapSettings:
    """Where and how to sign in; the password is fetched once."""
    from agent.secrets import resolve
    from providers.imap.connect import ImapSettings

    assert account.imap is not None
    server = account.imap
    if server.oauth is not None:
        from agent.mailboxes.clouds import tokens_for

        return ImapSettings(
            host=server.host, port=server.port, security=server.security, user=server.user or account.address,
            oauth=tokens_for(home, account), address=account.address,
        )  # fmt: skip
    secret = resolve(server.password, f"{account.name}.imap.password", home.vault)
    return ImapSettings(
        host=server.host, port=server.port, security=server.security, user=server.user or account.address,
        password=lambda: secret, address=account.address,
    )  # fmt: skip


def _archive(home: Home, account: Account) -> Mailbox:  # noqa: ARG001
    from providers.local.archive import ArchiveMailbox

    assert account.archive is not None
    return ArchiveMailbox(account.archive.path.expanduser())
