"""Takes the steps of an enrolment, each as a change with its event; never chooses one, never drafts and never sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from agent.decide.plans.lifecycle import Progress
from agent.decide.plans.triggers import NextTouch
from agent.sequences.situation import EnrolmentScene
from agent.store.base.changes import FromThread
from agent.store.base.engine import Change
from agent.store.mail import threading
from agent.store.mail.threading import FOLLOWUP
from agent.store.work import enrolments, followups


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next thing to do about an enrolment."""

    kind: str
    """end, ask, join, made, plan, date, back or ready."""
    code: str = ""
    words: str = ""
    touch: NextTouch | None = None
    due: datetime | None = None
    number: int = 0


def signal_of(scene: EnrolmentScene, touch: int) -> str:
    """The words of the signal a touch may quote."""
    found = scene.signal_for(touch)
    return found.words if found else ""


def take(change: Change, scene: EnrolmentScene, step: NextStep) -> None:
    """Do it, with its event."""
    row = scene.row
    match step.kind:
        case "end":
            state = "done" if step.code == "plan_done" else "ended"
            enrolments.end(change, row.id, step.code, actor="policy", state=state)
            _say(change, scene, step.words)
        case "join" if step.number:
            threading.merge(change.connection, {step.number: row.thread_id})
            _judge_again(change, row.thread_id)
        case "join":
            threading.tie(change.connection, row.account_id, step.code, row.thread_id)
        case "made":
            current = scene.current
            assert current is not None
            followups.move(change, current.id, Progress.APPROVED, actor="user", code="sent_by_hand")
        case "ask":
            current = scene.current
            assert current is not None
            followups.move(
                change, current.id, Progress.ASKED, actor="policy", code=step.code, hold=step.code,
                evidence=step.words,
            )  # fmt: skip
        case "plan":
            _plan(change, scene, step)
        case "date":
            _date(change, scene, step)
        case "back":
            followups.move(
                change,
                step.number,
                Progress.WATCHING,
                actor="policy",
                code="put_off",
                evidence=step.words,
                due=step.due,
            )
        case _:
            _ready(change, scene, step)


def _say(change: Change, scene: EnrolmentScene, words: str) -> None:
    """Why it ended, where its touches are listed."""
    if words and scene.current is not None:
        _keep(change, scene.current.id, {"evidence": words})


def _judge_again(change: Change, thread: int) -> None:
    change.connection.execute(threading.THREAD.update().where(threading.THREAD.c.id == thread).values(changed=1))


def _values(change: Change, scene: EnrolmentScene, touch: NextTouch, number: int = 0) -> FromThread:
    """What follows from the thread as it is now."""
    summary = scene.summary
    basis = summary.own_id if summary else ""
    level = "copilot" if touch.level == "autopilot" and not basis else touch.level
    return {
        "basis": basis,
        "revision": _revision(change, scene, touch.number, basis, number),
        "ceiling": "" if level == "autopilot" else level,
        "signal": signal_of(scene, touch.number),
        "hold": "sensitive" if summary is not None and summary.sensitive else "",
    }


def _revision(change: Change, scene: EnrolmentScene, touch: int, basis: str, number: int) -> int:
    """The same thread under the same plan once more: a person wanted that, so it is a new intent."""
    row = scene.row
    same = (
        FOLLOWUP.c.account_id == row.account_id, FOLLOWUP.c.plan == row.plan, FOLLOWUP.c.touch == touch,
        FOLLOWUP.c.basis == basis, FOLLOWUP.c.id != number, *(() if basis else (FOLLOWUP.c.root == row.root,)),
    )  # fmt: skip
    last = change.connection.execute(select(func.max(FOLLOWUP.c.revision)).where(*same)).scalar()
    return 0 if last is None else int(last) + 1


def _plan(change: Change, scene: EnrolmentScene, step: NextStep) -> None:
    assert step.touch is not None
    row, touch = scene.row, step.touch.touch
    subject = touch.job if touch.kind == "task" else row.subject
    followups.plan(
        change, code=row.trigger, account_id=row.account_id, thread_id=row.thread_id, root=row.root,
        person=row.person, subject=subject, plan=row.plan, touch=step.touch.number,
        enrolment_id=row.id, kind=touch.kind, about=row.about, state=Progress.WATCHING.value,
        reason=row.trigger, evidence=step.words, due=step.due, **_values(change, scene, step.touch),
    )  # fmt: skip


def _date(change: Change, scene: EnrolmentScene, step: NextStep) -> None:
    assert step.touch is not None
    told = _values(change, scene, step.touch, step.number)
    _keep(change, step.number, {**told, "evidence": step.words, "due": step.due})


def _keep(change: Change, number: int, values: Mapping[str, object]) -> None:
    kept = {**values, "changed": change.now}
    change.connection.execute(FOLLOWUP.update().where(FOLLOWUP.c.id == number).values(kept))


def _ready(change: Change, scene: EnrolmentScene, step: NextStep) -> None:
    """Its day has come: a mail is to be written, a task to be shown. What came until now the wait has counted."""
    row = followups.find(change.connection, step.number)
    assert row is not None and step.touch is not None
    draft = followups.newest_draft(change.connection, step.number)
    task = row.kind == "task"
    if task and draft is None:
        job = scene.plan.touches[row.touch - 1].job
        followups.add_draft(change, step.number, writer="plan", body=f"{job}\n", subject=row.subject)
    own_text = draft is not None and draft.writer == "person"
    end = Progress.DRAFTED if task or own_text else Progress.QUIET
    followups.move(
        change, step.number, end, actor="policy", code="due", evidence=step.words, until=None, made=change.now,
        **_values(change, scene, step.touch, step.number),
    )  # fmt: skip
