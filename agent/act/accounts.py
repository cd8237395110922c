"""Opens the mailbox a config entry describes; never opens anything that can send."""

from __future__ import annotations

from agent.act.home import Home
from agent.config import Account
from agent.errors import ConfigError
from providers.base import Mailbox


def open_mailbox(home: Home, account: Account) -> Mailbox:
    """Sign in and hand out the mailbox."""
    match account.provider:
        case "imap":
            return _imap(home, account)
        case "archive":
            return _archive(home, account)
        case "memory" if account.name in home.servers:
            from providers.memory import MemoryMailbox

            return MemoryMailbox(home.servers[account.name])
        case _:
            raise ConfigError(
                f"The provider {account.provider!r} of {account.name!r} cannot be opened from the config."
            )


def _imap(home: Home, account: Account) -> Mailbox:
    from agent.secrets import resolve
    from providers.imap import ImapMailbox, ImapSettings

    assert account.imap is not None
    server = account.imap
    secret = resolve(server.password, f"{account.name}.imap.password", home.vault)
    return ImapMailbox(
        ImapSettings(
            host=server.host, port=server.port, security=server.security, user=server.user or account.address,
            password=lambda: secret, address=account.address,
        )
    )  # fmt: skip


def _archive(home: Home, account: Account) -> Mailbox:  # noqa: ARG001
    from providers.archive import ArchiveMailbox

    assert account.archive is not None
    return ArchiveMailbox(account.archive.path.expanduser())
