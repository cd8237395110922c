"""Joins mails into threads by their references alone; never by subject and never by guess."""

from __future__ import annotations

from dataclasses import dataclass

from providers.base import Mail


@dataclass(frozen=True, slots=True)
class Thread:
    """Mails that reference each other. One mail per Message-ID, oldest first; unsent drafts lie apart."""

    key: str
    """The Message-ID at the root, also when that mail itself is not in the mailbox."""
    mails: tuple[Mail, ...]
    drafts: tuple[Mail, ...] = ()
