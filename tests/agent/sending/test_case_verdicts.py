"""What ended a plan, what has served and what is attached reach the gate, each through the real case builder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from agent.decide.gate.case import Check, CheckVerdict
from agent.decide.gate.decision import decide
from agent.sending.case import draft_case
from agent.sending.outbox import Worked, pump
from agent.store.base.values import KeptLetter
from agent.store.mail import verdicts
from agent.store.mail.threading import FOLLOWUP
from agent.store.work import enrolments, followups, outbox
from agent.verbs import actions
from agent.verbs.actions import Viewed
from tests.sim.world import FINE, Scene, ask, drafted, scene, sync

pytestmark = pytest.mark.slow


@pytest.fixture
def here() -> Iterator[Scene]:
    opened = scene()
    yield opened
    opened.close()


def draft(here: Scene) -> int:
    ask(here.world, 1)
    sync(here.desk)
    return drafted(here.desk, 1)


def seen(here: Scene, number: int) -> Viewed:
    with here.store.read() as connection:
        found = actions.view(connection, here.desk, number)
    assert isinstance(found, Viewed)
    return found


def check(viewed: Viewed, name: str) -> Check:
    return next(one for one in viewed.decision.checks if one.name == name)


def go(here: Scene) -> list[Worked]:
    here.world.pass_time(seconds=40)
    return pump(here.desk)


def letter(here: Scene, number: int) -> KeptLetter:
    with here.store.read() as connection:
        found = outbox.newest_of(connection, number)
    assert found is not None
    return found


def begun(here: Scene, row: KeptLetter, attempt: int, ended: str = "") -> None:
    """A submission of which the row itself knows nothing."""
    with here.store.write() as change:
        values = {"outbox_id": row.id, "number": attempt, "part": "begin", "at": change.now}
        change.connection.execute(outbox.ATTEMPT.insert().values(**values))
        if ended:
            outbox.note_end(change, row.id, attempt, ended, "")


@pytest.mark.parametrize("ended", ["", "SENT", "UNCERTAIN"])
def test_an_approval_that_has_served_lets_nothing_more_leave(here: Scene, ended: str) -> None:
    number = draft(here)
    assert actions.approve(here.desk, number).ok
    begun(here, letter(here, number), 1, ended)
    assert [(item.state, item.code) for item in go(here)] == [("NEEDS_REVIEW", "used")]
    assert here.world.delivered == []
    done = actions.settle(here.desk, number, "resend", "send it again")
    assert done.ok, done
    with here.store.write() as change:
        change.connection.execute(outbox.OUTBOX.update().values(attempts=1))
    assert [item.state for item in go(here)] == ["SENT"]


@pytest.mark.parametrize("ended", ["DEFERRED", "FAILED"])
def test_what_a_server_certainly_refused_leaves_the_approval_as_it_was(here: Scene, ended: str) -> None:
    number = draft(here)
    assert actions.approve(here.desk, number).ok
    begun(here, letter(here, number), 0, ended)
    assert [item.state for item in go(here)] == ["SENT"]


def judged(here: Scene, number: int, reason: str, hold: str = "") -> None:
    """The verdict of the judge on the thread."""
    with here.store.write() as change:
        row = followups.find(change.connection, number)
        assert row is not None
        verdicts.keep_verdicts(change, [verdicts.VerdictRow(row.thread_id, 0, reason, hold, "", None)])


@pytest.mark.parametrize(
    ("reason", "hold", "says"),
    [("plan_done", "", "plan_done"), ("bounced", "", "bounced"), ("declined", "", "declined"), ("due", "", "planned"),
     ("booked", "maybe_answered", "planned"), ("grief", "", "planned")],
)  # fmt: skip
def test_a_plan_that_a_verdict_ended_wants_no_further_touch(here: Scene, reason: str, hold: str, says: str) -> None:
    number = draft(here)
    judged(here, number, reason, hold)
    found = check(seen(here, number), "plan")
    assert (found.code, found.verdict is CheckVerdict.REFUSE) == (says, says != "planned")
    assert actions.approve(here.desk, number).ok is (says == "planned")


def test_a_plan_that_ended_while_the_letter_waited_keeps_it_here(here: Scene) -> None:
    number = draft(here)
    assert actions.approve(here.desk, number).ok
    judged(here, number, "plan_done")
    go(here)
    assert (here.world.delivered, letter(here, number).code) == ([], "plan_done")


def test_what_puts_a_letter_right_belongs_to_no_plan(here: Scene) -> None:
    number = draft(here)
    judged(here, number, "plan_done")
    with here.store.write() as change:
        change.connection.execute(FOLLOWUP.update().values(plan="correction"))
    assert check(seen(here, number), "plan").verdict is CheckVerdict.ALLOW


@pytest.mark.parametrize(
    ("code", "says"), [("answered", "answered"), ("date_passed", "date_passed"), ("unlabelled", "planned")]
)
def test_an_enrolment_that_ended_wants_no_further_touch(here: Scene, code: str, says: str) -> None:
    number = draft(here)
    with here.store.write() as change:
        row = followups.find(change.connection, number)
        assert row is not None
        made = enrolments.add(
            change, actor="user", code="enrolled", account_id=row.account_id, thread_id=row.thread_id,
            root=row.root, person=row.person, plan="nudge", trigger="enrolled",
        )  # fmt: skip
        change.connection.execute(FOLLOWUP.update().values(enrolment_id=made))
    assert check(seen(here, number), "plan").code == "planned"
    with here.store.write() as change:
        enrolments.end(change, made, code, actor="policy")
        followups.move(change, number, followups.Progress.DRAFTED, actor="user")
        change.connection.execute(FOLLOWUP.update().values(state="drafted"))
    assert check(seen(here, number), "plan").code == says


@pytest.mark.parametrize("files", [0, 1])
def test_the_files_of_the_letter_itself_are_counted(here: Scene, files: int) -> None:
    speaks = replace(FINE, mentions_attachment=True)
    here.desk.judgement = replace(here.desk.judgement, content=lambda *_: speaks)
    viewed = seen(here, draft(here))
    message = message_from_bytes(viewed.matter.made.letter.raw, policy=SMTP)
    assert isinstance(message, EmailMessage)
    for _ in range(files):
        message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="offer.pdf")
    made = replace(viewed.matter.made, letter=replace(viewed.matter.made.letter, raw=message.as_bytes()))
    with here.store.read() as connection:
        case = draft_case(connection, here.desk, replace(viewed.matter, made=made), here.world.now)
    assert case.content.attachments == files
    found = next(one for one in decide(case, here.world.now).checks if one.name == "attachment")
    assert found.code == ("nothing_missing" if files else "missing")
