"""Judges a mailbox file or one mail without config, account or store; reads only, and nothing leaves the machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from agent.decide.threads import Thread, gather
from agent.decide.values import Me
from agent.errors import UsageError
from providers.archive import ArchiveMailbox
from providers.base import Mail, Refused
from providers.mime import parse

MOST_BYTES = 64 * 1024 * 1024


def read_file(file: Path) -> Mail:
    """One mail from an .eml file."""
    if not file.is_file():
        raise UsageError(
            f"There is no file {file}.", hint="Save a mail as .eml from your mail program and name it here."
        )
    if file.stat().st_size > MOST_BYTES:
        raise UsageError(f"{file} is larger than any mail.", hint="Name a single mail, not a mailbox.")
    raw = file.read_bytes()
    if not raw.strip():
        raise UsageError(f"{file} is empty.", hint="Save the mail again.")
    return parse(raw, key=file.name)


def read_archive(path: Path, progress: object = None) -> Iterator[Mail]:
    """Every mail of an mbox file or a Maildir."""
    try:
        mailbox = ArchiveMailbox(path)
    except Refused as problem:
        raise UsageError(str(problem)) from None
    for page in mailbox.changes(""):
        if callable(progress):
            progress(page.done, page.total)
        yield from page.mails


def threads_of(path: Path, progress: object = None) -> list[Thread]:
    """All threads of an archive."""
    return gather(read_archive(path, progress))


def me_from(addresses: Iterable[str], name: str = "", zone: str = "UTC") -> Me:
    """The person whose mailbox it is."""
    kept = tuple(address.strip() for address in addresses if address.strip())
    wrong = [address for address in kept if "@" not in address]
    if wrong:
        raise UsageError(f"{wrong[0]!r} is no address.", hint="Write --me in full, such as --me sam@example.org.")
    return Me(name=name, addresses=kept, zone=zone)
