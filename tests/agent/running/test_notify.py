"""Notifications: only counts and states reach the desktop, once for each change, and a broken desktop changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.running import notify
from agent.running.daemon import Daemon
from agent.running.jobs import Jobs
from agent.store.mail import mails
from agent.store.work import outbox as rows
from agent.verbs import actions
from providers.base import Unreachable
from tests.sim.world import Scene, ask, drafted, reply, scene, sync

Desktop = Callable[..., Path]


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desktop:
    """A notification program on the PATH that writes down what it was given, or misbehaves."""

    def make(name: str, then: str = "exit 0") -> Path:
        said = tmp_path / "said"
        program = tmp_path / "bin" / name
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\nfor word in "$@"; do printf "%s\\n" "$word" >> {said}; done\n{then}\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:/bin:/usr/bin")
        return said

    return make


def test_the_words_are_one_argument_behind_the_options(desktop: Desktop) -> None:
    said = desktop("notify-send")
    assert notify.show("2 letters waiting for you.", "linux")
    assert said.read_text().splitlines() == ["--app-name=relance", "--", "relance", "2 letters waiting for you."]


def test_on_a_mac_they_are_an_argument_of_the_script_and_never_part_of_it(desktop: Desktop) -> None:
    said = desktop("osascript")
    assert notify.show('1 letter" & do shell script "x', "darwin")
    lines = said.read_text().splitlines()
    assert lines[-1] == '1 letter" & do shell script "x'
    assert "do shell script" not in "".join(lines[:-1])


def test_control_bytes_do_not_reach_the_desktop(desktop: Desktop) -> None:
    said = desktop("notify-send")
    assert notify.show("1 letter \x1b]52;c;ZXZpbA==\x07\x9b31m\u202e", "linux")
    assert not [sign for sign in said.read_text() if sign != "\n" and not sign.isprintable()]


@pytest.mark.parametrize("then", ["exit 3", "exec sleep 5"])
def test_a_desktop_that_fails_or_hangs_costs_nothing_else(
    desktop: Desktop, then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop("notify-send", then)
    monkeypatch.setattr(notify, "SECONDS", 0.3)
    assert not notify.show("1 letter waiting for you.", "linux")


def test_without_such_a_program_nothing_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not notify.show("1 letter waiting for you.", "linux")
    assert not notify.show("1 letter waiting for you.", "darwin")


def test_it_rings_once_for_each_rise_and_never_for_less() -> None:
    rung: list[str] = []
    bell = notify.Bell(rung.append)
    for counts in ({}, {"UNCERTAIN": 1}, {"UNCERTAIN": 1}, {}, {"NEEDS_REVIEW": 2, "HELD": 9}, {"auth": 1, "SENT": 4}):
        bell.hear(counts)
    assert rung == ["1 letter uncertain.", "2 letters waiting for you.", "1 account without a valid sign-in."]


@pytest.fixture
def here() -> Iterator[Scene]:
    opened = scene()
    yield opened
    opened.close()


def test_the_daemon_says_that_something_waits_and_no_word_of_it(here: Scene) -> None:
    rung: list[str] = []

    def read(name: str) -> None:
        if here.world.down:
            raise Unreachable("no network")
        sync(here.desk)

    daemon = Daemon(here.desk, Jobs(read), notify=rung.append)
    ask(here.world, 1)
    sync(here.desk)
    made = drafted(here.desk, 1)
    actions.approve(here.desk, made)
    here.world.put("work", reply(here.world, 1, word="unsure"))
    daemon.turn()
    assert rung == ["1 letter waiting for you."]
    here.world.pass_time(minutes=6)
    daemon.turn()
    with here.store.write() as change:
        mails.set_account(change, here.desk.seats[1].number, health="auth")
    here.world.down = True
    here.world.pass_time(minutes=6)
    daemon.turn()
    assert rung[1:] == ["1 letter waiting for you, 1 account without a valid sign-in."]
    with here.store.read() as connection:
        assert rows.counts(connection) == {"NEEDS_REVIEW": 1}
