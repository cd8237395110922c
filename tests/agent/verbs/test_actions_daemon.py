"""The daemon: one at a time, awake after sleep, quiet when something is wrong, quick when an answer comes."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent import failpoints
from agent.clock import system_now
from agent.errors import LockedError, StoreError, TemporaryError
from agent.lock import held
from agent.running import service
from agent.running.daemon import Clocks, Daemon, Turns, run, run_once
from agent.running.jobs import Jobs, one_pass, wake_up
from agent.sending import outbox
from agent.sending.last_look import read_news
from agent.store.base import settings
from agent.store.work import outbox as rows
from agent.verbs import actions
from providers.base import Unreachable
from tests.sim.world import START, Scene, ask, drafted, reply, scene, sync


@pytest.fixture
def here() -> Iterator[Scene]:
    opened = scene()
    settings.next_life(opened.store)
    yield opened
    opened.close()


def jobs(here: Scene) -> Jobs:
    def read(name: str) -> None:
        read_news(here.desk, next(seat for seat in here.desk.seats if seat.name == name))

    return Jobs(read)


def queued(here: Scene, number: int = 1) -> int:
    ask(here.world, number)
    sync(here.desk)
    made = drafted(here.desk, number)
    assert actions.approve(here.desk, made).ok
    return made


def state(here: Scene, number: int = 1) -> str:
    with here.store.read() as connection:
        row = rows.one(connection, number)
    return str(row.state) if row else ""


@pytest.mark.parametrize("files", ["never", "at_once"])
def test_one_pass_that_no_other_follows_leaves_a_copy_in_sent(here: Scene, files: str) -> None:
    here.world.files_copy = files
    queued(here)
    here.world.pass_time(seconds=40)
    run_once(here.store.places.lock, here.desk, jobs(here), lambda seconds: here.world.pass_time(seconds=seconds))
    kept = [item for item in here.world.boxes["work"].mails if item.header("x-relance-id")]
    assert (len(kept), len(here.world.delivered)) == (1, 1)


def test_one_pass_reads_and_sends(here: Scene) -> None:
    queued(here)
    here.world.pass_time(seconds=40)
    done = run_once(here.store.places.lock, here.desk, jobs(here), lambda _seconds: None)
    assert (done.synced, [item.state for item in done.worked]) == (["work", "home"], ["SENT"])


def test_a_second_daemon_is_told_who_runs(here: Scene) -> None:
    with held(here.store.places.lock, "daemon"), pytest.raises(LockedError) as caught:
        run_once(here.store.places.lock, here.desk, jobs(here))
    assert int(caught.value.code) == 75
    assert str(os.getpid()) in str(caught.value)


def test_a_second_machine_on_the_same_database_does_nothing(here: Scene) -> None:
    Daemon(here.desk, jobs(here))._take_lease()
    here.desk.owner = "othermachine:1"
    with pytest.raises(LockedError):
        Daemon(here.desk, jobs(here))._take_lease()
    here.world.pass_time(minutes=4)
    Daemon(here.desk, jobs(here))._take_lease()


def test_a_copied_home_never_replays_its_outbox(here: Scene) -> None:
    queued(here)
    here.store.places.generation.write_text("another life")
    assert wake_up(here.desk) == 1
    here.world.pass_time(seconds=40)
    one_pass(here.desk, jobs(here))
    assert (here.world.delivered, state(here)) == ([], "NEEDS_REVIEW")
    assert wake_up(here.desk) == 0


@pytest.mark.parametrize("point", ["life.announced", "store.before_commit", "store.committed"])
def test_being_killed_while_starting_is_not_taken_for_a_restored_database(here: Scene, point: str) -> None:
    class Killed(BaseException):
        pass

    def die(name: str) -> None:
        if name == point:
            raise Killed

    queued(here)
    failpoints.install(die)
    try:
        with pytest.raises(Killed):
            settings.next_life(here.store)
    finally:
        failpoints.install(None)
    assert wake_up(here.desk) == 0
    assert state(here) == "HELD"


def test_a_home_copied_to_another_machine_sends_nothing(here: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    queued(here)
    monkeypatch.setattr(settings, "machine", lambda: "another machine")
    assert wake_up(here.desk) == 1
    assert state(here) == "NEEDS_REVIEW"


def test_waking_up_frees_what_a_killed_process_held(here: Scene) -> None:
    queued(here)
    here.world.pass_time(seconds=40)
    with here.store.write() as change:
        rows.claim(change, 1, here.desk.owner)
    wake_up(here.desk)
    assert state(here) == "HELD"


def test_nothing_leaves_while_the_clock_is_behind_the_log(here: Scene) -> None:
    queued(here)
    here.world.now = START - timedelta(hours=1)
    assert one_pass(here.desk, jobs(here)).held_back == "clock"
    here.world.now = START + timedelta(minutes=2)
    assert [item.state for item in one_pass(here.desk, jobs(here)).worked] == ["SENT"]


def test_nothing_leaves_from_a_full_disk(here: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    queued(here)
    here.world.pass_time(seconds=40)
    monkeypatch.setattr("agent.decide.gate.keeping_back.ROOM", 2**62)
    assert one_pass(here.desk, jobs(here)).held_back == "disk"
    assert actions.undo(here.desk, 1).code == "cancelled"


def test_the_pause_file_alone_is_enough(here: Scene) -> None:
    queued(here)
    here.world.pass_time(seconds=40)
    here.desk.pause_file.write_text("")
    assert one_pass(here.desk, jobs(here)).held_back == "paused"
    assert here.world.delivered == []


def test_one_broken_step_does_not_keep_the_others(here: Scene) -> None:
    queued(here)
    here.world.pass_time(seconds=40)

    def broken() -> None:
        raise RuntimeError("secret words")

    done = one_pass(here.desk, Jobs(jobs(here).sync, judge=broken, draft=broken))
    assert done.failed == {"judge": "RuntimeError", "draft": "RuntimeError"}
    assert len(here.world.delivered) == 1


@pytest.mark.parametrize(
    ("wall", "asleep", "awake", "jump"),
    [
        (15, 15, 15, ""),
        (3600, 3600, 15, "slept"),
        (3600, 15, 15, "stepped"),
        (-3600, 15, 15, "stepped"),
        (45, 15, 15, ""),
    ],
)
def test_sleep_and_a_set_clock_are_noticed(wall: float, asleep: float, awake: float, jump: str) -> None:
    now = [START, 100.0, 50.0]
    clocks = Clocks(lambda: now[0], lambda: now[1], lambda: now[2])  # type: ignore[arg-type, return-value]
    assert clocks.jump() == ""
    now[:] = [START + timedelta(seconds=wall), 100.0 + asleep, 50.0 + awake]
    assert clocks.jump() == jump


def test_trouble_is_asked_about_less_and_less_often() -> None:
    turns, now = Turns(), START
    waits = []
    for _ in range(12):
        turns.went_wrong("work", now, 1.0)
        waits.append((turns.due["work"] - now).total_seconds())
    assert waits[:3] == [5.0, 10.0, 20.0]
    assert waits[-1] == 900.0
    turns.went_well("work", now, watched=False)
    assert not turns.ready("work", now + timedelta(seconds=59))
    assert turns.ready("work", now + timedelta(seconds=60))


class Line:
    """A watcher whose news a test rings."""

    def __init__(self) -> None:
        self.bell = threading.Event()
        self.dead = False

    def wait(self, seconds: float, stopped: Callable[[], bool]) -> bool:
        while not stopped():
            if self.dead:
                self.dead = False
                raise Unreachable("dead")
            if self.bell.wait(0.01):
                self.bell.clear()
                return True
        return False


def until(true: Callable[[], bool], seconds: float = 10.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.01)
    return False


def test_an_answer_stops_a_waiting_letter_as_soon_as_the_line_rings(here: Scene) -> None:
    queued(here)
    line = Line()
    daemon = Daemon(here.desk, jobs(here), watcher=lambda name: line if name == "work" else None)
    thread = threading.Thread(target=daemon.run)
    thread.start()
    try:
        assert until(lambda: daemon.passes >= 1 and daemon.watching.covers("work"))
        here.world.put("work", reply(here.world, 1))
        line.bell.set()
        assert until(lambda: state(here) == "STOPPED")
    finally:
        daemon.stop()
        thread.join(timeout=10)
    assert not thread.is_alive()
    with here.store.read() as connection:
        assert settings.get(connection, "daemon.heartbeat") == ""


def test_the_manager_hears_when_it_is_ready(here: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        daemon = Daemon(here.desk, jobs(here))
        thread = threading.Thread(target=daemon.run)
        thread.start()
        assert manager.recv(100) == b"READY=1"
        assert manager.recv(100) == b"WATCHDOG=1"
        daemon.stop()
        assert manager.recv(100) == b"STOPPING=1"
        thread.join(timeout=10)


def test_after_sleep_everything_is_read_before_anything_leaves(here: Scene) -> None:
    queued(here)
    now = [0.0, 0.0]
    clocks = Clocks(here.world.clock, lambda: now[0], lambda: now[1])
    daemon = Daemon(here.desk, jobs(here), clocks=clocks)
    daemon.turn()
    here.world.put("work", reply(here.world, 1))
    here.world.pass_time(hours=8)
    now[0] += 8 * 3600
    done = daemon.turn()
    assert done is not None
    assert (done.synced, state(here), here.world.delivered) == (["work", "home"], "STOPPED", [])


def test_a_turn_that_keeps_failing_says_so_once_each_time_it_begins(
    here: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    daemon = Daemon(here.desk, jobs(here), tell=said.append)
    whole = daemon._pass
    for broken in (True, True, False, True):
        problem = StoreError("The database is damaged.", hint="Restore a copy.")
        monkeypatch.setattr(daemon, "_pass", _raising(problem) if broken else whole)
        daemon.turn()
    assert (said, daemon.passes) == (["The database is damaged. Restore a copy."] * 2, 1)


def test_records_that_are_gone_are_told_of_once(here: Scene) -> None:
    here.store.anchor()
    here.store.places.anchor.write_text("{}")
    lock = here.store.places.lock
    assert "the anchor file is damaged" in run_once(lock, here.desk, jobs(here)).lost
    assert run_once(lock, here.desk, jobs(here)).lost == ""


def test_a_step_that_keeps_failing_says_so_once(here: Scene) -> None:
    said: list[str] = []
    damaged = StoreError("The database is damaged.", hint="Restore a copy.")
    broken = replace(jobs(here), judge=_raising(damaged), draft=_raising(Unreachable("no network")))
    daemon = Daemon(here.desk, broken, tell=said.append)
    for _ in range(3):
        here.world.pass_time(minutes=10)
        done = daemon.turn()
        assert done is not None
        assert set(done.failed) == {"judge", "draft"}
    assert said == ["The database is damaged. Restore a copy."]


def _raising(problem: Exception) -> Callable[..., bool]:
    def broken(*_: object) -> bool:
        raise problem

    return broken


@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_the_service_starts_the_daemon_and_nothing_more(here: Scene, system: str, tmp_path: Path) -> None:
    described = service.describe(here.store.places, system=system, home=tmp_path, root='/a "b" %c')
    assert described.file.is_relative_to(tmp_path)
    if system == "linux":
        assert "Type=notify" in described.text
        assert 'Environment="RELANCE_HOME=/a \\"b\\" %%c"' in described.text
    else:
        import plistlib

        assert plistlib.loads(described.text.encode())["EnvironmentVariables"]["RELANCE_HOME"] == '/a "b" %c'
    assert service.status(described) == "not installed"


def test_the_clock_of_the_machine_is_aware() -> None:
    assert system_now().utcoffset() == timedelta(0)
    assert outbox.FRESH_SECONDS == 15.0


@pytest.mark.parametrize(("number", "made"), [(signal.SIGHUP, 2), (signal.SIGTERM, 1)])
def test_a_signal_while_it_is_still_starting_is_heard(here: Scene, number: signal.Signals, made: int) -> None:
    started: list[Daemon] = []

    def make() -> Daemon:
        started.append(Daemon(here.desk, jobs(here)))
        if len(started) == 1:
            os.kill(os.getpid(), number)
        else:
            threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()
        return started[-1]

    before = signal.getsignal(number)
    run(here.store.places.lock, make)
    assert (len(started), signal.getsignal(number)) == (made, before)


def test_news_outlive_a_turn_that_broke_off(here: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    daemon = Daemon(here.desk, jobs(here))
    daemon.turn()
    daemon.heard("work")

    def busy(_change: object) -> None:
        raise TemporaryError("The database is busy.")

    with monkeypatch.context() as patched:
        patched.setattr(rows, "recover", busy)
        assert daemon.turn() is None
    done = daemon.turn()
    assert done is not None
    assert done.synced == ["work"]
