"""How far each folder of an Outlook mailbox has been read, as versioned JSON; never holds anything a mail says."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

VERSION = 1
"""Of the form below; a cursor of another version is read from the beginning."""


@dataclass(slots=True)
class FolderPlace:
    """One folder: where to go on, and whether its first round is over."""

    link: str = ""
    path: str = ""
    role: str = ""
    whole: bool = False
    counting: bool = False
    """Microsoft forgot our place: at the end everything in it is counted, to see what was deleted meanwhile."""


@dataclass(slots=True)
class OutlookCursor:
    """All folders, and the well-known ones among them by id."""

    places: dict[str, FolderPlace] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    done: int = 0

    def dumps(self) -> str:
        places = {
            key: [place.link, place.path, place.role, place.whole, place.counting] for key, place in self.places.items()
        }
        value = {"v": VERSION, "provider": "outlook", "places": places, "known": self.known, "done": self.done}
        return json.dumps(value, separators=(",", ":"))


def loads(text: str) -> OutlookCursor | None:
    """A stored cursor; None when there is none that can be understood, which means reading from the start."""
    try:
        value = json.loads(text)
        if value["v"] != VERSION or value["provider"] != "outlook":
            return None
        places = {
            str(key): FolderPlace(str(link), str(path), str(role), bool(whole), any(counting))
            for key, (link, path, role, whole, *counting) in value["places"].items()
        }
        return OutlookCursor(places, {str(key): str(role) for key, role in value["known"].items()}, int(value["done"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
