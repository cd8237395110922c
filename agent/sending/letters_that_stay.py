"""What is said of a letter that stays, and where its follow-up goes with it; never moves the letter itself."""

from __future__ import annotations

from agent.decide.gate.mailbox_checks import PUT_OFF, TOLD_BY_ROBOT
from agent.decide.plans.lifecycle import Progress, Stage
from agent.store.base.engine import Change
from agent.store.base.values import KeptLetter
from agent.store.work import followups

WORDS = {
    "claimed": "A mail in your name came that your provider did not vouch for.",
    "maybe_answered": "They wrote to you elsewhere; it may be the answer.",
    "told_by_robot": TOLD_BY_ROBOT,
    "told_by_plan": "The plan ends or waits for a mail that came since.",
    "own_draft": "You have begun a draft in this thread.",
    "unreadable": "A mail of this thread could not be read; it may be the answer.",
    "unsure": "New mail came in this thread; it may be the answer.",
    "away": "They are away; the follow-up waits until they are back.",
    "later": "They asked for time; the follow-up waits until that day.",
    **dict.fromkeys(("delay", "receipt", "list"), "New mail came in this thread; it is judged anew."),
}


def words_for(row: KeptLetter, end: Stage, code: str, words: str = "") -> str:
    """What to say of a letter that stays; that it did not leave is said where it is certain."""
    if row.was_uncertain:
        return f"It may have left before. {words or WORDS.get(code, '')}".strip()
    said = words or WORDS.get(code, "")
    return f"It did not leave. {said}".strip() if end in {Stage.NEEDS_REVIEW, Stage.CANCELLED} else said


def note_ended(change: Change, row: KeptLetter, end: Stage, code: str) -> None:
    """The follow-up goes where its letter went; what was only put off waits on and is drafted anew."""
    followup = followups.find(change.connection, row.followup_id)
    if followup is None or followup.state != Progress.OUTBOX:
        return
    if end is Stage.CANCELLED and code in PUT_OFF:
        followups.move(change, followup.id, Progress.WATCHING, actor="daemon", code=code)
    elif end is Stage.STOPPED:
        by_user = code in {"by_hand", "already_there", "stopped", "gone"}
        goes = Progress.STOPPED if by_user else Progress.ANSWERED
        followups.move(change, followup.id, goes, actor="daemon", code=code)
