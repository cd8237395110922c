"""An mbox file or a Maildir as a mailbox; read only, streaming, and it never follows a link out of the folder."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

from providers.base import Capabilities, Found, Mail, Page, Refused, Role, Sweep
from providers.folders import role_of_name
from providers.local import mbox
from providers.mail.delivery import TRACES
from providers.mail.mime import MOST_RAW, Where, read_whole

PAGE = 200
"""Mails of one step, as with a server."""
MBOX = "mbox/"
MBOX_FLAGS = {"R": "seen", "A": "answered", "F": "flagged", "T": "draft"}
MAILDIR_FLAGS = {"S": "seen", "R": "answered", "D": "draft", "F": "flagged", "T": "deleted", "P": "passed"}
EXPORTED = re.compile(rb"(?:X-GM-THRID: \d{1,30}\r?\n)?X-Gmail-Labels:", re.IGNORECASE)
"""An export writes its labels above everything else; further down they are the sender's own words."""
TRAVELLED = re.compile(rb"(?im)^(?:%s)[ \t]{0,9}:" % "|".join(TRACES).encode())
MOST_HEAD = 256 * 1024
"""As much of a header as is read of any mail (MOST_BYTES of `mail/headers.py`)."""
LABEL_ROLES = (
    ("drafts", Role.DRAFTS), ("sent", Role.SENT), ("spam", Role.JUNK), ("trash", Role.TRASH), ("inbox", Role.INBOX),
)  # fmt: skip
Located = tuple[str, str, Role, frozenset[str], bytes, bool, bool]
"""Key, folder, role, flags, bytes; whether its labels are an export's, and whether its place says that it was sent."""
Spot = tuple[bytes, int, int]
"""The file a mail lies in, and where; the whole file in a Maildir."""


class ArchiveMailbox:
    """A mailbox that lies in a file or folder."""

    capabilities = Capabilities()

    def __init__(self, path: Path) -> None:
        self._path = path
        if not path.exists():
            raise Refused(f"There is no mailbox at {path}. Give the path of an mbox file or a Maildir.")
        self._is_folder = path.is_dir()
        if self._is_folder and not list(_maildirs(path)):
            raise Refused(f"{path} is no Maildir: it has no cur or new folder. Give an mbox file or a Maildir.")
        if not self._is_folder and (problem := mbox.unlike(path)):
            raise Refused(problem)

    def changes(self, cursor: str) -> Iterator[Page]:
        """Everything there is, once; again after the files have changed."""
        state = self._state()
        if cursor and _stored(cursor) == state:
            return
        done = 0
        held: list[Mail] = []
        swept = (Sweep("", "archive/none/"),) if cursor else ()
        for located in self._mails():
            held.append(_mail(located))
            if len(held) == PAGE:
                done += PAGE
                yield Page(_cursor("unfinished"), tuple(held), swept=swept, done=done)
                held, swept = [], ()
        yield Page(_cursor(state), tuple(held), swept=swept, done=done + len(held), total=done + len(held))

    def spots(self) -> list[Spot]:
        """Where every mail lies, in the order of `changes`; any of them can be read by itself."""
        if self._is_folder:
            return [(os.fsencode(file), 0, 0) for file in _files(self._path)]
        name = os.fsencode(self._path)
        return [(name, begin, end) for begin, end in mbox.places(self._path)]

    def read(self, spots: Sequence[Spot]) -> list[Mail]:
        """The mails at these spots; copies are numbered among these alone."""
        if self._is_folder:
            return [_mail(_in_folder(self._path, Path(os.fsdecode(file)))) for file, *_ in spots]
        places = [(begin, end) for _, begin, end in spots]
        return [_mail(located) for located in _in_file(self._path, places)]

    def raw(self, key: str) -> bytes:
        """The bytes of one mail."""
        for located in self._mails():
            if located[0] == key:
                return located[4]
        raise Refused("That mail is no longer in the archive.")

    def find_token(self, token: str, since: str) -> Found | None:  # noqa: ARG002
        """Our own letter among the mails sent."""
        for located in self._mails():
            mail = _mail(located)
            if mail.role is Role.SENT and token and token in (mail.message_id, mail.header("x-relance-id")):
                return Found(mail.key, mail.message_id, mail.role, mail.received)
        return None

    def close(self) -> None:
        """Nothing is held open."""

    def _mails(self) -> Iterator[Located]:
        if self._is_folder:
            return (_in_folder(self._path, file) for file in _files(self._path))
        return _in_file(self._path, mbox.places(self._path))

    def _state(self) -> str:
        files = sorted(_files(self._path)) if self._is_folder else [self._path]
        digest = hashlib.sha256()
        for file in files:
            seen = file.stat()
            digest.update(f"{file.name}\0{seen.st_size}\0{0 if self._is_folder else seen.st_mtime_ns}\n".encode())
        return digest.hexdigest()[:24]


