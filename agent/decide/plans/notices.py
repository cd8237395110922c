"""Small facts by name as sentences for `status`: pauses, absences and labels nobody could follow; decides nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from agent.address_forms import WORD_MARK
from agent.decide.plans.absence import holding, kept_absences
from agent.decide.plans.plans import LABEL

PAUSE, REPORT = "pause:", "label:"
CALENDAR = "calendar.trouble"
HELD, TOLD = "begin.held", "begin.told"
TOLD_FOR = timedelta(days=7)
"""So long it is said that a rule began nothing; whoever is away for a week asks `relance plans test` instead."""
RESTORED = (
    "HELD: this store was restored or copied, so what it takes for open may have been sent already. "
    "Approve each follow-up, or say `relance resume restored` for all."
)


def pauses(values: Mapping[str, str], now: datetime) -> dict[str, str]:
    """The pauses that hold now, by scope, each with its end as ISO time; empty where it has none."""
    found = {name.removeprefix(PAUSE): until for name, until in values.items() if name.startswith(PAUSE)}
    return {scope: until for scope, until in found.items() if not until or datetime.fromisoformat(until) > now}


def away(values: Mapping[str, str], now: datetime) -> str:
    """Why the mailbox itself says that nothing may leave."""
    found = holding(kept_absences(values), now)
    return found.words if found else ""


def pause_lines(held: Mapping[str, str]) -> list[str]:
    """Everything first, then each scope."""
    said = [f"PAUSED{_until(held['default'])}: nothing leaves."] if "default" in held else []
    return said + [f"Paused: {scope}{_until(end)}." for scope, end in sorted(held.items()) if scope != "default"]


def _until(end: str) -> str:
    return f" until {datetime.fromisoformat(end).astimezone():%a %d %b %Y %H:%M}" if end else ""


def labels(values: Mapping[str, str]) -> list[str]:
    """What labels and words in Bcc asked for and did not get, each reason once."""
    counted: dict[tuple[str, str], int] = {}
    for name, value in values.items():
        if name.startswith(REPORT):
            found = json.loads(value)
            mark = f"Bcc {WORD_MARK}" if found.get("by") == "bcc" else f"Label {LABEL}"
            key = (f"{mark}{found['plan']}", str(found["why"]))
            counted[key] = counted.get(key, 0) + 1
    return [f"{asked}: {why}" + (f" ({count} threads)" if count > 1 else "") for (asked, why), count in counted.items()]


def begins(values: Mapping[str, str], now: datetime) -> list[str]:
    """What rules would have begun and did not, and how many mails wait for another day."""
    told = json.loads(values.get(TOLD) or "[]")
    recent = [one for one in told if datetime.fromisoformat(str(one["at"])) > now - TOLD_FOR]
    lines = [f"Rule {one['rule']} of {one['plan']} began nothing: {one['why']}." for one in recent]
    waiting = len(json.loads(values.get(HELD) or "[]"))
    more = "mail asks" if waiting == 1 else "mails ask"
    tail = [f"{waiting} more {more} for a plan than may begin in one day; they are held until the days after."]
    return lines + (tail if waiting else [])


def calendar(values: Mapping[str, str]) -> str:
    """What a person should know of their calendar; empty where all is well."""
    return values.get(CALENDAR, "")
