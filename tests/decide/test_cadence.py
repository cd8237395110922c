"""Moments to leave: inside working hours, within budgets, one a day for a person, whatever the clock does."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.config import Timing
from agent.decide.dates.cadence import GAP, MOST_DAYS, Booked, Hours, Preference, slot
from agent.decide.dates.workdays import is_workday
from agent.decide.plans.parsing import built_in, parse_plan
from agent.preferred_times import days_of, hours_of
from agent.sending.hours import preference

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


PARIS = ZoneInfo("Europe/Paris")
AFTERNOONS = [
    ("2026-03-13T11:59", "FR", "", "2026-03-13T11:59"),
    ("2026-03-13T12:00", "FR", "", "2026-03-16T09:00"),
    ("2026-03-13T16:59", "FR", "", "2026-03-16T09:00"),
    # The first moment is on Monday, and Tuesday is near.
    ("2026-03-13T17:00", "FR", "", "2026-03-17T09:00"),
    # The day before Bastille Day, a Monday, and that after Easter.
    ("2026-07-13T14:00", "FR", "", "2026-07-15T09:00"),
    ("2026-07-13T10:00", "FR", "", "2026-07-15T09:00"),
    ("2026-04-03T14:00", "FR", "", "2026-04-07T09:00"),
    ("2026-04-02T14:00", "DE", "", "2026-04-07T09:00"),
    # Another day would be the one that it is about, or lie behind it.
    ("2026-03-13T14:00", "FR", "2026-03-16", "2026-03-13T14:00"),
    ("2026-03-13T14:00", "FR", "2026-03-14", "2026-03-13T14:00"),
    ("2026-03-13T14:00", "FR", "2026-03-17", "2026-03-16T09:00"),
    ("2026-03-12T14:00", "FR", "", "2026-03-12T14:00"),
]


@pytest.mark.parametrize(("due", "country", "anchor", "leaves"), AFTERNOONS)
def test_an_afternoon_before_days_off_moves_to_the_next_workday(
    due: str, country: str, anchor: str, leaves: str
) -> None:
    at = datetime.fromisoformat(due).replace(tzinfo=PARIS)
    wanted = preference(Timing(), None, anchor)
    found = slot(at, at, "a@x", Hours("Europe/Paris", country=country), prefer=wanted).at
    assert found == datetime.fromisoformat(leaves).replace(tzinfo=PARIS)


PREFERRED = [
    (["tue"], "9-11", "2026-03-11T10:00", "2026-03-11T10:00"),
    (["tue"], "9-11", "2026-03-12T10:00", "2026-03-17T09:00"),
    (["mon"], "14-16", "2026-03-12T10:00", "2026-03-16T14:00"),
    (["thu"], "14:30-16", "2026-03-12T10:00", "2026-03-12T14:30"),
    (["fri"], "14-16", "2026-03-12T10:00", "2026-03-13T14:00"),
    (["sat", "sun"], "9-11", "2026-03-12T10:00", "2026-03-12T10:00"),
    (["thu"], "8-9:30", "2026-03-12T10:00", "2026-03-12T10:00"),
]


@pytest.mark.parametrize(("days", "hours", "due", "leaves"), PREFERRED)
def test_what_is_preferred_is_taken_where_it_is_near(days: list[str], hours: str, due: str, leaves: str) -> None:
    at = datetime.fromisoformat(due).replace(tzinfo=PARIS)
    plan = parse_plan("own", {"touches": [{"after": "2 days", "job": "x"}], "prefer_days": days, "prefer_hours": hours})
    found = slot(at, at, "a@x", Hours("Europe/Paris"), prefer=preference(Timing(), plan)).at
    assert found == datetime.fromisoformat(leaves).replace(tzinfo=PARIS)


def test_a_plan_says_it_for_itself_and_the_config_for_the_rest() -> None:
    touches = [{"after": "2 days", "job": "x"}]
    timing = Timing(prefer_days=["mon"], prefer_hours="14-15")
    own = parse_plan("own", {"touches": touches, "prefer_days": ["fri"]})
    assert preference(timing, own) == Preference(frozenset({4}), (time(14), time(15)), MOST_DAYS)
    assert preference(timing, None).days == frozenset({0})
    assert preference(Timing(), None) == Preference()


@pytest.mark.parametrize(
    "hours", ["", "9", "11-9", "9-9", "9-25", "9:60-10", "18-20", "0-9", "nine-ten", 9, None, "9-11; DROP", "9" * 400]
)
def test_hours_that_are_none_are_refused(hours: object) -> None:
    with pytest.raises(ValueError, match="prefer_hours"):
        hours_of(hours)
    with pytest.raises(ValueError, match='plan "own": prefer_hours'):
        parse_plan("own", {"touches": [{"after": "2 days", "job": "x"}], "prefer_hours": hours})


@pytest.mark.parametrize("days", [[], ["tues"], "tue", [1], [["mon"]], None])
def test_days_that_are_none_are_refused(days: object) -> None:
    with pytest.raises(ValueError, match="prefer_days"):
        days_of(days)


@settings(max_examples=300, deadline=None)
@given(
    hours_in=st.integers(0, 2 * 365 * 24),
    zone=st.sampled_from(["Europe/Paris", "America/New_York", "Asia/Tokyo"]),
    country=st.sampled_from(["", "FR", "DE-BY", "US", "JP"]),
    days=st.frozensets(st.integers(0, 6), min_size=1),
    hours=st.tuples(st.integers(9, 15), st.integers(1, 3)),
    anchored=st.integers(-3, 20),
    left=st.lists(st.integers(0, 200), max_size=12),
)
def test_a_preference_never_makes_it_early_nor_late_nor_past_its_day(
    hours_in: int, zone: str, country: str, days: frozenset[int], hours: tuple[int, int], anchored: int, left: list[int]
) -> None:
    due = START + timedelta(hours=hours_in)
    before = (due + timedelta(days=anchored)).astimezone(ZoneInfo(zone)).date()
    booked = [Booked(due + timedelta(hours=step), "a@x") for step in left]
    wanted = Preference(days, (time(hours[0]), time(hours[0] + hours[1])), MOST_DAYS, before)
    place = Hours(zone, country=country)
    plain = slot(due, due, "a@x", place, booked=booked, prefer=None).at
    found = slot(due, due, "a@x", place, booked=booked, prefer=wanted).at
    assert plain is not None and found is not None and found >= plain >= due
    first, local = plain.astimezone(ZoneInfo(zone)), found.astimezone(ZoneInfo(zone))
    assert (local.date() - first.date()).days <= MOST_DAYS
    assert is_workday(local.date(), country) and time(9) <= local.time() < time(17)
    assert local == first or local.date() < before
    assert all(abs(item.at - found) >= timedelta(hours=24) for item in booked)
