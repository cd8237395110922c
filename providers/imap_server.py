"""What a server is asked beside mails: its folders, their state, and what changed; holds nothing between calls."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from imapclient.imap_utf7 import decode as from_utf7

from providers.base import Refused, Unreachable
from providers.folders import Folder, with_roles
from providers.imap_letter import fetched, flags
from providers.imap_wire import Chunks, Wire, quoted, tokens, uid_list

CODE = re.compile(rb"\[(UIDVALIDITY|UIDNEXT|HIGHESTMODSEQ) (\d+)\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class State:
    """What a server says of a folder."""

    validity: int
    next: int
    count: int
    modseq: int


def list_folders(wire: Wire, capabilities: frozenset[str]) -> list[Folder]:
    """All selectable folders with their roles."""
    extended = "SPECIAL-USE" in capabilities and "LIST-EXTENDED" in capabilities
    end = (b"RETURN", b"(SPECIAL-USE)") if extended else ()
    listed = []
    for chunks in wire.run(b"LIST", b'""', b'"*"', *end):
        answer = tokens(chunks)
        if len(answer) >= 5 and answer[1] == b"LIST" and isinstance(answer[2], list) and isinstance(answer[4], bytes):
            marks = frozenset(one.lower() for one in answer[2] if isinstance(one, bytes))
            listed.append((marks, answer[4], readable(answer[4])))
    return with_roles(listed)


def readable(wire: bytes) -> str:
    """A folder name out of modified UTF-7."""
    try:
        return str(from_utf7(wire))
    except (ValueError, LookupError):
        return wire.decode("latin-1")


def states(wire: Wire, folders: list[Folder], capabilities: frozenset[str]) -> dict[str, State]:
    """The state of every folder, asked for in one go."""
    items = b"(MESSAGES UIDNEXT UIDVALIDITY%s)" % (b" HIGHESTMODSEQ" if "CONDSTORE" in capabilities else b"")
    found: dict[str, State] = {}
    for folder in folders:
        for chunks in wire.run(b"STATUS", quoted(folder.wire), items):
            answer = tokens(chunks)
            if len(answer) > 3 and answer[1] == b"STATUS" and isinstance(answer[3], list):
                found[folder.ident] = _state(answer[3])
    return found


def _state(pairs: list[Any]) -> State:
    said = {name.upper(): int(value) for name, value in zip(pairs[::2], pairs[1::2], strict=False) if value.isdigit()}
    if b"UIDVALIDITY" not in said:
        raise Unreachable("The mail server does not number its mails. It will be tried again.")
    return State(said[b"UIDVALIDITY"], said.get(b"UIDNEXT", 0), said.get(b"MESSAGES", 0), said.get(b"HIGHESTMODSEQ", 0))


def select(wire: Wire, folder: Folder, *, write: bool = False) -> dict[bytes, int]:
    """Open a folder, for reading only unless told otherwise; returns its numbers."""
    said: dict[bytes, int] = {}
    for chunks in wire.run(b"SELECT" if write else b"EXAMINE", quoted(folder.wire)):
        code = CODE.search(chunks[0])
        if code:
            said[code[1].upper()] = int(code[2])
    return said


def all_uids(wire: Wire, low: int, high: int) -> list[int]:
    """The UIDs there are from low to below high."""
    found: list[int] = []
    for chunks in wire.run(b"UID SEARCH UID", b"%d:%d" % (low, max(low, high - 1))):
        if chunks[0].upper().startswith(b"* SEARCH"):
            found.extend(int(one) for one in chunks[0].split()[2:] if one.isdigit())
    return sorted(uid for uid in set(found) if low <= uid < high)


def leave(wire: Wire, capabilities: frozenset[str]) -> None:
    """Close the open folder without touching it: its STATUS would be as old as its last answer."""
    try:
        wire.run(b"UNSELECT" if "UNSELECT" in capabilities else b"NOOP")
    except Refused:
        # Nothing was open.
        return


@dataclass(frozen=True, slots=True)
class Changed:
    """What happened to known mails."""

    flags: dict[int, tuple[frozenset[str], tuple[bytes, ...]]]
    gone: tuple[int, ...]


def changed_since(wire: Wire, below: int, modseq: int, *, vanished: bool, labels: bool) -> Changed:
    """Flags changed since a mod-sequence, and with QRESYNC the mails that are gone."""
    items = b"(FLAGS X-GM-LABELS)" if labels else b"(FLAGS)"
    since = b"(CHANGEDSINCE %d%s)" % (modseq, b" VANISHED" if vanished else b"")
    gone: list[int] = []
    answers: list[Chunks] = []
    for chunks in wire.run(b"UID FETCH", b"1:%d" % max(1, below - 1), items, since):
        if chunks[0].upper().startswith(b"* VANISHED"):
            gone.extend(uid for uid in uid_list(chunks[0].split()[-1]) if uid < below)
        else:
            answers.append(chunks)
    return Changed(_flags(answers, below), tuple(gone))


def recent_flags(wire: Wire, uids: list[int]) -> Changed:
    """The flags of these mails, for servers that do not number changes."""
    from providers.imap_wire import uid_set

    return Changed(_flags(wire.run(b"UID FETCH", uid_set(uids), b"(FLAGS)"), 2**63) if uids else {}, ())


def _flags(answers: list[Chunks], below: int) -> dict[int, tuple[frozenset[str], tuple[bytes, ...]]]:
    found = {}
    for chunks in answers:
        items = fetched(chunks)
        uid = items.get(b"UID")
        if isinstance(uid, bytes) and uid.isdigit() and int(uid) < below and b"FLAGS" in items:
            marks = tuple(one for one in items.get(b"X-GM-LABELS") or () if isinstance(one, bytes))
            found[int(uid)] = (flags(items[b"FLAGS"]), marks)
    return found
