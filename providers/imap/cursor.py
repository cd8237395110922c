"""How far each folder has been read, as versioned JSON; an unreadable cursor means reading again, never skipping."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

VERSION = 1
"""Of the form below; a cursor of another version is read from the beginning."""


@dataclass(slots=True)
class Reached:
    """How far one folder has been read."""

    name: str
    validity: int
    next: int
    """UIDs from here on are new."""
    low: int
    """UIDs below this one are still to be read; 1 when all are."""
    modseq: int = 0
    count: int = 0
    have: str = ""
    """The UIDs that are there, as ranges, where the server cannot say which are gone."""
    missed: int = 0
    """How often in a row the server left the folder out of its list."""


@dataclass(slots=True)
class Cursor:
    """How far a mailbox has been read."""

    folders: dict[str, Reached] = field(default_factory=dict)

    def written(self) -> str:
        """The form to store."""
        return json.dumps(
            {"v": VERSION, "folders": {ident: asdict(reached) for ident, reached in self.folders.items()}},
            separators=(",", ":"),
        )


def read(text: str) -> Cursor:
    """The stored form; an empty cursor when there is none or it is not ours."""
    try:
        data = json.loads(text) if text else {}
        if data.get("v") != VERSION:
            return Cursor()
        return Cursor({ident: Reached(**reached) for ident, reached in data["folders"].items()})
    except (ValueError, TypeError, KeyError, AttributeError):
        return Cursor()
