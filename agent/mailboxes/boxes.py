"""The mailboxes of a home, opened when first asked for and kept open; never read here."""

from __future__ import annotations

from collections.abc import Callable

from agent.common.home import Home
from agent.mailboxes.accounts import open_mailbox
from providers.base import Mailbox


class Boxes:
    """Mailboxes that stay open between looks; a broken one is opened anew."""

    def __init__(self, opens: Callable[[str], Mailbox]) -> None:
        self._opens = opens
        self._open: dict[str, Mailbox] = {}

    def __call__(self, name: str) -> Mailbox:
        if name not in self._open:
            self._open[name] = self._opens(name)
        return self._open[name]

    def drop(self, name: str) -> bool:
        """Forget a connection that may be dead. False when none was open."""
        mailbox = self._open.pop(name, None)
        if mailbox is not None:
            mailbox.close()
        return mailbox is not None

    def close(self) -> None:
        """Hang up everywhere."""
        for name in list(self._open):
            self.drop(name)


def boxes_of(home: Home) -> Boxes:
    """The mailboxes of the config, opened when first asked for."""
    config = home.config
    return Boxes(lambda name: open_mailbox(home, config.account_named(name)))
