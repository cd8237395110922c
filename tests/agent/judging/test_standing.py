"""What somebody said of themselves stands, whatever comes later: nobody un-says an opt-out or revives a dead address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.header import Header

import pytest

from agent.common.person import me_of
from agent.decide.gate.levels import parse_scope
from agent.sequences.person_meant import not_to
from agent.store import upkeep
from agent.store.mail.people import name_of
from agent.store.mail.standing import AT_ONCE
from agent.store.mail.verdicts import domains_written_to
from agent.verbs import switches
from tests.agent.asking import ANN, CONTROL, FORBIDS, Asking, asking
from tests.peers.houses import ME

pytestmark = pytest.mark.slow
WHO = ANN.rpartition("<")[2].strip(">")
EVE = "eve@evil.example"
DSN = (
    "--b\r\nContent-Type: text/plain\r\n\r\nUndeliverable\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    f"Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; {WHO}\r\nAction: failed\r\nStatus: 5.1.1\r\n--b--"
)


def in_thread(box: Asking) -> None:
    box.ask("boat", ANN, -30, "Boat")
    box.say("out", ANN, -20, FORBIDS, refs="<boat@m.example>", subject="Re: Boat")


def by_itself(box: Asking) -> None:
    box.say("out", ANN, -20, FORBIDS, subject="Your mails")


def nothing(box: Asking) -> None:
    del box


def earlier_no(box: Asking) -> None:
    box.say("no", EVE, -21, "No, thank you. We are not interested.", refs="<boat@m.example>", came=-19)


def junk(box: Asking) -> None:
    for number in range(AT_ONCE + 10):
        box.put("junk", f"junk{number}", ANN, ME, -15 + number / 10, f"Cheap pills number {number}.", subject="Pills")


def tied(box: Asking) -> None:
    box.ask("gate", EVE, -25, "Gate")
    box.say("tie", EVE, -18, "We take the blue one.", refs="<gate@m.example> <out@m.example>", subject="Re: Gate")


def trimmed(box: Asking) -> None:
    box.judge()
    upkeep.trim(box.house.home.store, 21)
    box.say("note", EVE, -1, "Note.", refs="<boat@m.example>", subject="Re: Boat")


def flood(box: Asking) -> None:
    for number in range(305):
        box.say(f"flood{number}", EVE, -18 + number / 100, f"Note {number}.", refs="<boat@m.example>")


@pytest.mark.parametrize("said", [in_thread, by_itself])
@pytest.mark.parametrize("then", [nothing, earlier_no, junk, tied, trimmed, flood])
def test_whoever_asked_never_to_be_written_to_gets_nothing(
    said: Callable[[Asking], None], then: Callable[[Asking], None]
) -> None:
    with asking() as box:
        said(box)
        box.ask("lamp", ANN, 0, "Lamp")
        then(box)
        assert box.go() == {CONTROL}


@pytest.mark.parametrize(("first", "later"), [("kim@x1.example", "kim+shop@x1.example"),
                                              ("kim.lee@gmail.com", "kimlee@googlemail.com")])  # fmt: skip
def test_another_spelling_is_the_same_person(first: str, later: str) -> None:
    with asking() as box:
        box.ask("boat", first, -30, "Boat")
        box.say("out", first, -20, FORBIDS, refs="<boat@m.example>", subject="Re: Boat")
        box.ask("lamp", later, 0, "Lamp")
        assert box.go() == {CONTROL}
    with asking() as box:
        box.ask("lamp", later, 0, "Lamp")
        box.say("re", first, 1, "We take the green lamp, order it please.", subject="Lamp order")
        assert box.go() == {CONTROL}


def test_only_the_user_takes_it_back_and_a_new_word_stands_anew() -> None:
    scope = parse_scope(f"person:{WHO}")
    with asking() as box:
        in_thread(box)
        box.judge()
        home = box.house.home
        with home.store.read() as connection:
            assert not_to(home, connection, me_of(home.config, home.zone), WHO)
        assert "may be written to again" in switches.resume(box.house.desk, scope).words
        assert switches.resume(box.house.desk, scope).code == "not_paused"
        box.say("again", ANN, 1, FORBIDS, subject="Your mails")
        box.ask("lamp", ANN, 0, "Lamp")
        assert box.go() == {CONTROL}


@pytest.mark.parametrize("alive", [False, True])
def test_an_address_is_dead_until_somebody_there_is_answered(alive: bool) -> None:
    with asking() as box:
        box.ask("boat", ANN, -30, "Boat")
        kind = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n"
        report = f"{kind}From: MAILER-DAEMON@y.example\r\nTo: {ME}\r\nMessage-ID: <dsn@y.example>\r\n"
        report += f"Subject: Undelivered\r\nReferences: <boat@m.example>\r\nMIME-Version: 1.0\r\n\r\n{DSN}"
        box.house.server.deliver(report.encode(), received=box.asked - timedelta(days=30))
        box.put("junk", "pills", ANN, ME, -10, "Cheap pills", subject="Pills")
        if alive:
            box.say("hello", ANN, -9, "My address works again.", subject="Hello")
            box.ask("fine", ANN, -8, "Re: Hello", refs="<hello@m.example>", words="Good to know.")
        box.ask("lamp", ANN, 0, "Lamp")
        assert box.go() == ({CONTROL, WHO} if alive else {CONTROL})


@pytest.mark.parametrize("name", ["Anna Lindt", "Łukasz Świątek", "Ольга Петрова", "王 小明"])
def test_an_answer_from_another_address_stops_a_letter_in_its_hold(name: str) -> None:
    shown = Header(name, "utf-8").encode()
    with asking() as box:
        box.ask("lamp", f"{shown} <{WHO}>", 0, "Lamp")
        box.judge()
        box.wait_for_hold()
        now = (box.house.home.clock() - box.asked).total_seconds() / 86_400
        box.say(
            "re", f"{shown} <private@home.example>", now, "We take the green lamp, please order it.", subject="Lamps"
        )
        assert WHO not in box.go()


def test_a_stranger_makes_no_domain_known_and_gives_nobody_a_name() -> None:
    with asking() as box:
        box.ask("boat", "kim@acme-corp.example", -30, "Boat")
        box.say("hello", "Kim <kim@acme-c0rp.example>", -1, "I have a question on the lamp.", subject="Lamp")
        box.put("junk", "news", "Kim <info@acme-c0rp.example>", ME, -2, "Newsletter", subject="News")
        box.put("junk", "fool", EVE, f'"Darling Fool" <{WHO}>, {ME}', -5, "x", subject="x")
        box.put("junk", "self", f"Click Here <{WHO}>", ME, -5, "x", subject="y")
        box.ask("reply", "Kim <kim@acme-c0rp.example>", 0, "Re: Lamp", refs="<hello@m.example>")
        assert box.go() == {CONTROL}
        with box.house.home.store.read() as connection:
            assert name_of(connection, WHO) == ""
            assert "evil.example" not in domains_written_to(connection, None)
