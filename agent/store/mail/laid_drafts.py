"""Which drafts of ours lie in a mailbox, by follow-up; never a word of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from msgspec import json
from sqlalchemy import Connection

from agent.decide.plans.remote import Was
from agent.store.base import settings
from agent.store.base.engine import Change

START = "lying:"
WITHOUT = "no-drafts-folder:"
MOST_DIGESTS = 20
"""Versions of one draft that are recognised as ours when they turn up in the mailbox."""


@dataclass(frozen=True, slots=True)
class LaidDraft:
    """One draft in one mailbox."""

    followup: int
    account: int
    token: str
    message_id: str
    since: datetime
    """When it was laid."""
    was: Was = Was.LAYING
    key: str = ""
    version: int = 0
    digests: tuple[str, ...] = ()
    """Of everything we know to have lain there, what should lie there last."""
    missed: datetime | None = None
    adopted: bool = False
    """The words are the person's, written in the mailbox."""
    theirs: bool = False
    """The person changed whom it goes to: only they may change it now."""

    @property
    def current(self) -> str:
        return self.digests[-1] if self.digests else ""


KEPT = json.Decoder(LaidDraft)


def everything(connection: Connection) -> dict[int, LaidDraft]:
    """All of them by the number of their follow-up."""
    kept = (_read(text) for text in settings.starting_with(connection, START).values())
    return {one.followup: one for one in kept}


def of(connection: Connection, followup: int) -> LaidDraft | None:
    """The draft of a follow-up."""
    text = settings.get(connection, f"{START}{followup}")
    return _read(text) if text else None


def keep(change: Change, one: LaidDraft) -> None:
    """Remember it as it is now."""
    values = {**asdict(one), "digests": one.digests[-MOST_DIGESTS:]}
    settings.put(change, f"{START}{one.followup}", json.encode(values).decode())


def drop(change: Change, followup: int) -> None:
    """Forget it."""
    settings.drop(change, f"{START}{followup}")


def note_folder(change: Change, account: str, *, there: bool) -> None:
    """Whether an account has a folder to lay drafts in."""
    if there:
        settings.drop(change, f"{WITHOUT}{account}")
    else:
        settings.put(change, f"{WITHOUT}{account}", "1")


def without_folder(connection: Connection) -> list[str]:
    """Accounts that had none at the last look."""
    return sorted(name.removeprefix(WITHOUT) for name in settings.starting_with(connection, WITHOUT))


def names(connection: Connection) -> frozenset[str]:
    """By what the mails of these drafts are known: their keys and their Message-IDs."""
    return frozenset(name for one in everything(connection).values() for name in (one.key, one.message_id) if name)


def _read(text: str) -> LaidDraft:
    return KEPT.decode(text)
