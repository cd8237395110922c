"""What Gmail's labels say over IMAP, in the words of every other mailbox; asks the server nothing."""

from __future__ import annotations

from collections.abc import Iterable

from imapclient.imap_utf7 import decode

from providers.base import Role

EXTENSION = "X-GM-EXT-1"
ROLES = ((b"\\draft", Role.DRAFTS), (b"\\drafts", Role.DRAFTS), (b"\\sent", Role.SENT), (b"\\inbox", Role.INBOX))
FLAGS = {b"\\draft": "draft", b"\\drafts": "draft", b"\\starred": "flagged", b"\\sent": "sent"}


def role_of(folder: Role, marks: Iterable[bytes]) -> Role:
    """The most telling label decides; what was thrown away stays there."""
    if folder in (Role.TRASH, Role.JUNK):
        return folder
    lower = {mark.lower() for mark in marks}
    return next((role for mark, role in ROLES if mark in lower), Role.ARCHIVE)


def flags_of(marks: Iterable[bytes]) -> frozenset[str]:
    """The flags that are labels here."""
    return frozenset(FLAGS[mark.lower()] for mark in marks if mark.lower() in FLAGS)


def labels_of(marks: Iterable[bytes]) -> tuple[str, ...]:
    """The names of the person's own labels."""
    return tuple(sorted(readable(mark) for mark in marks if not mark.startswith(b"\\")))


def readable(wire: bytes) -> str:
    """A name out of modified UTF-7."""
    try:
        return str(decode(wire))
    except (ValueError, LookupError):
        return wire.decode("latin-1")
