"""Takes back that a follow-up was put aside; only ever a person's word, and nothing is sent."""

from __future__ import annotations

from agent.common.desk import Desk
from agent.common.outcome import Done, no
from agent.decide.plans.lifecycle import LIVE, Progress, Stage
from agent.store.base.engine import Change
from agent.store.base.values import Followup
from agent.store.work import enrolments, followups, outbox
from agent.verbs.actions import undo

ASIDE = frozenset({Progress.SKIPPED, Progress.STOPPED, Progress.SNOOZED, Progress.APPROVED})


def bring_back(desk: Desk, number: int) -> Done:
    """Skipped, stopped, snoozed or handed over: it is a draft again, or is given one where it never had any."""
    with desk.store.write() as change:
        row = followups.find(change.connection, number)
        if row is None or row.state not in ASIDE:
            return no("nothing", "There is nothing to take back.")
        end = Progress.DRAFTED if _has_text(change, row) else Progress.QUIET
        if not followups.move(change, number, end, actor="user", code="brought_back", until=None):
            return no("state", f"It is {row.state}; that cannot be taken back.")
        enrolments.revive(change, number)
    return Done(True, "brought_back", "Back on the list.")


def take_back(desk: Desk, number: int) -> Done:
    """The last thing done with it: put aside, it comes back; on its way, it is taken back."""
    with desk.store.read() as connection:
        row, letter = followups.find(connection, number), outbox.newest_of(connection, number)
    live = letter is not None and Stage(letter.state) in LIVE
    return bring_back(desk, number) if row is not None and row.state in ASIDE and not live else undo(desk, number)


def _has_text(change: Change, row: Followup) -> bool:
    """A task has none and needs none."""
    return row.kind == "task" or followups.newest_draft(change.connection, row.id) is not None
