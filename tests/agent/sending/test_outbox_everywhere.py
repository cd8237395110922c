"""The whole way of a letter on every kind of mailbox: once at most, never after an answer, and undo tells the truth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from agent import failpoints
from agent.running.jobs import wake_up
from agent.sending import outbox, reconcile
from agent.sending.stopping import stop_moved
from agent.verbs import actions
from tests.peers.houses import ALIAS, ME, House, ImapHouse
from tests.peers.neighbourhood import Build, build, dovecot, house
from tests.sim import kill_storm

__all__ = ["build", "dovecot", "house"]


@pytest.fixture
def quiet(build: Build) -> House:
    """A house whose drafts stay at home, with one question that was never answered."""
    made = build(drafts="local")
    made.asked()
    return made


def test_it_leaves_once_and_one_copy_lies_in_sent(quiet: House) -> None:
    made = quiet.queued()
    for _ in range(2):
        quiet.pump()
        reconcile.reconcile(quiet.desk)
        reconcile.file_copies(quiet.desk)
        quiet.forward(minutes=2)
    quiet.sync()
    assert (quiet.stage(made), quiet.left()) == ("SENT", 1)
    with quiet.home.store.read() as connection:
        query = "SELECT count(*) FROM mail WHERE role = 'sent' AND present = 1"
        assert connection.exec_driver_sql(query).scalar_one() == 2


@pytest.mark.parametrize("folder", ["inbox", "junk", "Projects"])
def test_nothing_leaves_after_an_answer_in_any_folder(quiet: House, folder: str) -> None:
    made = quiet.queued()
    quiet.answer(folder=folder)
    quiet.pump()
    assert (quiet.stage(made), quiet.left(), quiet.drafts()) == ("STOPPED", 0, [])


def test_an_answer_to_an_alias_stops_it(quiet: House) -> None:
    made = quiet.queued()
    quiet.answer(to=ALIAS)
    quiet.pump()
    assert (quiet.stage(made), quiet.left()) == ("STOPPED", 0)


def test_an_answer_from_somebody_else_in_the_thread_stops_it(quiet: House) -> None:
    made = quiet.queued()
    quiet.answer(sender="boss@x1.example")
    quiet.pump()
    assert (quiet.stage(made), quiet.left()) == ("STOPPED", 0)


def test_a_mail_of_the_same_person_in_another_thread_asks_you(quiet: House) -> None:
    made = quiet.queued()
    quiet.answer(threaded=False)
    quiet.pump()
    assert (quiet.stage(made), quiet.left()) == ("NEEDS_REVIEW", 0)


def test_a_mail_written_by_hand_meanwhile_stops_it(quiet: House) -> None:
    made = quiet.queued()
    quiet.answer(folder="sent", sender=ME, to="p1@x1.example")
    quiet.pump()
    assert (quiet.stage(made), quiet.left()) == ("STOPPED", 0)


def test_an_answer_read_by_a_sync_stops_what_still_waits(quiet: House) -> None:
    made = quiet.queued()
    quiet.answer()
    quiet.sync()
    stop_moved(quiet.desk)
    assert quiet.stage(made) == "STOPPED"


def test_undone_in_time_it_never_leaves(quiet: House) -> None:
    made = quiet.queued()
    assert actions.undo(quiet.desk, made).code == "cancelled"
    quiet.pump()
    assert (quiet.stage(made), quiet.left()) == ("CANCELLED", 0)


def test_undone_too_late_it_says_so(quiet: House) -> None:
    made = quiet.queued()
    quiet.pump()
    done = actions.undo(quiet.desk, made)
    assert (done.ok, done.code, quiet.left()) == (False, "sent", 1)
    assert "cannot be taken back" in done.words


@pytest.mark.slow
def test_undone_at_every_place_on_the_way_it_leaves_once_or_not_at_all(build: Build) -> None:
    said = []
    for place in range(1, 60):
        quiet = build(drafts="local")
        quiet.asked()
        made = quiet.queued()
        answers: list[str] = []
        if not at(place, lambda quiet=quiet, made=made, answers=answers: undo_into(quiet, made, answers), quiet.pump):  # type: ignore[misc]
            break
        for _ in range(3):
            quiet.pump()
            reconcile.reconcile(quiet.desk)
        assert quiet.left() <= 1
        if answers == ["cancelled"] or quiet.stage(made) == "CANCELLED":
            assert quiet.left() == 0, place
        if quiet.left() == 1:
            assert quiet.stage(made) == "SENT", place
        said += answers
    assert {"leaving", "too_late"} <= set(said)


def undo_into(quiet: House, made: int, answers: list[str]) -> None:
    answers.append(actions.undo(quiet.desk, made).code)


def at(place: int, act: Callable[[], None], work: Callable[[], None], *, between: bool = True) -> bool:
    """Run `work`, and `act` at the n-th place it comes to. False: it has fewer places."""
    count = 0

    def handler(name: str) -> None:
        nonlocal count
        # In the middle of a change nobody else can make one.
        count += not (between and name == "store.before_commit")
        if count == place:
            failpoints.install(None)
            act()

    failpoints.install(handler)
    try:
        work()
    finally:
        failpoints.install(None)
    return count >= place


def test_a_lost_answer_is_looked_up_and_never_sent_again(quiet: House) -> None:
    made = quiet.queued()
    quiet.lose_the_answer()
    quiet.pump()
    assert (quiet.stage(made), quiet.left()) in {("UNCERTAIN", 1), ("SENT", 1)}
    quiet.file_the_copy()
    for _ in range(3):
        reconcile.reconcile(quiet.desk)
        quiet.pump()
    assert (quiet.stage(made), quiet.left()) == ("SENT", 1)


class Killed(BaseException):
    pass


@pytest.mark.slow
@pytest.mark.parametrize("answered", [False, True], ids=["silence", "answered meanwhile"])
def test_killed_at_every_place_twice_it_leaves_once_at_most(build: Build, answered: bool) -> None:
    places = 0
    # Every other place here, the ones between them there; `make crash-matrix` takes them all.
    for place in range(1 + answered, 80, 2):
        quiet = build(drafts="local")
        quiet.asked()
        made = quiet.drafted()
        if not killed(place, quiet, made):
            break
        places += 1
        quiet.calm()
        before = quiet.left()
        if answered:
            quiet.answer()
        quiet.die()
        killed(place, quiet, made)
        quiet.die()
        wake_up(quiet.desk)
        for _ in range(6):
            live(quiet, made)
            quiet.forward(hours=1)
        assert quiet.left() <= 1, place
        if answered and before == 0:
            assert quiet.left() == 0, place
        elif not answered:
            assert quiet.stage(made) in {"SENT", "NEEDS_REVIEW"}, place
            assert (quiet.stage(made) == "SENT") <= (quiet.left() == 1), place
    assert places >= 7


def killed(place: int, quiet: House, made: int) -> bool:
    def die() -> None:
        raise Killed

    try:
        at(place, die, lambda: live(quiet, made), between=False)
    except Killed:
        return True
    return False


def live(quiet: House, made: int) -> None:
    """What a process does: recover, approve where nobody did, send, look up."""
    wake_up(quiet.desk)
    if not quiet.stage(made):
        actions.approve(quiet.desk, made, at_once=True)
    quiet.pump()
    reconcile.reconcile(quiet.desk)
    reconcile.file_copies(quiet.desk)


@pytest.mark.parametrize("build", [pytest.param("imap", marks=pytest.mark.peer)], indirect=True)
def test_the_hold_is_the_one_of_the_config(build: Build) -> None:
    assert isinstance(build(), ImapHouse)
    assert build().desk.hold_approved == timedelta(seconds=10)


@pytest.mark.slow
@pytest.mark.peer
def test_the_real_program_killed_at_random_breaks_no_promise() -> None:
    wrong, words = kill_storm.storm(6, 11, 3)
    assert wrong == [], words


def test_a_worker_that_is_late_finds_the_letter_gone(quiet: House) -> None:
    made = quiet.queued()
    quiet.pump()
    assert outbox.pump(quiet.desk) == []
    assert (quiet.stage(made), quiet.left()) == ("SENT", 1)
