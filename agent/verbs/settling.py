"""A person says what became of a letter nobody can tell about; the only way such a letter may leave once more."""

from __future__ import annotations

from agent.common.desk import Desk
from agent.common.outcome import Done, no, queued, ready_at
from agent.decide.plans.lifecycle import Progress, Stage
from agent.store.base.engine import Change
from agent.store.base.values import KeptLetter
from agent.store.work import followups, outbox

RESEND = "send it again"


def settle(desk: Desk, number: int, verb: str, typed: str = "") -> Done:
    """A person says what became of an uncertain letter: `sent`, `cancel`, `again` or `resend`."""
    with desk.store.write() as change:
        row = outbox.newest_of(change.connection, number)
        if row is None or row.state not in {Stage.UNCERTAIN, Stage.NEEDS_REVIEW}:
            return no("nothing", "There is nothing to settle.")
        if row.state == Stage.UNCERTAIN and verb != "sent":
            return no("looking", "The mailbox is still being searched for it; wait until that is done.")
        return _settle(desk, change, row, verb, typed)


def _settle(desk: Desk, change: Change, row: KeptLetter, verb: str, typed: str) -> Done:
    stage, number = Stage(row.state), row.followup_id
    if verb == "sent":
        outbox.transition(change, row.id, stage, Stage.SENT, actor="user", code="person_says", sent_copy="person")
        outbox.note_end(change, row.id, row.attempts, Stage.SENT, "a person says so")
        return Done(True, "sent", "Noted as sent.")
    if verb == "cancel":
        said = outbox.cancel(change, row.id)
        followups.move(change, number, Progress.DRAFTED, actor="user", code="cancelled")
        return Done(said == "cancelled", said, "Nothing more will be sent of it; the draft is kept.")
    if verb == "resend" and typed != RESEND:
        return no("word", f"It may already have been delivered. Type {RESEND!r} to risk a second copy.")
    ready = ready_at(desk, None, "user", at_once=True, now=change.now)
    if not outbox.approve_again(change, row.id, ready, resend=verb == "resend"):
        return no("uncertain", "It may already have been delivered; `resend` asks for your word.")
    followups.move(change, number, Progress.OUTBOX, actor="user", code="approved_again")
    return queued(ready, None)
