"""What a folder is for, from the server's marks or, where exactly one fits, its name; never a guess between two.

Only the mark makes a folder a view of all mail: one that is merely called so holds mail of its own, and is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from providers.base import Role
from voice.languages import packs

SPECIAL_USE = {
    b"\\sent": Role.SENT, b"\\drafts": Role.DRAFTS, b"\\archive": Role.ARCHIVE, b"\\all": Role.ALL,
    b"\\junk": Role.JUNK, b"\\trash": Role.TRASH,
}  # fmt: skip
FILE = "folders"
NAMED = {
    "sent": Role.SENT, "drafts": Role.DRAFTS, "trash": Role.TRASH, "junk": Role.JUNK, "archive": Role.ARCHIVE,
}  # fmt: skip
"""Under which key a pack has the names of such folders."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of a server; `wire` is its name exactly as LIST gave it."""

    wire: bytes
    name: str
    role: Role

    @property
    def ident(self) -> str:
        """Short and safe in any key."""
        return sha256(self.wire).hexdigest()[:12]


@lru_cache(maxsize=1)
def by_name() -> dict[str, Role]:
    """What folders are called in all languages."""
    return {name: role for key, role in NAMED.items() for name in packs.everywhere(FILE, key)}


def role_of_name(name: str) -> Role | None:
    """The role a folder name suggests in some language."""
    lower = name.lower().strip()
    if lower == "inbox":
        return Role.INBOX
    for tail in (lower, lower.rpartition("/")[2], lower.rpartition(".")[2]):
        if tail in by_name():
            return by_name()[tail]
    return None


def with_roles(listed: Sequence[tuple[frozenset[bytes], bytes, str]]) -> list[Folder]:
    """Selectable folders of a LIST (flags in lower case, wire name, readable name) with their roles."""
    usable = [one for one in listed if not one[0] & {b"\\noselect", b"\\nonexistent"}]
    marked = {SPECIAL_USE[flag] for flags, _, _ in usable for flag in flags if flag in SPECIAL_USE}
    named: dict[Role, int] = {}
    for flags, _, name in usable:
        role = role_of_name(name)
        if role and not flags & set(SPECIAL_USE):
            named[role] = named.get(role, 0) + 1
    return [Folder(wire, name, _role(flags, name, marked, named)) for flags, wire, name in usable]


def _role(flags: frozenset[bytes], name: str, marked: set[Role], named: dict[Role, int]) -> Role:
    if name.upper() == "INBOX":
        return Role.INBOX
    for flag in sorted(flags):
        if flag in SPECIAL_USE:
            return SPECIAL_USE[flag]
    role = role_of_name(name)
    if role is None or role is Role.INBOX or role in marked or named.get(role, 0) != 1:
        return Role.OTHER
    return role


def worth_reading(folders: Sequence[Folder], *, gmail: bool) -> list[Folder]:
    """Every folder an answer can land in; where one holds all mail, its labels are left out."""
    everything = [one for one in folders if one.role is Role.ALL]
    if gmail and everything:
        return [one for one in folders if one.role in (Role.ALL, Role.JUNK, Role.TRASH)]
    # Elsewhere an "all mail" folder is a view that holds everything a second time.
    return [one for one in folders if one.role is not Role.ALL]
