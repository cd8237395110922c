"""Labelled threads are judged as a careful person would, and every one has a reason."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from agent.decide.threads.quiet import SENTENCES, Reason, Verdict, WaitHabits, judge, matter_of
from agent.decide.threads.summary import Summary
from tests.judgement.threading import ThreadCase, thread_cases, verdict

CASES = [
    case
    for folder in ("threads", "from_the_rulings/threads", "mixed_turns/threads")
    for case in thread_cases(folder)
    if case.ordinary
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


@pytest.mark.parametrize(
    ("reason", "hold", "said"),
    [
        (Reason.DUE, None, "You asked Ann on 30 October and nothing came back; it was due on 6 November."),
        (Reason.PAUSED_LATER, None, "Ann asked for more time; nothing before 6 November."),
        (Reason.BOOKED, None, "This is settled: a meeting, a signature or a payment came in."),
        (
            Reason.BOOKED,
            "maybe_answered",
            "A meeting, a signature or a payment came in elsewhere, which may settle this.",
        ),
    ],
)
def test_a_sentence_names_days_as_people_do(reason: Reason, hold: str | None, said: str) -> None:
    verdict = Verdict(False, reason, due=date(2026, 11, 6), hold=hold)
    summary = Summary("<t>", person="ann@x.example", name="Ann", last_own="2026-10-30T09:00:00+00:00")
    assert verdict.sentence(summary, date(2026, 11, 21)) == said
    assert ("2026" in verdict.sentence(summary, date(2027, 11, 21))) is ("November" in said)


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("2026-11-02", "Ann was away until 2 November and has not answered since; it was due on 6 November."),
        ("", "You asked Ann on 30 October and nothing came back; it was due on 6 November."),
        ("2026-10-29", "You asked Ann on 30 October and nothing came back; it was due on 6 November."),
    ],
)
def test_an_absence_that_has_passed_is_told(until: str, said: str) -> None:
    summary = Summary(
        "<t>", name="Ann", last_own="2026-10-30T09:00:00+00:00",
        meaning="away", until=until, answered_at="2026-10-30T09:01:00+00:00",
    )  # fmt: skip
    assert Verdict(True, Reason.DUE, due=date(2026, 11, 6)).sentence(summary, date(2026, 11, 21)) == said


def test_a_summary_survives_json() -> None:
    summary = Summary("<t>", people=("a@x.example",), samples=(("a@x.example", 1), ("b@x.example", 2)))
    assert Summary.from_json(json.loads(json.dumps(summary.as_json()))) == summary


def test_the_wait_is_never_shorter_than_their_usual_pace() -> None:
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    slow = Summary(
        "<t>", person="a@x", people=("a@x",), asks=True, last_own=at.isoformat(), clock=at.isoformat(), usual_wait=6
    )
    assert not judge(slow, WaitHabits(), datetime(2026, 3, 12, 9, tzinfo=UTC)).quiet
    assert judge(slow, WaitHabits(), datetime(2026, 3, 13, 9, tzinfo=UTC)).quiet


@pytest.mark.parametrize(("subject", "found"), [("", Reason.SETTLED_ELSEWHERE), ("Boat", None)])
def test_own_mail_that_could_not_be_read_may_be_about_anything(subject: str, found: Reason | None) -> None:
    asked = Summary("a", "Lamp", people=("ann@x.example",), last_own="2026-01-01", matter=("lamp",))
    by_hand = Summary("b", subject, people=("ann@x.example",), last_own="2026-01-02", problem=True)
    assert matter_of(asked, [by_hand]) is found
