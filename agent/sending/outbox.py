"""The only caller of anything that sends: one letter at a time, at most once, never after an answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Unpack

from agent import ending
from agent.common.desk import Desk, Seat
from agent.decide.gate.case import Case, CheckVerdict, Look
from agent.decide.gate.decision import Decision, decide
from agent.decide.gate.levels import Level
from agent.decide.plans.lifecycle import LIVE, WAITING, Progress, Stage
from agent.decide.plans.meeting import met
from agent.errors import RelanceError
from agent.failpoints import reach
from agent.mailboxes.absence import holds
from agent.sending.case import Matter, level_of, look_of, paused_for, send_case, use_of
from agent.sending.compose import as_approved, date_for, letter_of, whole_thread
from agent.sending.last_look import Looked, look
from agent.sending.letters_that_stay import note_ended, words_for
from agent.sending.read_whole import unread
from agent.store.base import settings
from agent.store.base.changes import LetterChange
from agent.store.base.engine import Change
from agent.store.base.journal import Journal, Proof
from agent.store.base.values import NO_TEXT, Followup, KeptLetter
from agent.store.mail.mails import account_rows
from agent.store.work import budgets, followups, outbox
from agent.store.work.outbox import LetterClaim, Submission
from providers import senders
from providers.base import Letter, NotSent, ProviderError, Receipt, Sender, SignInNeeded, Unknown
from providers.mail import freeze
from providers.smtp import sender as smtp

FRESH_SECONDS = 15.0
"""Promise P7 of docs/safety.md, on a clock that nobody sets; `make latency` prints what it is in fact."""
BACKOFF_MINUTES = (1, 5, 15, 60, 240)
"""What a server puts off is greylisting, over in minutes, or a full mailbox or a limit, over in hours."""
NO_NETWORK, WHILE_PAUSED = timedelta(minutes=2), timedelta(minutes=5)
"""How soon a letter goes on once the network is back or the pause is over: not at once, so as not to ask for ever."""
NOBODY_THERE = frozenset({"unreachable", "look_failed"})
"""Reasons that last as long as the account's mailbox cannot be read."""


