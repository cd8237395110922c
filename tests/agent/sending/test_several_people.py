"""A letter to several people obeys what holds for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from agent.decide.gate.levels import DEFAULT, Kind, Level, Rule, Scope
from agent.sending import outbox
from agent.sending.case import level_of, paused_for, use_of
from agent.sending.compose import whole_thread
from agent.store.work import budgets, followups
from agent.store.work.budgets import BudgetUse
from agent.verbs import actions
from providers.base import Address, Role
from tests.sim.world import ME, Scene, ask, drafted, mail, scene, sync

ANN, BOB = "ann@x.example", "bob@z.example"
RULES = (Rule(DEFAULT, Level.AUTOPILOT),)


@pytest.fixture
def here() -> Iterator[Scene]:
    opened = scene(Level.AUTOPILOT)
    both = replace(
        mail("<ask1@y.example>", ME, ANN, opened.world.now - timedelta(days=4), role=Role.SENT, text="Can you?"),
        to=(Address(ANN), Address(BOB)),
    )
    opened.world.put("work", both)
    sync(opened.desk)
    drafted(opened.desk, 1, ANN)
    yield opened
    opened.close()


def level(here: Scene) -> Level:
    with here.store.read() as connection:
        row = followups.find(connection, 1)
        assert row is not None
        return level_of(connection, here.desk, here.desk.seats[0], row, whole_thread(connection, row)).level


@pytest.mark.parametrize(
    "scope", [Scope(Kind.PERSON, ANN), Scope(Kind.PERSON, BOB), Scope(Kind.DOMAIN, "z.example")], ids=str
)
def test_the_lowest_level_of_all_holds(here: Scene, scope: Scope) -> None:
    assert level(here) is Level.AUTOPILOT
    with here.store.write() as change:
        budgets.set_level(change, scope, Level.MANUAL, Level.AUTOPILOT)
    assert level(here) is Level.MANUAL


@pytest.mark.parametrize("person", [ANN, BOB])
def test_a_pause_of_one_holds_the_letter(here: Scene, person: str) -> None:
    with here.store.write() as change:
        budgets.pause(change, Scope(Kind.PERSON, person), None)
    with here.store.read() as connection:
        row = followups.find(connection, 1)
        assert row is not None
        thread = whole_thread(connection, row)
        assert paused_for(connection, here.desk, row, thread, here.world.now) == f"person:{person}"


@pytest.mark.parametrize("person", [ANN, BOB])
def test_who_was_written_to_today_is_not_written_to_again(here: Scene, person: str) -> None:
    with here.store.write() as change:
        budgets.take(change, BudgetUse(here.desk.seats[0].number, 0, "<other@y.example>", person))
    here.world.pass_time(hours=2)
    with here.store.read() as connection:
        row = followups.find(connection, 1)
        assert row is not None
        use = use_of(here.desk, row, 0, whole_thread(connection, row))
        spent = budgets.exhausted(connection, here.desk.limits, use, here.world.now)
    assert spent is not None
    assert spent.code == "budget_person"


def test_a_letter_to_two_counts_for_the_second_too(here: Scene) -> None:
    """What went to Ann and Bob yesterday evening is a letter Bob got yesterday."""
    done = actions.approve(here.desk, 1, at_once=True)
    assert done.ok, done
    with here.store.write() as change:
        number = change.connection.exec_driver_sql("SELECT id FROM outbox").scalar_one()
        budgets.take(change, BudgetUse(here.desk.seats[0].number, number, "<ask1@y.example>", ANN))
    here.world.pass_time(hours=2)
    with here.store.read() as connection:
        spent = budgets.exhausted(
            connection,
            here.desk.limits,
            BudgetUse(here.desk.seats[0].number, 0, "<new@y.example>", BOB),
            here.world.now,
        )
    assert spent is not None
    assert spent.code == "budget_person"


@pytest.mark.parametrize("person", [ANN, BOB])
def test_who_asked_not_to_be_written_to_is_in_no_letter(here: Scene, person: str) -> None:
    ask(here.world, 2, person)
    sync(here.desk)
    with here.store.write() as change:
        change.connection.exec_driver_sql(
            "UPDATE thread SET person = ?, reason = 'opted_out' WHERE root = '<ask2@y.example>'", (person,)
        )
    with here.store.read() as connection:
        seen = actions.view(connection, here.desk, 1)
    assert isinstance(seen, actions.Viewed)
    assert seen.decision.code == "opt_out"


def test_an_answer_under_a_known_id_is_an_answer(here: Scene) -> None:
    """Ann's mail program gives two of her mails one Message-ID; the second one still counts."""
    refs = ("<ask1@y.example>",)
    here.world.put("work", mail("<re@x.example>", ANN, ME, here.world.now - timedelta(days=5), text="A plan."))
    sync(here.desk)
    assert actions.approve(here.desk, 1, at_once=True).ok
    here.world.put("work", mail("<re@x.example>", ANN, ME, here.world.now, refs=refs, text="We went elsewhere."))
    here.world.pass_time(minutes=5)
    (done,) = outbox.pump(here.desk)
    assert (done.state, done.code, here.world.delivered) == ("STOPPED", "reply", [])
