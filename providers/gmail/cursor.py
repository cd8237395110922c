"""How far a Gmail mailbox has been read, as versioned JSON; never holds anything a mail says."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

VERSION = 1
"""Of the form below; a cursor of another version is read from the beginning."""


@dataclass(frozen=True, slots=True)
class GmailCursor:
    """`list` walks the mailbox from its newest mail on, `delta` follows its history."""

    phase: Literal["list", "delta"] = "list"
    history: str = ""
    """Where the history is to be read from; an unsigned 64-bit number, kept as text."""
    page: str = ""
    newest: int = 0
    """Milliseconds of the newest mail seen."""
    after: int = 0
    """When the history was lost: only mail after this second is fetched again."""
    done: int = 0
    total: int = 0
    census: bool = False
    """The history was lost: at the end everything is counted, to see what was deleted meanwhile."""

    def dumps(self) -> str:
        return json.dumps({"v": VERSION, "provider": "gmail", **asdict(self)}, separators=(",", ":"))


def loads(text: str) -> GmailCursor | None:
    """A stored cursor; None when there is none that can be understood, which means reading from the start."""
    try:
        value = json.loads(text)
        if value.pop("v") != VERSION or value.pop("provider") != "gmail":
            return None
        cursor = GmailCursor(**value)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return cursor if cursor.history.isdigit() and cursor.phase in ("list", "delta") else None
