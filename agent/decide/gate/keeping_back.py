"""Says why nothing at all may leave at this moment; it never says that something may."""

from __future__ import annotations

from datetime import datetime

ROOM = 200 * 1024 * 1024
"""Bytes that must be free: what is sent has to be written down."""
WORDS = {
    "paused": "the PAUSE file is there",
    "clock": "the clock was set back, and the log has entries from later than now",
    "disk": "the disk is almost full, and what is sent could not be written down",
}


def why(*, paused: bool, newest: datetime | None, now: datetime, free: int) -> str:
    """A name of `WORDS`, or nothing. `newest`: when the log was last written; `free`: bytes on its disk."""
    if paused:
        return "paused"
    if newest is not None and newest > now:
        return "clock"
    return "disk" if free < ROOM else ""
