"""Follow-ups and drafts: nothing is lost, nothing a person did is undone by the program."""

from __future__ import annotations

import pytest

from agent.decide.plans.lifecycle import Progress
from agent.store.base.engine import Store
from agent.store.mail.mails import account_number
from agent.store.work import followups
from tests.conftest import NOW


@pytest.fixture
def number(store: Store) -> int:
    with store.write() as change:
        account = account_number(change, "work", "memory", "sam@y.example")
        change.connection.exec_driver_sql(f"INSERT INTO thread (id, account_id, root) VALUES (1, {account}, '<r@x>')")
        return followups.plan(change, account_id=account, thread_id=1, root="<r@x>", basis="<b@y>", due=NOW)[0]


def test_planning_the_same_touch_again_gives_the_same_follow_up(store: Store, number: int) -> None:
    with store.write() as change:
        again = followups.plan(change, account_id=1, thread_id=1, root="<r@x>", basis="<b@y>")
    assert again == (number, False)


def test_a_text_a_person_wrote_is_not_overwritten(store: Store, number: int) -> None:
    with store.write() as change:
        assert followups.add_draft(change, number, writer="phrasebook", body="one") == 1
        assert followups.add_draft(change, number, writer="person", body="mine") == 2
        assert followups.add_draft(change, number, writer="phrasebook", body="two") is None
        assert followups.add_draft(change, number, writer="phrasebook", body="three", by_wish=True) == 3
    with store.read() as connection:
        newest = followups.newest_draft(connection, number)
    assert newest is not None
    assert newest.body == "three"


def test_the_program_cannot_revive_what_a_person_skipped(store: Store, number: int) -> None:
    with store.write() as change:
        assert followups.move(change, number, Progress.SKIPPED, actor="user")
        assert not followups.move(change, number, Progress.DRAFTED, actor="policy")
        assert followups.move(change, number, Progress.DRAFTED, actor="user")


def test_a_raised_revision_is_free(store: Store, number: int) -> None:
    with store.write() as change:
        taken, _ = followups.plan(change, account_id=1, thread_id=1, root="<r@x>", basis="<b@y>", touch=2)
        change.connection.exec_driver_sql(f"UPDATE followup SET touch = 1, revision = 1 WHERE id = {taken}")
        assert followups.raise_revision(change, number) == 2


def test_what_was_approved_anew_is_not_planned_a_second_time(store: Store, number: int) -> None:
    with store.write() as change:
        followups.raise_revision(change, number)
        again = followups.plan(change, account_id=1, thread_id=1, root="<r@x>", basis="<b@y>")
    assert again == (number, False)
