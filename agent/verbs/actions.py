"""The verbs a person has, the same for every surface; each is one change with its event, and none of them sends."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from agent.common.desk import Desk
from agent.common.outcome import Done, no, queued, ready_at
from agent.decide.gate.case import CheckVerdict
from agent.decide.gate.decision import ACCEPTABLE, Decision, decide
from agent.decide.gate.levels import Kind, Level, Scope, one_down
from agent.decide.plans.lifecycle import TERMINAL, Progress, Stage
from agent.failpoints import reach
from agent.sending.case import Matter, draft_case, level_of
from agent.sending.compose import Composed, SeenByApproval, compose, whole_thread
from agent.sending.since_approval import elsewhere
from agent.sequences.since import known_to
from agent.sequences.tasks import task_done
from agent.store.base.engine import Change
from agent.store.base.values import Followup, KeptLetter
from agent.store.mail.verdicts import held as held_for
from agent.store.work import budgets, enrolments, followups, outbox
from agent.store.work.followup_lists import letters_of_touch
from agent.store.work.outbox import Order
from agent.verbs.correction import draft_correction
from agent.verbs.settling import settle
from agent.verbs.switches import level_before, pause, resume, set_level
from providers.mail.freeze import NotFreezable

__all__ = [
    "Done", "Viewed", "approve", "approve_by_policy", "edit", "hand_over_text", "pause", "redo", "resume", "set_level",
    "settle", "skip", "snooze", "stop", "undo", "view",
]  # fmt: skip


MOST_LISTED = 20
"""Follow-ups named in one answer; a longer list is read by nobody in a hurry."""
APPROVABLE = frozenset({Progress.DRAFTED, Progress.ASKED, Progress.APPROVED})


@dataclass(frozen=True, slots=True)
class Viewed:
    """What a person sees before approving: the letter, its hash and every check."""

    matter: Matter
    decision: Decision
    level: Level


def view(connection: Connection, desk: Desk, number: int, *, automatic: bool = False) -> Viewed | Done:
    """The letter as it would be approved now."""
    followup = followups.find(connection, number)
    draft = followups.newest_draft(connection, number)
    if followup is None:
        return no("unknown", "There is no such follow-up; `relance list` shows their numbers.")
    if draft is None:
        return no(
            "no_draft", f"There is no draft yet; `relance show {number}` says why, `relance edit {number}` writes one."
        )
    seat = desk.seat(followup.account_id)
    if seat is None:
        return no("no_account", "Its account is not in the config any more.")
    thread = whole_thread(connection, followup)
    try:
        made = compose(desk, seat, followup, draft, thread, automatic=automatic and desk.say_automatic)
    except NotFreezable as problem:
        return no("not_a_letter", str(problem))
    matter = Matter(seat, followup, draft, made)
    decision = decide(draft_case(connection, desk, matter, desk.store.clock()), desk.store.clock())
    return Viewed(matter, decision, level_of(connection, desk, seat, followup, thread).level)


def approve(desk: Desk, number: int, digest: str | None = None, *, at_once: bool = False) -> Done:
    """Let exactly this letter leave after its hold; at manual level hand it over instead. A task is done."""
    task = task_done(desk, number)
    if task is not None:
        return task
    with desk.store.read() as connection:
        seen = view(connection, desk, number)
    if isinstance(seen, Done):
        return seen
    if digest is not None and digest != seen.matter.made.digest:
        return no("changed", "The text changed since you saw it; look again.", seen.decision)
    refused = [check for check in seen.decision.checks if check.verdict is CheckVerdict.REFUSE]
    if refused:
        return no(refused[0].code, refused[0].reason, seen.decision)
    done = _hand_over(desk, seen) if seen.level is Level.MANUAL else _queue(desk, seen, "user", at_once=at_once)
    if done.ok:
        desk.taught(seen.matter.followup, seen.matter.draft, seen.matter.made.thread)
    return done


def approve_by_policy(desk: Desk, number: int) -> Done:
    """Autopilot: only where every check allows it, and after the long hold."""
    with desk.store.read() as connection:
        seen = view(connection, desk, number, automatic=True)
    if isinstance(seen, Done):
        return seen
    if seen.level is not Level.AUTOPILOT or seen.decision.verdict is not CheckVerdict.ALLOW:
        return no(seen.decision.code or "level", seen.decision.reason, seen.decision)
    if seen.matter.made.basis is None:
        return no("first_mail", "The first mail to a person needs your approval.", seen.decision)
    return _queue(desk, seen, "policy", at_once=False)


def _hand_over(desk: Desk, seen: Viewed) -> Done:
    followup = seen.matter.followup
    with desk.store.write() as change:
        moved = followups.move(change, followup.id, Progress.APPROVED, actor="user", code="handed_over")
    if not moved:
        return no("state", f"It is {followup.state} already.", seen.decision)
    return Done(
        True,
        "handed_over",
        IN_DRAFTS if desk.drafts_in_mailbox else "Yours to send: relance will see it in Sent.",
        seen.decision,
        letter=seen.matter.made.letter,
    )


IN_DRAFTS = "Yours to send, from the Drafts folder of your mailbox: relance will see it in Sent."


def _queue(desk: Desk, seen: Viewed, actor: str, *, at_once: bool) -> Done:
    reach("approve.before")
    with desk.store.write() as change:
        done = _queue_in(desk, change, seen, actor, at_once=at_once)
    reach("approve.after")
    return done


def _queue_in(desk: Desk, change: Change, seen: Viewed, actor: str, *, at_once: bool) -> Done:
    number = seen.matter.followup.id
    followup = followups.find(change.connection, number)
    draft = followups.newest_draft(change.connection, number)
    if followup is None or draft is None or draft.id != seen.matter.draft.id:
        return no("changed", "The text changed meanwhile; look again.", seen.decision)
    if _sent_twin(change.connection, followup) is not None:
        return no("sent", "It was sent already.", seen.decision)
    known = outbox.by_intent(change.connection, seen.matter.made.intent)
    if known is not None:
        return _known(desk, change, seen, known, actor, at_once=at_once)
    if followup.state not in APPROVABLE:
        return no("state", f"It is {followup.state}; only a draft can be approved.", seen.decision)
    blocker = outbox.live_of_root(change.connection, followup.root)
    if blocker is not None:
        return no("thread_busy", "Another letter of this thread is still on its way.", seen.decision)
    order = _order(desk, change.connection, seen, actor, at_once=at_once, now=change.now)
    outbox.put(change, order, "approved")
    enrolments.expect(change, number, order.message_id)
    followups.move(change, number, Progress.OUTBOX, actor=actor, code="approved")
    return queued(order.ready_at, seen.decision)


def _order(desk: Desk, connection: Connection, seen: Viewed, actor: str, *, at_once: bool, now: datetime) -> Order:
    followup, made = seen.matter.followup, seen.matter.made
    held = [check.name for check in seen.decision.checks if check.verdict is CheckVerdict.HOLD]
    accepted = tuple(name for name in held if name in ACCEPTABLE) if actor == "user" else ()
    others = tuple(elsewhere(connection, desk, made.thread, followup))
    why = held_for(connection, followup.thread_id)
    known = known_to(connection, followup)
    basis = SeenByApproval(
        made.thread, others, seen.matter.draft.version, accepted, at_once, held=why, newest=known
    ).packed()
    return Order(
        intent=made.intent, account_id=seen.matter.seat.number, followup_id=followup.id, root=followup.root,
        person=followup.person.lower(), sender=made.letter.sender, recipients=json.dumps(made.letter.recipients),
        message_id=made.letter.message_id, token=made.letter.token, digest=made.digest, letter=made.letter.raw,
        basis=basis, approved_by=actor, ready_at=ready_at(desk, followup, actor, at_once=at_once, now=now),
        thread_hint=made.letter.thread_hint, reply_key=made.letter.reply_key,
    )  # fmt: skip


def _sent_twin(connection: Connection, followup: Followup) -> KeptLetter | None:
    """A letter that may have left for the same touch after the same mail, whatever its revision or account."""
    if not followup.basis:
        return None
    left = (Stage.SENT.value, Stage.SUBMITTING.value, Stage.UNCERTAIN.value)
    return next(iter(letters_of_touch(connection, followup.basis, followup.touch, left)), None)


def _known(desk: Desk, change: Change, seen: Viewed, row: KeptLetter, actor: str, *, at_once: bool) -> Done:
    """The intent has a row already; only a person may want the same once more, and never what may have left."""
    stage = Stage(row.state)
    if stage is Stage.SENT or row.code in {"already_there", "was_sent"}:
        return no("sent", "It was sent already.", seen.decision)
    if stage not in TERMINAL and stage is not Stage.NEEDS_REVIEW:
        return Done(True, "queued", "It is queued already.", seen.decision, row.ready_at)
    if row.was_uncertain:
        words = "settle that first." if stage is Stage.NEEDS_REVIEW else "write to them yourself if it was not."
        return no("uncertain", f"It may already have been delivered; {words}", seen.decision)
    if actor != "user":
        return no("ended", "This was ended before; only you can start it again.", seen.decision)
    followup = followups.find(change.connection, seen.matter.followup.id) or seen.matter.followup
    blocker = outbox.live_of_root(change.connection, followup.root)
    if blocker is not None and blocker.id != row.id:
        return no("thread_busy", "Another letter of this thread is still on its way.", seen.decision)
    if followup.state not in APPROVABLE | {Progress.OUTBOX}:
        return no("state", f"It is {followup.state}; only a draft can be approved.", seen.decision)
    return _anew(desk, change, seen, row, at_once=at_once)


def _anew(desk: Desk, change: Change, seen: Viewed, row: KeptLetter, *, at_once: bool) -> Done:
    """The same once more at a person's wish: a new intent, and the old row is closed."""
    stage = Stage(row.state)
    if stage is Stage.NEEDS_REVIEW:
        outbox.transition(change, row.id, stage, Stage.CANCELLED, actor="user", code="approved_anew")
    followups.raise_revision(change, seen.matter.followup.id)
    followups.move(change, seen.matter.followup.id, Progress.DRAFTED, actor="user", code="again")
    fresh = view(change.connection, desk, seen.matter.followup.id)
    if isinstance(fresh, Done):
        return fresh
    order = _order(desk, change.connection, fresh, "user", at_once=at_once, now=change.now)
    outbox.put(change, order, "approved_anew")
    enrolments.expect(change, order.followup_id, order.message_id)
    followups.move(change, seen.matter.followup.id, Progress.OUTBOX, actor="user", code="approved_anew")
    return queued(order.ready_at, fresh.decision)


