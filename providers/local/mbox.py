"""Where the mails of an mbox file lie, and their bytes; it reads a block at a time and never changes the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO

from providers.mail.mime import MOST_RAW

BLOCK = 1024 * 1024
"""One read of the file: memory stays small, however large the file is."""
LONGEST_SEPARATOR, BEFORE = 512, 3
"""The most bytes of a separator line, and how many before it tell that it follows an empty one."""
FROM_LINE = re.compile(rb"From [^\r\n]{0,400}(?:\d\d:\d\d|\d{4})[^\r\n]{0,80}\r?\n")
QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)
HEADER = re.compile(rb"(?:From |[!-9;-~]{1,76}:)")
PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"(\xb5/\xfd")
Place = tuple[int, int]
"""Where something begins and ends."""


def unlike(path: Path) -> str:
    """Why a file cannot be a mailbox, by how it begins; empty for one that may be, an empty one too."""
    with path.open("rb") as file:
        head = file.read(BLOCK).lstrip(b"\r\n \xef\xbb\xbf")
    if head.startswith(PACKED):
        return f"{path} is packed. Unpack it and give the mbox file that was in it."
    if head and not HEADER.match(head):
        return f"{path} is no mbox file: it does not begin with a mail. Give an mbox file or a Maildir."
    return ""


def places(path: Path) -> list[Place]:
    """The mails between `From ` lines that follow an empty line and look like a separator."""
    found: list[Place] = []
    begin = 0
    with path.open("rb") as file:
        for place, behind in separators(file):
            found.append((begin, place))
            begin = behind
        found.append((begin, file.seek(0, 2)))
        if not _read(file, found[0]).strip(b"\r\n"):
            del found[0]
        if found and not _read(file, found[-1]).strip():
            del found[-1]
    return [(begin, end) for begin, end in found if begin < end]


def letters(path: Path, wanted: Iterable[Place]) -> Iterator[bytes]:
    """The bytes of these mails, with the quoting of their `From ` lines undone."""
    with path.open("rb") as file:
        for place in wanted:
            raw = _read(file, place)
            # The empty line in front of a separator is no part of the mail.
            if raw in (b"\n", b"\r\n") or raw.endswith((b"\n\n", b"\n\r\n")):
                raw = raw.removesuffix(b"\n").removesuffix(b"\r")
            yield QUOTED_FROM.sub(rb"\1", raw) if b"\n>" in raw else raw


def heads(path: Path, most: int) -> Iterator[tuple[int, bytes]]:
    """Where each mail begins, and its first bytes."""
    begin = 0
    with path.open("rb") as file, path.open("rb") as ahead:
        size = file.seek(0, 2)
        for place, behind in chain(separators(ahead), [(size, size)]):
            if begin < place:
                yield begin, _read(file, (begin, min(place, begin + most)))
            begin = behind


def _read(file: IO[bytes], place: Place) -> bytes:
    """What is there; of something far too large its first lines."""
    begin, end = place
    file.seek(begin)
    raw = file.read(min(end - begin, MOST_RAW + BLOCK))
    return raw if len(raw) == end - begin else raw[: raw.rfind(b"\n") + 1]


def separators(file: IO[bytes]) -> Iterator[Place]:
    """The lines between mails."""
    held, start, final = b"", 0, False
    while not final:
        block = file.read(BLOCK)
        final = len(block) < BLOCK
        held += block
        for begin in _begins(held, start, len(held) if final else len(held) - LONGEST_SEPARATOR):
            line = FROM_LINE.match(held, begin)
            if line and (start + begin == 0 or _after_empty(held, begin)):
                yield start + begin, start + line.end()
        kept = max(0, len(held) - LONGEST_SEPARATOR - BEFORE)
        held, start = held[kept:], start + kept


def _begins(held: bytes, start: int, most: int) -> Iterator[int]:
    """Lines with `From `; what stands in the last bytes of a block is looked at with the next one."""
    if start == 0:
        yield 0
    at = held.find(b"\nFrom ", BEFORE - 1 if start else 0)
    while 0 <= at < most:
        yield at + 1
        at = held.find(b"\nFrom ", at + 1)


def _after_empty(held: bytes, begin: int) -> bool:
    before = held[max(0, begin - BEFORE) : begin]
    return before.endswith((b"\n\n", b"\n\r\n")) or before in (b"\n", b"\r\n")
