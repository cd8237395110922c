"""A person or a thread under a plan: what comes next, and everything that ends or moves it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.drafting.draft import redo
from agent.verbs import actions
from agent.verbs.bringing_back import bring_back
from providers.base import Role
from tests.agent.enrolled import ABOUT, answer, enrolled, waiting
from tests.agent.office import ANN, ME, Office
from tests.conftest import Ticking

pytestmark = pytest.mark.slow


@pytest.fixture
def here(private_home: Path, clock: Ticking) -> Iterator[Office]:
    with enrolled(private_home, clock) as made:
        yield made


# A thread


@pytest.mark.slow
def test_a_thread_goes_on_with_its_plan_and_silence_alone_asks_for_nothing_more(here: Office) -> None:
    name = waiting(here, days=20)
    (nudge,) = here.rows(ANN)
    assert nudge.plan == "nudge"
    assert here.enroll(name, "winback").ok
    here.runs(days=6, hours=6)
    assert here.one(nudge.id).state == "stopped"
    plans = {row.plan for row in here.rows(ANN) if row.state != "stopped"}
    assert plans == {"winback"}


@pytest.mark.slow
def test_a_task_is_shown_and_done_and_never_sent(here: Office) -> None:
    made = here.enroll(ANN, "calls", about=ABOUT)
    here.passes()
    actions.approve(here.desk, made.followup)
    here.runs(days=6, hours=3)
    task = next(row for row in here.rows(ANN) if row.kind == "task")
    draft = here.draft(task.id)
    assert task.state == "drafted" and draft is not None and draft.body == "call her\n"
    assert actions.approve_by_policy(here.desk, task.id).ok is False
    assert actions.approve(here.desk, task.id).code == "task_done"
    assert actions.approve(here.desk, task.id).ok is False
    here.runs(days=4, hours=6)
    third = next(row for row in here.rows(ANN) if row.touch == 3)
    assert third.state == "drafted" and len(here.left) == 1


def test_a_plan_that_is_over_ends(here: Office) -> None:
    here.enroll(ANN, "winback", about=ABOUT)
    for _ in range(3):
        actions.skip(here.desk, here.rows(ANN)[-1].id)
        here.read()
    assert here.enrolment().state == "done" and len(here.rows(ANN)) == 3


def test_a_plan_that_left_the_config_ends(here: Office) -> None:
    here.enroll(ANN, "calls", about=ABOUT)
    file = here.home.places.config_file
    file.write_text(file.read_text().replace("plans.calls", "plans.phones"))
    here.home.__dict__.pop("config", None)
    here.read()
    assert here.enrolment().reason == "no_plan"


# Exits and moves

EXITS = [
    ("Thanks, let us do that.", "answered"),
    ("No thank you, we went with another supplier.", "declined"),
    ("Please stop writing to me. Never contact me again.", "opted_out"),
]


@pytest.mark.parametrize(("text", "code"), EXITS)
def test_an_answer_ends_it_before_anything_else(here: Office, text: str, code: str) -> None:
    name = waiting(here, days=20)
    made = here.enroll(name, "sales")
    answer(here, name, text)
    assert here.enrolment().reason == code and here.one(made.followup).state in {"answered", "stopped"}
    here.runs(days=8, hours=24)
    assert [row for row in here.rows(ANN) if row.state in {"watching", "quiet", "drafted"}] == []


@pytest.mark.slow
def test_more_time_moves_the_day_and_a_draft_goes_back(here: Office) -> None:
    name = waiting(here, days=20)
    made = here.enroll(name, "sales")
    here.runs(days=2, hours=3)
    assert here.one(made.followup).state == "drafted"
    answer(here, name, "I will get back to you on 2 December.")
    row = here.one(made.followup)
    assert row.state == "watching" and row.due.date() == date(2026, 12, 3)
    here.runs(days=13, hours=4)
    assert here.one(made.followup).state == "drafted"
    assert actions.approve(here.desk, made.followup).ok


def test_the_branches_of_a_plan_are_its_own(here: Office) -> None:
    name = waiting(here, days=20)
    here.enroll(name, "picky")
    answer(here, name, "I will get back to you on 2 December.")
    assert here.enrolment().state == "ended"


RULES = [
    {"sender": "billing@partner.example", "subject": "Invoice 7"},
    {"sender": ANN, "subject": "Your order confirmed"},
]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_of_the_plan_ends_it(here: Office, rule: dict[str, str]) -> None:
    here.enroll(ANN, "picky", about=ABOUT)
    here.clock.forward(minutes=1)
    here.mail(rule["sender"], ME, rule["subject"], "See the attached.")
    here.read()
    assert here.enrolment().reason == "exit_rule"


def test_a_rule_looks_at_nobody_else(here: Office) -> None:
    here.enroll(ANN, "picky", about=ABOUT)
    here.clock.forward(minutes=1)
    here.mail("billing@else.example", ME, "Invoice 7", "See the attached.")
    here.read()
    assert here.enrolment().state == "active"


def test_a_mail_by_hand_ends_it(here: Office) -> None:
    name = waiting(here, days=20)
    made = here.enroll(name, "sales")
    here.clock.forward(hours=1)
    here.mail(ME, ANN, "Re: The offer", "Hi Ann, any news?", follows=name)
    here.read()
    assert here.enrolment().reason == "by_hand" and here.one(made.followup).state == "stopped"


def test_a_mail_elsewhere_is_asked_about_once(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    here.clock.forward(minutes=5)
    here.mail(ANN, ME, "Something else", "Could you send me the plan of the house?")
    here.passes()
    assert here.one(made.followup).hold == "maybe_answered" and here.one(made.followup).state == "asked"
    actions.edit(here.desk, made.followup, "Hi Ann,\n\nAnother matter: shall we meet?\n\nSam\n", "May")
    here.runs(days=1, hours=3)
    assert here.one(made.followup).state == "drafted"


def test_an_opt_out_elsewhere_stops_even_a_letter_that_waits(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    assert actions.approve(here.desk, made.followup).ok
    here.clock.forward(seconds=2)
    here.mail(ANN, ME, "Stop", "Please remove me. Never contact me again.")
    here.runs(days=1, hours=3)
    assert here.left == [] and here.enrolment().reason == "opted_out"


@pytest.mark.parametrize(("enrolled_as", "writes_as"), [
    ("kim.lee@gmail.com", "kimlee@gmail.com"), ("p1@x1.example", "p1+work@x1.example"),
])  # fmt: skip
@pytest.mark.parametrize(("text", "seen"), [
    ("No thanks, we are not interested in that.", ("active", "maybe_answered")),
    ("Yes, gladly, let us begin in May.", ("active", "maybe_answered")),
    ("Please never write to me again. Remove me from your list.", ("ended", "")),
])  # fmt: skip
def test_an_answer_from_another_spelling_of_the_address_is_theirs(
    here: Office, enrolled_as: str, writes_as: str, text: str, seen: tuple[str, str]
) -> None:
    made = here.enroll(enrolled_as, "calls", about=ABOUT, new=True)
    here.passes()
    here.clock.forward(minutes=5)
    here.mail(writes_as, ME, "Your question", text)
    here.passes()
    state = here.enrolment(1).state
    assert (state, here.one(made.followup).hold) == seen
    again = here.enroll(writes_as, "calls", about="Something else entirely.", new=True)
    assert again.code == ("already" if state == "active" else "opted_out")
    assert not here.rows(writes_as)


def test_a_bounce_ends_it(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    actions.approve(here.desk, made.followup)
    here.runs(days=1, hours=3)
    ((_, letter),) = here.left
    status = (
        f"Reporting-MTA: dns; mx.partner.example\n\nFinal-Recipient: rfc822; {ANN}\nAction: failed\nStatus: 5.1.1\n"
    )
    raw = (
        f"From: mailer-daemon@mx.partner.example\r\nTo: {ME}\r\nSubject: Undelivered\r\nMessage-ID: <b@mx>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\n{status}\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter.message_id}\r\n--b--\r\n"
    )
    here.clock.forward(minutes=2)
    here.server.deliver(raw.encode(), role=Role.INBOX, received=here.clock())
    here.read()
    assert here.enrolment().reason == "bounced"


# The verbs


def test_stop_ends_the_whole_plan_and_can_be_taken_back(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    assert actions.stop(here.desk, made.followup).ok
    assert here.enrolment().reason == "stopped"
    here.runs(days=5, hours=12)
    assert [row.state for row in here.rows(ANN)] == ["stopped"]
    assert bring_back(here.desk, made.followup).ok and here.enrolment().state == "active"


def test_enrolled_again_after_a_stop_it_begins_anew(here: Office) -> None:
    name = waiting(here, days=20)
    first = here.enroll(name, "sales")
    actions.stop(here.desk, first.followup)
    second = here.enroll(name, "sales")
    here.runs(days=2, hours=6)
    assert second.ok and second.followup != first.followup and here.one(second.followup).state == "drafted"


def test_skip_goes_on_to_the_next_touch(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    actions.skip(here.desk, made.followup)
    here.read()
    second = here.rows(ANN)[-1]
    assert second.touch == 2 and second.ceiling == "copilot"


def test_a_snooze_ends_by_itself(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    actions.snooze(here.desk, made.followup, here.clock() + timedelta(days=2))
    here.runs(days=1, hours=3)
    assert here.one(made.followup).state == "snoozed"
    here.runs(days=2, hours=3)
    assert here.one(made.followup).state == "drafted"


def test_redo_writes_the_first_mail_again(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    assert redo(here.home, here.desk, made.followup).code in {"redone", "same"}
