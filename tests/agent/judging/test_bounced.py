"""An address that mail could not be delivered to is not drafted to in another thread, until it is known to work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.verbs import actions
from tests.agent.office import ANN, BOB, ME, Office, office
from tests.conftest import Ticking

REPORT = """Your message could not be delivered.

<{person}>: host mx.partner.example said: 550 5.1.1 user unknown
"""


@pytest.fixture
def here(private_home: Path, clock: Ticking) -> Iterator[Office]:
    with office(private_home, clock) as opened:
        yield opened


def asked(here: Office, subject: str, days: float, person: str = ANN) -> str:
    at = here.clock() - timedelta(days=days)
    text = f"Hi,\n\nWhich of the two {subject.lower()} should we take?\n\nSam"
    return here.mail(f"Sam Okafor <{ME}>", person, subject, text, at=at)


def fails(here: Office, name: str, person: str = ANN) -> None:
    here.mail(
        "MAILER-DAEMON@mine.example", ME, "Undelivered Mail Returned to Sender", REPORT.format(person=person),
        follows=name, headers={"Auto-Submitted": "auto-replied", "X-Failed-Recipients": person},
    )  # fmt: skip


def test_a_dead_address_is_asked_about_and_not_drafted_to(here: Office) -> None:
    asked(here, "Roofs", 20)
    fails(here, asked(here, "Offers", 13))
    asked(here, "Tiles", 12, BOB)
    here.passes()
    found = {row.subject: row for row in here.rows()}
    assert (found["Roofs"].state, found["Tiles"].state) == ("asked", "drafted")
    assert here.draft(found["Roofs"].id) is None


def test_it_is_drafted_to_once_they_wrote_again(here: Office) -> None:
    asked(here, "Roofs", 20)
    fails(here, asked(here, "Offers", 13))
    here.clock.forward(minutes=5)
    here.mail(ANN, "bob@other.example", "Fwd: plans", "Hello, here are the plans.", headers={"Cc": ME})
    here.passes()
    (row,) = [row for row in here.rows() if row.subject == "Roofs"]
    assert row.state != "asked" or row.hold != "bounced"


def test_a_draft_from_before_is_held_with_the_reason(here: Office) -> None:
    asked(here, "Roofs", 20)
    here.passes()
    (row,) = here.rows(ANN)
    assert row.state == "drafted"
    fails(here, asked(here, "Offers", 1))
    here.read()
    with here.home.store.read() as connection:
        seen = actions.view(connection, here.desk, row.id)
    assert isinstance(seen, actions.Viewed)
    assert "bounced" in {check.code for check in seen.decision.against}


@pytest.mark.parametrize(("failed", "stopped"), [((BOB,), False), (("forwarded@else.example",), True),
                                                 (("forwarded@else.example", BOB), True)])  # fmt: skip
def test_a_report_about_somebody_else_takes_no_other_report_back(
    here: Office, failed: tuple[str, ...], stopped: bool
) -> None:
    name = asked(here, "Roofs", 20, f"{ANN}, {BOB}")
    for person in failed:
        fails(here, name, person)
    here.passes()
    with here.home.store.read() as connection:
        (reason,) = connection.exec_driver_sql("SELECT reason FROM thread WHERE subject = 'Roofs'").scalars()
    assert (reason == "bounced") is stopped