def undo(desk: Desk, number: int) -> Done:
    """Take a letter back, or say honestly that it is too late."""
    reach("undo.before")
    with desk.store.write() as change:
        row = outbox.newest_of(change.connection, number)
        if row is None:
            return no("nothing", "Nothing of this waits to leave.")
        said = outbox.cancel(change, row.id)
        if said == "cancelled":
            followups.move(change, number, Progress.DRAFTED, actor="user", code="undone")
    reach("undo.after")
    if row.was_uncertain and said in {"cancelled", "cancelled_before"}:
        return no("uncertain", "Nothing more of it will be sent, but it may have been delivered before.")
    return _undone(desk, number, row, said)


def _undone(desk: Desk, number: int, row: KeptLetter, said: str) -> Done:
    match said:
        case "cancelled":
            return Done(True, "cancelled", "Cancelled. It was not sent; the draft is kept.")
        case "cancelled_before":
            return Done(True, "cancelled", "It was cancelled before, and was not sent.")
        case "leaving":
            return no(
                "leaving", "Not certain: it is being prepared and may leave this second. It stops if it still can; "
                f"`relance show {number}` says what became of it."
            )  # fmt: skip
        case "submitting" | "uncertain":
            return no("too_late", "Too late: it is being handed to the server, or may have been.")
        case "sent":
            return _after_sent(desk, number, row)
        case _:
            return no(said, f"Nothing to undo: it is {said}.")


