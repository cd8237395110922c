"""What the gate is told comes from the store and the letter itself, through the code that really asks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage

import pytest

from agent.decide.gate.case import Case
from agent.decide.gate.decision import decide
from agent.decide.plans.lifecycle import Stage
from agent.sending.case import Matter, draft_case, look_of, send_case
from agent.sending.compose import as_approved, whole_thread
from agent.store.base.values import NO_TEXT
from agent.store.work import enrolments, followups
from agent.store.work import outbox as rows
from agent.verbs import actions
from tests.sim.world import Scene, ask, drafted, scene, sync


@pytest.fixture
def here() -> Iterator[Scene]:
    opened = scene()
    yield opened
    opened.close()


def queued(here: Scene) -> int:
    ask(here.world, 1)
    sync(here.desk)
    made = drafted(here.desk, 1)
    assert actions.approve(here.desk, made).ok
    return made


def case_of(here: Scene, made: int, raw: bytes = b"") -> Case:
    """As the outbox asks just before a letter leaves."""
    with here.store.read() as connection:
        row, followup = rows.newest_of(connection, made), followups.find(connection, made)
        assert row is not None and followup is not None
        draft = followups.newest_draft(connection, made)
        thread = whole_thread(connection, followup)
        letter = as_approved(here.desk, row, followup, draft, thread)
        letter = replace(letter, letter=replace(letter.letter, raw=raw)) if raw else letter
        matter = Matter(here.desk.seats[0], followup, draft or NO_TEXT, letter)
        return send_case(connection, here.desk, matter, row, look=look_of(1.0), now=here.world.now)


def codes(here: Scene, case: Case) -> set[str]:
    return {check.code for check in decide(case, here.world.now).against}


@pytest.mark.parametrize(
    ("fault", "served"), [("rcpt_temporary", False), ("data_put_off", False), ("lost_before", True), ("ok", True)]
)
def test_an_approval_that_has_served_is_used(here: Scene, fault: str, served: bool) -> None:
    made = queued(here)
    assert not case_of(here, made).consent.used
    here.world.fault = fault
    here.world.pass_time(seconds=40)
    actions_pump(here)
    case = case_of(here, made)
    assert case.consent.used is served
    assert ("used" in codes(here, case)) is served


def actions_pump(here: Scene) -> None:
    from agent.sending import outbox

    outbox.pump(here.desk)


def test_a_person_who_sends_it_again_approved_it_once_more(here: Scene) -> None:
    made = queued(here)
    here.world.fault = "lost_before"
    here.world.pass_time(seconds=40)
    actions_pump(here)
    with here.store.write() as change:
        rows.transition(change, 1, Stage.UNCERTAIN, Stage.NEEDS_REVIEW, code="not_found")
    assert case_of(here, made).consent.used
    assert actions.settle(here.desk, made, "resend", "send it again").ok
    assert not case_of(here, made).consent.used


def test_a_plan_that_ended_refuses_its_letter(here: Scene) -> None:
    made = queued(here)
    with here.store.write() as change:
        change.connection.exec_driver_sql(
            "INSERT INTO enrolment (account_id, thread_id, root, person, plan, trigger, state, made, changed)"
            " VALUES (1, 1, '<ask1@y.example>', 'p1@x1.example', 'nudge', 'enrolled', 'active', 0, 0)"
        )
        change.connection.exec_driver_sql("UPDATE followup SET enrolment_id = 1")
    assert case_of(here, made).step.ended == ""
    with here.store.write() as change:
        enrolments.end(change, 1, "no_plan", actor="policy")
    case = case_of(here, made)
    assert case.step.ended == "no_plan"
    assert "no_plan" in codes(here, case)


def test_what_is_attached_is_counted_in_the_letter(here: Scene) -> None:
    made = queued(here)
    assert case_of(here, made).content.attachments == 0
    letter = EmailMessage()
    letter.set_content("See the attached plan.")
    letter.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="plan.pdf")
    case = case_of(here, made, letter.as_bytes())
    assert case.content.attachments == 1
    claims = replace(case, content=replace(case.content, mentions_attachment=True))
    without = replace(claims, content=replace(claims.content, attachments=0))
    assert codes(here, without) - codes(here, claims)


def test_before_approval_nothing_has_served(here: Scene) -> None:
    ask(here.world, 1)
    sync(here.desk)
    made = drafted(here.desk, 1)
    with here.store.read() as connection:
        seen = actions.view(connection, here.desk, made)
        assert isinstance(seen, actions.Viewed)
        assert not draft_case(connection, here.desk, seen.matter, here.world.now).consent.used
