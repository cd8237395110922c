"""A reason to write now, what a plan leaves in the log, and its last touch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.errors import UsageError
from agent.store import upkeep
from agent.verbs import actions
from providers.mail import mime
from tests.agent.enrolled import ABOUT, enrolled, waiting
from tests.agent.office import ANN, BOB, ME, Office, office
from tests.conftest import Ticking

pytestmark = pytest.mark.slow


@pytest.fixture
def here(private_home: Path, clock: Ticking) -> Iterator[Office]:
    with enrolled(private_home, clock) as made:
        yield made


# Signals


def test_a_signal_is_the_reason_and_stands_in_the_draft(here: Office) -> None:
    made = here.signal(ANN, "you raised a Series B", evidence="https://news.example/ann")
    here.passes()
    draft = here.draft(made.followup)
    assert draft is not None and "you raised a Series B" in draft.body and "https" not in draft.body
    with here.home.store.read() as connection:
        kept = connection.exec_driver_sql(
            "SELECT detail FROM event JOIN event_content USING (seq) WHERE event = 'signal.noted'"
        ).scalar()
    assert kept == "https://news.example/ann"
    shown = actions.approve(here.desk, made.followup)
    assert shown.ok, shown.words


def test_what_the_signal_does_not_say_is_no_fact(here: Office) -> None:
    made = here.signal(ANN, "you raised a Series B")
    here.passes()
    actions.edit(here.desk, made.followup, "Hi Ann,\n\nYou raised a Series B of 40 million euros?\n\nSam\n", "News")
    with here.home.store.read() as connection:
        seen = actions.view(connection, here.desk, made.followup)
    assert isinstance(seen, actions.Viewed)
    facts = next(check for check in seen.decision.checks if check.name == "facts")
    assert facts.verdict.value == "hold"


def test_a_signal_brings_the_next_touch_forward_and_passes_a_person(here: Office) -> None:
    name = waiting(here, days=20)
    made = here.enroll(name, "winback")
    assert here.one(made.followup).due.date() == date(2026, 11, 23)
    noted = here.signal(ANN, "you opened an office in Lyon")
    assert noted.followup == made.followup
    here.passes()
    row = here.one(made.followup)
    assert row.state == "drafted" and row.ceiling == "copilot" and row.signal == "you opened an office in Lyon"
    draft = here.draft(made.followup)
    assert draft is not None and "you opened an office in Lyon" in draft.body
    assert here.signal(ANN, "You opened an office in Lyon.").code == "already"


def test_a_signal_continues_the_thread_that_waits(here: Office) -> None:
    waiting(here, days=20)
    made = here.signal(ANN, "you opened an office in Lyon")
    row = here.one(made.followup)
    assert row.subject == "The offer" and row.basis


@pytest.mark.parametrize("evidence", ["javascript:alert(1)", "not a page", "https://x y", f"https://{'x' * 900}"])
def test_evidence_is_the_address_of_a_page(here: Office, evidence: str) -> None:
    with pytest.raises(UsageError):
        here.signal(ANN, "news", evidence=evidence)


def test_control_characters_stay_outside(here: Office) -> None:
    made = here.enroll(ANN, about="Would \x1b[31mred\x1b[0m suit you?\r\nBcc: eve@evil.example")
    here.passes()
    assert actions.approve(here.desk, made.followup).ok
    here.runs(days=1, hours=3)
    ((_, letter),) = here.left
    assert letter.recipients == (ANN,) and b"\x1b" not in letter.raw
    assert mime.parse(letter.raw).bcc == ()


# What is remembered


def test_every_change_has_its_event(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    actions.stop(here.desk, made.followup)
    assert {"enrolment.made", "followup.planned", "enrolment.ended", "followup.stopped"} <= set(here.events())
    assert here.home.store.verify().broken_at is None


def test_who_is_forgotten_leaves_nothing_and_others_stay(here: Office) -> None:
    here.enroll(ANN, about=ABOUT)
    bob = here.enroll(BOB, about="Is the house still free in May?")
    upkeep.forget(here.home.store, ANN)
    here.passes()
    assert here.rows(ANN) == [] and here.one(bob.followup).state == "drafted"
    with here.home.store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM enrolment").scalar() == 1


@pytest.mark.slow
def test_a_plan_of_five_touches_reaches_its_last_one_with_a_person_behind_each_beyond_the_third(
    private_home: Path, clock: Ticking
) -> None:
    with office(private_home, clock, level="autopilot") as here:
        here.mail(ANN, ME, "Hello", "Hello", at=clock() - timedelta(days=9))
        here.read()
        here.enroll(ANN, about=ABOUT)
        here.passes()
        for touch in range(1, 6):
            row = next(row for row in here.rows(ANN) if row.touch == touch)
            actions.edit(here.desk, row.id, f"Hi Ann,\n\nNumber {touch} asks {'again ' * touch}?\n\nSam\n")
            shown = actions.approve(here.desk, row.id)
            assert shown.ok, shown.words
            with here.home.store.read() as connection:
                seen = actions.view(connection, here.desk, row.id)
            here.runs(days=11, hours=12)
            assert isinstance(seen, actions.Viewed) and len(here.left) == touch
            assert seen.level.value == ("autopilot" if 1 < touch <= 3 else "copilot")
        assert here.enrolment().state == "done"
        assert [row for row in here.rows(ANN) if row.plan == "nudge"] == []
        here.runs(days=20, hours=24)
        assert len(here.left) == 5 and len(here.rows(ANN)) == 5
