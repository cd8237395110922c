"""Finds out what became of letters whose outcome is unknown, only by looking; it never sends anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from agent import logs
from agent.common.desk import Desk
from agent.decide.plans.lifecycle import Stage
from agent.failpoints import reach
from agent.sending.compose import letter_of, written_since
from agent.store.base.values import KeptLetter
from agent.store.work import outbox
from agent.store.work.followup_lists import note_letter
from agent.store.work.outbox import OUTBOX
from providers.base import ProviderError, Role

WAITS = tuple(timedelta(seconds=seconds) for seconds in (30, 90, 480, 3000))
"""Between the looks: at once, after 30 s, 2, 10 and 60 minutes."""
UNREADABLE = timedelta(minutes=5)
"""As often as a watched mailbox is read; a look that failed says nothing and counts for nothing."""
NOT_PROOF = frozenset({Role.DRAFTS})
COPY_WAIT = timedelta(seconds=45)
"""How long a server gets to file the copy itself."""
COPY_WAIT_AT_END = timedelta(seconds=5)
"""`run --once` ends then, so it waits shorter than the daemon; a copy that comes late is found by the next run."""
COPY_AGAIN = timedelta(minutes=15)
"""A mailbox that is full or without a Sent folder stays so for a while; the letter itself has left."""
MOST_WORDS = 200
"""Of what a server says; it goes into one line of a list."""


def reconcile(desk: Desk) -> list[int]:
    """Look for every unknown letter whose time has come. Returns the rows that were settled."""
    with desk.store.read() as connection:
        unknown = outbox.rows(connection, OUTBOX.c.state == Stage.UNCERTAIN.value)
    now = desk.store.clock()
    return [row.id for row in unknown if (row.settle_at or now) <= now and _settle(desk, row)]


def _settle(desk: Desk, row: KeptLetter) -> bool:
    try:
        evidence = evidence_of(desk, row)
    except ProviderError:
        _later(desk, row, row.looks, desk.store.clock() + UNREADABLE)
        return False
    reach("reconcile.looked")
    if evidence:
        return _found(desk, row, evidence)
    looks = row.looks + 1
    if looks <= len(WAITS):
        _later(desk, row, looks, desk.store.clock() + WAITS[looks - 1])
        return False
    # That it is not in Sent proves nothing: many servers keep no copy.
    with desk.store.write() as change:
        moved = outbox.transition(
            change, row.id, Stage.UNCERTAIN, Stage.NEEDS_REVIEW, code="not_found", words=NOT_FOUND, looks=looks
        )
    reach("reconcile.given_up")
    return moved


NOT_FOUND = "Nobody can tell whether it was delivered: the server never answered and no copy is in Sent."


def evidence_of(desk: Desk, row: KeptLetter) -> str:
    """Proof that the letter was taken, or nothing. Raises when the mailbox cannot be read."""
    with desk.store.read() as connection:
        if written_since(connection, [row.message_id]):
            return "a copy is in the mailbox"
    seat = desk.seat(row.account_id)
    if seat is None:
        return ""
    found = desk.mailbox(seat.name).find_token(row.token, row.sent_cursor)
    if found is None or found.role in NOT_PROOF:
        return ""
    return f"found in {found.role.value} as {found.message_id[:120]}"


def _found(desk: Desk, row: KeptLetter, evidence: str) -> bool:
    with desk.store.write() as change:
        moved = outbox.transition(
            change, row.id, Stage.UNCERTAIN, Stage.SENT, code="found", words=evidence, sent_copy="done",
            carried_id=row.message_id,
        )  # fmt: skip
        if moved:
            outbox.note_end(change, row.id, row.attempts, Stage.SENT, evidence)
    reach("reconcile.found")
    return moved


def _later(desk: Desk, row: KeptLetter, looks: int, when: datetime) -> None:
    with desk.store.write() as change:
        note_letter(change, row.id, state=Stage.UNCERTAIN.value, looks=looks, settle_at=when)


def last_copies(desk: Desk, wait: Callable[[float], object]) -> int:
    """For a pass that no other follows: the server has a moment to file its copy, then ours is filed."""
    filed = file_copies(desk)
    with desk.store.read() as connection:
        pending = outbox.rows(connection, OUTBOX.c.state == Stage.SENT.value, OUTBOX.c.sent_copy == "pending")
    if any((row.settle_at or desk.store.clock()) <= desk.store.clock() for row in pending):
        wait(COPY_WAIT_AT_END.total_seconds())
        filed += file_copies(desk, COPY_WAIT_AT_END)
    return filed


def file_copies(desk: Desk, patience: timedelta = COPY_WAIT) -> int:
    """A copy in Sent, only where the server left none. Never changes what is known about the sending."""
    with desk.store.read() as connection:
        pending = outbox.rows(connection, OUTBOX.c.state == Stage.SENT.value, OUTBOX.c.sent_copy == "pending")
    filed, now = 0, desk.store.clock()
    for row in pending:
        if (row.settle_at or now) > now:
            continue
        try:
            filed += _file(desk, row, patience)
        except ProviderError as problem:
            _unfiled(desk, row, problem)
    return filed


def _unfiled(desk: Desk, row: KeptLetter, problem: ProviderError) -> None:
    """A mailbox that takes no copy, because it is full or has no Sent folder, is asked again now and then."""
    logs.note("copy.unfiled", error=type(problem).__name__)
    with desk.store.write() as change:
        note_letter(change, row.id, words=str(problem)[:MOST_WORDS], settle_at=change.now + COPY_AGAIN)


def _file(desk: Desk, row: KeptLetter, patience: timedelta) -> bool:
    seat = desk.seat(row.account_id)
    if seat is None:
        return _copied(desk, row, "failed")
    mailbox = desk.mailbox(seat.name)
    keeps = mailbox.capabilities.server_files_sent
    if seat.files_copy == "auto" and (keeps or (keeps is None and desk.store.clock() < row.changed + patience)):
        return _copied(desk, row, "server") if keeps else False
    if mailbox.find_token(row.token, row.sent_cursor) is not None:
        return _copied(desk, row, "done")
    append = getattr(mailbox, "append_sent", None)
    reach("copy.before_append")
    if append is None or not row.frozen:
        return _copied(desk, row, "failed")
    append(letter_of(row, row.frozen))
    reach("copy.appended")
    return _copied(desk, row, "done")


def _copied(desk: Desk, row: KeptLetter, how: str) -> bool:
    with desk.store.write() as change:
        note_letter(change, row.id, sent_copy=how, words="")
    return how == "done"
