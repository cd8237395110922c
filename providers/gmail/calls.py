"""The part of Gmail's API that is used, as the client library makes it out of Google's document; never a request."""

from __future__ import annotations

from typing import Protocol


class GmailCall(Protocol):
    """A request that has not been made yet."""

    def execute(self, *, http: object, num_retries: int) -> object:
        """Make it; the answer as JSON."""


class Attachments(Protocol):
    """Parts that an answer left out."""

    def get(self, **wanted: object) -> GmailCall:
        """One part."""


class Messages(Protocol):
    """Mails."""

    def list(self, **wanted: object) -> GmailCall:
        """Their ids."""

    def get(self, **wanted: object) -> GmailCall:
        """One mail."""

    def attachments(self) -> Attachments:
        """What belongs to mails."""


class Threads(Protocol):
    """Threads."""

    def get(self, **wanted: object) -> GmailCall:
        """All mails of one."""


class Listing(Protocol):
    """What is only ever listed: labels, history, aliases."""

    def list(self, **wanted: object) -> GmailCall:
        """All of it."""


class Settings(Protocol):
    """What a person set in their mailbox."""

    def getVacation(self, **wanted: object) -> GmailCall:  # noqa: N802 (Google's name)
        """The vacation responder."""

    def sendAs(self) -> Listing:  # noqa: N802 (Google's name)
        """The addresses they may send as."""


class DraftCalls(Protocol):
    """Drafts."""

    def list(self, **wanted: object) -> GmailCall:
        """Their ids."""

    def get(self, **wanted: object) -> GmailCall:
        """One draft."""

    def create(self, **wanted: object) -> GmailCall:
        """A new one."""

    def update(self, **wanted: object) -> GmailCall:
        """Other words in its place."""

    def delete(self, **wanted: object) -> GmailCall:
        """No draft any more."""

    def send(self, **wanted: object) -> GmailCall:
        """Spend it."""


class Users(Protocol):
    """Everything of one mailbox."""

    def messages(self) -> Messages:
        """Its mails."""

    def threads(self) -> Threads:
        """Its threads."""

    def drafts(self) -> DraftCalls:
        """Its drafts."""

    def labels(self) -> Listing:
        """Its labels."""

    def history(self) -> Listing:
        """What happened in it."""

    def settings(self) -> Settings:
        """What is set in it."""

    def getProfile(self, **wanted: object) -> GmailCall:  # noqa: N802 (Google's name)
        """Whose it is."""
