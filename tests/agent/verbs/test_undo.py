"""Undo says what is certain and what is not, with an exit code that tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from agent.cli.doing.verbs import say
from agent.errors import Exit
from agent.sending import outbox, reconcile
from agent.store.work import followups
from agent.store.work import outbox as rows
from agent.verbs import actions
from tests.sim.world import Scene, ask, drafted, scene, sync


@pytest.fixture
def here() -> Iterator[Scene]:
    opened = scene()
    yield opened
    opened.close()


@pytest.fixture
def made(here: Scene) -> int:
    ask(here.world, 1)
    sync(here.desk)
    return drafted(here.desk, 1)


def claimed(here: Scene, made: int) -> None:
    """A worker prepares it at this moment."""
    assert actions.approve(here.desk, made).ok
    here.world.pass_time(seconds=40)
    with here.store.write() as change:
        row = rows.newest_of(change.connection, made)
        assert row is not None
        assert rows.claim(change, row.id, here.desk.owner) is not None


def stands(here: Scene, made: int) -> tuple[str, str]:
    with here.store.read() as connection:
        row, followup = rows.newest_of(connection, made), followups.find(connection, made)
    assert row is not None
    assert followup is not None
    return row.state, followup.state


def test_undo_of_a_letter_that_is_being_prepared_does_not_say_that_it_is_done(here: Scene, made: int) -> None:
    claimed(here, made)
    done = actions.undo(here.desk, made)
    assert (done.ok, done.code) == (False, "leaving")
    assert "not certain" in done.words.lower()
    assert f"relance show {made}" in done.words
    assert say(done) == Exit.PERSON
    here.world.pass_time(minutes=16)
    with here.store.write() as change:
        rows.recover(change)
    assert stands(here, made) == ("CANCELLED", "drafted")
    assert actions.undo(here.desk, made).code == "cancelled"
    assert actions.approve(here.desk, made).ok


def test_undo_that_came_in_time_leaves_a_draft_behind(here: Scene, made: int) -> None:
    assert actions.approve(here.desk, made).ok
    here.world.pass_time(seconds=40)
    opened = here.desk.mailbox

    def meanwhile(name: str) -> Any:
        actions.undo(here.desk, made)
        return opened(name)

    here.desk.mailbox = meanwhile
    outbox.pump(here.desk)
    assert (here.world.delivered, stands(here, made)) == ([], ("CANCELLED", "drafted"))


def test_undo_of_what_may_have_left_before_does_not_say_that_it_was_not_sent(here: Scene, made: int) -> None:
    here.world.fault, here.world.files_copy = "lost_after", "never"
    assert actions.approve(here.desk, made).ok
    here.world.pass_time(seconds=40)
    outbox.pump(here.desk)
    for _ in range(8):
        here.world.pass_time(hours=1)
        reconcile.reconcile(here.desk)
    assert (len(here.world.delivered), stands(here, made)[0]) == (1, "NEEDS_REVIEW")
    for _ in range(2):
        done = actions.undo(here.desk, made)
        assert (done.ok, done.code, say(done)) == (False, "uncertain", Exit.PERSON)
        assert "may have been delivered" in done.words
    assert stands(here, made) == ("CANCELLED", "drafted")
