"""Moments to leave: inside working hours, within budgets, one a day for a person, whatever the clock does."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.decide.dates.cadence import GAP, Booked, Hours, slot
from agent.decide.dates.workdays import is_workday
from agent.decide.plans.parsing import built_in, parse_plan

START = datetime(2026, 1, 1, tzinfo=UTC)


@settings(max_examples=60, deadline=None)
@given(
    steps=st.lists(st.integers(min_value=-120, max_value=240), min_size=20, max_size=40),
    zone=st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Tokyo", "Australia/Sydney"]),
    people=st.lists(st.sampled_from(["a@x", "b@x", "c@y"]), min_size=40, max_size=40),
)
def test_a_year_with_sleep_and_wild_clocks_never_crowds_anybody(steps: list[int], zone: str, people: list[str]) -> None:
    now, left, hours = START, list[Booked](), Hours(zone=zone, country="FR")
    for step, person in zip(steps, people, strict=False):
        now += timedelta(hours=step)
        found = slot(now, now, person, hours, organisation=person[-1], booked=left).at
        assert found is not None and found >= now
        left.append(Booked(found, person, person[-1]))
    for item in left:
        local = item.at.astimezone(ZoneInfo(zone))
        assert is_workday(local.date(), "FR") and time(9) <= local.time() < time(17)
        others = [other for other in left if other is not item]
        assert all(abs(other.at - item.at) >= GAP for other in others)
        assert all(abs(other.at - item.at) >= timedelta(hours=24) for other in others if other.person == item.person)


@settings(max_examples=200, deadline=None)
@given(
    hours_in=st.integers(0, 365 * 24),
    zone=st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Tokyo", "Australia/Sydney"]),
)
def test_a_midweek_morning_is_taken_whenever_one_is_near(hours_in: int, zone: str) -> None:
    due = START + timedelta(hours=hours_in)
    found = slot(due, due, "a@x", Hours(zone=zone)).at
    assert found is not None
    start, local = due.astimezone(ZoneInfo(zone)), found.astimezone(ZoneInfo(zone))
    days = [start.date() + timedelta(days=ahead) for ahead in range(3)]
    near = [day for day in days if day.weekday() in {1, 2, 3} and (day > start.date() or start.time() < time(11, 30))]
    assert not near or (local.weekday() in {1, 2, 3} and time(9) <= local.time() < time(11, 30))


def test_ten_days_of_sleep_end_in_no_burst() -> None:
    left: list[Booked] = []
    now = datetime(2026, 3, 16, 6, tzinfo=UTC)
    for number in range(15):
        found = slot(now - timedelta(days=10), now, f"p{number}@x", Hours(zone="Europe/Paris"), booked=left).at
        assert found is not None
        left.append(Booked(found, f"p{number}@x"))
    assert all(sum(item.at <= other.at < item.at + timedelta(hours=1) for other in left) <= 5 for item in left)


def test_own_absence_moves_the_moment() -> None:
    found = slot(START, START, "a@x", Hours(), absent_until=date(2026, 1, 16)).at
    assert found is not None and found.date() > date(2026, 1, 16)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({}, "touches"),
        ({"touches": [{"after": "soon", "job": "x"}]}, "no length of time"),
        ({"touches": [{"after": "2 days"}]}, "job"),
        ({"touches": [{"after": "2 days", "job": "x", "kind": "fax"}]}, "kind"),
        ({"touches": [{"after": "2 days", "job": "x"}], "on": {"later": "jump"}}, "on.later"),
        ({"touches": [{"after": "2 days", "job": "x"}], "color": 1}, "unknown key"),
    ],
)
def test_a_wrong_plan_is_refused_with_what_is_wrong(table: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_plan("mine", table)


def test_the_built_in_plans_have_their_shapes() -> None:
    assert built_in()["nudge"].waits == (3, 5)
    assert {name: len(plan.touches) for name, plan in built_in().items()} == {
        "nudge": 2,
        "aftercare": 3,
        "intro": 3,
        "invoice": 4,
        "nurture": 4,
        "onboarding": 5,
        "recruiting": 4,
        "renewal": 3,
        "sales": 5,
        "winback": 3,
    }
