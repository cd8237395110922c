"""Mails and letters for the tests of the providers; never one that was really sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from providers.base import Address, Letter
from providers.kits import Committed
from providers.mail.freeze import Sheet, dated, freeze, identify

__all__ = ["ANN", "SAM", "START", "Committed", "incoming", "letter"]
SAM = "sam@example.org"
ANN = "ann@acme.example"
START = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def incoming(
    number: int = 1,
    *,
    subject: str = "The offer",
    sender: str = ANN,
    to: str = SAM,
    extra: str = "",
    body: str = "Hello",
) -> bytes:
    """A mail as bytes; a later number is a later mail."""
    date = (START + timedelta(minutes=number)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    head = f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {date}\r\nMessage-ID: <mail{number}@acme.example>\r\n{extra}"
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{body} {number}\r\n".encode()


def letter(
    *, about: str = "", subject: str = "The offer", body: str = "Did you have time to look at it?", sender: str = SAM,
    thread: str = "", reply_key: str = "", intent: str = "one", to: tuple[str, ...] = (ANN,), cc: tuple[str, ...] = (),
) -> Letter:  # fmt: skip
    """A follow-up to the mail with the Message-ID `about`."""
    token, message_id = identify("00" * 32, intent, "example.org")
    sheet = Sheet(
        Address(sender, "Sam Okafor"), tuple(Address(one) for one in to), f"Re: {subject}" if about else subject, body, message_id,
        token, tuple(Address(one) for one in cc), about, (about,) if about else (),
    )  # fmt: skip
    return Letter(
        message_id, token, sender, sheet.envelope, dated(freeze(sheet), START + timedelta(days=3)), thread, reply_key
    )
