"""Caps, pauses and levels as rows."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from agent.decide.gate.levels import DEFAULT, Kind, Level, Rule, Scope, ScopePlace
from agent.store.base.engine import Store
from agent.store.work import budgets
from agent.store.work.budgets import BudgetUse, Limits
from tests.conftest import NOW, Ticking

ANN = ScopePlace(account="work", person="ann@x.example")


def use(
    number: int = 9, person: str = "ann@x.example", root: str = "<r@x>", organisation: str = "x.example"
) -> BudgetUse:
    return BudgetUse(1, number, root, person, organisation)


def spend(store: Store, clock: Ticking, at: datetime, taken: BudgetUse) -> None:
    clock.now = at
    with store.write() as change:
        budgets.take(change, taken)


def code(store: Store, now: datetime, limits: Limits | None = None, wanted: BudgetUse | None = None) -> str:
    with store.read() as connection:
        found = budgets.exhausted(connection, limits or Limits(), wanted or use(), now)
    return found.code if found else ""


def other(number: int, organisation: str = "") -> BudgetUse:
    return BudgetUse(1, number, f"<r{number}@z>", f"p{number}@z.example", organisation)


def test_one_letter_to_a_person_in_a_day_in_any_account(store: Store, clock: Ticking) -> None:
    spend(store, clock, NOW, BudgetUse(2, 1, "<other@x>", "ann@x.example"))
    assert code(store, NOW + timedelta(hours=23)) == "budget_person"
    assert code(store, NOW + timedelta(hours=24)) == ""


def test_three_in_a_thread_and_never_a_fourth(store: Store, clock: Ticking) -> None:
    for day in range(3):
        spend(store, clock, NOW + timedelta(days=2 * day), use(day))
    with store.read() as connection:
        found = budgets.exhausted(connection, Limits(), use(), NOW + timedelta(days=900))
    assert found == budgets.Spent("budget_thread", None)


@pytest.mark.parametrize(("limits", "count", "expected"), [
    (Limits(per_hour=5), 5, "budget_hour"), (Limits(per_hour=5), 4, "budget_gap"),
    (Limits(per_day=4, per_hour=9), 4, "budget_day"), (Limits(per_day=0), 0, "budget_day"),
])  # fmt: skip
def test_hours_and_days_are_counted_as_they_roll(
    store: Store, clock: Ticking, limits: Limits, count: int, expected: str
) -> None:
    for number in range(count):
        spend(store, clock, NOW + timedelta(minutes=number), other(number))
    assert code(store, NOW + timedelta(minutes=count, seconds=-1), limits) == expected


def test_letters_leave_at_least_ninety_seconds_apart(store: Store, clock: Ticking) -> None:
    spend(store, clock, NOW, other(1))
    assert code(store, NOW + timedelta(seconds=89)) == "budget_gap"
    assert code(store, NOW + timedelta(seconds=121)) == ""


def test_five_to_one_organisation(store: Store, clock: Ticking) -> None:
    for number in range(5):
        spend(store, clock, NOW + timedelta(hours=number), other(number, "x.example"))
    assert code(store, NOW + timedelta(hours=9)) == "budget_organisation"
    assert code(store, NOW + timedelta(hours=9), wanted=use(organisation="")) == ""


def test_more_than_a_hundred_a_day_cannot_be_asked_for(store: Store, clock: Ticking) -> None:
    for number in range(100):
        spend(store, clock, NOW + timedelta(minutes=number), other(number))
    wide = Limits(per_day=100_000, per_hour=100_000)
    assert code(store, NOW + timedelta(hours=3), wide) == "budget_day"


def test_a_token_from_a_clock_that_was_ahead_still_counts(store: Store, clock: Ticking) -> None:
    spend(store, clock, NOW + timedelta(days=365), use())
    assert code(store, NOW) == "budget_person"


def test_pauses_cover_their_scope_until_they_end(store: Store) -> None:
    with store.write() as change:
        budgets.pause(change, Scope(Kind.DOMAIN, "x.example"), NOW + timedelta(days=1))
    with store.read() as connection:
        assert budgets.paused(connection, ANN, NOW) == Scope(Kind.DOMAIN, "x.example")
        assert budgets.paused(connection, ScopePlace(person="bob@y.example"), NOW) is None
        assert budgets.paused(connection, ANN, NOW + timedelta(days=1)) is None
    with store.write() as change:
        budgets.pause(change, DEFAULT, None)
        assert budgets.resume(change, DEFAULT) == 1
        assert budgets.resume(change, None) == 1


def test_a_pause_nobody_can_read_pauses_everything(store: Store) -> None:
    with store.write() as change:
        change.connection.exec_driver_sql("INSERT INTO setting VALUES ('pause:garbage here', '')")
    with store.read() as connection:
        assert budgets.paused(connection, ANN, NOW) == DEFAULT


def test_the_last_chosen_level_of_a_scope_holds(store: Store) -> None:
    scope = Scope(Kind.PERSON, "ann@x.example")
    for before, level in ((Level.MANUAL, Level.AUTOPILOT), (Level.AUTOPILOT, Level.COPILOT)):
        with store.write() as change:
            budgets.set_level(change, scope, level, before)
    with store.read() as connection:
        assert budgets.level_rules(connection) == (Rule(scope, Level.COPILOT),)
    assert store.verify().broken_at is None


@pytest.mark.parametrize("person", ["Ann@X.example", "ann+shop@x.example", "ann@x.example."])
def test_a_day_between_two_letters_to_one_mailbox_however_it_is_written(
    store: Store, clock: Ticking, person: str
) -> None:
    spend(store, clock, NOW, BudgetUse(2, 1, "<other@x>", person))
    assert code(store, NOW + timedelta(hours=23)) == "budget_person"
    assert code(store, NOW + timedelta(hours=24)) == ""


def test_an_organisation_in_two_spellings_is_one(store: Store, clock: Ticking) -> None:
    for number in range(5):
        spend(store, clock, NOW + timedelta(hours=number), other(number, "xn--mnchen-3ya.example"))
    wanted = use(organisation="münchen.example")
    assert code(store, NOW + timedelta(hours=6), wanted=wanted) == "budget_organisation"


@pytest.mark.parametrize("person", ["Ann@X.example", "ann+shop@x.example", "ann@x.example."])
def test_a_pause_holds_for_every_spelling(store: Store, person: str) -> None:
    with store.write() as change:
        budgets.pause(change, Scope(Kind.PERSON, person.lower()), None)
    with store.read() as connection:
        assert budgets.paused(connection, ANN, NOW) == Scope(Kind.PERSON, person.lower())


def test_one_scope_has_one_level_and_its_pauses_end_together(store: Store) -> None:
    shown, wire = Scope(Kind.DOMAIN, "münchen.example"), Scope(Kind.DOMAIN, "xn--mnchen-3ya.example")
    with store.write() as change:
        budgets.set_level(change, shown, Level.MANUAL, Level.MANUAL)
        budgets.set_level(change, wire, Level.COPILOT, Level.MANUAL)
        assert budgets.level_rules(change.connection) == (Rule(wire, Level.COPILOT),)
        budgets.pause(change, shown, None)
        budgets.pause(change, wire, NOW + timedelta(days=9))
        assert budgets.resume(change, wire) == 2


def test_a_pause_that_ends_ends_no_other(store: Store, clock: Ticking) -> None:
    shown, wire = Scope(Kind.DOMAIN, "münchen.example"), Scope(Kind.DOMAIN, "xn--mnchen-3ya.example")
    with store.write() as change:
        budgets.pause(change, shown, NOW + timedelta(days=1))
        budgets.pause(change, wire, NOW + timedelta(days=9))
    clock.now = NOW + timedelta(days=2)
    with store.write() as change:
        budgets.drop_ended_pauses(change)
        assert [scope for scope, _ in budgets.pauses(change.connection)] == [wire]
