"""Letters that wait say until when, and each follow-up says the level that holds for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent import config as configuration
from agent import doctor
from agent.cli.doing.screen import still_waiting
from agent.cli.showing import status, waiting
from agent.cli.showing.read import with_letters
from agent.cli.showing.waiting import all_waiting, leaving, nobody_sends, of_letter, with_levels
from agent.common.home import Home
from agent.decide.gate.levels import Level, Scope, parse_scope
from agent.lock import held
from agent.paths import Places
from agent.sending import outbox
from agent.store.base.values import KeptLetter
from agent.store.shown import views
from agent.verbs import actions
from tests import rows
from tests.sim.world import Scene, ask, drafted, scene, sync

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


def letter(state: str, minutes: int = 1, words: str = "") -> KeptLetter:
    return rows.letter(state=state, ready_at=NOW + timedelta(minutes=minutes), words=words)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (None, ""),
        (letter("SENT"), ""),
        (letter("CANCELLED"), ""),
        (letter("HELD"), "HELD: leaves {soon}; `relance undo 7` takes it back."),
        (letter("HELD", -1), "HELD: may leave now; `relance undo 7` takes it back."),
        (letter("HELD", words="Everything is paused."),
         "HELD: leaves {soon} (Everything is paused.); `relance undo 7` takes it back."),
        (letter("CLAIMED"), "CLAIMED: may be leaving this second; `relance undo 7` may still stop it."),
        (letter("UNCERTAIN", words="The line broke."), "UNCERTAIN (The line broke.)"),
        (letter("NEEDS_REVIEW"), "NEEDS_REVIEW"),
    ],
)  # fmt: skip
def test_a_letter_says_where_it_stands(row: KeptLetter | None, said: str) -> None:
    soon = f"{(NOW + timedelta(minutes=1)).astimezone():%H:%M:%S}"
    assert of_letter(row, 7, NOW) == said.format(soon=soon)


def test_another_day_is_named() -> None:
    later = NOW + timedelta(days=3)
    assert leaving(later, NOW) == f"leaves {later.astimezone():%a %d %b %H:%M}"


@pytest.mark.parametrize(
    ("chosen", "level"),
    [("", "copilot"), ("p1@x1.example", "manual"), ("x1.example", "manual"), ("p2@x2.example", "copilot")],
)
def test_a_follow_up_shows_the_level_that_holds_for_it(tmp_path: Path, chosen: str, level: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[gate]\nlevel = "copilot"\n[[gate.scope]]\nlabel = "nobody has it"\nlevel = "autopilot"\n')
    here = scene()
    try:
        ask(here.world, 1)
        sync(here.desk)
        drafted(here.desk, 1)
        scope = parse_scope(chosen)
        if isinstance(scope, Scope):
            assert actions.set_level(here.desk, scope, Level.MANUAL).ok
        with here.store.read() as connection:
            rows = with_levels(configuration.load(file), connection, views.listed(connection))
        assert [row.level for row in rows] == [level]
    finally:
        here.close()


def test_what_waits_is_counted_and_who_would_send_it_is_asked_for(tmp_path: Path) -> None:
    here = scene()
    try:
        ask(here.world, 1)
        sync(here.desk)
        with here.store.read() as connection:
            assert all_waiting(connection, here.world.now) == ""
        done = actions.approve(here.desk, drafted(here.desk, 1))
        assert done.leaves_at is not None
        with here.store.read() as connection:
            said = all_waiting(connection, here.world.now)
        assert said == f"1 letter waits; the next leaves {done.leaves_at.astimezone():%H:%M:%S}."
    finally:
        here.close()
    lock = tmp_path / "lock"
    assert "relance run" in nobody_sends(lock)
    with held(lock, "daemon"):
        assert nobody_sends(lock) == ""


def test_whoever_leaves_the_screen_hears_of_letters_that_nothing_would_send(
    where: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    where.config_file.parent.mkdir(parents=True)
    where.config_file.write_text("")
    still_waiting(where.config_file)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(waiting, "all_waiting", lambda *_: "1 letter waits.")
    with held(where.lock, "daemon"):
        still_waiting(where.config_file)
    assert capsys.readouterr().err == ""
    still_waiting(where.config_file)
    assert capsys.readouterr().err == f"1 letter waits. {nobody_sends(where.lock)}\n"


@pytest.fixture
def stuck() -> Iterator[Scene]:
    """A home with a letter of which nobody knows whether it left."""
    here = scene()
    here.store.places.config_file.write_text("[storage]\nencrypt = false\n")
    ask(here.world, 1)
    sync(here.desk)
    actions.approve(here.desk, drafted(here.desk, 1), at_once=True)
    here.world.pass_time(seconds=40)
    here.world.fault = "lost_after"
    outbox.pump(here.desk)
    yield here
    here.close()


def test_status_and_list_say_which_letter_needs_a_person(stuck: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    where = stuck.store.places
    monkeypatch.setattr(status, "system_now", stuck.world.clock)
    report = status.collect(where, configuration.load(where.config_file))
    assert report["needs_you"] == [
        {"id": 1, "person": "p1@x1.example", "state": "UNCERTAIN", "words": "no usable answer"}
    ]
    assert report["held_back"] is None
    words = "  1 UNCERTAIN, p1@x1.example: no usable answer (`relance settle 1 --help`)"
    assert words in status.lines(report)
    with stuck.store.read() as connection:
        assert [row.trouble for row in with_letters(connection)] == ["no usable answer"]


@pytest.mark.parametrize(
    ("room", "days", "said"), [(2**62, 1, "the disk is almost full"), (0, -1, "the clock was set back")]
)
def test_status_and_doctor_say_why_nothing_leaves(
    stuck: Scene, monkeypatch: pytest.MonkeyPatch, room: int, days: int, said: str
) -> None:
    where, now = stuck.store.places, stuck.world.now + timedelta(days=days)
    monkeypatch.setattr("agent.decide.gate.keeping_back.ROOM", room)
    monkeypatch.setattr(status, "system_now", lambda: now)
    lines = status.lines(status.collect(where, configuration.load(where.config_file)))
    assert [line for line in lines if line.startswith(f"Nothing may leave now: {said}")]
    with Home(where, clock=lambda: now, keyring=False) as home:
        found = [check for look in (doctor._disk, doctor._letters) for check in look(home)]
    assert [check.words for check in found if check.name == "letter 1"] == ["UNCERTAIN: no usable answer"]
    assert [check.name for check in found if said in check.words] == [said.split()[1]]
