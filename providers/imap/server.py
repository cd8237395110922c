"""What a server is asked beside mails: its folders, their state, and what changed; holds nothing between calls."""

from __future__ import annotations

import re
from dataclasses import dataclass

from providers.base import Role, Unreachable
from providers.folders import Folder, with_roles
from providers.imap.gmail_labels import readable
from providers.imap.letter import fetched, flags, marked
from providers.imap.wire import Atom, Chunks, Literal, Wire, quoted, require, tokens, uid_list, uid_set

EXISTS = re.compile(rb"\* (\d{1,10}) EXISTS", re.IGNORECASE)
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
    return with_roles(_listed(wire.run(*listing(capabilities))))


def with_inbox(listed: list[Folder]) -> list[Folder]:
    """The same folders. Every mailbox has an INBOX, so a list without it is not the whole list."""
    if not any(one.role is Role.INBOX for one in listed):
        raise Unreachable("The mail server named no INBOX among its folders. It will be asked again.")
    return listed


def listing(capabilities: frozenset[str], returns: bytes = b"") -> tuple[bytes, ...]:
    """The command that lists all folders."""
    extended = "SPECIAL-USE" in capabilities and "LIST-EXTENDED" in capabilities
    wanted = b" ".join(one for one in (b"SPECIAL-USE" if extended else b"", returns) if one)
    return (b"LIST", b'""', b'"*"', *((b"RETURN", b"(" + wanted + b")") if wanted else ()))


def _listed(answers: list[Chunks]) -> list[tuple[frozenset[bytes], bytes, str]]:
    found = []
    for chunks in answers:
        answer = tokens(chunks)
        if len(answer) >= 5 and answer[1] == b"LIST" and isinstance(answer[2], list) and isinstance(answer[4], bytes):
            marks = frozenset(one.lower() for one in answer[2] if isinstance(one, bytes))
            found.append((marks, answer[4], readable(answer[4])))
    return found


def survey(wire: Wire, capabilities: frozenset[str]) -> tuple[list[Folder], dict[str, State]]:
    """All folders, and the state of each as far as one question and one answer can tell it."""
    with_states = b"STATUS " + numbers(capabilities) if "LIST-STATUS" in capabilities else b""
    # An open folder would be told as old as its last answer; nothing may be open, so its verdict does not matter.
    leave = b"UNSELECT" if "UNSELECT" in capabilities else b"NOOP"
    _, answers = wire.run_all([(leave,), listing(capabilities, with_states)])
    wire.selected = ""
    require(answers[-1])
    folders = with_roles(_listed(answers))
    told = dict(one for one in map(_status, answers) if one is not None)
    return folders, {one.ident: _state(told[one.wire]) for one in folders if one.wire in told}


def numbers(capabilities: frozenset[str]) -> bytes:
    """What is asked of each folder."""
    return b"(MESSAGES UIDNEXT UIDVALIDITY%s)" % (b" HIGHESTMODSEQ" if "CONDSTORE" in capabilities else b"")


def states(wire: Wire, folders: list[Folder], capabilities: frozenset[str]) -> dict[str, State]:
    """The state of every folder, asked for in one go."""
    asked = [(one.ident, (b"STATUS", quoted(one.wire), numbers(capabilities))) for one in folders]
    simple = [one for one in asked if not isinstance(one[1][1], Literal)]
    answers = dict(zip([ident for ident, _ in simple], wire.run_all([words for _, words in simple]), strict=True))
    answers |= {ident: wire.run(*words) for ident, words in asked if isinstance(words[1], Literal)}
    found: dict[str, State] = {}
    for ident, chunks in answers.items():
        require(chunks[-1])
        told = [one for one in map(_status, chunks) if one is not None]
        if told:
            found[ident] = _state(told[-1][1])
    return found


def _status(chunks: Chunks) -> tuple[bytes, list[Atom]] | None:
    """The folder a STATUS is about, and what it says of it."""
    answer = tokens(chunks)
    if len(answer) <= 3 or answer[1] != b"STATUS":
        return None
    name, pairs = answer[2:4]
    return (name, pairs) if isinstance(name, bytes) and isinstance(pairs, list) else None


def _state(pairs: list[Atom]) -> State:
    known = [(name, value) for name, value in zip(pairs[::2], pairs[1::2], strict=False) if isinstance(value, bytes)]
    said = {name.upper(): int(value) for name, value in known if isinstance(name, bytes) and value.isdigit()}
    if b"UIDVALIDITY" not in said:
        raise Unreachable("The mail server does not number its mails. It will be tried again.")
    return State(said[b"UIDVALIDITY"], said.get(b"UIDNEXT", 0), said.get(b"MESSAGES", 0), said.get(b"HIGHESTMODSEQ", 0))


def select(wire: Wire, folder: Folder, *, write: bool = False) -> dict[bytes, int]:
    """Open a folder, for reading only unless told otherwise; returns its numbers."""
    said: dict[bytes, int] = {}
    wire.selected = ""
    for chunks in wire.run(b"SELECT" if write else b"EXAMINE", quoted(folder.wire)):
        code = CODE.search(chunks[0])
        if code:
            said[code[1].upper()] = int(code[2])
    wire.selected = folder.ident
    return said


def opened(wire: Wire, folder: Folder) -> int:
    """Open a folder anew; how many mails the server says are in it."""
    found, wire.selected = 0, ""
    for chunks in wire.run(b"EXAMINE", quoted(folder.wire)):
        if (said := EXISTS.fullmatch(chunks[0].strip())) is not None:
            found = int(said[1])
    wire.selected = folder.ident
    return found


def all_uids(wire: Wire, low: int, high: int) -> list[int]:
    """The UIDs there are from low to below high."""
    found: list[int] = []
    for chunks in wire.run(b"UID SEARCH UID", b"%d:%d" % (low, max(low, high - 1))):
        if chunks[0].upper().startswith(b"* SEARCH"):
            found.extend(int(one) for one in chunks[0].split()[2:] if one.isdigit())
    return sorted(uid for uid in set(found) if low <= uid < high)


@dataclass(frozen=True, slots=True)
class Changed:
    """What happened to known mails."""

    flags: dict[int, tuple[frozenset[str], tuple[bytes, ...] | None]]
    """Flags, and the labels where the server has labels, by UID."""
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
    return Changed(_flags(wire.run(b"UID FETCH", uid_set(uids), b"(FLAGS)"), 2**63) if uids else {}, ())


def _flags(answers: list[Chunks], below: int) -> dict[int, tuple[frozenset[str], tuple[bytes, ...] | None]]:
    found: dict[int, tuple[frozenset[str], tuple[bytes, ...] | None]] = {}
    for chunks in answers:
        items = fetched(chunks)
        uid = items.get(b"UID")
        if isinstance(uid, bytes) and uid.isdigit() and int(uid) < below and b"FLAGS" in items:
            found[int(uid)] = (flags(items[b"FLAGS"]), marked(items))
    return found
