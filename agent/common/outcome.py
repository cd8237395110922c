"""What a verb answers: whether it did something, and the sentence to show; never does anything itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent.common.desk import Desk
from agent.decide.gate.decision import Decision
from agent.store.base.values import Followup
from providers.base import Letter

GRACE_SECONDS = 5
"""The hold is this much longer than what is shown, so that a click at the last moment still works."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a verb did, with the sentence to show."""

    ok: bool
    code: str
    words: str
    checks: Decision | None = None
    leaves_at: datetime | None = None
    letter: Letter | None = None
    """At manual level: what is handed over."""
    listed: tuple[str, ...] = field(default=())


def no(code: str, words: str, checks: Decision | None = None) -> Done:
    """Nothing was changed."""
    return Done(False, code, words, checks)


def queued(leaves: datetime, decision: Decision | None) -> Done:
    local = leaves.astimezone()
    return Done(True, "queued", f"Queued; leaves {local:%a %d %b %H:%M:%S} at the earliest.", decision, leaves)


def ready_at(desk: Desk, followup: Followup | None, actor: str, *, at_once: bool, now: datetime) -> datetime:
    """When a letter leaves at the earliest: at a good moment for whom it is to, unless it is sent at once."""
    hold = desk.hold_approved if actor == "user" else desk.hold_autopilot
    earliest = now + hold + timedelta(seconds=GRACE_SECONDS)
    slot = None if at_once or followup is None else desk.judgement.slot(followup, earliest)
    return max(earliest, slot or earliest)
