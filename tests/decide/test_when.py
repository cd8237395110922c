"""What people type to say when: a table of cases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.decide.dates.when import parse
from tests.tui.seeds import NOW, PARIS


@pytest.mark.parametrize(
    ("typed", "local"),
    [
        ("1d", "2026-11-19 09:00"),
        ("3h", "2026-11-18 12:20"),
        ("2w", "2026-12-02 09:00"),
        ("mon", "2026-11-23 09:00"),
        ("wed", "2026-11-25 09:00"),
        ("Wednesday 14", "2026-11-25 14:00"),
        ("fri 9am", "2026-11-20 09:00"),
        ("tomorrow 2:30pm", "2026-11-19 14:30"),
        ("2026-12-01", "2026-12-01 09:00"),
        ("2026-12-01T14:00", "2026-12-01 14:00"),
        ("2026-12-01 18.45", "2026-12-01 18:45"),
    ],
)
def test_a_time_is_understood(typed: str, local: str) -> None:
    found = parse(typed, NOW, PARIS)
    assert found is not None
    assert f"{found.astimezone(PARIS):%Y-%m-%d %H:%M}" == local


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "soon",
        "0d",
        "2026-02-30",
        "2025-01-01",
        "mon 25:00",
        "fri 9 am",
        "9999-01-01",
        "monk",
        "2026-12-01T25",
        "mon t9",
    ],
)
def test_what_is_no_time_is_refused(typed: str) -> None:
    assert parse(typed, NOW, PARIS) is None


@given(st.text(max_size=60))
def test_nothing_typed_crashes_and_nothing_lies_in_the_past(typed: str) -> None:
    found = parse(typed, NOW, PARIS)
    assert found is None or NOW < found <= NOW + timedelta(days=999)
