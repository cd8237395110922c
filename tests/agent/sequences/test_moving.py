"""Somebody under a plan answers, and a branch the user wrote down leads to another plan, a task or a question."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.sequences.wording import sentence, told
from agent.store.base.values import KeptEnrolment
from agent.store.work import enrolments
from agent.verbs import actions
from tests.agent.enrolled import ABOUT, answer, enrolled, waiting
from tests.agent.office import ANN, ME, Office
from tests.conftest import Ticking

PLANS = """
[plans.first]
touches = [{ after = "2 workdays", job = "ask the open question again" }, { after = "3 workdays", job = "offer help" }]
on = { later = "plan:second", away = "plan:second", delegate = "plan:second", booked = "plan:second", text = [
  { words = ["price", "cost"], then = "task" }, { words = ["brochure"], then = "plan:second" },
  { words = ["lawyer"], then = "hold" }, { words = ["newsletter"], then = "stop" },
] }
[plans.second]
touches = [{ after = "1 workday", job = "offer help" }]
on = { later = "plan:third", text = [{ words = ["brochure"], then = "plan:third" }] }
[plans.third]
touches = [{ after = "1 workday", job = "offer help" }]
on = { later = "plan:fourth" }
[plans.fourth]
touches = [{ after = "1 workday", job = "offer help" }]
on = { later = "plan:fifth" }
[plans.fifth]
touches = [{ after = "1 workday", job = "offer help" }]
"""
RANKED = """
[plans.low]
touches = [{ after = "2 workdays", job = "offer help" }]
[plans.same]
touches = [{ after = "2 workdays", job = "offer help" }]
[plans.high]
touches = [{ after = "2 workdays", job = "offer help" }]
priority = 5
"""
LATER = "I will get back to you on 2 December."


@pytest.fixture
def here(private_home: Path, clock: Ticking) -> Iterator[Office]:
    with enrolled(private_home, clock, more=PLANS) as made:
        yield made


def begun(here: Office) -> str:
    name = waiting(here, days=20)
    assert here.enroll(name, "first").ok
    return name


def everything(here: Office) -> list[KeptEnrolment]:
    with here.home.store.read() as connection:
        return enrolments.ever_of(connection, ANN)


def stands(here: Office) -> list[tuple[str, str, str]]:
    return [(row.plan, row.state, row.reason) for row in everything(here)]


MOVED = [("first", "ended", "moved"), ("second", "active", "")]


def test_more_time_leads_to_the_other_plan_in_the_same_thread(here: Office) -> None:
    answer(here, begun(here), LATER)
    assert stands(here) == MOVED
    old, new = everything(here)
    assert new.thread_id == old.thread_id and new.changed == old.changed
    open_rows = [row for row in here.rows(ANN) if row.state == "watching"]
    assert [(row.plan, row.ceiling) for row in open_rows] == [("second", "copilot")]
    # The same answer is no reason for the next plan as well.
    here.runs(days=2, hours=12)
    assert stands(here) == MOVED
    with here.home.store.read() as connection:
        found = told(connection, new.thread_id)
    assert found is not None and "in place of the plan first" in sentence(found)


@pytest.mark.parametrize(
    "text", ["Please ask my colleague Ben Ray (ben@partner.example) about that.", "Can you send me the brochure?"]
)
def test_where_the_last_word_is_theirs_a_mail_of_its_own_begins_and_says_nothing_yet(here: Office, text: str) -> None:
    answer(here, begun(here), text)
    assert stands(here) == MOVED
    old, new = everything(here)
    assert new.thread_id != old.thread_id and (new.person, new.about, new.first) == (ANN, "", 1)
    here.runs(days=2, hours=12)
    waits = [row for row in here.rows() if row.enrolment_id == new.id]
    assert [row.state for row in waits] == ["asked"] and not here.left
    assert {row.person for row in here.rows()} == {ANN}


def test_the_first_letter_waits_at_autopilot_too(private_home: Path, clock: Ticking) -> None:
    more = PLANS + '[[gate.scope]]\nperson = "ann@partner.example"\nlevel = "autopilot"\n'
    with enrolled(private_home, clock, more=more) as here:
        answer(here, begun(here), LATER)
        here.runs(days=16, hours=6)
        (waits,) = [row for row in here.rows(ANN) if row.plan == "second"]
        assert waits.ceiling == "copilot" and waits.state in {"drafted", "asked"} and not here.left
        assert not actions.approve_by_policy(here.desk, waits.id).ok


def test_what_they_ask_for_is_a_task_and_never_a_letter(here: Office) -> None:
    answer(here, begun(here), "Interesting. What would it cost us a month?")
    assert stands(here) == [("first", "ended", "asked_for")]
    (task,) = [row for row in here.rows(ANN) if row.state == "drafted"]
    assert (task.kind, task.subject) == ("task", "They asked: “What would it cost us a month?”")
    draft = here.draft(task.id)
    assert draft is not None and draft.writer == "plan" and "What would it cost us a month?" in draft.body
    here.runs(days=3, hours=12)
    assert not here.left and not actions.approve_by_policy(here.desk, task.id).ok
    assert actions.approve(here.desk, task.id).code == "task_done"
    assert not [row for row in here.rows(ANN) if row.state not in {"approved", "answered", "stopped"}]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("My lawyer will look at that first.", ("active", "")),
        ("Put me on the newsletter please.", ("ended", "exit_rule")),
        ("Thanks, let us do that.", ("ended", "answered")),
        ("Please stop writing to me about the price. Never contact me again.", ("ended", "opted_out")),
        ("No thank you, the price is too high and we went with another supplier.", ("ended", "declined")),
    ],
)
def test_other_words_hold_or_end(here: Office, text: str, wanted: tuple[str, str]) -> None:
    answer(here, begun(here), text)
    (row,) = everything(here)
    assert (row.state, row.reason) == wanted
    assert not [row for row in here.rows(ANN) if row.kind == "task"]
    if row.state == "active":
        assert [(one.state, one.hold) for one in here.rows(ANN) if one.enrolment_id] == [("asked", "unsure")]


def test_nobody_is_moved_twice_in_a_day(here: Office) -> None:
    name = begun(here)
    answer(here, name, LATER)
    answer(here, name, "Sorry, make that 9 December, I will get back to you then.")
    assert stands(here) == MOVED
    (asked,) = [row for row in here.rows(ANN) if row.state == "asked"]
    assert asked.hold == "not_moved" and "within the last day" in asked.evidence and "third" in asked.evidence
    here.runs(days=3, hours=12)
    assert stands(here) == MOVED and here.one(asked.id).state == "asked"


def test_the_fourth_move_is_asked_about(here: Office) -> None:
    name = begun(here)
    for day in (2, 4, 6, 8):
        answer(here, name, f"I will get back to you on {day} December.")
        here.clock.forward(hours=25)
    assert [row.plan for row in everything(here)] == ["first", "second", "third", "fourth"]
    (asked,) = [row for row in here.rows(ANN) if row.state == "asked"]
    assert "moved 3 times already" in asked.evidence


def test_whoever_may_not_be_written_to_is_not_moved(here: Office) -> None:
    name = begun(here)
    here.clock.forward(minutes=1)
    here.mail(ANN, ME, "Something else", "Please never contact me again. Take me off your list.")
    answer(here, name, LATER)
    assert all(row.plan == "first" and row.state == "ended" for row in everything(here))


def test_a_letter_of_the_old_plan_does_not_leave_any_more(here: Office) -> None:
    name = waiting(here, days=20)
    made = here.enroll(name, "first")
    here.runs(days=3, hours=6)
    assert here.one(made.followup).state == "drafted" and actions.approve(here.desk, made.followup).ok
    answer(here, name, LATER)
    here.runs(days=5, hours=6)
    assert stands(here) == MOVED and not here.left


LIES = [
    ("eve@stranger.example", "Re: The offer", "What is the price? Send me the brochure.", {}),
    (ANN, "Re: The offer", "I am away. For the price ask later.", {"headers": {"Auto-Submitted": "auto-replied"}}),
    (ME.replace("sam", "ann"), "Re: The offer", "Please send the brochure.", {}),
]


@pytest.mark.parametrize(("sender", "subject", "text", "more"), LIES)
def test_words_of_anybody_else_and_of_programs_set_off_nothing(
    here: Office, sender: str, subject: str, text: str, more: dict[str, dict[str, str]]
) -> None:
    name = begun(here)
    here.clock.forward(minutes=5)
    here.mail(sender, ME, subject, text, follows=name, **more)
    here.passes()
    assert [row.plan for row in everything(here) if row.reason == "asked_for"] == []
    assert not [row for row in here.rows() if row.kind == "task"]
    if "headers" not in more:
        assert [row.plan for row in everything(here)] == ["first"]


def test_quoted_words_of_ours_ask_for_nothing(here: Office) -> None:
    name = begun(here)
    answer(
        here,
        name,
        "Yes, let us do that.\n\nOn Monday Sam wrote:\n> What price would suit you? I can send a brochure.\n",
    )
    assert stands(here) == [("first", "ended", "answered")]


def test_words_in_another_thread_only_hold(here: Office) -> None:
    begun(here)
    here.clock.forward(minutes=5)
    here.mail(ANN, ME, "Other matter", "Can you send me the price list and the brochure?")
    here.passes()
    assert [row.state for row in everything(here)] == ["active"]
    assert [row.hold for row in here.rows(ANN) if row.enrolment_id] == ["maybe_answered"]


def test_the_same_in_a_first_mail_of_a_plan(here: Office) -> None:
    made = here.enroll(ANN, "first", about=ABOUT)
    here.passes()
    actions.approve(here.desk, made.followup, at_once=True)
    here.runs(days=1, hours=3)
    (left,) = here.left
    answer(here, left[1].message_id, "What would that cost?")
    assert [row.subject for row in here.rows(ANN) if row.kind == "task"] == ["They asked: “What would that cost?”"]


def test_a_label_that_goes_takes_what_followed_with_it(private_home: Path, clock: Ticking) -> None:
    with enrolled(private_home, clock, more=PLANS) as here:
        name = waiting(here, days=20)
        key = here.key
        here.server.flag(here.key, frozenset(), ("relance/first",))
        here.read()
        assert [row.trigger for row in everything(here)] == ["label"]
        answer(here, name, LATER)
        assert stands(here) == MOVED
        here.server.flag(key, frozenset(), ())
        here.read()
        assert stands(here) == [MOVED[0], ("second", "ended", "unlabelled")]


@pytest.fixture
def ranked(private_home: Path, clock: Ticking) -> Iterator[Office]:
    with enrolled(private_home, clock, more=RANKED) as made:
        yield made


@pytest.mark.parametrize(
    ("first", "second", "over"), [("low", "high", True), ("high", "low", False), ("low", "same", False)]
)
@pytest.mark.parametrize("how", ["thread", "person", "signal", "label"])
def test_a_higher_plan_takes_over_and_an_equal_or_lower_one_does_not(
    ranked: Office, how: str, first: str, second: str, over: bool
) -> None:
    here = ranked
    name = waiting(here, days=20)
    whom = ANN if how in {"person", "signal"} else name
    assert here.enroll(whom, first, about=ABOUT if whom == ANN else "").ok
    if how == "label":
        here.server.flag(here.key, frozenset(), (f"relance/{second}",))
        here.read()
    elif how == "signal":
        done = here.signal(ANN, "you opened an office in Lyon", plan=second)
    else:
        done = here.enroll(whom, second, about="Another question altogether?" if whom == ANN else "")
    found = stands(here)
    if not over:
        assert found == [(first, "active", "")]
        assert how == "label" or (done.code == "other_plan" and f"under {first} already" in done.words)
        return
    assert found == [(first, "ended", "moved"), (second, "active", "")]
    assert how == "label" or f"The plan {first} ended for it." in done.words
    old, new = (row for row in here.rows(ANN) if row.enrolment_id)
    assert old.state == "stopped" and "its priority is higher (5)" in old.evidence
    assert new.ceiling == "copilot"
    here.read()
    assert stands(here) == found


def test_of_two_labels_the_higher_plan_begins(ranked: Office) -> None:
    waiting(ranked, days=20)
    ranked.server.flag(ranked.key, frozenset(), ("relance/low", "relance/high"))
    ranked.read()
    assert stands(ranked) == [("high", "active", "")]


def test_a_plan_that_gave_way_comes_back_only_by_a_person(ranked: Office) -> None:
    name = waiting(ranked, days=20)
    ranked.server.flag(ranked.key, frozenset(), ("relance/low",))
    ranked.read()
    assert ranked.enroll(name, "high").ok
    ranked.runs(days=1, hours=12)
    assert stands(ranked) == [("low", "ended", "moved"), ("high", "active", "")]
