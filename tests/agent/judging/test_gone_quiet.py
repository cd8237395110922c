"""Who went quiet: enough mails both ways, none for weeks, and nobody who must not be written to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.common.home import Home
from agent.judging.gone_quiet import gap, gone_quiet
from tests.agent.office import ANN, BOB, ME, Office, office
from tests.cli.run import relance
from tests.conftest import Ticking


@pytest.fixture
def here(private_home: Path, clock: Ticking, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with office(private_home, clock) as made:
        monkeypatch.setattr(Home, "usual", classmethod(lambda _cls, _file=None: made.home))
        yield made


def exchange(here: Office, person: str, *days: float, subject: str = "Roof") -> None:
    """Mails to them and from them, turn by turn, so many days ago."""
    for place, ago in enumerate(days):
        sender, to = (ME, person) if place % 2 == 0 else (person, ME)
        here.mail(sender, to, f"{subject} {place}", "The roof is fine.", at=here.clock() - timedelta(days=ago))


def found(here: Office, weeks: int = 8) -> list[str]:
    here.read()
    return [one.person for one in gone_quiet(here.home, weeks)]


def test_three_each_way_and_then_nothing(here: Office) -> None:
    exchange(here, f"Ann Lee <{ANN}>", 130, 120, 110, 100, 90, 80)
    exchange(here, BOB, 130, 120, 110, 100, 90)
    here.read()
    (one,) = gone_quiet(here.home, 8)
    assert (one.person, one.name, one.mails, one.gap, one.subject) == (ANN, "Ann Lee", 6, 10.0, "Roof 5")
    assert one.last == here.clock() - timedelta(days=80)
    assert gone_quiet(here.home, 12) == []


def test_a_new_mail_either_way_ends_the_quiet(here: Office) -> None:
    for person in (ANN, BOB):
        exchange(here, person, 130, 120, 110, 100, 90, 80)
    here.mail(ME, ANN, "Hello", "Hello Ann.", at=here.clock() - timedelta(days=3))
    here.mail(BOB, ME, "Hello", "Hello Sam.", at=here.clock() - timedelta(days=3))
    assert found(here) == []


def test_the_most_regular_come_first(here: Office) -> None:
    exchange(here, ANN, 300, 260, 220, 180, 140, 100)
    exchange(here, BOB, 130, 125, 120, 115, 110, 105)
    exchange(here, "cy@one.example", 100, 100, 100, 100, 100, 100)
    assert found(here) == [BOB, ANN, "cy@one.example"]


def test_a_mail_in_two_folders_is_one(here: Office) -> None:
    for place in range(3):
        for folder in ("INBOX", "Other"):
            here.mail(
                ANN,
                ME,
                "Roof",
                "Fine.",
                name=f"<t{place}@x>",
                folder=folder,
                at=here.clock() - timedelta(days=90 - place),
            )
    exchange(here, ANN, 99, 98, 97, 96, 95)
    here.read()
    (one,) = gone_quiet(here.home, 8)
    assert one.mails == 8


def test_nobody_is_listed_who_must_not_be_written_to(here: Office) -> None:
    people = [
        "no-reply@shop.example",
        "dev-list@lists.example.org",
        "notifications@hub.example",
        ANN,
        BOB,
        "sam+x@mine.example",
    ]
    for person in people:
        exchange(here, person, 130, 120, 110, 100, 90, 80)
    name = here.mail(ME, ANN, "News", "Hi,\n\nWhich of the two?\n\nSam", at=here.clock() - timedelta(days=79))
    here.mail(
        ANN,
        ME,
        "Re: News",
        "Please stop writing to me. Never contact me again.",
        follows=name,
        at=here.clock() - timedelta(days=78),
    )
    assert found(here) == [BOB]
    assert here.enroll(BOB, "winback", about="Shall we talk again?").ok
    assert found(here) == []


def test_the_command_says_it_and_begins_nothing(here: Office) -> None:
    here.read()
    assert "Nobody" in relance("quiet").err and relance("quiet", "--json").out == ""
    exchange(here, ANN, 130, 120, 110, 100, 90, 80, subject="Roof\x1b[2J")
    here.read()
    before = here.events()
    ran = relance("quiet")
    assert ran.code == 0 and ANN in ran.out and "10 days" in ran.out and "\x1b" not in ran.out
    (row,) = [json.loads(line) for line in relance("quiet", "--json").out.splitlines()]
    assert row["person"] == ANN and row["mails"] == 6 and row["gap_days"] == 10.0
    assert relance("quiet", "--weeks", "0").code == 2
    assert here.events() == before and here.rows() == []


def test_the_gap_is_between_days() -> None:
    start = date(2026, 1, 1)
    assert gap((start,)) is None and gap(()) is None
    assert gap((start, start + timedelta(days=4), start + timedelta(days=6))) == 3.0
