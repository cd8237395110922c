"""The write-only side of every provider; the outbox alone may import it, and nothing here tries twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from providers.base import Letter, Receipt, Sender
from providers.smtp import sender as smtp

if TYPE_CHECKING:
    from providers.gmail.api import GmailSettings
    from providers.outlook.graph import OutlookSettings


class SmtpSender:
    """Sends through an SMTP server, over a fresh connection each time."""

    def __init__(self, server: smtp.Server, reach: smtp.Reach = lambda _: None) -> None:
        self._server = server
        self._reach = reach

    def send(self, letter: Letter, commit: Callable[[], None]) -> Receipt:
        """One attempt; `commit` comes after every recipient was taken and before the letter itself."""
        return smtp.send(self._server, letter, commit, self._reach)


class MemorySender:
    """Puts letters where the demo and the tests want them."""

    def __init__(self, deliver: Callable[[Letter], Receipt]) -> None:
        self._deliver = deliver

    def send(self, letter: Letter, commit: Callable[[], None]) -> Receipt:
        """One attempt."""
        smtp.envelope(letter)
        commit()
        return self._deliver(letter)


def cloud(provider: str, settings: GmailSettings | OutlookSettings, reach: smtp.Reach = lambda _: None) -> Sender:
    """Sends as a Gmail or Outlook account; loaded late, because the libraries are large."""
    if provider == "gmail":
        from providers.gmail.sender import GmailSender

        return GmailSender(cast("GmailSettings", settings), reach)
    from providers.outlook.sender import OutlookSender

    return OutlookSender(cast("OutlookSettings", settings), reach)
