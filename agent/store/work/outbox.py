"""Rows of the outbox and the one function that moves them; never opens a connection to a mail server."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Unpack

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from agent.decide.plans.lifecycle import LIVE, TERMINAL, UNDOABLE, WAITING, Progress, Stage
from agent.failpoints import reach
from agent.store.base import settings
from agent.store.base.audit import Event
from agent.store.base.changes import LetterChange
from agent.store.base.engine import Change
from agent.store.base.outbox_tables import ApprovalRow, AttemptRow, OutboxRow, unguarded
from agent.store.base.rows import every, table_of
from agent.store.base.values import KeptLetter
from agent.store.work import followups

OUTBOX = table_of(OutboxRow)
ATTEMPT = table_of(AttemptRow)
APPROVAL = table_of(ApprovalRow)

LEASE = timedelta(minutes=15)
"""Longer than a server may take to answer the end of a letter."""
STALE_AFTER = timedelta(hours=24)
"""What was approved yesterday may no longer be right today; a person looks again."""
MOST_ATTEMPTS = 5
"""With the pauses between them (BACKOFF_MINUTES) about three to five hours; then a person decides."""
ERASE = "erase:"
"""Before the number of a letter whose person was forgotten while nobody knew what became of it."""
ERASES = TERMINAL | WAITING | {Stage.NEEDS_REVIEW}
PROVABLE = frozenset({Stage.SUBMITTING, Stage.UNCERTAIN, Stage.NEEDS_REVIEW})
"""Proof of acceptance is believed in these."""


@dataclass(frozen=True, slots=True)
class Order:
    """A letter and the approval that goes with it."""

    intent: str
    account_id: int
    followup_id: int
    root: str
    person: str
    sender: str
    recipients: str
    message_id: str
    token: str
    digest: str
    letter: bytes
    basis: str
    approved_by: str
    ready_at: datetime
    thread_hint: str = ""
    reply_key: str = ""


@dataclass(frozen=True, slots=True)
class LetterClaim:
    """The right to work on one row until the lease ends or the fence rises."""

    number: int
    owner: str
    fence: int


def name(number: int) -> str:
    """What the audit log calls a row."""
    return f"outbox:{number}"


def put(change: Change, order: Order, code: str) -> tuple[int, bool]:
    """Queue a letter; the same intent always leads to the same row. Returns its number and whether it is new."""
    known = by_intent(change.connection, order.intent)
    if known is not None:
        return known.id, False
    values = {field: getattr(order, field) for field in order.__slots__}
    times = {"stale_at": order.ready_at + STALE_AFTER, "made": change.now, "changed": change.now}
    statement = insert(OUTBOX).values(**values, **times, state=Stage.HELD.value, code=code).returning(OUTBOX.c.id)
    number = int(change.connection.execute(statement).scalar_one())
    _note_approval(change, number, order.digest, order.approved_by, again=False)
    change.record(
        Event("outbox.approved", name(number), order.approved_by, "", Stage.HELD, code, order.digest, order.person)
    )
    return number, True


def _note_approval(change: Change, number: int, digest: str, actor: str, *, again: bool) -> None:
    values = {"outbox_id": number, "digest": digest, "actor": actor, "again": int(again), "at": change.now}
    change.connection.execute(insert(APPROVAL).values(values))


def transition(
    change: Change, number: int, start: Stage | Iterable[Stage], end: Stage, *,
    actor: str = "daemon", code: str = "", words: str = "", at_fence: int | None = None, **values: Unpack[LetterChange],
) -> bool:  # fmt: skip
    """Move a row if it is still where it was thought to be. False: another one was faster; never try anyway."""
    starts = {start} if isinstance(start, Stage) else set(start)
    before = change.connection.execute(select(OUTBOX.c.state).where(OUTBOX.c.id == number)).scalar()
    if before not in starts:
        return False
    where = [OUTBOX.c.id == number, OUTBOX.c.state == before]
    if at_fence is not None:
        where.append(OUTBOX.c.fence == at_fence)
    kept = {"code": code, "words": words, "changed": change.now, **values}
    done = change.connection.execute(update(OUTBOX).where(*where).values(state=end.value, **kept))
    if done.rowcount != 1:
        return False
    change.record(Event(f"outbox.{end.value.lower()}", name(number), actor, str(before), end.value, code))
    if end in ERASES and settings.get(change.connection, f"{ERASE}{number}"):
        _erase_ended(change, number, end)
    return True


def claim(change: Change, number: int, owner: str) -> LetterClaim | None:
    """Take a row whose time has come."""
    row = one(change.connection, number)
    if row is None or row.ready_at > change.now:
        return None
    fence = row.fence + 1
    values: LetterChange = {"owner": owner, "fence": fence, "lease_until": change.now + LEASE}
    moved = transition(change, number, WAITING, Stage.CLAIMED, code="due", **values)
    return LetterClaim(number, owner, fence) if moved else None


@dataclass(frozen=True, slots=True)
class Submission:
    """What is known at the point of no return."""

    frozen: bytes
    looked_at: datetime
    window: int
    sent_cursor: str


Guard = Callable[[Change, KeptLetter], str]
"""Looks at the row inside the submitting transaction; a code other than the empty one keeps the letter here."""


def submit(change: Change, claim: LetterClaim, submission: Submission, guard: Guard) -> str:
    """The point of no return, all conditions checked in the transaction that passes it. Returns why not, or nothing."""
    row = one(change.connection, claim.number)
    if row is None or row.state != Stage.CLAIMED or row.fence != claim.fence:
        return "lost"
    if row.cancel_requested:
        honour(change, row)
        return "cancelled"
    code = guard(change, row)
    if code:
        return code
    number = row.attempts + 1
    values: LetterChange = {
        "attempts": number, "sent_cursor": submission.sent_cursor, "lease_until": change.now + LEASE,
    }  # fmt: skip
    if not row.frozen:
        values["frozen"] = submission.frozen
    moved = transition(
        change, claim.number, Stage.CLAIMED, Stage.SUBMITTING, code="sending", at_fence=claim.fence, **values
    )
    if not moved:
        return "lost"
    note = {"looked_at": submission.looked_at, "window": submission.window}
    change.connection.execute(
        insert(ATTEMPT).values(outbox_id=claim.number, number=number, part="begin", at=change.now, **note)
    )
    return ""


def conclude(
    change: Change, claim: LetterClaim, end: Stage, code: str, *, words: str = "", evidence: str = "",
    **values: Unpack[LetterChange],
) -> bool:  # fmt: skip
    """Write down how a submission ended. Proof of acceptance is believed even after recovery called it unknown."""
    row = one(change.connection, claim.number)
    if row is None:
        return False
    # What proof says of a letter that waits again is that it must not leave a second time.
    if end is Stage.SENT and row.state in {stage.value for stage in WAITING}:
        end, code = Stage.STOPPED, "was_sent"
    starts = {Stage.SENT: PROVABLE, Stage.STOPPED: WAITING}.get(end, frozenset({Stage.SUBMITTING}))
    moved = transition(change, claim.number, starts, end, code=code, words=words, at_fence=claim.fence, **values)
    if moved:
        note_end(change, claim.number, row.attempts, end.value, evidence)
    return moved


def note_end(change: Change, number: int, attempt: int, outcome: str, evidence: str) -> None:
    """The end of a submission; a later proof does not rewrite it."""
    known = select(ATTEMPT.c.id).where(
        ATTEMPT.c.outbox_id == number, ATTEMPT.c.number == attempt, ATTEMPT.c.part == "end"
    )
    if change.connection.execute(known).scalar() is None:
        values = {"outbox_id": number, "number": attempt, "part": "end", "at": change.now}
        row = one(change.connection, number)
        # A server's words may name a person who was forgotten meanwhile.
        said = evidence[:500] if row is not None and row.recipients != "[]" else ""
        change.connection.execute(insert(ATTEMPT).values(**values, outcome=outcome, evidence=said))


def used_up(connection: Connection, number: int) -> bool:
    """Whether every approval of a letter has served: it may have left as often as somebody approved it."""
    kept = connection.execute(select(ATTEMPT.c.part, ATTEMPT.c.outcome).where(ATTEMPT.c.outbox_id == number)).all()
    began = sum(part == "begin" for part, _ in kept)
    stayed = sum(part == "end" and outcome in {Stage.DEFERRED, Stage.FAILED} for part, outcome in kept)
    approvals = select(func.count()).select_from(APPROVAL).where(APPROVAL.c.outbox_id == number)
    return bool(began - stayed >= int(connection.scalar(approvals) or 0))


def put_off_again(change: Change, row: KeptLetter, ready: datetime, stale: datetime) -> bool:
    """Its time moves on while it stays where it is, so that nothing new is to be told. False: it is elsewhere now."""
    same = (OUTBOX.c.id == row.id, OUTBOX.c.state == row.state, OUTBOX.c.fence == row.fence)
    times = {"ready_at": ready, "stale_at": stale}
    return bool(change.connection.execute(update(OUTBOX).where(*same).values(times)).rowcount == 1)


def cancel(change: Change, number: int, *, actor: str = "user", code: str = "undone") -> str:
    """Take a letter back: `cancelled` only if this very change took it back, `leaving` if it may be too late."""
    if transition(change, number, UNDOABLE, Stage.CANCELLED, actor=actor, code=code):
        return "cancelled"
    asked = update(OUTBOX).where(OUTBOX.c.id == number, OUTBOX.c.state == Stage.CLAIMED.value)
    if change.connection.execute(asked.values(cancel_requested=1)).rowcount == 1:
        change.record(Event("outbox.cancel_asked", name(number), actor, Stage.CLAIMED, Stage.CLAIMED, code))
        return "leaving"
    row = one(change.connection, number)
    if row is None:
        return "unknown"
    return "cancelled_before" if row.state == Stage.CANCELLED else row.state.lower()


def honour(change: Change, row: KeptLetter) -> bool:
    """What was asked for while a worker had it: it does not leave, and its text is a draft again."""
    moved = transition(change, row.id, Stage.CLAIMED, Stage.CANCELLED, actor="user", code="undone", at_fence=row.fence)
    followup = followups.find(change.connection, row.followup_id) if moved else None
    if followup is not None and followup.state == Progress.OUTBOX:
        followups.move(change, followup.id, Progress.DRAFTED, actor="user", code="undone")
    return moved


def approve_again(change: Change, number: int, ready_at: datetime, *, resend: bool) -> bool:
    """A person looked at a row that waited for one. The same bytes, the same Message-ID."""
    row = one(change.connection, number)
    if row is None or (row.was_uncertain and not resend):
        return False
    code = "sent_again" if resend else "approved_again"
    moved = transition(
        change, number, Stage.NEEDS_REVIEW, Stage.HELD, actor="user", code=code, attempts=row.attempts,
        ready_at=ready_at, stale_at=ready_at + STALE_AFTER, approved_by="user", cancel_requested=0,
    )  # fmt: skip
    if moved:
        _note_approval(change, number, row.digest, "user", again=resend)
    return moved


def recover(change: Change) -> tuple[int, int]:
    """After a crash: claimed rows wait again, submitted ones are unknown; nothing else, and nothing is sent."""
    freed = unknown = 0
    for row in _expired(change):
        if row.state == Stage.CLAIMED:
            freed += honour(change, row) if row.cancel_requested else _worker_gone(change, row, Stage.HELD)
        elif _worker_gone(change, row, Stage.UNCERTAIN, settle_at=change.now, was_uncertain=1, looks=0):
            note_end(change, row.id, row.attempts, Stage.UNCERTAIN, "the process ended before the answer")
            unknown += 1
    return freed, unknown


def _worker_gone(change: Change, row: KeptLetter, end: Stage, **values: Unpack[LetterChange]) -> bool:
    start = Stage(row.state)
    return transition(change, row.id, start, end, code="worker_gone", at_fence=row.fence, **values)


def _expired(change: Change) -> list[KeptLetter]:
    held = (Stage.CLAIMED.value, Stage.SUBMITTING.value)
    late = or_(OUTBOX.c.lease_until.is_(None), OUTBOX.c.lease_until <= change.now)
    return rows(change.connection, OUTBOX.c.state.in_(held), late)


def release_leases(change: Change, mine: Callable[[str], bool]) -> None:
    """The one who holds the lock knows that leases of dead owners are over."""
    for row in rows(change.connection, OUTBOX.c.state.in_((Stage.CLAIMED.value, Stage.SUBMITTING.value))):
        if mine(row.owner):
            change.connection.execute(update(OUTBOX).where(OUTBOX.c.id == row.id).values(lease_until=change.now))
    reach("outbox.leases_released")


def rows(connection: Connection, *where: ColumnElement[bool]) -> list[KeptLetter]:
    """Rows that meet all conditions, in the order they become ready."""
    query = select(OUTBOX).where(*where).order_by(OUTBOX.c.ready_at, OUTBOX.c.id)
    return every(connection, KeptLetter, query)


def one(connection: Connection, number: int) -> KeptLetter | None:
    """A row by its number."""
    return next(iter(rows(connection, OUTBOX.c.id == number)), None)


def by_intent(connection: Connection, intent: str) -> KeptLetter | None:
    """The row of an intent, whatever became of it."""
    return next(iter(rows(connection, OUTBOX.c.intent == intent)), None)


def newest_of(connection: Connection, followup: int) -> KeptLetter | None:
    """The last row of a follow-up."""
    found = rows(connection, OUTBOX.c.followup_id == followup)
    return max(found, key=lambda row: row.id) if found else None


def due(connection: Connection, now: datetime) -> list[int]:
    """Numbers of the rows a worker may take now, oldest first."""
    waiting = tuple(stage.value for stage in WAITING)
    query = select(OUTBOX.c.id).where(OUTBOX.c.state.in_(waiting), OUTBOX.c.ready_at <= now)
    return [int(number) for number in connection.execute(query.order_by(OUTBOX.c.ready_at, OUTBOX.c.id)).scalars()]


def next_ready(connection: Connection) -> datetime | None:
    """When the next row becomes ready."""
    waiting = tuple(stage.value for stage in WAITING)
    query = select(OUTBOX.c.ready_at).where(OUTBOX.c.state.in_(waiting)).order_by(OUTBOX.c.ready_at).limit(1)
    found: datetime | None = connection.execute(query).scalar()
    return found


def live_of_person(connection: Connection, person: str) -> list[KeptLetter]:
    """Rows about a person that could still move."""
    live = tuple(stage.value for stage in LIVE)
    return rows(connection, OUTBOX.c.state.in_(live), OUTBOX.c.person == person)


def live_of_root(connection: Connection, root: str) -> KeptLetter | None:
    """The one row of a thread that could still move."""
    found = rows(connection, OUTBOX.c.state.in_(tuple(stage.value for stage in LIVE)), OUTBOX.c.root == root)
    return found[0] if found else None


def bytes_sent(connection: Connection, message_id: str) -> bytes:
    """The bytes of a letter that was sent under this name; none where it is not known."""
    named = or_(OUTBOX.c.message_id == message_id, OUTBOX.c.carried_id == message_id)
    found = rows(connection, named, OUTBOX.c.state == Stage.SENT.value)
    return found[0].frozen if found else b""


def states(connection: Connection, followups: Iterable[int]) -> dict[int, KeptLetter]:
    """The newest row of each of these follow-ups."""
    found = rows(connection, OUTBOX.c.followup_id.in_(list(followups)))
    return {row.followup_id: row for row in sorted(found, key=lambda row: row.id)}


def counts(connection: Connection) -> dict[str, int]:
    """How many rows are in each state."""
    found = connection.execute(select(OUTBOX.c.state, func.count()).group_by(OUTBOX.c.state))
    return {str(state): int(count) for state, count in found}


def sent_followups(connection: Connection) -> list[int]:
    """The follow-ups whose letter has left."""
    query = select(OUTBOX.c.followup_id).where(OUTBOX.c.state == Stage.SENT.value)
    return [int(number) for number in connection.scalars(query)]


def erase_person(change: Change, person: str, naming: Iterable[int] = ()) -> int:
    """Empty what the letters to a person hold, be they to others too; what still moves is taken back first.

    A letter that may be leaving is emptied as soon as it has ended. `naming`: letters to others that name them.
    """
    named = func.instr(func.lower(OUTBOX.c.recipients), f'"{person}"') > 0
    about = rows(change.connection, or_(OUTBOX.c.person == person, named, OUTBOX.c.id.in_(list(naming))))
    for row in about:
        if Stage(row.state) in LIVE:
            settings.put(change, f"{ERASE}{row.id}", "1")
            cancel(change, row.id, code="person_erased")
            # No mailbox that stays away keeps it: nobody looks for it any more.
            transition(change, row.id, Stage.UNCERTAIN, Stage.NEEDS_REVIEW, code="person_erased")
        else:
            _empty(change, row.id)
    return len(about)


def _erase_ended(change: Change, number: int, end: Stage) -> None:
    """Nobody is asked about a letter to a forgotten person: it ends, and keeps nothing but its intent."""
    if end not in TERMINAL:
        transition(change, number, end, Stage.STOPPED, code="person_erased")
        return
    _empty(change, number)
    settings.drop(change, f"{ERASE}{number}")


def _empty(change: Change, number: int) -> None:
    values = {"letter": b"", "frozen": b"", "recipients": "[]", "person": "", "root": "", "basis": "{}", "words": ""}
    change.connection.execute(update(OUTBOX).where(OUTBOX.c.id == number).values(values))
    with unguarded(change.connection, "attempt"):
        change.connection.execute(update(ATTEMPT).where(ATTEMPT.c.outbox_id == number).values(evidence=""))


def windows(connection: Connection) -> list[int]:
    """Microseconds between the beginning of the last look and the point of no return, shortest first."""
    query = select(ATTEMPT.c.window).where(ATTEMPT.c.part == "begin", ATTEMPT.c.window.is_not(None))
    return sorted(int(window) for window in connection.execute(query).scalars())
