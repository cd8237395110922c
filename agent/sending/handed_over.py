"""Follows what was handed over at level manual until the person sends it or an answer comes; never sends it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from agent.common.desk import Desk
from agent.decide.gate.mailbox_checks import ENDS
from agent.decide.plans.lifecycle import Progress
from agent.decide.threads.threads import is_draft, moment
from agent.sending.compose import whole_thread
from agent.sending.since_approval import since_own_mail
from agent.store.base.values import Followup
from agent.store.work import followup_lists, followups

OVERLAP = timedelta(minutes=5)
"""The clocks of a mailbox and of this machine differ by less, or both are of no use."""
MOST_AT_ONCE = 200
"""Of one look; the rest has its turn at the next."""
SENT = "You sent it yourself."
ANSWERED = "An answer came before you sent it."


def settle(desk: Desk) -> int:
    """Close what became clear. Says how many."""
    with desk.store.read() as connection:
        waiting = followup_lists.rows_in(connection, Progress.APPROVED.value, MOST_AT_ONCE)
        ended = [(row, _end(connection, desk, row)) for row in waiting]
    return sum(_close(desk, row, *end) for row, end in ended if end is not None)


def _end(connection: Connection, desk: Desk, row: Followup) -> tuple[Progress, str, str] | None:
    thread = whole_thread(connection, row)
    since = row.changed - OVERLAP
    if any(moment(mail) >= since and mail.mine and not is_draft(mail) for mail in thread.mails):
        return Progress.STOPPED, "sent_by_hand", SENT
    answers = [one for one in since_own_mail(connection, desk, row, thread).answers if one in ENDS]
    return (Progress.ANSWERED, answers[0], ANSWERED) if answers else None


def _close(desk: Desk, row: Followup, end: Progress, code: str, words: str) -> bool:
    with desk.store.write() as change:
        now = followups.find(change.connection, row.id)
        if now is None or now.state != Progress.APPROVED:
            return False
        return followups.move(change, row.id, end, actor="policy", code=code, evidence=words)
