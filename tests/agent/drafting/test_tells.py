"""What gives a machine away in a draft reaches the gate through the store, and a person's own words are no tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent.common.home import Home
from agent.decide.gate.case import Check, CheckVerdict
from agent.drafting.draft import draft_one, profile_of
from agent.running.desk_setup import desk_for
from agent.verbs import actions
from tests.agent.small import number_of, small_home
from tests.conftest import Ticking
from voice.brief import Brief, Drafted
from voice.learning.profile import Profile

STOCK = "Hiya Bo,\n\nJust circling back on this. Which of the two should we take?\n\nTa,\nNoor"


@dataclass
class Says:
    """A writer that always writes the same."""

    body: str

    def write(self, brief: Brief, profile: Profile) -> Drafted:
        del brief, profile
        return Drafted(self.body, "model")


@pytest.fixture
def home(private_home: Path, clock: Ticking) -> Iterator[Home]:
    made = small_home(private_home, clock)
    yield made
    made.close()


def voice_check(home: Home) -> Check:
    with home.store.read() as connection:
        seen = actions.view(connection, desk_for(home), number_of(home))
    assert not isinstance(seen, actions.Done)
    return next(check for check in seen.decision.checks if check.name == "voice")


def test_a_stock_phrase_holds_the_draft_and_names_the_reason(home: Home) -> None:
    draft_one(home, number_of(home), profile_of(home), writer=Says(STOCK))
    found = voice_check(home)
    assert (found.verdict, found.code) == (CheckVerdict.HOLD, "tells")


def test_the_same_words_typed_by_the_person_are_theirs(home: Home) -> None:
    draft_one(home, number_of(home), profile_of(home), writer=Says(STOCK))
    assert actions.edit(desk_for(home), number_of(home), STOCK + "!").ok
    assert voice_check(home).code != "tells"
