"""A restored or copied store sends nothing that may have left already, until a person has said so."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.decide.gate.levels import Level
from agent.running.jobs import Jobs, one_pass, wake_up
from agent.store import upkeep
from agent.store.base import settings
from agent.store.base.engine import Store
from agent.store.work import budgets, distrust
from agent.store.work import outbox as rows
from agent.verbs import actions, switches
from tests.sim.world import Scene, ask, drafted, make_desk, open_store, scene, sync

pytestmark = pytest.mark.slow

KINDS = ("held", "drafted", "not even judged")


@pytest.fixture
def here() -> Iterator[Scene]:
    opened = scene(Level.AUTOPILOT)
    opened.world.files_copy = "never"
    without_copies(opened)
    settings.next_life(opened.store)
    yield opened
    opened.close()


def without_copies(here: Scene) -> None:
    """The config says that the server files what was sent, and the server does not."""
    here.desk.seats = tuple(replace(seat, files_copy="yes") for seat in here.desk.seats)


def passes(here: Scene, hours: float = 1, times: int = 1) -> None:
    for _ in range(times):
        here.world.pass_time(hours=hours)
        one_pass(here.desk, Jobs(lambda _name: sync(here.desk)), ["work"])


def begun(here: Scene, kind: str) -> None:
    """A follow-up as far as the copy knows it."""
    ask(here.world, 1)
    sync(here.desk)
    if kind != "not even judged":
        made = drafted(here.desk, 1)
        if kind == "held":
            assert actions.approve_by_policy(here.desk, made).ok


def by_backup(here: Scene) -> Path:
    return upkeep.backup(here.store)


def by_hand(here: Scene) -> Path:
    """As a file manager would, while the program runs."""
    upkeep.compact(here.store)
    return Path(shutil.copyfile(here.store.places.database, here.folder / "by-hand.db"))


def sends(here: Scene) -> None:
    """The same process goes on; the server keeps no copy in Sent."""
    drafted(here.desk, 1)
    passes(here, times=3)
    assert len(here.world.delivered) == 1


def put_back(here: Scene, copy: Path) -> None:
    here.store.close()
    upkeep.restore(here.store.places, None, copy, "now")
    opened(here, here.store.places.data)


def laid_back(here: Scene, copy: Path) -> None:
    """Not by the command: the file is laid over the other one."""
    here.store.close()
    for suffix in ("-wal", "-shm"):
        here.store.places.database.with_name(f"relance.db{suffix}").unlink(missing_ok=True)
    shutil.copyfile(copy, here.store.places.database)
    opened(here, here.store.places.data)


def opened(here: Scene, folder: Path) -> Store:
    here.store = open_store(folder, here.world)
    here.desk = make_desk(here.store, here.world, Level.AUTOPILOT)
    without_copies(here)
    wake_up(here.desk)
    return here.store


def lifted(here: Scene) -> None:
    """The pause alone."""
    with here.store.write() as change:
        assert budgets.resume(change, None) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("copied", [by_backup, by_hand])
@pytest.mark.parametrize("back", [put_back, laid_back])
def test_what_left_after_the_copy_does_not_leave_again(
    here: Scene, kind: str, copied: Callable[[Scene], Path], back: Callable[[Scene, Path], None]
) -> None:
    begun(here, kind)
    copy = copied(here)
    sends(here)
    back(here, copy)
    with here.store.read() as connection:
        assert [str(scope) for scope, _ in budgets.pauses(connection)] == ["default"]
    drafted(here.desk, 1)
    passes(here, times=4)
    lifted(here)
    passes(here, hours=9, times=4)
    assert len(here.world.delivered) == 1


def test_a_person_may_say_for_one_or_for_all_that_it_is_open(here: Scene) -> None:
    for number in (1, 2):
        ask(here.world, number)
    sync(here.desk)
    one, two = drafted(here.desk, 1), drafted(here.desk, 2)
    put_back(here, by_backup(here))
    lifted(here)
    passes(here, times=2)
    assert here.world.delivered == []
    done = actions.approve(here.desk, one)
    assert done.ok and done.checks is not None
    assert "restored" in {check.name for check in done.checks.against}
    passes(here, times=2)
    assert [person for _, person, *_ in here.world.delivered] == ["p1@x1.example"]
    assert switches.trust_again(here.desk).ok
    assert not switches.trust_again(here.desk).ok
    passes(here, times=2)
    assert [person for _, person, *_ in here.world.delivered] == ["p1@x1.example", "p2@x2.example"]
    assert two


def test_a_letter_that_waited_for_a_person_in_the_copy_takes_the_word(here: Scene) -> None:
    begun(here, "held")
    with here.store.write() as change:
        rows.transition(change, 1, rows.WAITING, rows.Stage.NEEDS_REVIEW, code="late")
    put_back(here, by_backup(here))
    assert not actions.settle(here.desk, 1, "again").ok
    assert actions.settle(here.desk, 1, "resend", "send it again").ok
    lifted(here)
    passes(here, times=2)
    assert len(here.world.delivered) == 1


def test_a_mail_written_after_the_copy_was_put_back_is_followed_up_as_ever(here: Scene) -> None:
    put_back(here, by_backup(here))
    lifted(here)
    here.world.pass_time(days=1)
    ask(here.world, 3, days=0)
    sync(here.desk)
    here.world.pass_time(days=4)
    drafted(here.desk, 3)
    passes(here, times=2)
    assert len(here.world.delivered) == 1


@pytest.mark.parametrize("way", ["copied", "on another machine"])
def test_a_home_copied_elsewhere_sends_nothing_and_the_first_goes_on(
    here: Scene, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(here, "held")
    upkeep.compact(here.store)
    shutil.copytree(here.folder, tmp_path / "second")
    sends(here)
    first = here.store
    if way == "on another machine":
        monkeypatch.setattr(settings, "machine", lambda: "another")
    second = opened(here, tmp_path / "second")
    lifted(here)
    passes(here, hours=9, times=4)
    assert len(here.world.delivered) == 1
    monkeypatch.undo()
    assert settings.same_life(first)
    second.close()
    here.store = first


def test_lost_records_are_doubted_like_a_copy(here: Scene) -> None:
    begun(here, "drafted")
    here.store.anchor()
    with here.store.write() as change:
        change.record(rows.Event("audit.lost", actor="daemon", code="rows up to 9 are gone"))
    assert distrust.needed(here.store)
    wake_up(here.desk)
    assert not distrust.needed(here.store)
    passes(here, times=3)
    assert here.world.delivered == []


def test_a_home_from_before_marks_named_the_place_goes_on(here: Scene) -> None:
    with here.store.read() as connection:
        generation = settings.get(connection, settings.GENERATION)
    here.store.places.generation.write_text(settings._mark_without_place(generation))
    wake_up(here.desk)
    assert not distrust.needed(here.store)
    with here.store.read() as connection:
        assert distrust.since(connection) is None
    assert here.store.places.generation.read_text() != settings._mark_without_place(generation)
