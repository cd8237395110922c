"""What the steps of an enrolment write down: the row of a touch and what the thread gives it; never takes a step."""

from __future__ import annotations

from dataclasses import dataclass

from agent.decide.plans.exits import Standing
from agent.sequences.planner import NextStep
from agent.sequences.situation import EnrolmentScene
from agent.store.base.changes import FromThread, NewFollowup
from agent.store.base.engine import Change
from agent.store.work.followup_lists import last_revision


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A thread that an enrolment put under its plan."""

    scene: EnrolmentScene

    def begun(self, change: Change, step: NextStep, /) -> NewFollowup:
        """The row of a touch that is planned for the first time."""
        assert step.touch is not None
        row, touch = self.scene.row, step.touch.touch
        now = self.now(change, step)
        return {
            "account_id": row.account_id, "thread_id": row.thread_id, "root": row.root, "person": row.person,
            "subject": touch.job if touch.kind == "task" else row.subject, "plan": row.plan,
            "touch": step.touch.number, "enrolment_id": row.id, "kind": touch.kind, "about": row.about,
            "reason": row.trigger,
            "basis": now["basis"], "revision": now["revision"], "ceiling": now["ceiling"], "signal": now["signal"],
            "hold": now["hold"],
        }  # fmt: skip

    def task(self, change: Change, stands: Standing) -> NewFollowup:
        """What they asked for, as the user's own task beside the touches of the plan."""
        row, scene = self.scene.row, self.scene
        basis, touch = scene.summary.own_id if scene.summary else "", len(scene.plan.touches) + 1
        return {
            "account_id": row.account_id, "thread_id": row.thread_id, "root": row.root, "person": row.person,
            "subject": f"They asked: “{stands.task}”", "plan": row.plan, "touch": touch, "enrolment_id": row.id,
            "reason": stands.end, "evidence": stands.words, "basis": basis,
            "revision": self._revision(change, touch, basis, 0),
        }  # fmt: skip

    def now(self, change: Change, step: NextStep, /) -> FromThread:
        """What follows for a touch from the thread as it is."""
        assert step.touch is not None
        touch, summary = step.touch, self.scene.summary
        basis = summary.own_id if summary else ""
        level = "copilot" if touch.level == "autopilot" and not basis else touch.level
        return {
            "basis": basis,
            "revision": self._revision(change, touch.number, basis, step.number),
            "ceiling": "" if level == "autopilot" else level,
            "signal": signal_of(self.scene, touch.number),
            "hold": "sensitive" if summary is not None and summary.sensitive else "",
        }

    def known(self, _change: Change, _number: int, /) -> NextStep | None:
        """A touch that is there already waits for its day like any other."""
        return None

    def job(self, step: NextStep, /) -> str:
        """What a task is, in the words of the plan."""
        assert step.touch is not None
        return step.touch.touch.job

    def _revision(self, change: Change, touch: int, basis: str, number: int) -> int:
        """The same thread under the same plan once more: a person wanted that, so it is a new intent."""
        row = self.scene.row
        same = {"account_id": row.account_id, "plan": row.plan, "touch": touch, "basis": basis}
        alike = same if basis else {**same, "root": row.root}
        last = last_revision(change.connection, alike, number)
        return 0 if last is None else last + 1


def signal_of(scene: EnrolmentScene, touch: int) -> str:
    """The words of the signal a touch may quote."""
    found = scene.signal_for(touch)
    return found.words if found else ""
