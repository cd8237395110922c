"""What other programs tell: it ends, holds or gives a reason to write, and can do nothing more."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.common.home import Home
from agent.errors import LockedError, UsageError
from agent.running.hook_socket import NAME, answer, listening, serve
from agent.verbs import actions
from agent.verbs.hooks import ENDING, LONGEST_LINE, Heeded, heed
from tests.agent.enrolled import ABOUT, enrolled
from tests.agent.office import ANN, BOB, Office
from tests.cli.run import relance
from tests.conftest import Ticking


@pytest.fixture
def here(private_home: Path, clock: Ticking, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with enrolled(private_home, clock) as made:
        monkeypatch.setattr(Home, "usual", classmethod(lambda _cls, _file=None: made.home))
        yield made


def tell(here: Office, **said: object) -> Heeded:
    return heed(here.home, json.dumps(said).encode())


def codes(here: Office) -> list[tuple[str, str, str]]:
    with here.home.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT event, actor, code FROM event WHERE code LIKE 'hook%' ORDER BY seq")
        return [tuple(row) for row in rows]


@pytest.mark.parametrize("event", ENDING)
def test_an_end_ends_their_plan_and_nobody_elses(here: Office, event: str) -> None:
    ann, bob = here.enroll(ANN, about=ABOUT), here.enroll(BOB, about="Other words.")
    done = tell(here, event=event, person=ANN.upper())
    assert done.ok and done.code == "ended" and done.followups == (ann.followup,)
    assert here.one(ann.followup).state in {"stopped", "answered"} and here.one(bob.followup).state == "quiet"
    assert ("enrolment.ended", "user", f"hook_{event}") in codes(here)
    assert "another program of yours" in relance("why", str(ann.followup)).out
    assert tell(here, event=event, person=ANN).code == "not_enrolled"


def test_a_named_plan_alone_is_ended(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    assert tell(here, event="paid", person=ANN, plan="invoice").code == "not_enrolled"
    assert "Did you mean" in tell(here, event="paid", person=ANN, plan="sails").words
    assert here.one(made.followup).state == "quiet"
    assert tell(here, event="paid", person=ANN, plan="sales").ok


def test_a_letter_approved_before_does_not_leave_once_it_is_paid(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    assert actions.approve(here.desk, made.followup).ok
    assert tell(here, event="paid", person=ANN).ok
    here.runs(days=3, hours=4)
    assert here.left == []


def test_a_ticket_takes_back_a_letter_on_its_way_and_waits(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    assert actions.approve(here.desk, made.followup).ok
    done = tell(here, event="ticket", person=ANN)
    assert done.ok and done.code == "held" and done.followups == (made.followup,)
    with here.home.store.read() as connection:
        assert connection.exec_driver_sql("SELECT state FROM outbox").scalars().all() == ["CANCELLED"]
    here.runs(days=3, hours=4)
    row = here.one(made.followup)
    assert (row.state, row.hold) == ("asked", "ticket") and here.left == [] and here.enrolment().state == "active"
    assert tell(here, event="ticket", person=ANN).code == "already"
    assert actions.approve(here.desk, made.followup).ok


def test_a_ticket_holds_what_has_no_text_yet(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT, on=None)
    assert tell(here, event="ticket", person=ANN).ok and here.one(made.followup).state == "asked"


def test_a_signal_goes_to_the_plan_and_the_letter_waits(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    done = tell(here, event="signal", person=ANN, words="opened an office in Lyon", evidence="https://news.example/l")
    assert done.ok and done.followups == (made.followup,)
    here.runs(days=3, hours=4)
    draft = here.draft(made.followup)
    assert draft is not None and "Lyon" in draft.body and here.one(made.followup).state == "drafted" and here.left == []
    assert tell(here, event="signal", person=ANN, words="opened an office in Lyon").code == "already"


def test_nobody_is_begun_by_it(here: Office) -> None:
    for event in ("signal", "paid", "ticket"):
        for person in (ANN, "stranger@new.example"):
            words = {"words": "raised a Series B"} if event == "signal" else {}
            done = tell(here, event=event, person=person, **words)
            assert not done.ok and done.code == "not_enrolled" and "only you" in done.words
    assert here.rows() == [] and here.enroll(ANN, about=ABOUT).ok


BAD = [
    (b"", "no JSON"), (b"paid", "no JSON"), (b"[1]", "one JSON object"), (b'{"event": 1}', "texts"), (b"\xff", "no JSON"),
    (b"[" * 5000, "no JSON"), (b'{"event": "gone_quiet", "person": "a@x.example"}', "no event 'gone_quiet'"),
    (b'{"event": "approve", "person": "a@x.example"}', "no event 'approve'"), (b'{"person": "a@x.example"}', "no event ''"),
    (b'{"event": "paid"}', "address"), (b'{"event": "paid", "person": "Ann"}', "address"),
    (b'{"event": "paid", "person": "a@x.example", "level": "autopilot"}', "no field 'level'"),
    (b'{"event": "signal", "person": "a@x.example", "to": "b@x.example"}', "no field 'to'"),
    (b'{"event": "paid", "words": "' + b"x" * LONGEST_LINE + b'"}', "longer than 8 KB"),
    (b'{"event": "signal", "person": "ann@partner.example", "words": " "}', "what happened"),
    (b'{"event": "signal", "person": "ann@partner.example", "words": "x", "evidence": "file:///etc"}', "--evidence"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "reason"), BAD)
def test_a_wrong_line_does_nothing_and_says_why(here: Office, line: bytes, reason: str) -> None:
    made, before = here.enroll(ANN, about=ABOUT), here.events()
    done = heed(here.home, line)
    assert not done.ok and done.code == "wrong" and reason in done.words
    assert here.events() == before
    assert here.one(made.followup).state == "quiet" and codes(here) == []


def test_the_command_answers_each_line(here: Office) -> None:
    here.enroll(ANN, about=ABOUT)
    lines = (
        f'{{"event": "ticket", "person": "{ANN}"}}\n\nnonsense\n{"x" * 20_000}\n{{"event": "paid", "person": "{ANN}"}}'
    )
    ran = relance("hook", stdin=lines)
    rows = [json.loads(line) for line in ran.out.splitlines()]
    assert [(row["line"], row["ok"]) for row in rows] == [
        (1, True),
        (3, False),
        (4, False),
        (5, True),
    ] and ran.code == 5
    assert relance("hook", stdin="").code == 0


def test_words_that_hide_reach_no_screen_and_no_draft(here: Office) -> None:
    here.enroll(ANN, about=ABOUT)
    done = heed(here.home, json.dumps({"event": "signal", "person": ANN, "words": "a\u202eb\ud800\x1b[2J"}).encode())
    assert done.ok
    assert not {"\u202e", "\x1b"} & set(relance("list").out + json.dumps(done.document(), ensure_ascii=False))


# The socket


def test_only_this_user_reaches_the_socket_and_it_goes_away(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    with listening(folder):
        assert stat.S_IMODE((folder / NAME).stat().st_mode) == 0o600 and stat.S_IMODE(folder.stat().st_mode) == 0o700
        with pytest.raises(LockedError), listening(folder):
            pass
    assert not (folder / NAME).exists()


def test_what_a_killed_process_left_gives_way_and_a_file_does_not(tmp_path: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(tmp_path / NAME))
    left.close()
    with listening(tmp_path):
        assert (tmp_path / NAME).exists()
    (tmp_path / NAME).write_text("mine")
    with pytest.raises(UsageError, match="no socket"), listening(tmp_path):
        pass
    assert (tmp_path / NAME).read_text() == "mine"


def test_a_path_too_long_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="too long"), listening(tmp_path / ("x" * 100)):
        pass


def test_each_line_is_answered_and_a_long_one_ends_it(tmp_path: Path) -> None:
    heard: list[bytes] = []

    def told(line: bytes) -> str:
        heard.append(line)
        return str(len(heard))

    def serving() -> None:
        with contextlib.suppress(OSError):
            serve(server, told)

    with listening(tmp_path) as server:
        threading.Thread(target=serving, daemon=True).start()
        for sent, wanted in ((b"a\nb\n", b"1\n2\n"), (b"c\n\n" + b"x" * 9_000 + b"\nd\n", b"3\n4\n"), (b"", b"")):
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(str(tmp_path / NAME))
                line.settimeout(10)
                line.sendall(sent)
                line.shutdown(socket.SHUT_WR)
                got = b""
                try:
                    while part := line.recv(100):
                        got += part
                except ConnectionResetError:
                    pass
                assert got == wanted
    assert [len(line) for line in heard] == [2, 2, 2, LONGEST_LINE + 1]


def test_another_user_is_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    from agent.running import hook_socket

    one, other = socket.socketpair(socket.AF_UNIX)
    with one, other:
        assert hook_socket.is_mine(one)
        monkeypatch.setattr(os, "getuid", lambda: 4711)
        assert not hook_socket.is_mine(one)
        other.sendall(b"a\n")
        other.shutdown(socket.SHUT_WR)
        answer(one, lambda _: "said")
        assert other.recv(10) == b"said\n"
