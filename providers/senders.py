"""The write-only side of every provider; the outbox alone may import it, and nothing here tries twice."""

from __future__ import annotations

from collections.abc import Callable

from providers import registry
from providers.base import Letter, NotSent, Receipt, Sender, Unknown
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


class ForeignSender:
    """A sender of another package, held to its word: what left without the commit must never be tried again."""

    def __init__(self, package: str, sender: Sender) -> None:
        self._package = package
        self._sender = sender

    def send(self, letter: Letter, commit: Callable[[], None]) -> Receipt:
        """One attempt."""
        smtp.envelope(letter)
        passed: list[bool] = []

        def asked() -> None:
            commit()
            passed.append(True)

        receipt = self._sender.send(letter, asked)
        if not passed:
            raise NotSent(
                f"The package {self._package} did not wait for leave to send: look into Sent, and use it no longer.",
                permanent=True,
            )
        if not isinstance(receipt, Receipt):
            raise Unknown(f"The package {self._package} gave no receipt.")
        return receipt


def cloud(provider: str, settings: object, reach: smtp.Reach = lambda _: None) -> Sender:
    """Sends as an account of that provider; loaded late, because the libraries are large."""
    spec = registry.loaded(provider)
    if spec.foreign:
        return ForeignSender(f"{spec.package} {spec.version}", registry.made(spec, spec.sender, settings))
    own: Sender = registry.resolve(spec.sender)(settings, reach)
    return own
