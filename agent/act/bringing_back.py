"""Takes back that a follow-up was put aside; only ever a person's word, and nothing is sent."""

from __future__ import annotations

from agent.act.done import Done, no
from agent.act.ports import Desk
from agent.decide.lifecycle import Progress
from agent.store import enrolments, followups

ASIDE = frozenset({Progress.SKIPPED, Progress.STOPPED, Progress.SNOOZED, Progress.APPROVED})


def bring_back(desk: Desk, number: int) -> Done:
    """Skipped, stopped, snoozed or handed over: it is a draft again."""
    with desk.store.write() as change:
        row = followups.find(change.connection, number)
        if row is None or row["state"] not in ASIDE:
            return no("nothing", "There is nothing to take back.")
        if not followups.move(change, number, Progress.DRAFTED, actor="user", code="brought_back", until=None):
            return no("state", f"It is {row['state']}; that cannot be taken back.")
        enrolments.revive(change, number)
    return Done(True, "brought_back", "Back on the list.")