def _cursor(state: str) -> str:
    return json.dumps({"v": 1, "state": state})


def _stored(cursor: str) -> str:
    try:
        return str(json.loads(cursor)["state"])
    except (ValueError, KeyError, TypeError):
        return ""


def _mail(located: Located) -> Mail:
    key, folder, role, flags, raw, exported, filed = located
    mail = read_whole(raw, Where(key, None, folder, role, flags, size=len(raw)))
    status = mail.header("status") + mail.header("x-status")
    more = {flag for letter, flag in MBOX_FLAGS.items() if letter in status}
    labels = tuple(one.strip() for one in mail.header("x-gmail-labels").split(",") if one.strip()) if exported else ()
    hint = mail.header("x-gm-thrid") if exported else ""
    if "sent" in (label.lower() for label in labels) or filed:
        more.add("sent")
    if not (more or labels or hint):
        return mail
    return replace(mail, role=_role(role, labels), flags=flags | more, labels=labels, thread_hint=hint)


def delivered(raw: bytes) -> bool:
    """Whether a server brought it here: every one of them writes that down, and no sender can take it out."""
    head = raw[:MOST_HEAD].partition(b"\r\n\r\n")[0].partition(b"\n\n")[0]
    return len(raw) > MOST_HEAD == len(head) or TRAVELLED.search(head) is not None


def _role(role: Role, labels: tuple[str, ...]) -> Role:
    lower = {label.lower() for label in labels}
    if not lower:
        return role
    return next((found for name, found in LABEL_ROLES if name in lower), Role.ARCHIVE)


def renumbered(mails: Iterable[Mail]) -> Iterator[Mail]:
    """Mails that were read in several pieces, with their copies numbered as if they had been read in one."""
    seen: dict[str, int] = {}
    for mail in mails:
        identity = mail.key.rpartition("/")[0] if mail.key.startswith(MBOX) else mail.key
        seen[identity] = number = seen.get(identity, 0) + 1
        right = f"{identity}/{number}"
        yield mail if number == 1 or mail.key in (identity, right) else replace(mail, key=right)


def _in_file(path: Path, places: Sequence[mbox.Place]) -> Iterator[Located]:
    role, state = role_of_name(path.stem) or Role.INBOX, path.stat()
    version = (state.st_size, state.st_mtime_ns)
    seen: dict[str, int] = {}
    for (begin, _), raw in zip(places, mbox.letters(path, places), strict=True):
        exported = bool(EXPORTED.match(raw)) and _labels(path, version)
        filed = not (exported or delivered(raw)) and (role is Role.SENT or begin < _strangers(path, version))
        identity = hashlib.sha256(raw).hexdigest()[:24]
        seen[identity] = seen.get(identity, 0) + 1
        yield f"{MBOX}{identity}/{seen[identity]}", path.stem, role, frozenset(), raw, exported, filed


@lru_cache(maxsize=4)
def _labels(path: Path, version: tuple[int, int]) -> bool:  # noqa: ARG001
    """Whether a file is an export, which labels every mail; a label in another file is what a mail says."""
    return any(EXPORTED.match(head) for _, head in islice(mbox.heads(path, MOST_HEAD), 1))


@lru_cache(maxsize=4)
def _strangers(path: Path, version: tuple[int, int]) -> int:  # noqa: ARG001
    """Where the first delivered mail begins: a line in its text may look like the beginning of another mail."""
    return next((begin for begin, head in mbox.heads(path, MOST_HEAD + 1) if delivered(head)), sys.maxsize)


def _maildirs(root: Path) -> Iterator[Path]:
    for folder in (root, *sorted(one for one in root.iterdir() if one.is_dir() and not one.is_symlink())):
        if (folder / "cur").is_dir() or (folder / "new").is_dir():
            yield folder


def _files(root: Path) -> Iterator[Path]:
    for folder in _maildirs(root):
        for place in ("cur", "new"):
            if (folder / place).is_dir():
                yield from (one for one in sorted((folder / place).iterdir()) if one.is_file() and not one.is_symlink())


def _in_folder(root: Path, file: Path) -> Located:
    home = file.parent.parent
    name = "INBOX" if home == root else home.name.lstrip(".")
    base, _, info = file.name.partition(":2,")
    flags = frozenset(MAILDIR_FLAGS[letter] for letter in info if letter in MAILDIR_FLAGS)
    with file.open("rb") as content:
        raw = content.read(MOST_RAW + 1)
    identity = hashlib.sha256(f"{name}\0{base}".encode("utf-8", "surrogateescape")).hexdigest()[:24]
    exported = bool(EXPORTED.match(raw))
    return (
        f"maildir/{identity}",
        name,
        role_of_name(name) or Role.OTHER,
        flags,
        raw,
        exported,
        not (exported or delivered(raw)),
    )