class Halt(Exception):
    """The letter stays here. Raised inside the commit, so the sender hangs up."""

    def __init__(self, code: str, words: str = "", end: Stage | None = None, ready_at: datetime | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.words = words
        self.end = end
        self.ready_at = ready_at


@dataclass(frozen=True, slots=True)
class Worked:
    """What became of one row."""

    number: int
    state: str
    code: str = ""


def pump(desk: Desk, most: int = 10) -> list[Worked]:
    """Work on every row whose time has come."""
    with desk.store.read() as connection:
        numbers = outbox.due(connection, desk.store.clock())
    done = [work(desk, number) for number in numbers[:most]]
    return [item for item in done if item is not None]


def work(desk: Desk, number: int) -> Worked | None:
    """Take one row and bring it as far as it may go. None when another worker has it, or it just waits on."""
    if _waits_on(desk, number):
        return None
    with desk.store.write() as change:
        claim = outbox.claim(change, number, desk.owner)
    if claim is None:
        return None
    reach("outbox.claimed")
    with desk.store.read() as connection:
        row = outbox.one(connection, number)
    assert row is not None
    try:
        _early(desk, row)
        _hand_over(desk, claim, row)
    except Halt as halt:
        _stay(desk, claim, halt)
    with desk.store.read() as connection:
        after = outbox.one(connection, number)
    return Worked(number, after.state, after.code) if after else None


def _waits_on(desk: Desk, number: int) -> bool:
    """The same reason once more: only its time moves, and neither a step nor a line of the log is made of that."""
    with desk.store.read() as connection:
        row = outbox.one(connection, number)
    if row is None or row.state not in WAITING or not row.fence:
        return False
    ready, stale = _once_more(desk, row), row.stale_at
    if ready is None:
        return False
    if row.code not in NOBODY_THERE:
        stale = max(stale, ready + outbox.STALE_AFTER)
    with desk.store.write() as change:
        return outbox.put_off_again(change, row, ready, stale)


def _once_more(desk: Desk, row: KeptLetter) -> datetime | None:
    """Until when what kept it here keeps it still; None when there is something to do."""
    try:
        _early(desk, row)
    except Halt as halt:
        return halt.ready_at if halt.code == row.code and halt.end is None else None
    if row.code not in NOBODY_THERE:
        return None
    with desk.store.read() as connection:
        unread = {account.id for account in account_rows(connection) if account.health == "stale"}
    return desk.store.clock() + NO_NETWORK if row.account_id in unread else None


def _early(desk: Desk, row: KeptLetter) -> None:
    """What is known already is not worth a connection; at manual level none may be opened."""
    now = desk.store.clock()
    if now >= row.stale_at:
        raise Halt("late", "Its time passed more than a day ago; look again before it leaves.", end=Stage.NEEDS_REVIEW)
    if row.tries >= outbox.MOST_ATTEMPTS:
        raise Halt("too_often", "A server put it off five times.", end=Stage.NEEDS_REVIEW)
    blocked = desk.blocked.get(str(row.account_id))
    if blocked is not None and blocked > now:
        raise Halt("slow_down", "The server asked to be left alone for a while.", ready_at=blocked)
    _judge(desk, row, Look(timedelta(0)))


def _judge(desk: Desk, row: KeptLetter, look_: Look) -> None:
    """Ask the gate; anything but a clear yes keeps the letter here."""
    now = desk.store.clock()
    with desk.store.read() as connection:
        followup = followups.find(connection, row.followup_id)
        seat = desk.seat(row.account_id)
        if followup is None or seat is None:
            raise Halt("gone", "What it was about is gone.", end=Stage.STOPPED)
        draft = followups.newest_draft(connection, followup.id)
        thread = whole_thread(connection, followup)
        made = as_approved(desk, row, followup, draft, thread)
        matter = Matter(seat, followup, draft or NO_TEXT, made)
        case = send_case(connection, desk, matter, row, look=look_, now=now)
    decision = decide(case, now)
    if decision.verdict is not CheckVerdict.ALLOW:
        raise _halted(desk, decision, case, row)


def _halted(desk: Desk, decision: Decision, case: Case, row: KeptLetter) -> Halt:
    if decision.waits_until is not None:
        return Halt(decision.code, decision.reason, ready_at=decision.waits_until)
    fate = met(case.news, may_have_left=bool(row.was_uncertain))
    if fate is not None and fate.end is not Stage.NEEDS_REVIEW:
        answered = next(check for check in decision.checks if check.name == "answered")
        return Halt(fate.code, answered.reason, end=fate.end)
    codes = {check.code for check in decision.against if check.again_at is None}
    if codes == {"paused"}:
        return Halt("paused", decision.reason, ready_at=desk.store.clock() + WHILE_PAUSED)
    if codes <= {"look_failed", "look_old"}:
        return Halt(decision.code, decision.reason)
    return Halt(decision.code, decision.reason, end=Stage.NEEDS_REVIEW)


def _hand_over(desk: Desk, claim: LetterClaim, row: KeptLetter) -> None:
    seat = desk.seat(row.account_id)
    assert seat is not None
    raw = row.frozen or freeze.dated(row.letter, date_for(desk, desk.store.clock()))
    letter = letter_of(row, raw)
    passed = Passed()

    def commit(under_way: ExitStack) -> None:
        desk.heed(row)
        reach("outbox.before_look")
        looked = look(desk, seat)
        _judge(desk, row, look_of(desk.seconds() - looked.began, (*looked.failed, *unread(desk, row))))
        reach("outbox.before_submit")
        _submit(desk, claim, raw, looked)
        passed.yes = True
        under_way.enter_context(ending.sending())
        reach("outbox.submitting")
        with suppress(RelanceError, OSError):
            settings.settle_life(desk.store)

    try:
        desk.heed(row)
        if missing := unread(desk, row):
            _judge(desk, row, look_of(0.0, missing))
        with ExitStack() as under_way:
            receipt = desk.sender(seat.name).send(letter, lambda: commit(under_way))
    except Halt:
        raise
    except Exception as problem:  # noqa: BLE001 (whatever it is, the row must say what is known)
        _failed(desk, claim, row, problem, committed=passed.yes)
    else:
        reach("outbox.accepted")
        _sent(desk, claim, seat, letter, receipt)


@dataclass(slots=True)
class Passed:
    """Whether the point of no return is behind us."""

    yes: bool = False


def _submit(desk: Desk, claim: LetterClaim, raw: bytes, looked: Looked) -> None:
    def guard(change: Change, row: KeptLetter) -> str:
        return _last_words(desk, change, row, raw, looked.began)

    window = int((desk.seconds() - looked.began) * 1_000_000)
    with desk.store.write() as change:
        code = outbox.submit(change, claim, Submission(raw, looked.at, window, looked.cursor), guard)
        if not code:
            # No copy of the database from before this letter may pass for the one that sent it.
            settings.announce_life(desk.store, change)
    if code:
        end = None if code in AGAIN else Stage.STOPPED if code == "stopped" else Stage.NEEDS_REVIEW
        raise Halt(code, "Something changed at the last moment.", end=end)


AGAIN = frozenset({"lost", "cancelled", "look_old", "budget", "paused"})
"""Reasons at the last line that need nobody: the row is elsewhere already, or simply waits once more."""


def _last_words(desk: Desk, change: Change, row: KeptLetter, raw: bytes, began: float) -> str:
    """Checked inside the transaction that passes the point of no return."""
    followup = followups.find(change.connection, row.followup_id)
    seat = desk.seat(row.account_id)
    if followup is None or seat is None or followup.state != Progress.OUTBOX:
        return "stopped"
    if freeze.digest(raw) != row.digest:
        return "changed"
    if not 0 <= desk.seconds() - began <= FRESH_SECONDS:
        return "look_old"
    code = _consent(desk, change, row, followup, seat)
    if code:
        return code
    use = use_of(desk, followup, row.id, whole_thread(change.connection, followup))
    if budgets.none_left(change.connection, desk.limits, use, change.now):
        return "budget"
    budgets.take(change, use)
    return ""


def _consent(desk: Desk, change: Change, row: KeptLetter, followup: Followup, seat: Seat) -> str:
    thread = whole_thread(change.connection, followup)
    level = level_of(change.connection, desk, seat, followup, thread).level
    needed = Level.COPILOT if row.approved_by == "user" else Level.AUTOPILOT
    if level.rank < needed.rank:
        return "level"
    stopped = paused_for(change.connection, desk, followup, thread, change.now)
    return "paused" if stopped or desk.pause_file.exists() or holds(change.connection, change.now) else ""


def _stay(desk: Desk, claim: LetterClaim, halt: Halt) -> None:
    """Write down why it stays. Undo that was asked for meanwhile is honoured first."""
    if halt.code in {"lost", "cancelled"}:
        return
    with desk.store.write() as change:
        row = outbox.one(change.connection, claim.number)
        if row is None or row.fence != claim.fence:
            return
        if row.cancel_requested:
            outbox.honour(change, row)
        elif halt.end is not None:
            _move(change, claim, halt.end, halt.code, words=words_for(row, halt.end, halt.code, halt.words))
            note_ended(change, row, halt.end, halt.code)
        else:
            ready = halt.ready_at or change.now + timedelta(seconds=90)
            stale = max(row.stale_at, ready + outbox.STALE_AFTER) if halt.ready_at else row.stale_at
            _move(change, claim, Stage.HELD, halt.code, words=halt.words, ready_at=ready, stale_at=stale)
    reach("outbox.stayed")


def _move(
    change: Change, claim: LetterClaim, end: Stage, code: str, *, words: str = "", **values: Unpack[LetterChange]
) -> bool:
    return outbox.transition(
        change, claim.number, Stage.CLAIMED, end, code=code, words=words, at_fence=claim.fence, **values
    )


def _sent(desk: Desk, claim: LetterClaim, seat: Seat, letter: Letter, receipt: Receipt) -> None:
    said, carried = receipt.evidence[:300], receipt.message_id or letter.message_id
    copy = "server" if seat.files_copy == "yes" else "pending"
    proof = Proof(claim.number, claim.fence, Stage.SENT.value, "accepted", said, carried)

    def change_it(change: Change) -> None:
        outbox.conclude(
            change, claim, Stage.SENT, "accepted", evidence=said, carried_id=carried, sent_copy=copy, tries=0
        )

    _write_down(desk, proof, change_it)
    reach("outbox.sent")


def _failed(desk: Desk, claim: LetterClaim, row: KeptLetter, problem: Exception, *, committed: bool) -> None:
    """Only proof makes it wait or fail; everything else is unknown."""
    if isinstance(problem, ProviderError) and problem.retry_after:
        desk.blocked[str(row.account_id)] = desk.store.clock() + timedelta(seconds=problem.retry_after)
    if committed and not isinstance(problem, NotSent):
        words = str(problem) if isinstance(problem, Unknown) else f"The attempt broke off ({type(problem).__name__})."
        unknown: LetterChange = {"settle_at": desk.store.clock(), "was_uncertain": 1, "looks": 0}
        _after(desk, claim, Stage.UNCERTAIN, "no_answer", words, **unknown)
        return
    known = isinstance(problem, ProviderError | RelanceError)
    words = str(problem) if known else f"It broke off ({type(problem).__name__})."
    if isinstance(problem, NotSent) and problem.permanent:
        end, code = Stage.FAILED, "refused"
    elif isinstance(problem, NotSent):
        end, code = Stage.DEFERRED, "put_off"
    elif isinstance(problem, SignInNeeded):
        end, code = Stage.NEEDS_REVIEW, "sign_in"
    else:
        end, code = Stage.DEFERRED, "unreachable"
    tries = row.tries + (code == "put_off")
    ready = desk.store.clock() + _pause_after(desk, code, tries)
    values: LetterChange = {"tries": tries}
    if end is Stage.DEFERRED:
        values["ready_at"] = ready
    _after(desk, claim, end, code, words, **values)


def _pause_after(desk: Desk, code: str, tries: int) -> timedelta:
    if code == "unreachable":
        return NO_NETWORK
    minutes = BACKOFF_MINUTES[min(max(tries, 1), len(BACKOFF_MINUTES)) - 1]
    return timedelta(minutes=minutes) * (0.5 + desk.spread() / 2)


def _after(desk: Desk, claim: LetterClaim, end: Stage, code: str, words: str, **values: Unpack[LetterChange]) -> None:
    proof = Proof(claim.number, claim.fence, end.value, code, words[:300])

    def change_it(change: Change) -> None:
        if not outbox.conclude(change, claim, end, code, words=words[:300], evidence=words[:300], **values):
            _move(change, claim, end, code, words=words[:300], **values)

    _write_down(desk, proof, change_it)
    reach("outbox.concluded")


def _write_down(desk: Desk, proof: Proof, act: Callable[[Change], object]) -> None:
    """If the database cannot take it now, the proof goes where it will be found at the next start."""
    try:
        with desk.store.write() as change:
            act(change)
    except (RelanceError, OSError):
        Journal(journal_file(desk)).add(proof)
        raise


def journal_file(desk: Desk) -> Path:
    """Beside the database, on the state side."""
    return desk.store.places.state / "outbox-journal"


def replay_journal(desk: Desk) -> int:
    """Before recovery: what the last run could prove but not store."""
    journal = Journal(journal_file(desk))
    done = 0
    for proof in journal.read():
        claim = LetterClaim(proof.outbox, "", proof.fence)
        end = Stage(proof.end)
        more: LetterChange = {"carried_id": proof.carried_id, "sent_copy": "pending"} if end is Stage.SENT else {}
        if end is Stage.UNCERTAIN:
            more = {"settle_at": desk.store.clock(), "was_uncertain": 1, "looks": 0}
        with desk.store.write() as change:
            done += outbox.conclude(change, claim, end, proof.code, evidence=proof.evidence, **more)
    journal.clear()
    return done


def smtp_sender(server: smtp.Server) -> Sender:
    """A sender for a server; the only place where one is made."""
    return senders.SmtpSender(server, reach)


def live(desk: Desk) -> int:
    """How many rows could still move."""
    with desk.store.read() as connection:
        return len(outbox.rows(connection, outbox.OUTBOX.c.state.in_([stage.value for stage in LIVE])))


memory_sender = senders.MemorySender
"""The sender of the built-in mailbox."""


def cloud_sender(provider: str, settings: object) -> Sender:
    """Sends through Google or Microsoft."""
    return senders.cloud(provider, settings, reach)
