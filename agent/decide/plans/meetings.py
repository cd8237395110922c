"""What a meeting in the user's own calendar does to a touch: it holds it for a person; it never makes one due."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from agent.decide.gate.spelling import mailbox_of
from agent.decide.threads.quiet import HOLDS, Reason, Verdict
from agent.decide.threads.summary import Summary

SOON = timedelta(days=2)
"""Whom the user meets so soon after the day of a touch is asked there."""
MEETING = HOLDS[Reason.MEETING]


@dataclass(frozen=True, slots=True)
class KnownMeetings:
    """When the user meets whom; people stand there as salted hashes, so that nobody can be read out of it."""

    salt: str = ""
    times: Mapping[str, tuple[str, ...]] | None = None
    """By person the ISO times in UTC."""

    def between(self, people: Iterable[str], since: datetime, until: datetime) -> datetime | None:
        """The last meeting with any of them after `since`, up to `until`."""
        if not self.times:
            return None
        every = (datetime.fromisoformat(at) for one in people for at in self.times.get(hashed(self.salt, one), ()))
        return max((at for at in every if since < at <= until), default=None)


def hashed(salt: str, person: str) -> str:
    """A person, whichever way the address is written."""
    return sha256(f"{salt} {mailbox_of(person)}".encode()).hexdigest()[:32]


def known_meetings(kept: str) -> KnownMeetings:
    """What was read last; nothing where that cannot be read."""
    try:
        found = json.loads(kept) if kept else {}
        times = {str(person): tuple(map(str, every)) for person, every in found["meetings"].items()}
        for every in times.values():
            for at in every:
                datetime.fromisoformat(at)
        return KnownMeetings(str(found["salt"]), times)
    except (ValueError, TypeError, KeyError, AttributeError):
        return KnownMeetings()


def held_by_meeting(verdict: Verdict, summary: Summary, known: KnownMeetings, now: datetime, zone: str) -> Verdict:
    """A touch that is due waits for a person where the user met them since their last mail, or meets them soon."""
    if not verdict.quiet or not summary.last_own:
        return verdict
    at = known.between(summary.people, datetime.fromisoformat(summary.last_own), now + SOON)
    if at is None:
        return verdict
    return replace(verdict, quiet=False, reason=Reason.MEETING, evidence=day_of(at, zone), hold=MEETING)


def day_of(at: datetime, zone: str) -> str:
    """The day of a meeting where the user is."""
    return f"{at.astimezone(ZoneInfo(zone)):%a %d %b %Y}"
