"""What was enrolled, labelled, signalled or dated comes due on the right day, and never beyond its ceiling."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.decide.plans.parsing import built_in, parse_plan
from agent.decide.plans.triggers import Enrolment, Trigger, enrolled, labelled

TUESDAY, SATURDAY = date(2026, 3, 10), date(2026, 3, 14)
THREAD = Enrolment("nudge", "ann@partner.example", "<root@mine.example>", since=TUESDAY)


@pytest.mark.parametrize(
    ("enrolment", "done", "number", "due", "level"),
    [
        (THREAD, (), 1, date(2026, 3, 13), "autopilot"),
        (THREAD, (date(2026, 3, 13),), 2, date(2026, 3, 20), "autopilot"),
        (replace(THREAD, thread="", since=SATURDAY), (), 1, date(2026, 3, 16), "copilot"),
        (replace(THREAD, trigger=Trigger.SIGNAL, about="raised a Series B"), (), 1, TUESDAY, "copilot"),
        (replace(THREAD, trigger=Trigger.SIGNAL), (TUESDAY,), 2, date(2026, 3, 17), "autopilot"),
    ],
)
def test_the_next_touch_comes_on_its_day_and_below_its_ceiling(
    enrolment: Enrolment, done: tuple[date, ...], number: int, due: date, level: str
) -> None:
    found = enrolled(enrolment, built_in()["nudge"], done)
    assert found is not None and (found.number, found.due, found.level) == (number, due, level)


def test_a_used_up_plan_asks_for_nothing() -> None:
    assert enrolled(THREAD, built_in()["nudge"], (TUESDAY, date(2026, 3, 17))) is None


def test_a_renewal_counts_back_from_its_day_and_skips_what_has_passed() -> None:
    renewal = replace(THREAD, plan="renewal", trigger=Trigger.DATE, anchor=date(2026, 5, 1))
    first = enrolled(renewal, built_in()["renewal"])
    assert first is not None and (first.number, first.due) == (3, date(2026, 4, 1))
    early = enrolled(replace(renewal, since=date(2026, 1, 5)), built_in()["renewal"])
    assert early is not None and (early.number, early.due) == (1, date(2026, 2, 2))
    assert enrolled(replace(renewal, since=date(2026, 4, 20)), built_in()["renewal"]) is None
    assert enrolled(replace(renewal, anchor=None), built_in()["renewal"]) is None


def test_a_touch_that_is_passed_over_is_not_counted_as_made() -> None:
    late = replace(THREAD, plan="renewal", trigger=Trigger.DATE, anchor=date(2026, 5, 1))
    assert enrolled(late, built_in()["renewal"], (date(2026, 4, 1),), last=3) is None


def test_a_renewal_that_was_asleep_does_not_catch_up_in_one_day() -> None:
    early = replace(THREAD, plan="renewal", trigger=Trigger.DATE, anchor=date(2026, 5, 1), since=date(2026, 1, 5))
    second = enrolled(early, built_in()["renewal"], (date(2026, 3, 4),), last=1)
    assert second is not None and (second.number, second.due) == (2, date(2026, 3, 11))


def test_the_first_mail_of_a_renewal_passes_a_person_whichever_touch_it_is() -> None:
    late = replace(THREAD, thread="", plan="renewal", trigger=Trigger.DATE, anchor=date(2026, 5, 1))
    found = enrolled(late, built_in()["renewal"])
    assert found is not None and (found.number, found.level) == (3, "copilot")


def test_a_first_mail_waits_for_the_end_of_a_holiday() -> None:
    christmas = replace(THREAD, thread="", since=date(2026, 12, 25))
    found = enrolled(christmas, built_in()["nudge"], country="FR")
    assert found is not None and found.due == date(2026, 12, 28)


def test_the_words_of_a_signal_are_its_reason() -> None:
    found = enrolled(replace(THREAD, trigger=Trigger.SIGNAL, about="raised a Series B"), built_in()["nudge"])
    assert found is not None and "raised a Series B" in found.reason


def test_a_plan_that_is_manual_stays_manual() -> None:
    plan = parse_plan("own", {"level": "manual", "touches": [{"after": "2 workdays", "job": "ask"}]})
    found = enrolled(THREAD, plan)
    assert found is not None and found.level == "manual"


@pytest.mark.parametrize(
    ("labels", "folder", "plan"),
    [
        (("relance/sales",), "INBOX", "sales"),
        (("Relance/Sales",), "", "sales"),
        ((), "relance/nudge", "nudge"),
        ((), "relance.nudge", "nudge"),
        ((), "INBOX/relance/nudge", "nudge"),
        ((), "INBOX.relance.nudge", "nudge"),
        ((), "Inbox/Relance/Nudge", "nudge"),
        (("relance/unknown", "important"), "INBOX", ""),
        (("sales",), "sales", ""),
    ],
)
def test_a_label_or_folder_names_a_plan(labels: tuple[str, ...], folder: str, plan: str) -> None:
    assert labelled(labels, folder, built_in()) == plan


@pytest.mark.parametrize("flag", ["relance/sales", "relance_sales", "relance.sales", "relance-sales"])
def test_a_keyword_names_a_plan_however_its_mail_program_writes_it(flag: str) -> None:
    assert labelled((), "INBOX", built_in(), {"seen", flag}) == "sales"
    assert labelled((), "INBOX", {"Sales": 1}, {flag}) == "Sales"


@pytest.mark.parametrize("flag", ["relances", "relancexsales", "my_relance_sales", "relance"])
def test_other_keywords_name_none(flag: str) -> None:
    assert labelled((), "INBOX", built_in(), {flag}) == ""


@given(
    name=st.sampled_from(sorted(built_in())),
    since=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    gaps=st.lists(st.integers(0, 40), max_size=8),
)
def test_touches_follow_each_other_and_end(name: str, since: date, gaps: list[int]) -> None:
    """However late each touch is made, the next is later and on a workday, and the plan ends."""
    enrolment = Enrolment(name, "a@x.example", "<r@x>", since=since, anchor=date(2027, 6, 1))
    done: list[date] = []
    for gap in gaps:
        found = enrolled(enrolment, built_in()[name], tuple(done))
        if found is None:
            break
        assert found.due >= max([since, *done])
        done.append(date.fromordinal(found.due.toordinal() + gap))
    assert len(done) <= len(built_in()[name].touches)
