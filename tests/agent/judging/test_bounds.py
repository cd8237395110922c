"""A mail that is too much for its judge is set aside; its neighbours are judged and nothing hangs."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from agent import bounds
from agent.bounds import TooMuchError, within_bounds
from agent.common.desk import Judgement
from agent.common.home import Home
from agent.decide.threads.threads import Thread
from agent.decide.values import Me
from agent.judging import condensing
from agent.judging.condensing import ENDED, condense
from agent.running import desk_setup
from providers.base import Mail, Origin
from tests.agent.small import BO, ME, letter, read
from tests.rows import draft, followup

pytestmark = pytest.mark.slow

SLOW = re.compile(r"(a|aa)+$")
POISON = "a" * 200 + "b"


@pytest.fixture
def slow_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that one sort of mail keeps busy for ever."""
    honest = condensing.summarise

    def reader(thread: Thread, me: Me, **more: object) -> object:
        for mail in thread.mails:
            if POISON in mail.text:
                SLOW.match(POISON)
        return honest(thread, me, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(condensing, "summarise", reader)
    monkeypatch.setattr(bounds, "MOST_SECONDS", 0.2)


def test_an_expression_that_never_ends_is_ended() -> None:
    begun = time.process_time()
    with pytest.raises(TooMuchError), within_bounds(0.2):
        SLOW.match(POISON)
    assert time.process_time() - begun < 1


def test_a_ring_that_comes_late_ends_nothing() -> None:
    words = (
        "import os, signal\nfrom agent.bounds import within_bounds\nwith within_bounds(): pass\n"
        "os.kill(os.getpid(), signal.SIGPROF)"
    )
    assert subprocess.run([sys.executable, "-c", words], check=False).returncode == 0


def test_the_timer_is_off_afterwards_however_it_ended() -> None:
    for problem in (None, KeyError("a"), MemoryError()):
        with contextlib.suppress(KeyError, TooMuchError), within_bounds(5):
            assert signal.getitimer(signal.ITIMER_PROF)[0] > 0
            with within_bounds(0.001):
                assert signal.getitimer(signal.ITIMER_PROF)[0] > 1, "the outermost counts"
            assert signal.getitimer(signal.ITIMER_PROF)[0] > 0
            if problem is not None:
                raise problem
        assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_the_way_out_is_not_ended_half_way() -> None:
    """Where the timer rings in the last moment, it would stay on, and its end would be heard by nobody."""
    way_out = eval("__import__('sys')._getframe()", vars(bounds))
    with within_bounds(5):
        bounds._ring(signal.SIGPROF, way_out)
        with pytest.raises(bounds._Over):
            bounds._ring(signal.SIGPROF, sys._getframe())


def test_nobody_takes_the_end_for_an_error_of_their_own() -> None:
    def deaf() -> str:
        while True:
            try:
                SLOW.match(POISON)
            except Exception:
                return "heard nothing"

    with pytest.raises(TooMuchError), within_bounds(0.2):
        deaf()


def test_memory_ends_as_time_does(monkeypatch: pytest.MonkeyPatch) -> None:
    if not bounds.STATM.exists():
        pytest.skip("this system does not say how large a process is")
    monkeypatch.setattr(bounds, "MOST_MEMORY", 50_000_000)
    with bounds.little_memory(), pytest.raises(TooMuchError), within_bounds():
        len(b"x" * 500_000_000)
    with within_bounds():
        assert len(b"x" * 100_000_000) == 100_000_000


def test_one_mail_is_set_aside_and_the_later_ones_are_judged(
    home_with: Callable[..., Home], slow_reader: None
) -> None:  # fmt: skip
    home = home_with()
    server, now = home.servers["home"], home.clock()
    refs = "<a1@example.org>"
    server.deliver(
        letter(
            "<p@lund.example>", BO, ME, now - timedelta(days=2), f"Hi\n{POISON}\n", subject="Re: Terrace", refs=refs
        ),
        received=now - timedelta(days=2),
    )
    server.deliver(
        letter(
            "<q@ada.example>",
            "ada@example.org",
            ME,
            now,
            "Yes, on Monday.\n",
            subject="Re: Garden",
            refs="<own3@example.org>",
        ),
        received=now,
    )
    read(home)
    with home.store.read() as connection:
        rows = dict(connection.exec_driver_sql("SELECT message_id, problem FROM mail WHERE problem <> ''").all())
        reasons = dict(
            connection.exec_driver_sql(
                "SELECT m.message_id, t.reason FROM mail m JOIN thread t ON t.id = m.thread_id"
            ).all()
        )
    assert rows == {"<p@lund.example>": ENDED}
    assert reasons["<q@ada.example>"] == "answered"
    assert reasons["<p@lund.example>"] not in {"quiet", "due", ""}
    begun = time.process_time()
    with home.store.write() as change:
        change.connection.exec_driver_sql("UPDATE thread SET changed = 1")
    read(home)
    assert time.process_time() - begun < 2, "it walked into it again"


def test_what_two_mails_make_together_is_found_too(slow_reader: None, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = condensing.summarise

    def reader(thread: Thread, me: Me, **more: object) -> object:
        if sum("half" in mail.text for mail in thread.mails) > 1:
            SLOW.match(POISON)
        return honest(thread, me, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(condensing, "summarise", reader)
    from providers.mail.mime import parse

    mine, theirs = (
        parse(f"From: {who}\r\nTo: x@y.example\r\nMessage-ID: <{who}>\r\n\r\nhalf\r\n".encode()) for who in (ME, BO)
    )
    mine = replace(mine, origin=Origin.SENT)
    _, aside = condense(Thread("t", (mine, theirs)), Me(addresses=(ME,)))
    assert aside == (theirs,)


def test_a_judge_that_is_asked_before_a_letter_leaves_is_unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_SECONDS", 0.2)

    def hangs(mail: Mail, thread: Thread, own: frozenset[str]) -> str:
        SLOW.match(POISON)
        return "list"

    from providers.mail.mime import parse

    judge = desk_setup.within_limits(Judgement(meaning=hangs, content=lambda *_: SLOW.match(POISON)))  # type: ignore[arg-type,return-value]
    assert judge.meaning(parse(b"From: a@b.example\r\n\r\nx\r\n"), Thread("", ()), frozenset()) == "unsure"
    assert judge.content(Thread("", ()), draft(body="x"), followup()).unsupported
