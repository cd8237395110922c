"""Tells whether mails are copies of one: equal in all that is read of them, wherever they lie and however they came."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from agent.decide.machines.carriers import answers_nobody, told_headers
from providers.base import Address, Mail


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
