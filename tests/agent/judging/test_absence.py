"""While the person is away nothing leaves; once they are back the letters leave one by one, at good hours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agent.decide.gate.levels import DEFAULT, Kind, Scope
from agent.decide.plans import notices
from agent.decide.plans.absence import Away, holding, kept_absences
from agent.mailboxes import absence
from agent.store.base import settings
from agent.verbs import actions
from providers.base import Absence, Role, Unreachable
from providers.local.memory import MemoryMailbox
from tests.agent.office import ANN, BOB, ME, PARIS, Office, office
from tests.cli.run import relance
from tests.conftest import NOW, Ticking

pytestmark = pytest.mark.slow

BACK = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)


@pytest.fixture
def here(private_home: Path, clock: Ticking) -> Iterator[Office]:
    with office(private_home, clock) as made:
        for person in (ANN, BOB):
            made.mail(person, ME, "Hello", "Hello", at=clock() - timedelta(days=9))
        made.read()
        yield made


def queued(here: Office, person: str = ANN, about: str = "Would May suit you for a visit?") -> int:
    made = here.enroll(person, about=about)
    here.passes()
    assert actions.approve(here.desk, made.followup).ok
    return made.followup


def responder(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    monkeypatch.setattr(MemoryMailbox, "absence", lambda _self: answer(), raising=False)


def held(here: Office) -> str:
    with here.home.store.read() as connection:
        return absence.holds(connection, here.clock())


@pytest.mark.slow
def test_automatic_replies_hold_everything_and_nothing_bursts_out_afterwards(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    responder(monkeypatch, lambda: Absence(NOW - timedelta(days=1), BACK))
    queued(here)
    queued(here, BOB, "Is the cellar dry again after the rain?")
    assert "you are away until Mon 30 Nov 2026" in held(here)
    here.runs(days=11, hours=4)
    assert here.left == []
    responder(monkeypatch, lambda: None)
    here.runs(days=3, hours=0.5)
    moments = sorted(at for at, _ in here.left)
    assert len(moments) == 2 and moments[0] > BACK and moments[1] - moments[0] >= timedelta(seconds=90)
    assert all(9 <= at.astimezone(PARIS).hour < 18 for at in moments)


def test_the_person_may_send_all_the_same(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    responder(monkeypatch, lambda: Absence(None, BACK))
    queued(here)
    here.runs(days=0.25)
    assert here.left == []
    assert absence.ignore(here.desk).ok and not absence.ignore(here.desk).ok
    here.runs(days=1, hours=2)
    assert len(here.left) == 1
    responder(monkeypatch, lambda: Absence(None, BACK + timedelta(days=9)))
    here.runs(days=0.25, hours=2)
    assert held(here)


def test_a_mailbox_that_cannot_tell_changes_nothing(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise Unreachable("no network")

    responder(monkeypatch, lambda: Absence(None, BACK))
    here.passes()
    responder(monkeypatch, broken)
    here.clock.forward(hours=2)
    here.passes()
    assert held(here)


def test_it_is_asked_at_most_once_an_hour(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    responder(monkeypatch, lambda: asked.append(1))
    for _ in range(5):
        here.passes()
        here.clock.forward(minutes=20)
    assert len(asked) == 2


REPLIES = [
    ("I am out of office until Friday 27 November and will answer after that.", timedelta(days=8), timedelta(days=13)),
    ("I am out of the office and will read your mail later.", timedelta(days=3), timedelta(days=3)),
]


@pytest.mark.parametrize(("text", "least", "most"), REPLIES)
def test_an_automatic_reply_of_their_own_holds_until_it_says(
    here: Office, text: str, least: timedelta, most: timedelta
) -> None:
    here.mail(ME, ANN, "Automatic reply: Hello", text, headers={"Auto-Submitted": "auto-replied"})
    here.read()
    assert "you are away" in held(here)
    with here.home.store.read() as connection:
        (away,) = absence.known_absences(connection)
    assert least <= datetime.fromisoformat(away.ends) - NOW <= most


def test_somebody_who_writes_in_their_name_cannot_hold_anything(here: Office) -> None:
    headers = {"Auto-Submitted": "auto-replied"}
    here.mail(ME, ME, "Automatic reply", "I am out of office until 2030.", role=Role.INBOX, headers=headers)
    here.mail(ANN, ME, "Automatic reply", "I am out of office until Friday.", headers=headers)
    here.read()
    assert held(here) == ""


def test_an_old_reply_says_nothing_about_today(here: Office) -> None:
    old = here.clock() - timedelta(days=90)
    here.mail(ME, ANN, "Automatic reply", "I am out of office.", at=old, headers={"Auto-Submitted": "auto-replied"})
    here.read()
    assert held(here) == ""


# Pauses


def test_resume_ends_the_pause_of_everything_and_no_other(here: Office) -> None:
    person = Scope(Kind.PERSON, ANN)
    actions.pause(here.desk, person)
    actions.pause(here.desk)
    done = actions.resume(here.desk)
    assert done.ok and f"Still paused: {person}" in done.words
    assert not actions.resume(here.desk).ok
    assert actions.resume(here.desk, person).ok and not actions.resume(here.desk, person).ok


def test_all_pauses_end_only_where_that_is_said(here: Office) -> None:
    for scope in (DEFAULT, Scope(Kind.PERSON, ANN), Scope(Kind.DOMAIN, "x.example")):
        actions.pause(here.desk, scope)
    assert "3 pauses" in actions.resume(here.desk, None).words


# What is shown


def test_status_says_who_is_paused_why_and_until_when(here: Office) -> None:
    now = datetime.now(UTC)
    end = (now + timedelta(days=4)).isoformat()
    with here.home.store.write() as change:
        settings.put(change, "pause:person:ann@x.example", end)
        settings.put(change, "pause:domain:old.example", (now - timedelta(days=1)).isoformat())
        settings.put(change, "absence:work", Away("work", "responder", "", end).packed())
        settings.put(change, "label:7", json.dumps({"plan": "sails", "why": "there is no plan 'sails'."}))
    here.home.close()
    said = relance("status").out
    assert "Paused: person:ann@x.example until" in said and "old.example" not in said
    assert "HELD: you are away until" in said and "Label relance/sails: there is no plan" in said
    document = json.loads(relance("status", "--json").out)
    assert document["paused"] is False and document["away"] and list(document["pauses"]) == ["person:ann@x.example"]


def test_resume_on_the_command_line_knows_all_three(here: Office) -> None:
    actions.pause(here.desk, Scope(Kind.PERSON, ANN))
    actions.pause(here.desk)
    here.home.close()
    assert "Still paused: person:ann@partner.example" in relance("resume").out
    assert relance("resume", "absence").code == 1
    assert "1 pause lifted" in relance("resume", "--all").out


def test_an_absence_nobody_can_read_holds(here: Office) -> None:
    found = kept_absences({"absence:work": "{broken"})
    assert holding(found, NOW) is not None and "you are away (" in notices.away({"absence:work": "[]"}, NOW)


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [
        (None, None, True), (NOW, None, True), (NOW + timedelta(seconds=1), None, False),
        (None, NOW, False), (None, NOW + timedelta(seconds=1), True),
    ],
)  # fmt: skip
def test_an_absence_has_a_beginning_and_an_end(starts: datetime | None, ends: datetime | None, holds: bool) -> None:
    away = Away("work", "responder", starts.isoformat() if starts else "", ends.isoformat() if ends else "")
    assert away.holds(NOW) is holds
