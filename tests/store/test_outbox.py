"""The outbox in the database: what its function lets through and what its triggers stop."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DatabaseError, IntegrityError

from agent.decide.plans.lifecycle import STAGE_MOVES, Stage
from agent.errors import RelanceError
from agent.store.base import audit
from agent.store.base.engine import Change, Store
from agent.store.base.values import KeptLetter
from agent.store.work import distrust, outbox
from agent.store.work.outbox import LetterClaim, Order, Submission
from tests.conftest import NOW, Ticking

BAD = (IntegrityError, DatabaseError, RelanceError)


SENT_FROM_NOTHING = """
INSERT INTO outbox (intent, account_id, followup_id, root, message_id, token, digest, state, ready_at, stale_at, made,
changed) VALUES ('x', 1, 1, '<q@x>', '<n@x>', 'n', 'd', 'SENT', 0, 0, 0, 0)
"""


def order(**changes: Any) -> Order:
    values: dict[str, Any] = {
        "intent": "one", "account_id": 1, "followup_id": 1, "root": "<r@x>", "person": "ann@x.example",
        "sender": "sam@y.example", "recipients": '["ann@x.example"]', "message_id": "<m@y.example>", "token": "m",
        "digest": "d" * 64, "letter": b"letter", "basis": "{}", "approved_by": "user",
        "ready_at": NOW + timedelta(seconds=35), **changes,
    }  # fmt: skip
    return Order(**values)


def put(store: Store, **changes: Any) -> int:
    with store.write() as change:
        return outbox.put(change, order(**changes), "approved")[0]


def row(store: Store, number: int) -> KeptLetter:
    with store.read() as connection:
        found = outbox.one(connection, number)
    assert found is not None
    return found


def claimed(store: Store, clock: Ticking, number: int, owner: str = "w1") -> LetterClaim:
    clock.forward(seconds=40)
    with store.write() as change:
        claim = outbox.claim(change, number, owner)
    assert claim is not None
    return claim


def submitted(store: Store, clock: Ticking, number: int) -> LetterClaim:
    claim = claimed(store, clock, number)
    with store.write() as change:
        assert outbox.submit(change, claim, Submission(b"bytes", clock.now, 5, "cursor"), lambda _c, _r: "") == ""
    return claim


def force(store: Store, number: int, stage: Stage) -> None:
    """Put a row into a state without its history, by taking the guard away for a moment."""
    with store.write() as change:
        kept = change.connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name='outbox_moves'").scalar_one()
        change.connection.exec_driver_sql("DROP TRIGGER outbox_moves")
        change.connection.exec_driver_sql(f"UPDATE outbox SET state='{stage}' WHERE id={number}")
        change.connection.exec_driver_sql(kept)


def test_every_pair_of_states_moves_as_the_table_says_even_for_plain_sql(store: Store) -> None:
    number = put(store)
    for start, end in itertools.product(Stage, Stage):
        force(store, number, start)
        allowed = end is start or end in STAGE_MOVES[start]
        try:
            with store.write() as change:
                change.connection.exec_driver_sql(f"UPDATE outbox SET state='{end}' WHERE id={number}")
            moved = True
        except BAD:
            moved = False
        assert moved is allowed, (start, end)


def test_an_intent_exists_once_for_ever(store: Store, clock: Ticking) -> None:
    number = put(store)
    assert put(store) == number
    with store.write() as change:
        assert outbox.cancel(change, number) == "cancelled"
    assert put(store, letter=b"other") == number
    assert row(store, number).state == "CANCELLED"
    assert clock.now == NOW


def test_a_thread_has_one_live_letter(store: Store) -> None:
    put(store)
    with pytest.raises(IntegrityError):
        put(store, intent="two")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM outbox",
        "UPDATE outbox SET letter = x'00'",
        "UPDATE outbox SET recipients = '[\"evil@z.example\"]'",
        "UPDATE outbox SET intent = 'other'",
        "UPDATE outbox SET digest = 'other'",
        "UPDATE outbox SET message_id = '<other@y>'",
        "UPDATE outbox SET sender = 'eve@z.example'",
        "UPDATE outbox SET frozen = x'01'",
        "UPDATE outbox SET fence = 0",
        "DELETE FROM attempt",
        "UPDATE attempt SET outcome = 'SENT'",
        "DELETE FROM approval",
        "UPDATE approval SET digest = 'x'",
        "DELETE FROM spent",
        SENT_FROM_NOTHING,
    ],
)
def test_the_database_itself_refuses(store: Store, clock: Ticking, statement: str) -> None:
    submitted(store, clock, put(store))
    with store.write() as change:
        change.connection.exec_driver_sql("INSERT INTO spent (account_id, outbox_id, at) VALUES (1, 1, 0)")
    with pytest.raises(BAD), store.write() as change:
        change.connection.exec_driver_sql(statement)


def test_nobody_claims_before_the_hold_is_over(store: Store, clock: Ticking) -> None:
    number = put(store)
    with store.write() as change:
        assert outbox.claim(change, number, "w") is None
    assert claimed(store, clock, number).fence == 1
    with store.write() as change:
        assert outbox.claim(change, number, "w2") is None


def test_a_worker_whose_fence_is_old_does_nothing(store: Store, clock: Ticking) -> None:
    number = put(store)
    old = claimed(store, clock, number)
    clock.forward(minutes=16)
    with store.write() as change:
        assert outbox.recover(change) == (1, 0)
    fresh = claimed(store, clock, number, "w2")
    with store.write() as change:
        assert outbox.submit(change, old, Submission(b"b", clock.now, 1, ""), lambda _c, _r: "") == "lost"
    assert fresh.fence == 2


def test_an_undo_during_preparation_is_honoured_at_the_last_line(store: Store, clock: Ticking) -> None:
    number = put(store)
    claim = claimed(store, clock, number)
    with store.write() as change:
        assert outbox.cancel(change, number) == "leaving"
    with store.write() as change:
        assert outbox.submit(change, claim, Submission(b"b", clock.now, 1, ""), lambda _c, _r: "") == "cancelled"
    assert row(store, number).state == "CANCELLED"


def test_an_undo_after_the_last_line_never_says_cancelled(store: Store, clock: Ticking) -> None:
    number = put(store)
    submitted(store, clock, number)
    with store.write() as change:
        assert outbox.cancel(change, number) == "submitting"
    assert row(store, number).cancel_requested == 0


def test_recovery_never_makes_a_submitted_letter_ready(store: Store, clock: Ticking) -> None:
    number = put(store)
    submitted(store, clock, number)
    clock.forward(minutes=16)
    with store.write() as change:
        assert outbox.recover(change) == (0, 1)
    assert row(store, number).state == "UNCERTAIN"
    with store.read() as connection:
        assert outbox.due(connection, clock.now + timedelta(days=1)) == []


def test_recovery_leaves_a_running_submission_alone(store: Store, clock: Ticking) -> None:
    number = put(store)
    submitted(store, clock, number)
    clock.forward(minutes=14)
    with store.write() as change:
        assert outbox.recover(change) == (0, 0)
    assert row(store, number).state == "SUBMITTING"


def test_proof_from_a_late_worker_wins_over_unknown(store: Store, clock: Ticking) -> None:
    number = put(store)
    claim = submitted(store, clock, number)
    clock.forward(minutes=16)
    with store.write() as change:
        outbox.recover(change)
    with store.write() as change:
        assert outbox.conclude(change, claim, Stage.SENT, "accepted", evidence="250 ok")
        assert not outbox.conclude(change, claim, Stage.FAILED, "refused")
    assert row(store, number).state == "SENT"


def test_sending_once_more_after_an_unknown_outcome_needs_the_word_for_it(store: Store, clock: Ticking) -> None:
    number = put(store)
    submitted(store, clock, number)
    clock.forward(minutes=16)
    with store.write() as change:
        outbox.recover(change)
        outbox.transition(change, number, Stage.UNCERTAIN, Stage.NEEDS_REVIEW, code="not_found")
    with store.write() as change:
        assert not outbox.approve_again(change, number, clock.now, resend=False)
        assert outbox.approve_again(change, number, clock.now, resend=True)
    kept = row(store, number)
    assert (kept.state, kept.frozen, kept.message_id) == ("HELD", b"bytes", "<m@y.example>")


def test_proof_that_comes_while_it_waits_again_keeps_the_second_one_here(store: Store, clock: Ticking) -> None:
    number = put(store)
    claim = submitted(store, clock, number)
    clock.forward(minutes=16)
    with store.write() as change:
        outbox.recover(change)
        outbox.transition(change, number, Stage.UNCERTAIN, Stage.NEEDS_REVIEW, code="not_found")
        assert outbox.approve_again(change, number, clock.now, resend=True)
    with store.write() as change:
        assert outbox.conclude(change, claim, Stage.SENT, "accepted", evidence="250 ok")
    assert (row(store, number).state, row(store, number).code) == ("STOPPED", "was_sent")


def test_a_restored_database_sends_nothing(store: Store, clock: Ticking) -> None:
    held, going = put(store), put(store, intent="two", root="<r2@x>")
    submitted(store, clock, going)
    with store.write() as change:
        assert distrust.quarantine(change) == 2
    assert (row(store, held).state, row(store, going).state) == ("NEEDS_REVIEW", "UNCERTAIN")
    with store.read() as connection:
        assert outbox.due(connection, clock.now + timedelta(days=9)) == []


def test_every_move_stands_in_the_audit_log(store: Store, clock: Ticking) -> None:
    number = put(store)
    claim = submitted(store, clock, number)
    with store.write() as change:
        outbox.conclude(change, claim, Stage.SENT, "accepted", evidence="250 ok")
    with store.read() as connection:
        moves = [(item.from_state, item.to_state) for item in audit.read(connection)]
    assert moves == [("", "HELD"), ("HELD", "CLAIMED"), ("CLAIMED", "SUBMITTING"), ("SUBMITTING", "SENT")]
    assert store.verify().broken_at is None


def test_a_move_that_fails_leaves_no_event(store: Store) -> None:
    number = put(store)
    with store.write() as change:
        assert not outbox.transition(change, number, Stage.CLAIMED, Stage.SUBMITTING, at_fence=0)
    with store.read() as connection:
        assert len(audit.read(connection)) == 1


def test_forgetting_a_person_empties_the_letters_and_keeps_the_intent(store: Store, clock: Ticking) -> None:
    claim = submitted(store, clock, put(store))
    with store.write() as change:
        outbox.conclude(change, claim, Stage.SENT, "accepted")
        assert outbox.erase_person(change, "ann@x.example") == 1
    kept = row(store, claim.number)
    assert (kept.letter, kept.frozen, kept.person, kept.intent) == (b"", b"", "", "one")
    assert put(store) == claim.number


def test_a_change_that_breaks_off_leaves_no_letter(store: Store) -> None:
    def broken(change: Change) -> None:
        outbox.put(change, order(), "approved")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), store.write() as change:
        broken(change)
    with store.read() as connection:
        assert outbox.rows(connection) == []
