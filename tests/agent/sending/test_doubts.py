"""An address that only looks like a known one, or that no person reads, waits for the user, through the whole program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from agent.decide.gate.case import CheckVerdict
from agent.decide.gate.levels import Level
from agent.verbs import actions
from providers.base import Address
from tests.sim.judged import FIVE_DAYS, passes
from tests.sim.mailing import Person, asking
from tests.sim.town import Town

pytestmark = pytest.mark.slow


@pytest.fixture
def here() -> Iterator[Town]:
    opened = Town(Level.AUTOPILOT)
    yield opened
    opened.close()


def ask(here: Town, number: int, address: str) -> None:
    mail = asking(Person(number), here.world.now - FIVE_DAYS)
    here.world.put("work", replace(mail, to=(Address(address, Person(number).name),)))


def said(here: Town, address: str) -> tuple[CheckVerdict, str, str]:
    (row,) = [row for row in here.followups() if row["person"] == address]
    with here.home.store.read() as connection:
        seen = actions.view(connection, here.desk, row["id"])
    assert isinstance(seen, actions.Viewed)
    check = next(check for check in seen.decision.checks if check.name == "recipients")
    return check.verdict, check.code, check.reason


def test_a_twin_of_a_known_domain_waits_and_the_known_one_leaves(here: Town) -> None:
    ask(here, 1, "kim@museum.example")
    ask(here, 2, "ola@rnuseum.example")
    ask(here, 3, "noor@museum.example")
    passes(here, 1.2)
    assert {person for _, person, *_ in here.world.delivered} == {"kim@museum.example", "noor@museum.example"}
    verdict, code, reason = said(here, "ola@rnuseum.example")
    assert (verdict, code) == (CheckVerdict.HOLD, "look_alike")
    assert "ola@rnuseum.example beside museum.example" in reason


def test_of_two_that_are_equally_new_both_wait(here: Town) -> None:
    ask(here, 1, "kim@museum.example")
    ask(here, 2, "ola@rnuseum.example")
    passes(here, 1.2)
    assert here.world.delivered == []
    assert said(here, "kim@museum.example")[1] == said(here, "ola@rnuseum.example")[1] == "look_alike"


def test_the_user_may_approve_it_knowing_that(here: Town) -> None:
    ask(here, 1, "kim@museum.example")
    ask(here, 2, "ola@rnuseum.example")
    passes(here, 0.2)
    (row,) = [row for row in here.followups() if row["person"] == "ola@rnuseum.example"]
    assert actions.approve(here.desk, row["id"], at_once=True).ok
    passes(here, 0.2, 1)
    assert "ola@rnuseum.example" in [person for _, person, *_ in here.world.delivered]


def test_people_in_domains_of_their_own_are_not_in_doubt(here: Town) -> None:
    ask(here, 1, "kim@museum.example")
    ask(here, 2, "ola@printing.example")
    passes(here, 0.2)
    assert [said(here, person)[1] for person in ("kim@museum.example", "ola@printing.example")] == ["known", "known"]
