"""Labelled threads are judged as a careful person would, and every one has a reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from agent.decide.quiet import SENTENCES, Habits, Reason, judge
from agent.decide.summary import Summary
from tests.judgement.threading import ThreadCase, thread_cases, verdict

CASES = [
    case for folder in ("threads", "blind/threads", "third/threads") for case in thread_cases(folder) if case.ordinary
]
NO = {"opted_out", "declined"}


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_labelled_thread_is_judged_as_labelled(case: ThreadCase) -> None:
    found = verdict(case)
    assert (found.quiet, case.entry.get("hold", found.hold), case.entry.get("touch", found.touch)) == (
        case.entry["q"],
        found.hold,
        found.touch,
    )


def test_every_reason_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Reason)


def test_a_summary_survives_json() -> None:
    summary = Summary("<t>", people=("a@x.example",), samples=(1, 2))
    assert Summary.from_json(json.loads(json.dumps(summary.as_json()))) == summary


def test_the_wait_is_never_shorter_than_their_usual_pace() -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    slow = Summary(
        "<t>", person="a@x", people=("a@x",), asks=True, last_own=at.isoformat(), clock=at.isoformat(), usual_wait=6
    )
    assert not judge(slow, Habits(), datetime(2026, 3, 12, 9, tzinfo=UTC)).quiet
    assert judge(slow, Habits(), datetime(2026, 3, 13, 9, tzinfo=UTC)).quiet
