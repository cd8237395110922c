"""The write-only side of every provider; the outbox alone may import it, and nothing here tries twice."""

from __future__ import annotations

from collections.abc import Callable

from providers import registry
from providers.base import Letter, Receipt, Sender
from providers.smtp import sender as smtp


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


def cloud(provider: str, settings: object, reach: smtp.Reach = lambda _: None) -> Sender:
    """Sends as an account of that provider; loaded late, because the libraries are large."""
    spec = registry.loaded(provider)
    if spec.foreign:
        foreign: Sender = registry.made(spec, spec.sender, settings)
        return foreign
    own: Sender = registry.resolve(spec.sender)(settings, reach)
    return own
