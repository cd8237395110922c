"""What a mail says of its writer is heard whatever becomes of its thread; what nobody can hear holds other letters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from agent import bounds
from agent.bounds import TooMuchError
from agent.decide.threads.threads import Thread
from agent.decide.values import Answer, Me
from agent.judging import condensing, hearing
from agent.store import upkeep
from agent.store.shown import views
from agent.verbs import actions
from providers.base import Mail
from tests.agent.asking import ANN, CONTROL, FORBIDS, Asking, asking
from tests.peers.houses import ME

pytestmark = pytest.mark.slow
WHO = ANN.rpartition("<")[2].strip(">")
LONG = "We had a long talk about the boats in our harbour and about the weather of the last week. " * 20
COSTLY = "costly"


@pytest.fixture(autouse=True)
def costly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread of many mails of one sort is too much, and no one of them is to blame."""
    honest = condensing.summarise

    def reader(thread: Thread, me: Me, **more: object) -> object:
        if sum(COSTLY in mail.text for mail in thread.mails) > 1:
            raise TooMuchError
        return honest(thread, me, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(condensing, "summarise", reader)
    monkeypatch.setattr(condensing, "MOST_LOOKING", 0.0)


def flood(box: Asking, words: str, days: float = -18, count: int = 12) -> None:
    for number in range(count):
        box.say(f"f{days}{number}", "Eve <eve@evil.example>", days + number / 100, words, refs="<boat@m.example>")


def forbids(box: Asking, words: str = FORBIDS, days: float = -17) -> None:
    box.say("out", ANN, days, words, refs="<boat@m.example>", subject="Re: Boat")


def after(box: Asking) -> None:
    forbids(box, days=-20)
    flood(box, COSTLY)


def before(box: Asking) -> None:
    flood(box, COSTLY)
    box.judge()
    forbids(box)
    box.judge()


def cut(box: Asking) -> None:
    forbids(box, f"{LONG}\n\n{FORBIDS}", -20)
    flood(box, "Note about nothing at all, dear friend.\n" * 1600)


def many(box: Asking) -> None:
    forbids(box, days=-20)
    flood(box, "Note.", count=305)


def emptied(box: Asking) -> None:
    box.judge()
    flood(box, COSTLY)
    forbids(box)
    box.house.sync()
    upkeep.trim(box.house.home.store, 10)


@pytest.mark.parametrize("how", [after, before, cut, many, emptied])
def test_an_opt_out_is_heard_in_a_thread_that_is_not_read_whole(how: Callable[[Asking], None]) -> None:
    with asking() as box:
        box.ask("boat", ANN, -30, "Boat")
        how(box)
        box.ask("lamp", ANN, 0, "Lamp")
        assert box.go() == {CONTROL}


def test_a_dead_address_is_known_in_a_thread_that_is_not_read_whole() -> None:
    with asking() as box:
        box.ask("boat", ANN, -30, "Boat")
        head = (
            "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n"
            f"X-Failed-Recipients: {WHO}\r\nAuto-Submitted: auto-replied\r\n"
        )
        report = (
            "--b\r\nContent-Type: text/plain\r\n\r\nUndeliverable\r\n--b\r\nContent-Type: message/delivery-status\r\n"
            f"\r\nReporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; {WHO}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        )
        raw = f"From: MAILER-DAEMON@y.example\r\nTo: {ME}\r\nMessage-ID: <dsn@y.example>\r\nSubject: Undelivered\r\n"
        raw += f"References: <boat@m.example>\r\n{head}\r\n{report}--b--"
        box.house.server.deliver(raw.encode(), received=box.asked - timedelta(days=30))
        flood(box, COSTLY)
        box.ask("lamp", ANN, 0, "Lamp")
        assert box.go() == {CONTROL}


@pytest.mark.parametrize("in_thread", [False, True])
def test_what_is_too_costly_to_hear_holds_until_a_person_looked(
    monkeypatch: pytest.MonkeyPatch, in_thread: bool
) -> None:
    honest = hearing.read_answer

    def reader(mail: Mail, **more: object) -> Answer:
        if COSTLY in mail.text:
            raise TooMuchError
        return honest(mail, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(hearing, "read_answer", reader)
    with asking() as box:
        box.ask("boat", ANN, -30, "Boat")
        box.say("odd", ANN, -20, COSTLY, refs="<boat@m.example>" if in_thread else "")
        if in_thread:
            flood(box, COSTLY)
        box.ask("lamp", ANN, 0, "Lamp")
        assert box.go() == {CONTROL}
        with box.house.home.store.read() as connection:
            (number,) = (row.id for row in views.listed(connection) if row.state == "drafted")
            seen = actions.view(connection, box.house.desk, number)
        assert isinstance(seen, actions.Viewed)
        assert "maybe_answered" in {check.code for check in seen.decision.against}
        assert actions.approve(box.house.desk, number, at_once=True).ok
        assert WHO in box.go(4)


def test_a_mail_set_aside_holds_what_else_goes_to_its_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(condensing, "MOST_LOOKING", 3.0)
    honest = condensing._is_too_much
    monkeypatch.setattr(
        condensing, "_is_too_much", lambda thread, read: COSTLY in thread.mails[0].text or honest(thread, read)
    )
    with asking() as box:
        box.ask("boat", ANN, -30, "Boat", words=f"{COSTLY} boats. Which of the two should we take?")
        box.say("odd", ANN, -20, f"{COSTLY}: {FORBIDS}", refs="<boat@m.example>")
        box.ask("lamp", ANN, 0, "Lamp")
        assert box.go() == {CONTROL}


def test_hearing_ends_and_goes_on_with_the_next_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    honest = hearing.read_answer

    def reader(mail: Mail, **more: object) -> Answer:
        read.append(mail.message_id)
        return honest(mail, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(hearing, "read_answer", reader)
    clock = iter(range(100_000))
    monkeypatch.setattr(hearing, "process_time", lambda: float(next(clock)))
    with asking() as box:
        for number in range(30):
            box.say(f"pills{number}", ANN, -20 + number / 100, f"Cheap pills {number}.", subject="Pills")
        forbids(box, days=-25)
        box.ask("lamp", ANN, 0, "Lamp")
        box.judge()
        once = len(read)
        assert 0 < once < 31
        assert box.go(96) == {CONTROL}
        assert len(read) > once
        assert len(set(read)) == len(read)
    assert bounds.MOST_SECONDS < hearing.MOST_SECONDS
