"""An mbox file or a Maildir as a mailbox; read only, streaming, and it never follows a link out of the folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from providers import headers, mbox
from providers.base import Capabilities, Found, Mail, Page, Refused, Role, Sweep
from providers.folders import role_of_name
from providers.mime import MOST_RAW, Where, read_whole
from providers.structure import first

PAGE = 200
MBOX_FLAGS = {"R": "seen", "A": "answered", "F": "flagged", "T": "draft"}
MAILDIR_FLAGS = {"S": "seen", "R": "answered", "D": "draft", "F": "flagged", "T": "deleted", "P": "passed"}
LABEL_ROLES = (
    ("drafts", Role.DRAFTS), ("sent", Role.SENT), ("spam", Role.JUNK), ("trash", Role.TRASH), ("inbox", Role.INBOX),
)  # fmt: skip
Located = tuple[str, str, Role, frozenset[str], bytes]
"""Key, folder, role, flags, bytes."""


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
        return _in_folders(self._path) if self._is_folder else _in_file(self._path)

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
    key, folder, role, flags, raw = located
    fields = headers.fields(headers.split(raw[: headers.MOST_BYTES])[0])
    labels = tuple(one.strip() for one in headers.words(first(fields, "x-gmail-labels")).split(",") if one.strip())
    status = first(fields, "status") + first(fields, "x-status")
    more = {
        flag
        for letter, flag in (("R", "seen"), ("A", "answered"), ("F", "flagged"), ("T", "draft"))
        if letter in status
    }
    hint = first(fields, "x-gm-thrid")
    where = Where(key, None, folder, _role(role, labels), flags | more, labels, hint, len(raw))
    return read_whole(raw, where)


def _role(role: Role, labels: tuple[str, ...]) -> Role:
    lower = {label.lower() for label in labels}
    if not lower:
        return role
    return next((found for name, found in LABEL_ROLES if name in lower), Role.ARCHIVE)


def _in_file(path: Path) -> Iterator[Located]:
    role = role_of_name(path.stem) or Role.INBOX
    seen: dict[str, int] = {}
    for raw in mbox.letters(path, mbox.places(path)):
        identity = hashlib.sha256(raw).hexdigest()[:24]
        seen[identity] = seen.get(identity, 0) + 1
        yield f"mbox/{identity}/{seen[identity]}", path.stem, role, frozenset(), raw


def _maildirs(root: Path) -> Iterator[Path]:
    for folder in (root, *sorted(one for one in root.iterdir() if one.is_dir() and not one.is_symlink())):
        if (folder / "cur").is_dir() or (folder / "new").is_dir():
            yield folder


def _files(root: Path) -> Iterator[Path]:
    for folder in _maildirs(root):
        for place in ("cur", "new"):
            if (folder / place).is_dir():
                yield from (one for one in sorted((folder / place).iterdir()) if one.is_file() and not one.is_symlink())


def _in_folders(root: Path) -> Iterator[Located]:
    for file in _files(root):
        home = file.parent.parent
        name = "INBOX" if home == root else home.name.lstrip(".")
        base, _, info = file.name.partition(":2,")
        flags = frozenset(MAILDIR_FLAGS[letter] for letter in info if letter in MAILDIR_FLAGS)
        with file.open("rb") as content:
            raw = content.read(MOST_RAW + 1)
        identity = hashlib.sha256(f"{name}\0{base}".encode("utf-8", "surrogateescape")).hexdigest()[:24]
        yield f"maildir/{identity}", name, role_of_name(name) or Role.OTHER, flags, raw


def modified(path: Path) -> datetime:
    """When the archive last changed, the latest moment it can speak about."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
