"""Mail whose address headers are not strict still stops: answers, requests to stop and the user's own mail."""

from __future__ import annotations

import pytest

from agent.store import upkeep
from agent.store.mail.people import opted_out
from tests.agent.asking import ANN, CONTROL, FORBIDS, asking
from tests.peers.houses import ME

pytestmark = pytest.mark.slow
WHO = ANN.rpartition("<")[2].strip(">")
LOCAL, _, DOMAIN = WHO.partition("@")
ONE = [f"{WHO} <{WHO}>", f"Ann Lee [ACME] <{WHO}>", f'"{LOCAL}"@{DOMAIN}', f"{WHO}."]
SEVERAL = [
    f"Ann @ Work <{WHO}>",
    f"eve@evil.example <{WHO}>",
    f"{WHO}\r\nFrom: eve@evil.example",
    f"A @ B <{LOCAL}+t@{DOMAIN}>",
]
YES = "We take the green lamp, please order it and send the bill."
FORGET = "Hi,\n\nforget the lamp, I found one elsewhere.\n\nBest,\nSam\n"


@pytest.mark.parametrize("sender", ONE + SEVERAL)
def test_an_answer_elsewhere_is_seen(sender: str) -> None:
    with asking() as box:
        box.ask("lamp", ANN, 0, "Lamp")
        box.say("yes", sender, 1, YES, subject="Order")
        assert box.go() == {CONTROL}


@pytest.mark.parametrize("sender", [ONE[0], *SEVERAL])
def test_an_answer_elsewhere_stops_an_approved_letter(sender: str) -> None:
    with asking() as box:
        box.ask("lamp", ANN, 0, "Lamp")
        box.wait_for_hold()
        now = (box.house.home.clock() - box.asked).total_seconds() / 86400
        box.say("yes", sender, now, YES, subject="Order")
        assert box.go() == {CONTROL}


@pytest.mark.parametrize("sender", ONE + SEVERAL)
def test_a_request_to_stop_stands_for_each_of_them(sender: str) -> None:
    with asking() as box:
        box.say("out", sender, -20, FORBIDS, subject="Your mails")
        box.ask("lamp", ANN, 0, "Lamp")
        assert box.go() == {CONTROL}
        with box.house.home.store.read() as connection:
            assert opted_out(box.house.home.store, connection, [WHO]) == WHO


@pytest.mark.parametrize(
    "to", [ONE[0], ONE[1], f"Ann [A] <{WHO}>, Bob [B] <bob@y.example>", f"eve@evil.example <{WHO}>"]
)
def test_the_users_own_mail_by_hand_elsewhere_holds(to: str) -> None:
    with asking() as box:
        box.ask("lamp", ANN, 0, "Lamp")
        box.ask("hand", to, 1, "Lamp", words=FORGET)
        assert box.go() == {CONTROL}


def test_they_name_nobody_and_add_no_recipient() -> None:
    with asking() as box:
        box.ask("lamp", f"Ann [A] <{WHO}>, Bob [B] <bob@y.example>", 0, "Lamp")
        assert box.go() == {CONTROL}


def test_an_unclear_mail_of_others_holds_nobody_else() -> None:
    with asking() as box:
        box.ask("lamp", ANN, 0, "Lamp")
        box.say("yes", "Bob @ Work <bob@y.example>", 1, YES, subject="Order")
        assert box.go() == {CONTROL, WHO}


def test_who_is_forgotten_is_no_longer_among_them() -> None:
    with asking() as box:
        box.say("yes", f"eve@evil.example <{WHO}>", 1, YES, subject="Order")
        box.say("also", f"Ann @ Work <{WHO}>", 1, YES, subject="Order")
        box.put("sent", "own", f"Sam <{ME}>", f"Ann [A] <{WHO}>, Bob [B] <bob@y.example>", 1, FORGET)
        box.judge()
        upkeep.forget(box.house.home.store, WHO)
        with box.house.home.store.read() as connection:
            assert not connection.exec_driver_sql("SELECT 1 FROM mail WHERE data LIKE ?", (f"%{WHO}%",)).first()
