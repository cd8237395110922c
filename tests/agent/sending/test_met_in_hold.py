"""Mail that meets a letter in its hold ends it as what it is; an absence only moves the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.store.base.values import KeptLetter
from agent.store.work import followups
from agent.store.work import outbox as rows
from agent.verbs import actions
from tests.agent.office import ANN, ME, Office, office
from tests.conftest import Ticking

pytestmark = pytest.mark.slow

AUTO = {"Auto-Submitted": "auto-replied"}
SAID = {
    "away": ("I am out of the office until {day}.", AUTO),
    "later": ("Thanks Sam. I will get back to you on {day}.", {}),
}


@pytest.fixture
def here(private_home: Path, clock: Ticking) -> Iterator[Office]:
    with office(private_home, clock) as opened:
        yield opened


def asked(here: Office) -> tuple[str, int]:
    """Ann was asked a while ago, and a follow-up is in its hold."""
    at = here.clock() - timedelta(days=12)
    name = here.mail(
        f"Sam Okafor <{ME}>", ANN, "Offer", "Hi Ann,\n\nWhich of the two offers should we take?\n\nSam", at=at
    )
    here.passes()
    (row,) = here.rows(ANN)
    assert row.state == "drafted", row
    assert actions.approve(here.desk, row.id, at_once=True).ok
    return name, row.id


def letter(here: Office, number: int) -> KeptLetter:
    with here.home.store.read() as connection:
        found = rows.newest_of(connection, number)
    assert found is not None
    return found


def progress(here: Office, number: int) -> str:
    with here.home.store.read() as connection:
        found = followups.find(connection, number)
    assert found is not None
    return found.state


def comes(here: Office, name: str, word: str) -> None:
    text, headers = SAID[word]
    day = f"{here.clock() + timedelta(days=7):%d %B %Y}"
    here.mail(ANN, ME, "Re: Offer", text.format(day=day), follows=name, headers=headers)


@pytest.mark.parametrize("word", SAID)
@pytest.mark.parametrize("seen", ["by the sync", "by the last look"])
def test_an_absence_takes_the_letter_back_and_the_follow_up_waits_for_the_return(
    here: Office, word: str, seen: str
) -> None:
    name, number = asked(here)
    if seen == "by the last look":
        here.clock.forward(minutes=2)
    comes(here, name, word)
    here.passes()
    taken = letter(here, number)
    assert (taken.state, taken.code, here.left) == ("CANCELLED", word, [])
    assert taken.words.startswith("It did not leave.")
    assert progress(here, number) == "watching"
    here.runs(days=5, hours=12)
    assert (progress(here, number), here.left) == ("watching", [])
    here.runs(days=6, hours=6)
    assert (progress(here, number), here.left) == ("drafted", [])
    assert actions.approve(here.desk, number, at_once=True).ok
    here.runs(days=2, hours=1)
    assert (len(here.left), progress(here, number)) == (1, "outbox")


def test_words_of_ones_own_are_shown_again_after_the_return(here: Office) -> None:
    name, number = asked(here)
    assert actions.edit(here.desk, number, "Hi Ann,\n\nWhich of the two offers should we take, the first?\n\nSam").ok
    assert actions.approve(here.desk, number, at_once=True).ok
    comes(here, name, "away")
    here.runs(days=12, hours=12)
    assert progress(here, number) == "drafted"
    draft = here.draft(number)
    assert draft is not None and draft.writer == "person"


def test_an_answer_after_an_absence_stops_it(here: Office) -> None:
    name, number = asked(here)
    comes(here, name, "away")
    here.mail(ANN, ME, "Re: Offer", "Hi Sam,\n\nLet us take the first.\n\nAnn", follows=name)
    here.passes()
    assert (letter(here, number).state, letter(here, number).code) == ("STOPPED", "reply")
    assert progress(here, number) == "answered"


def test_a_doubt_keeps_it_and_says_that_it_did_not_leave(here: Office) -> None:
    _, number = asked(here)
    here.mail(ANN, ME, "Something else", "Hi Sam,\n\nThe invoices are in the post.\n\nAnn")
    here.passes()
    kept = letter(here, number)
    assert (kept.state, kept.code) == ("NEEDS_REVIEW", "maybe_answered")
    assert kept.words == "It did not leave. They wrote to you elsewhere; it may be the answer."
