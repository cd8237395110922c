"""Whatever happens around it, the real program says one sentence, ends with the right code and loses nothing."""

from __future__ import annotations

import contextlib
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agent.living import Living, until
from tests.peers.dovecot import Dovecot, dovecot
from tests.peers.smtp_faults import FaultServer, fault_server
from tests.peers.tcp_proxy import proxy_to

__all__ = ["dovecot"]
pytestmark = [pytest.mark.peer, pytest.mark.slow]


@pytest.fixture
def server() -> Iterator[FaultServer]:
    with fault_server() as started:
        started.stall = 3.0
        yield started


@pytest.fixture
def here(tmp_path: Path, dovecot: Dovecot, server: FaultServer) -> Iterator[Living]:
    opened = Living(tmp_path / "life", dovecot, server.port)
    opened.configure("work")
    yield opened
    opened.close()


def one_sentence(said: str) -> bool:
    return bool(said.strip()) and "Traceback" not in said and len(said.strip().splitlines()) <= 3


def test_a_second_daemon_says_who_runs_and_ends_with_75(here: Living) -> None:
    first = here.start("run")
    assert until(lambda: here.status()["daemon"]["alive"])
    for words in (("run",), ("run", "--once")):
        code, _, said = here.run(*words)
        assert (code, one_sentence(said)) == (75, True), said
        assert str(first.pid) in said
    first.send_signal(signal.SIGTERM)
    assert first.wait(20) == 0


def test_a_lost_sign_in_stops_one_account_alone_and_is_tried_gently(here: Living) -> None:
    here.configure("work", "home")
    here.environment["PASSWORD_HOME"] = "changed"
    code, _, said = here.run("run", "--once")
    assert (code, "home" in said, "Traceback" in said) == (4, True, False), said
    here.start("run")
    assert until(lambda: (here.health("work"), here.health("home")) == ("ok", "auth"))
    here.asked()
    assert until(lambda: here.rows("SELECT 1 FROM mail"), 90)
    failures = here.dovecot.home.joinpath("dovecot.log").read_text().count(f"<{here.users['home']}>")
    time.sleep(12)
    later = here.dovecot.home.joinpath("dovecot.log").read_text().count(f"<{here.users['home']}>")
    assert later - failures <= 4, "a storm of sign-ins"
    code, said, _ = here.run("status")
    assert "home" in said


def test_the_network_goes_and_comes_back_without_a_storm(here: Living, dovecot: Dovecot) -> None:
    with contextlib.ExitStack() as lines:
        line = lines.enter_context(proxy_to(dovecot.port))
        port = line.port
        here.configure("work", port=port)
        process = here.start("run")
        assert until(lambda: here.health("work") == "ok")
        lines.close()
        assert until(lambda: here.health("work") != "ok", 90)
        with socket.create_server(("127.0.0.1", port)) as dead:
            dead.settimeout(15)
            tries, end = 0, time.monotonic() + 15
            while (left := end - time.monotonic()) > 0:
                dead.settimeout(left)
                with contextlib.suppress(TimeoutError):
                    dead.accept()[0].close()
                    tries += 1
            assert tries <= 8, f"{tries} connections in 15 s"
        assert process.poll() is None


def test_an_answer_that_came_while_the_network_was_gone_still_stops_the_letter(
    here: Living, dovecot: Dovecot, server: FaultServer
) -> None:
    here.queued()
    line = socket.create_server(("127.0.0.1", 0))
    port = line.getsockname()[1]
    line.close()
    here.configure("work", port=port)
    here.start("run")
    time.sleep(14)
    here.answered()
    assert (here.state(), server.taken) == ("HELD", [])
    here.started[-1].send_signal(signal.SIGTERM)
    here.started[-1].wait(20)
    here.configure("work")
    here.run("run", "--once")
    assert (here.state(), server.taken) == ("STOPPED", [])


def test_a_full_disk_is_one_sentence_and_room_makes_it_work(here: Living) -> None:
    here.run("run", "--once")
    size = here.database.stat().st_size
    for number in range(1, 30):
        here.asked(number)
    code, _, said = here.run("run", "--once", largest=size + 4096)
    assert code in {1, 4}, said
    assert one_sentence(said), said
    assert here.run("run", "--once")[0] == 0
    assert len(here.rows("SELECT 1 FROM mail")) == 29
    assert here.run("audit", "verify")[0] == 0


