"""Tells whether mails are copies of one: equal in all that is read of them, wherever they lie and however they came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

from providers.base import Address, Mail
from providers.mail.delivery import TRACES

UNREAD = frozenset((
    *TRACES, "x-spam-flag", "x-spam-status", "x-gmail-labels", "x-gm-thrid", "x-mozilla-status", "x-status", "status",
    "x-forwarded-to", "x-forwarded-for", "thread-topic", "thread-index",
))  # fmt: skip
"""What servers and mail programs write into the copy they keep. Nobody may read the meaning of a mail of others in it,
or a copy with other values could take the place of the mail."""


def told_headers(mail: Mail) -> Mapping[str, Sequence[str]]:
    """The headers that may tell what a mail is."""
    return {name: values for name, values in mail.headers.items() if name not in UNREAD}


def answers_nobody(mail: Mail) -> bool:
    """Whether it came without an address to return it to, as reports and automatic replies do."""
    return mail.header("return-path").strip() == "<>"


def fingerprint(mail: Mail) -> str:
    """Equal where all is equal that anybody reads of a mail.

    A mail differs from its copies by folder, key, flags, labels and arrival, and by nothing else.
    """
    read = (
        mail.origin.value, mail.message_id, mail.date.isoformat() if mail.date else "", _pairs([mail.sender]),
        _pairs(mail.to), _pairs(mail.cc), _pairs(mail.bcc), _pairs(mail.reply_to), mail.subject, mail.in_reply_to,
        mail.references, sorted((name, tuple(values)) for name, values in told_headers(mail).items()),
        answers_nobody(mail), mail.text, [(part.content_type, part.text, part.name) for part in mail.parts],
        [(file.name, file.content_type, file.size) for file in mail.attachments], mail.failed, mail.problem,
        mail.half_read,
        *_unclear(mail),
    )  # fmt: skip
    return sha256(repr(read).encode()).hexdigest()


def _unclear(mail: Mail) -> tuple[tuple[str, ...], ...]:
    """Nothing for all but a few, so that what is named by a fingerprint keeps its name."""
    return tuple(filter(None, (mail.possible_writers and ("from", *mail.possible_writers), mail.possible_recipients)))


def _pairs(addresses: Sequence[Address | None]) -> list[tuple[str, str]]:
    return [(address.email, address.name) for address in addresses if address is not None]
