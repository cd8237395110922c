"""The clock of the mail server stands days behind this machine's: the waits of a matter are kept all the same."""

from __future__ import annotations

import email
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from agent.clock import system_now
from agent.decide.dates.workdays import workdays_between
from agent.drafting.draft import draft_due, learn_voice
from agent.judging.judge import judge_changed
from tests.peers.houses import MemoryHouse, person
from tests.sim.forged import furnish, letters, passes, to_tuesday

pytestmark = pytest.mark.slow
WAITS = (3, 5)


@pytest.mark.parametrize(("behind", "asked"), [(14, 4), (14, 8), (2, 5)])
def test_each_touch_waits_for_the_one_before_it(behind: int, asked: int) -> None:
    house = MemoryHouse(level="autopilot", drafts="local")
    try:
        to_tuesday(house)
        house.later += timedelta(days=behind)
        furnish(house, 1, system_now() - timedelta(days=asked))
        house.sync()
        judge_changed(house.home)
        learn_voice(house.home)
        draft_due(house.home)
        for _ in range(16):
            passes(house, 6)
            house.forward(hours=18)
        left = [parsedate_to_datetime(email.message_from_bytes(letter)["Date"]) for to, letter in letters(house)]
        assert all(to == (person(0).rpartition("<")[2].strip(">"),) for to, _ in letters(house))
        assert len(left) == len(WAITS)
        assert workdays_between(left[0].date(), left[1].date()) >= WAITS[1]
    finally:
        house.close()
