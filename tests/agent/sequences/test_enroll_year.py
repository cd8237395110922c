"""A year with people under a sales plan, through the store, the gate and the outbox: clocks jump, machines sleep."""

from __future__ import annotations

import itertools
import os
import tempfile
from collections import Counter
from datetime import datetime, time, timedelta
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.common.person import me_of
from agent.decide.dates.workdays import is_workday
from agent.sequences.situation import place_of
from agent.verbs import actions
from tests.agent.office import ME, Office, office
from tests.conftest import Ticking

PEOPLE = ("ann@partner.fr", "bob@other.de", "chieko@third.jp", "dan@fourth.co.uk", "eva@partner.fr")
SLEEP = 240
pytestmark = pytest.mark.slow


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=st.lists(st.sampled_from([2, 7, 12, 24, 24, 31, 72, SLEEP, -3]), min_size=30, max_size=36),
    start=st.sampled_from([datetime(2027, 3, 1, 8), datetime(2027, 10, 4, 6), datetime(2026, 12, 7, 9)]),
    plan=st.sampled_from(["sales", "onboarding"]),
)
def test_nobody_is_crowded_in_a_year_of_sleep_and_wild_clocks(steps: list[int], start: datetime, plan: str) -> None:
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, {"RELANCE_HOME": folder}):
        clock = Ticking(start.replace(tzinfo=ZoneInfo("Europe/Paris")))
        with office(Path(folder), clock, level="autopilot") as here:
            live(here, steps, plan)
            unharmed(here)


def live(here: Office, steps: list[int], plan: str) -> None:
    """A person who approves whatever is there, a machine that sleeps, and a clock that is set back now and then."""
    for person in PEOPLE:
        here.mail(person, ME, "Hello", "Hello", at=here.clock() - timedelta(days=9))
    here.read()
    waiting = list(PEOPLE)
    for step in steps:
        if waiting:
            person = waiting.pop()
            assert here.enroll(person, plan, about=f"Would {person} like to see the plans for the roof?").ok
        here.passes()
        for row in here.rows():
            if row.state == "drafted":
                actions.approve(here.desk, row.id)
        for _ in range(3):
            here.clock.forward(minutes=step * 20)
            here.passes()


def unharmed(here: Office) -> None:
    """Every letter left in its reader's working day, a day apart from the one before, and never in a burst."""
    me = me_of(here.home.config, here.home.zone)
    assert here.left
    last: dict[str, datetime] = {}
    for at, letter in here.left:
        (person,) = letter.recipients
        with here.home.store.read() as connection:
            place = place_of(connection, me, person)
        local = at.astimezone(ZoneInfo(place.zone))
        assert is_workday(local.date(), place.country), (person, local)
        assert time(9) <= local.time() < time(17), (person, local)
        assert person not in last or at - last[person] >= timedelta(hours=24), (person, at)
        last[person] = at
    moments = sorted(at for at, _ in here.left)
    assert all(later - sooner >= timedelta(seconds=90) for sooner, later in itertools.pairwise(moments))
    assert max(Counter(at.replace(minute=0, second=0) for at in moments).values()) <= 5
    assert max(Counter(letter.recipients for _, letter in here.left).values()) <= 5
    assert here.home.store.verify().broken_at is None
