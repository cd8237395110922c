"""Rows of the store as values for a screen; every string of a mail becomes `Foreign` here and nothing is judged."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Sequence
from datetime import datetime

from agent.common.desk import Desk
from agent.decide.gate.levels import DEFAULT, Level, Rule, Scope, merged
from agent.decide.plans.lifecycle import UNDOABLE, Stage
from agent.store.base.values import KeptAccount
from agent.store.shown.values import JudgedThread, Queued, ShownEvent, ShownLetter
from tui.door.naming import item_of, name_of
from tui.door.values import Happened, Item, Leaving, WatchedThread
from tui.text import NOTHING, Foreign


def item(row: Queued, now: datetime, desk: Desk) -> Item:
    """A row of the queue."""
    return item_of(row, now, desk.judgement.touches(row.plan))


def leaving(row: ShownLetter) -> Leaving:
    """A row of the outbox."""
    stage = Stage(row.state)
    waits = stage in {Stage.HELD, Stage.DEFERRED}
    words = row.words or row.code.replace("_", " ")
    return Leaving(
        number=row.followup_id, person=name_of(row.summary, row.person), address=Foreign(row.person),
        subject=Foreign(row.subject), stage=stage.value, leaves_at=row.ready_at if waits else None,
        left_at=row.changed if stage is Stage.SENT else None, words=Foreign(words), undoable=stage in UNDOABLE,
        tries=row.attempts,
    )  # fmt: skip


def watched(row: JudgedThread) -> WatchedThread:
    """A row of the threads."""
    state = "asked" if row.hold else "drafted" if row.quiet else ""
    return WatchedThread(
        number=row.id, person=name_of(row.summary, row.person), subject=Foreign(row.subject),
        reason=row.reason or "not judged yet", words=Foreign(row.sentence), state=state, next_at=row.due,
    )  # fmt: skip


def happened(row: ShownEvent) -> Happened:
    """A row of the log."""
    return Happened(
        seq=row.seq, at=row.at, actor=row.actor, event=row.event, object=row.object,
        start=row.from_state, end=row.to_state, code=row.code, person=Foreign(row.person or ""),
        detail=Foreign(row.detail or ""), hash=row.hash, commitment=row.commitment,
    )  # fmt: skip


def default_level(desk: Desk, chosen: Sequence[Rule]) -> str:
    """The level where no scope says otherwise."""
    found = [rule.level for rule in merged(desk.rules, tuple(chosen)) if rule.scope == DEFAULT]
    return (found[-1] if found else Level.MANUAL).value


def paused_words(pauses: Sequence[tuple[Scope, datetime | None]], file: bool, now: datetime) -> str:
    """Why nothing leaves."""
    if file:
        return "The PAUSE file is there."
    everything = [until for scope, until in pauses if scope == DEFAULT and (until is None or until > now)]
    if not everything:
        return ""
    until = everything[0]
    return f"Everything is paused until {until:%Y-%m-%d %H:%M}." if until else "Everything is paused."


def trouble(accounts: Sequence[KeptAccount]) -> Foreign:
    """The first account that cannot be read."""
    for row in accounts:
        if row.health in {"auth", "error"}:
            return Foreign(f"{row.name}: {row.trouble or row.health}")
    return NOTHING


def body_of(raw: bytes) -> str:
    """The text of a letter of our own."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    body = message.get_body(("plain",))
    return str(body.get_content()) if body is not None else ""