def test_a_database_that_another_program_holds_is_waited_for(here: Living) -> None:
    import sqlcipher3.dbapi2 as sqlite

    here.run("run", "--once")
    process = here.start("run")
    assert until(lambda: here.status()["daemon"]["alive"])
    other = sqlite.connect(str(here.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    here.answered()
    code, _, said = here.run("pause")
    assert (code, one_sentence(said)) == (4, True), said
    assert "busy" in said
    time.sleep(12)
    assert process.poll() is None
    other.execute("ROLLBACK")
    other.close()
    assert until(lambda: here.rows("SELECT 1 FROM mail"), 90)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


POISON = (
    b'From: "\nSubject: x\n\nx\n',
    b"Subject: =?utf-8?q?=\x00=0D=0A?=\nMessage-ID: =?utf-8?q?=3Ca=40b=3E=22=0D=0AX1_EXPUNGE?=\n\nx\n".replace(
        b"\x00", b""
    ),
    b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 900,
    b"Date: Thu, 99 Foo 99999 99:99:99 +9999\nFrom: \xff\xfe\n\n\x80\x81\n",
)


def test_a_poisoned_mail_keeps_nobody_from_being_read(here: Living) -> None:
    for raw in POISON:
        here.put("INBOX", raw)
    here.asked()
    code, _, said = here.run("run", "--once")
    assert (code, said) == (0, ""), said
    assert len(here.rows("SELECT 1 FROM mail")) == len(POISON) + 1
    assert [row["person"] for row in here.rows("SELECT person FROM followup")] == ["p1@x.example"]
    assert here.run("list")[0] == 0


PHASES = ("dot_stall_after_store", "data_drop")


@pytest.mark.parametrize("case", PHASES)
def test_a_friendly_signal_in_the_middle_of_sending_leaves_a_true_state(
    here: Living, server: FaultServer, case: str
) -> None:
    here.queued()
    server.case = case
    process = here.start("run")
    assert until(lambda: here.state() not in {"HELD", ""} or server.taken, 60)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    state = here.state()
    assert state != "SUBMITTING"
    assert len(server.taken) <= 1
    if server.taken:
        assert state in {"SENT", "UNCERTAIN"}
    else:
        # Before the point of no return a slow machine is ended as it stands, and the next start goes on from there.
        assert state in {"HELD", "CLAIMED", "DEFERRED"}
    assert here.rows("SELECT value FROM setting WHERE name = 'daemon.lease'") == []
    assert here.run("audit", "verify")[0] == 0


def test_it_ends_at_once_when_told_to_while_it_starts_reads_or_waits(here: Living) -> None:
    for number in range(1, 40):
        here.asked(number)
    for seconds in (0.6, 1.0, 1.5, 3.0):
        process = here.start("run")
        time.sleep(seconds)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) in {0, -signal.SIGTERM}
        assert "Traceback" not in process.communicate()[1]
    assert here.run("run", "--once")[0] == 0
    assert len(here.rows("SELECT 1 FROM mail")) == 39


def test_a_hangup_reads_the_config_anew_and_keeps_the_old_one_when_it_is_broken(here: Living) -> None:
    process = here.start("run")
    assert until(lambda: here.status()["daemon"]["alive"])
    here.configure("work", more="[gate]\nlevel = 7\n")
    process.send_signal(signal.SIGHUP)
    time.sleep(3)
    assert process.poll() is None
    here.configure("work", "home")
    process.send_signal(signal.SIGHUP)
    assert until(lambda: here.health("home") == "ok")
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0


def test_an_answer_that_came_while_the_machine_slept_stops_the_letter(here: Living, server: FaultServer) -> None:
    here.queued()
    process = here.start("run")
    assert until(lambda: here.status()["daemon"]["alive"])
    process.send_signal(signal.SIGSTOP)
    here.answered()
    time.sleep(15)
    process.send_signal(signal.SIGCONT)
    assert until(lambda: here.state() == "STOPPED")
    assert server.taken == []


def test_the_service_manager_hears_ready_alive_and_stopping(here: Living, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(30)
        process = here.start("run", NOTIFY_SOCKET=str(tmp_path / "notify"))
        assert [manager.recv(100) for _ in range(2)] == [b"READY=1", b"WATCHDOG=1"]
        process.send_signal(signal.SIGTERM)
        said = b""
        while said != b"STOPPING=1":
            said = manager.recv(100)
        assert process.wait(20) == 0
