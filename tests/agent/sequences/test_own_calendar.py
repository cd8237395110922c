"""A meeting in the user's own calendar holds a plan, days out of office pause, and a broken calendar changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.cli.showing.status import collect
from agent.doctor import examine
from agent.mailboxes import absence, own_calendar
from agent.store.base import settings
from providers.base import Unreachable
from tests.agent.office import ANN, ME, Office, office
from tests.conftest import Ticking

pytestmark = pytest.mark.slow

TEXT = "Hi Ann,\n\nCould you tell me whether the offer suits you?\n\nBest,\nSam"


@pytest.fixture
def here(private_home: Path, clock: Ticking) -> Iterator[Office]:
    with office(private_home, clock, level="autopilot", more='[calendar]\nics = "my.ics"\n') as made:
        made.mail(ME, ANN, "The offer", TEXT, at=clock() - timedelta(hours=1))
        yield made


def write(here: Office, *events: str) -> None:
    inside = "".join(f"BEGIN:VEVENT\nUID:{number}\n{text}END:VEVENT\n" for number, text in enumerate(events))
    file = here.home.places.config_file.parent / "my.ics"
    file.write_text(f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//t\n{inside}END:VCALENDAR\n")


def meeting(at: datetime) -> str:
    return f"DTSTART:{at:%Y%m%dT%H%M%SZ}\nATTENDEE:mailto:{ANN}\nSUMMARY:\x1b[31mSecret\n"


def states(here: Office) -> list[str]:
    return [row.state for row in here.rows(ANN)]


def trouble(here: Office) -> str:
    with here.home.store.read() as connection:
        return settings.get(connection, own_calendar.TROUBLE)


def test_a_quiet_thread_with_a_meeting_waits_for_a_person(here: Office) -> None:
    write(here, meeting(here.clock() + timedelta(days=2)))
    here.runs(days=9, hours=6)
    (row,) = here.rows(ANN)
    assert (row.state, row.hold) == ("asked", "meeting") and row.evidence.startswith(f"You meet {ANN} on ")
    assert "Secret" not in row.evidence and not here.left


def test_a_plan_with_a_meeting_before_its_touch_is_held_once(here: Office) -> None:
    here.read()
    assert here.enroll("<m1@mine.example>", "sales").ok
    at = here.clock() + timedelta(days=2)
    write(here, meeting(at))
    here.passes()
    (row,) = [row for row in here.rows(ANN) if row.plan == "sales"]
    assert (row.state, row.hold) == ("asked", "meeting") and "You meet" in row.evidence
    with here.home.store.read() as connection:
        assert settings.get(connection, f"calendar.told:{row.id}") == at.replace(microsecond=0).isoformat()


def test_days_out_of_office_pause_until_they_are_over(here: Office) -> None:
    now = here.clock()
    write(
        here,
        f"DTSTART;VALUE=DATE:{now:%Y%m%d}\nDTEND;VALUE=DATE:{now + timedelta(days=3):%Y%m%d}\nX-MICROSOFT-CDO-BUSYSTATUS:OOF\n",
    )
    here.passes()
    with here.home.store.read() as connection:
        assert "out of office in your calendar" in absence.holds(connection, here.clock())
    here.clock.forward(days=4)
    here.passes()
    with here.home.store.read() as connection:
        assert absence.holds(connection, here.clock()) == ""


@pytest.mark.parametrize("broken", ["", "nonsense", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "x" * 5_000_001, None])
def test_a_broken_calendar_keeps_what_it_said_and_is_told(here: Office, broken: str | None) -> None:
    write(here, meeting(here.clock() + timedelta(days=2)))
    here.passes()
    assert trouble(here) == ""
    file = here.home.places.config_file.parent / "my.ics"
    file.unlink() if broken is None else file.write_text(broken)
    here.runs(days=9, hours=6)
    assert states(here) == ["asked"] and "goes on counting" in trouble(here)
    assert "cannot be read" in str(collect(here.home.places, here.home.config)["calendar"])
    (line,) = [line for line in examine(here.home) if line.name == "calendar"]
    assert line.state == "warn" and line.hint


def test_an_address_is_asked_once_an_hour_and_what_it_said_is_kept(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = here.home.places.config_file
    file.write_text(file.read_text().replace("my.ics", "https://calendar.example/secret.ics"))
    here.home.changed()
    asked: list[str] = []
    answers = [
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\n"
        + meeting(here.clock() + timedelta(days=2)).encode()
        + b"END:VEVENT\nEND:VCALENDAR\n"
    ]

    def fetch(url: str) -> bytes:
        asked.append(url)
        if len(asked) > 1:
            raise Unreachable("calendar.example did not answer in time.")
        return answers[0]

    monkeypatch.setattr(own_calendar, "fetch", fetch)
    for _ in range(3):
        here.passes()
        here.clock.forward(minutes=10)
    assert len(asked) == 1
    here.runs(days=9, hours=6)
    assert len(asked) > 2 and states(here) == ["asked"]
    assert "did not answer" in trouble(here) and "secret" not in trouble(here)


def test_no_calendar_changes_nothing(private_home: Path, clock: Ticking) -> None:
    with office(private_home, clock) as here:
        here.mail(ME, ANN, "The offer", TEXT, at=clock() - timedelta(hours=1))
        here.runs(days=9, hours=6)
        assert states(here) == ["drafted"]