def _after_sent(desk: Desk, number: int, row: KeptLetter) -> Done:
    """It cannot be pulled back. Stop everything near it instead."""
    with desk.store.write() as change:
        person = row.person
        scope = Scope(Kind.PERSON, person)
        budgets.pause(change, scope, None, code="undo")
        others = outbox.live_of_person(change.connection, person)
        said = tuple(f"{item.id}: {outbox.cancel(change, item.id)}" for item in others)
        followup = followups.find(change.connection, number)
        before = level_before(desk, change.connection, scope)
        budgets.set_level(change, scope, one_down(before), before, code="undo")
        plan = followup.plan if followup else ""
        left = set(outbox.sent_followups(change.connection))
        near = [item for item in followups.about_to(change.connection, plan, person) if item.id not in left]
        draft = draft_correction(desk, change, row)
    listed = (*said, *(f"follow-up {item.id} to {item.person}: {item.state}" for item in near[:MOST_LISTED]))
    words = (
        f"It was sent and cannot be taken back. {person} is paused, the level is lower, "
        f"and nothing else of {plan or 'the plan'} goes to them."
    )
    then = f" What {plan or 'the plan'} does next:" if near else ""
    more = f" A draft to put it right is follow-up {draft}: `relance edit {draft}`." if draft else ""
    return Done(False, "sent", words + more + then, listed=listed)


