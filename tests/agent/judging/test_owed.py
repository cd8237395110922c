"""What the user owes, from whole mailboxes: who wrote last, what was answered, and what a newsletter asks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.common.home import Home
from agent.judging.owed import owed
from providers.base import Role
from tests.agent.office import ANN, BOB, ME, Office, office
from tests.cli.run import relance
from tests.conftest import Ticking


@pytest.fixture
def here(private_home: Path, clock: Ticking, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with office(private_home, clock) as made:
        monkeypatch.setattr(Home, "usual", classmethod(lambda _cls, _file=None: made.home))
        yield made


def at(here: Office, days: float) -> dict[str, object]:
    return {"at": here.clock() - timedelta(days=days)}


def found(here: Office) -> list[tuple[str, str, str]]:
    here.read()
    return [(one.kind, one.person.key, one.words) for one in owed(here.home)]


def test_their_question_is_owed_until_the_user_writes_there(here: Office) -> None:
    name = here.mail(ANN, ME, "Roof", "Hi Sam,\n\nWhich of the two should we take?\n\nAnn", **at(here, 5))
    assert found(here) == [("question", ANN, "Which of the two should we take?")]
    here.mail(ME, ANN, "Re: Roof", "The red one.", follows=name, **at(here, 4))
    assert found(here) == []


def test_a_thanks_after_it_takes_no_question_back(here: Office) -> None:
    name = here.mail(ANN, ME, "Roof", "Could you send me the plans?", **at(here, 5))
    here.mail(ANN, ME, "Re: Roof", "And thank you for yesterday.", follows=name, **at(here, 4))
    assert found(here) == [("question", ANN, "Could you send me the plans?")]


def test_a_promise_is_owed_when_its_day_passed_and_nothing_followed(here: Office) -> None:
    name = here.mail(ME, f"Bob Ray <{BOB}>", "Tiles", "Hi Bob,\n\nI will send it on Monday.\n\nSam", **at(here, 8))
    assert found(here) == [("promise", BOB, "I will send it on Monday.")]
    here.mail(BOB, ME, "Re: Tiles", "Fine, thank you.", follows=name, **at(here, 7))
    assert found(here) == [("promise", BOB, "I will send it on Monday.")]
    here.mail(ME, BOB, "Re: Tiles", "Here it is.", follows=name, **at(here, 3))
    assert found(here) == []


def test_a_promise_for_a_day_to_come_is_not_owed_yet(here: Office) -> None:
    here.mail(ME, BOB, "Tiles", "I will send it on Friday.", **at(here, 1))
    assert found(here) == []
    here.clock.forward(days=2)
    assert found(here) == []
    here.clock.forward(days=1)
    assert found(here) == [("promise", BOB, "I will send it on Friday.")]


def test_nobody_is_owed_who_is_a_program_a_list_or_long_ago(here: Office) -> None:
    text = "Hi,\n\nCould you tell us how you like it?"
    here.mail("no-reply@shop.example", ME, "Your order", text, **at(here, 2))
    here.mail(
        "news@shop.example",
        ME,
        "News",
        text,
        headers={"List-Unsubscribe": "<https://x.example/u>", "List-Id": "<n.shop>"},
        **at(here, 2),
    )
    here.mail(ANN, "dev-list@lists.example.org", "Build", text, **at(here, 2))
    here.mail(ANN, ME, "Old", text, **at(here, 61))
    here.mail(ANN, ME, "Spam", text, role=Role.JUNK, folder="Junk", **at(here, 2))
    here.mail(ANN, ME, "Quoted", "Thank you!\n\n> Hi,\n>\n> Could you tell us how you like it?", **at(here, 2))
    assert found(here) == []


def test_those_the_user_writes_to_come_first(here: Office) -> None:
    here.mail("stranger@new.example", ME, "Offer", "Could we talk about the roof?", **at(here, 9))
    here.mail(ME, ANN, "Hello", "Hello Ann.", **at(here, 20))
    here.mail(ANN, ME, "Roof", "Could you send me the plans?", **at(here, 3))
    assert [who for _, who, _ in found(here)] == [ANN, "stranger@new.example"]


def test_the_command_says_it_and_begins_nothing(here: Office) -> None:
    here.read()
    assert "owe nobody" in relance("owed").err and relance("owed", "--json").out == ""
    here.mail(ME, f"Bob Ray <{BOB}>", "Tiles", "I will send it on Monday.", **at(here, 8))
    here.mail(ANN, ME, "Roof\x1b[2J", "Could you send me the plans?", **at(here, 3))
    here.read()
    before = here.events()
    said = relance("owed")
    assert said.code == 0 and "You promised Bob Ray (bob@other.example) something for Mon 16 Nov 2026" in said.out
    assert "Could you send me the plans?" in said.out and "never wrote to" in said.out and "\x1b" not in said.out
    assert "1 promise whose day passed, 1 question" in said.err
    rows = [json.loads(line) for line in relance("owed", "--json").out.splitlines()]
    assert [(row["kind"], row["person"], row["day"]) for row in rows] == [
        ("promise", BOB, "2026-11-16"),
        ("question", ANN, None),
    ]
    assert here.events() == before and here.rows() == []
