"""Takes the steps that plans and silence ask for, each as a change with its event: the one place where relance itself
begins and moves follow-ups; never chooses a step, never drafts and never sends."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from agent.decide.plans.lifecycle import Progress
from agent.decide.plans.triggers import NextTouch
from agent.store.base.changes import FollowupChange, FromThread, NewFollowup
from agent.store.base.engine import Change
from agent.store.mail import threading
from agent.store.work import enrolments, followups
from agent.store.work.followup_lists import judge_again, keep


@dataclass(frozen=True, slots=True)
class NextStep:
    """The next thing to do about a thread under a plan."""

    kind: str
    """begin, date, move or ready; of an enrolment also end and join."""
    code: str = ""
    words: str = ""
    touch: NextTouch | None = None
    due: datetime | None = None
    number: int = 0
    """The follow-up it is about, or the thread to join."""
    state: Progress = Progress.WATCHING
    kept: FollowupChange = field(default_factory=FollowupChange)
    """What the row keeps beside its state."""
    actor: str = "policy"


class UnderPlan(Protocol):
    """A thread under a plan: by an enrolment, or by silence alone."""

    def begun(self, change: Change, step: NextStep, /) -> NewFollowup:
        """The row of a touch that is planned for the first time."""
        ...

    def now(self, change: Change, step: NextStep, /) -> FromThread:
        """What follows for a touch from the thread as it is."""
        ...

    def known(self, change: Change, number: int, /) -> NextStep | None:
        """What to do where the touch that should begin is there already."""
        ...

    def job(self, step: NextStep, /) -> str:
        """What a task is."""
        ...


def take(change: Change, under: UnderPlan, step: NextStep) -> None:
    """Do it, with its event."""
    match step.kind:
        case "begin":
            row = under.begun(change, step)
            row.update({"state": step.state.value, "evidence": step.words, "due": step.due})
            number, fresh = followups.plan(change, actor=step.actor, code=step.code, **row)
            again = None if fresh else under.known(change, number)
            if again is not None:
                take(change, under, again)
        case "date":
            keep(change, step.number, {**under.now(change, step), "evidence": step.words, "due": step.due})
        case "move":
            move(change, step)
        case "ready":
            _ready(change, under, step)
        case _:
            raise ValueError(step.kind)


def hand_over(change: Change, row: NewFollowup, words: str) -> None:
    """A task for the user: shown at once, done or passed over by them, and never sent."""
    row.update({"kind": "task", "state": Progress.DRAFTED.value, "due": change.now})
    number, fresh = followups.plan(change, actor="policy", code=row["reason"], **row)
    if fresh:
        followups.add_draft(change, number, writer="plan", body=f"{words}\n", subject=row["subject"])


def move(change: Change, step: NextStep) -> None:
    """Bring a follow-up to the state a step names."""
    followups.move(change, step.number, step.state, actor=step.actor, code=step.code, **step.kept)


def finish(change: Change, enrolment: int, step: NextStep, current: int | None) -> None:
    """End an enrolment and say why where its touches are listed."""
    state = "done" if step.code == "plan_done" else "ended"
    enrolments.end(change, enrolment, step.code, actor="policy", state=state)
    if step.words and current is not None:
        keep(change, current, {"evidence": step.words})


def join(change: Change, account: int, thread: int, step: NextStep) -> None:
    """Tie a thread, or a letter by its Message-ID, to the thread that is under the plan."""
    if not step.number:
        threading.tie(change.connection, account, step.code, thread)
        return
    threading.merge(change.connection, {step.number: thread})
    judge_again(change, thread)


def _ready(change: Change, under: UnderPlan, step: NextStep) -> None:
    """Its day has come: a mail is to be written, a task to be shown. What came until now the wait has counted."""
    row = followups.find(change.connection, step.number)
    assert row is not None
    draft = followups.newest_draft(change.connection, step.number)
    task = row.kind == "task"
    if task and draft is None:
        followups.add_draft(change, step.number, writer="plan", body=f"{under.job(step)}\n", subject=row.subject)
    own_text = draft is not None and draft.writer == "person"
    end = Progress.DRAFTED if task or own_text else Progress.QUIET
    followups.move(
        change, step.number, end, actor="policy", code=step.code, evidence=step.words, until=None, made=change.now,
        **under.now(change, step),
    )  # fmt: skip