def edit(desk: Desk, number: int, body: str, subject: str = "") -> Done:
    """Your own words. A letter of the old text that still waits is taken back first."""
    with desk.store.write() as change:
        late = _take_back(change, number)
        if late is not None:
            return late
        draft = followups.newest_draft(change.connection, number)
        followups.add_draft(
            change, number, writer="person", body=body, subject=subject or (draft.subject if draft else "")
        )
        followups.move(change, number, Progress.DRAFTED, actor="user", code="edited")
    return Done(True, "edited", "Saved; approve it when it is right.")


def _take_back(change: Change, number: int) -> Done | None:
    row = outbox.newest_of(change.connection, number)
    if row is None or Stage(row.state) in TERMINAL:
        return no("sent", "It was sent already.") if row is not None and row.state == Stage.SENT else None
    said = outbox.cancel(change, row.id)
    return None if said == "cancelled" else no("too_late", "It is being sent at this moment.")


def redo(desk: Desk, number: int, body: str, *, writer: str, notes: str = "", **values: str) -> Done:
    """Another text, because a person asked for one; the old versions are kept."""
    with desk.store.write() as change:
        late = _take_back(change, number)
        if late is not None:
            return late
        followups.add_draft(change, number, writer=writer, body=body, notes=notes, by_wish=True, **values)
        followups.move(change, number, Progress.DRAFTED, actor="user", code="redone")
    return Done(True, "redone", "Written again.")


def snooze(desk: Desk, number: int, until: datetime) -> Done:
    """Not now."""
    return _aside(desk, number, Progress.SNOOZED, f"Comes back {until:%Y-%m-%d}.", until=until)


def skip(desk: Desk, number: int) -> Done:
    """Not this one."""
    return _aside(desk, number, Progress.SKIPPED, "Skipped.")


def stop(desk: Desk, number: int) -> Done:
    """Never again in this thread."""
    return _aside(desk, number, Progress.STOPPED, "Stopped; this thread is left alone.")


def _aside(desk: Desk, number: int, end: Progress, words: str, until: datetime | None = None) -> Done:
    with desk.store.write() as change:
        late = _take_back(change, number)
        if late is not None:
            return late
        if not followups.move(change, number, end, actor="user", code=end.value, until=until):
            return no("state", "That is not possible from where it is.")
        if end is Progress.STOPPED:
            enrolments.end_of_followup(change, number, end.value)
    return Done(True, end.value, words)


def hand_over_text(desk: Desk, number: int) -> Composed | Done:
    """The letter for the clipboard, a file or a mail program."""
    with desk.store.read() as connection:
        seen = view(connection, desk, number)
    return seen if isinstance(seen, Done) else seen.matter.made
