"""Takes back what waits and was answered meanwhile, as soon as a sync saw it; never sends."""

from __future__ import annotations

from sqlalchemy import Connection

from agent.common.desk import Desk
from agent.decide.gate.case import News
from agent.decide.plans.lifecycle import WAITING, Stage
from agent.decide.plans.meeting import met
from agent.sending.compose import whole_thread
from agent.sending.letters_that_stay import note_ended, words_for
from agent.sending.outbox import Worked
from agent.sending.since_approval import since_approval
from agent.store.base.values import KeptLetter
from agent.store.mail import mail_lists
from agent.store.work import followup_lists, followups, outbox

MANY = 500
"""More changed threads than this are no hint any more."""


def stop_moved(desk: Desk) -> list[Worked]:
    """After a sync: whatever waits and was answered meanwhile is stopped now, not at its turn."""
    with desk.store.read() as connection:
        waiting = outbox.rows(connection, outbox.OUTBOX.c.state.in_([*WAITING, Stage.NEEDS_REVIEW]))
        hot = _just_touched(desk, connection, waiting) if waiting else set()
    # Those the newest mail is about come first, so that their stop does not wait for the others.
    ordered = sorted(waiting, key=lambda row: row.id not in hot)
    done = [_stop_if_moved(desk, row) for row in ordered]
    return [item for item in done if item is not None]


def _just_touched(desk: Desk, connection: Connection, waiting: list[KeptLetter]) -> set[int]:
    fresh = mail_lists.newer(connection, desk.newest)
    desk.newest = max([desk.newest, *(row.id for row in fresh)])
    threads, senders = {row.thread_id for row in fresh}, {row.sender for row in fresh}
    touched = followup_lists.of_threads(connection, threads) if len(threads) < MANY else set()
    return {row.id for row in waiting if row.followup_id in touched or row.person in senders}


def _stop_if_moved(desk: Desk, row: KeptLetter) -> Worked | None:
    with desk.store.read() as connection:
        fate = met(_news_since_approval(desk, connection, row), may_have_left=bool(row.was_uncertain))
    if fate is None or (fate.end is Stage.NEEDS_REVIEW and row.state == Stage.NEEDS_REVIEW):
        return None
    start, words = Stage(row.state), words_for(row, fate.end, fate.code, fate.words)
    with desk.store.write() as change:
        moved = outbox.transition(change, row.id, start, fate.end, code=fate.code, words=words, at_fence=row.fence)
        if moved:
            note_ended(change, row, fate.end, fate.code)
    return Worked(row.id, fate.end.value, fate.code) if moved else None


def _news_since_approval(desk: Desk, connection: Connection, row: KeptLetter) -> News:
    followup = followups.find(connection, row.followup_id)
    if followup is None:
        return News(settled="stopped")
    return since_approval(connection, desk, followup, whole_thread(connection, followup), row)
