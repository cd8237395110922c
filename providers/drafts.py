"""What makes two drafts the same; never looks at anything but their words, subject and recipients."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from providers.base import Draft, Mail
from providers.mail import mime

SPACES = re.compile(r"[ \t\u00a0]+")
MARKER = "x-relance-id"


def mark(text: str, subject: str, recipients: Iterable[str]) -> str:
    """SHA-256 of what a person can change: mail programs re-wrap lines and touch white space, which is no edit."""
    parts = (flat(text), flat(subject), *ordered(recipients))
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()


def mark_of_bytes(raw: bytes) -> str:
    """The mark of a letter as it is about to lie there."""
    return as_draft("", mime.parse(raw)).digest


def as_draft(key: str, mail: Mail) -> Draft:
    """A mail that lies in Drafts as a value."""
    recipients = ordered(address.email for address in mail.recipients)
    token = mail.header(MARKER)
    return Draft(key, mail.message_id, token, mark(mail.text, mail.subject, recipients), mail.text, recipients)


def carries(draft: Draft, token: str) -> bool:
    """Whether a draft is ours: by its marker, or by the Message-ID where a mail program dropped the marker."""
    return bool(token) and (draft.token == token or draft.message_id.startswith(f"<{token}@"))


def ordered(addresses: Iterable[str]) -> tuple[str, ...]:
    """To compare by."""
    return tuple(sorted({address.lower() for address in addresses}))


def flat(text: str) -> str:
    """The words alone."""
    return " ".join(SPACES.sub(" ", unicodedata.normalize("NFC", text)).split())
