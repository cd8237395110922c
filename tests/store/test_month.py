"""Monthly caps: what counts as a letter to somebody, and that no spelling of an address makes it count less."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from agent.sending import outbox
from agent.store.work import budgets, followups
from agent.store.work import outbox as rows
from agent.store.work.budgets import MONTH, BudgetUse, Limits, Spent, over_the_month
from agent.verbs import actions
from tests.sim.world import Scene, ask, drafted, scene, sync

ANN = "ann.lee@partner.example"
LIMITS = Limits(per_person_month=2, per_organisation_month=3)


@pytest.fixture
def here() -> Iterator[Scene]:
    opened = scene()
    yield opened
    opened.close()


def left(here: Scene, *people: str) -> None:
    """A letter to each left, an hour after the other."""
    for number, person in enumerate(people, 1):
        with here.store.write() as change:
            budgets.take(change, BudgetUse(1, 0, f"<{number}@y.example>", person))
        here.world.pass_time(hours=1)


def cap(here: Scene, person: str, organisation: str = "", *others: str) -> Spent | None:
    use = BudgetUse(1, 0, "<new@y.example>", person, organisation, others=others)
    with here.store.read() as connection:
        return over_the_month(connection, LIMITS, use, here.world.now)


SAME = [
    (ANN, "ANN.LEE@Partner.Example"),
    (ANN, "ann.lee+offer@partner.example"),
    ("a.n.n@gmail.com", "ann+x@GoogleMail.com"),
    ("ann@b\u00fccher.example", "ann@xn--bcher-kva.example"),
    (ANN, "ann.lee@partner.example."),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_other_spellings_of_an_address_count_as_one(here: Scene, one: str, other: str) -> None:
    left(here, one, other)
    first = here.world.now - timedelta(hours=2)
    for asked in (one, other, one.upper()):
        found = cap(here, asked)
        assert found is not None and (found.code, found.most) == ("month_person", 2)
        assert found.again_at == first + MONTH


@pytest.mark.parametrize("other", ["annlee@partner.example", "ann.lee@else.example", "bob@partner.example"])
def test_somebody_else_counts_for_themselves(here: Scene, other: str) -> None:
    left(here, ANN, other)
    assert cap(here, ANN) is None


def test_a_letter_goes_to_everybody_it_names(here: Scene) -> None:
    left(here, ANN, ANN)
    assert cap(here, "bob@other.example") is None
    assert cap(here, "bob@other.example", "", ANN) is not None


HOUSES = [
    ("partner.example", ["a@partner.example", "b@mail.partner.example", "c@PARTNER.example"], True),
    ("mail.partner.co.uk", ["a@partner.co.uk", "b@x.partner.co.uk", "c@partner.co.uk."], True),
    ("partner.co.uk", ["a@other.co.uk", "b@third.co.uk", "c@fourth.co.uk"], False),
    ("partner.example", ["a@partner.example", "b@partner.example", "c@mypartner.example"], False),
    ("gmail.com.", ["a@gmail.com", "b@gmail.com", "c@gmail.com"], False),
    ("", ["a@gmail.com", "b@gmail.com", "c@gmail.com"], False),
]


@pytest.mark.parametrize(("domain", "people", "full"), HOUSES)
def test_an_organisation_is_its_registered_domain_and_free_mail_is_none(
    here: Scene, domain: str, people: list[str], full: bool
) -> None:
    left(here, *people)
    found = cap(here, f"new@{domain or 'gmail.com'}", domain)
    assert (found is not None) == full
    assert found is None or found.code == "month_organisation"


def test_there_is_room_again_after_thirty_days_to_the_moment(here: Scene) -> None:
    left(here, ANN, ANN)
    found = cap(here, ANN)
    assert found is not None and found.again_at is not None
    here.world.pass_time(seconds=(found.again_at - here.world.now).total_seconds() - 1)
    assert cap(here, ANN) is not None
    here.world.pass_time(seconds=1)
    assert cap(here, ANN) is None


def test_a_clock_that_stood_ahead_does_not_close_it_for_longer(here: Scene) -> None:
    here.world.pass_time(hours=24 * 90)
    left(here, ANN, ANN)
    here.world.pass_time(hours=-24 * 90)
    found = cap(here, ANN)
    assert found is not None and found.again_at is not None and found.again_at <= here.world.now + MONTH


def queued(here: Scene, number: int) -> int:
    """A letter that waits to leave; its number."""
    person = f"p{number}@partner.example"
    ask(here.world, number, person)
    sync(here.desk)
    drafted(here.desk, number, person)
    assert actions.approve(here.desk, number, at_once=True).ok
    with here.store.read() as connection:
        return int(connection.exec_driver_sql("SELECT max(id) FROM outbox").scalar_one())


@pytest.mark.parametrize(
    ("state", "uncertain", "counts"),
    [
        ("SENT", 0, True), ("UNCERTAIN", 1, True), ("DEFERRED", 0, False), ("FAILED", 0, False), ("CANCELLED", 0, False),
        ("CANCELLED", 1, True),
    ],
)  # fmt: skip
def test_a_letter_counts_once_and_only_where_it_may_have_left(
    here: Scene, state: str, uncertain: int, counts: bool
) -> None:
    letter = queued(here, 1)
    with here.store.write() as change:
        for _ in range(5):
            budgets.take(change, BudgetUse(1, letter, "<ask1@y.example>", "p1@partner.example"))
        for guard in ("outbox_moves", "outbox_sealed"):
            change.connection.exec_driver_sql(f"DROP TRIGGER {guard}")
        change.connection.exec_driver_sql(
            "UPDATE outbox SET state = ?, was_uncertain = ? WHERE id = ?", (state, uncertain, letter)
        )
    one = Limits(per_person_month=1, per_organisation_month=9)
    two = Limits(per_person_month=2, per_organisation_month=9)
    use = BudgetUse(1, 0, "<new@y.example>", "p1@partner.example")
    with here.store.read() as connection:
        assert (over_the_month(connection, one, use, here.world.now) is not None) == counts
        assert over_the_month(connection, two, use, here.world.now) is None


def test_what_was_sent_by_hand_counts_as_well(here: Scene) -> None:
    left(here, "p1@partner.example")
    ask(here.world, 1, "p1@partner.example")
    sync(here.desk)
    drafted(here.desk, 1, "p1@partner.example")
    assert cap(here, "p1@partner.example") is None
    with here.store.write() as change:
        followups.move(change, 1, followups.Progress.STOPPED, actor="user", code=budgets.BY_HAND)
    assert cap(here, "p1@partner.example") is not None


def test_an_approved_letter_waits_for_its_day_and_then_leaves(here: Scene) -> None:
    here.desk.limits = Limits(per_person_month=1)
    left(here, "P1+x@partner.example")
    here.world.pass_time(hours=30)
    letter = queued(here, 1)
    here.world.pass_time(minutes=5)
    outbox.pump(here.desk)
    with here.store.read() as connection:
        (kept,) = rows.rows(connection, rows.OUTBOX.c.id == letter)
    assert kept.state == "HELD" and kept.code == "month_person" and not here.world.delivered
    assert kept.ready_at - here.world.now > timedelta(days=28)
    here.world.pass_time(hours=24 * 28 + 20)
    outbox.pump(here.desk)
    assert len(here.world.delivered) == 1
