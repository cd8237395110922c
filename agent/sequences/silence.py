"""What silence asks of a thread, which is under the plan for quiet threads without an enrolment of its own: its verdict
names the step; never takes one."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from agent.decide.plans.lifecycle import Progress
from agent.decide.plans.plans import CORRECTION
from agent.decide.threads.quiet import OVER, Reason, Verdict
from agent.sequences.planner import NextStep
from agent.store.base.changes import FollowupChange, FromThread, NewFollowup
from agent.store.base.engine import Change
from agent.store.mail.verdicts import Stored
from agent.store.work import followups

WAITS_STILL = (Progress.QUIET, Progress.DRAFTED, Progress.ASKED, Progress.WATCHING, Progress.SNOOZED)
ENDED = {**dict.fromkeys(OVER, Progress.STOPPED), **dict.fromkeys((Reason.ANSWERED, Reason.BOOKED), Progress.ANSWERED)}
LONG_QUIET = frozenset({Reason.TOO_OLD, Reason.UNREADABLE})
"""Holds that are shown where all threads are, and ask nobody by themselves."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What is there already for the threads of one judging."""

    plan: str
    """The plan that quiet threads are under."""
    having: Container[int]
    """Threads with follow-ups."""
    known: Mapping[followups.Same, str]
    """Where each of them stands."""
    dead: Container[str]
    """People whose address is dead."""


@dataclass(frozen=True, slots=True)
class Silence:
    """One thread, what was judged of it, and the moment its next touch is due."""

    item: Stored
    verdict: Verdict
    due: datetime | None
    planned: Planned

    def steps(self, change: Change) -> Iterator[NextStep]:
        """What is to be done, which is mostly nothing."""
        state, _ = self._wanted(change.now)
        if state is None:
            if self.item.number in self.planned.having:
                yield from over(change, self.item.number, self.verdict, self._said(change))
            return
        summary, touch = self.item.summary, self.verdict.touch
        same = followups.identity(self.item.account, self.planned.plan, touch, summary.own_id, summary.thread)
        if self.planned.known.get(same) != state.value:
            code, said = self.verdict.reason.value, self._said(change)
            yield NextStep("begin", code, said, due=self.due, state=state)

    def begun(self, change: Change, _step: NextStep, /) -> NewFollowup:
        """The row of a touch that is planned for the first time."""
        summary = self.item.summary
        return {
            "account_id": self.item.account, "thread_id": self.item.number, "root": summary.thread,
            "person": summary.person, "subject": summary.subject, "plan": self.planned.plan,
            "touch": self.verdict.touch, "basis": summary.own_id, "reason": self.verdict.reason.value,
            "hold": self._wanted(change.now)[1],
        }  # fmt: skip

    def now(self, _change: Change, _step: NextStep, /) -> FromThread:
        """Nothing: every verdict is a step of its own."""
        return {}

    def known(self, change: Change, number: int, /) -> NextStep | None:
        """A follow-up that waited moves on; what a person or the outbox holds stays where it is.

        It is made anew then: the wait has counted what put it off, so that is no news any more.
        """
        state, hold = self._wanted(change.now)
        row = followups.find(change.connection, number)
        if row is None or state is None or Progress(row.state) is state:
            return None
        now = Progress(row.state)
        snoozed = now is Progress.SNOOZED and row.until is not None and row.until > change.now
        moves = now in {Progress.WATCHING, Progress.ASKED, Progress.SNOOZED} or (
            state is Progress.ASKED and now in {Progress.QUIET, Progress.DRAFTED}
        )
        if snoozed or not moves:
            return None
        kept: FollowupChange = {"evidence": self._said(change), "hold": hold, "until": None}
        if state is Progress.QUIET:
            kept["made"] = change.now
        return NextStep("move", self.verdict.reason.value, number=number, state=state, kept=kept)

    def job(self, _step: NextStep, /) -> str:
        """Silence gives no tasks."""
        return ""

    def _wanted(self, now: datetime) -> tuple[Progress | None, str]:
        """Where its follow-up belongs, and what holds it there; None where no touch is due."""
        verdict = self.verdict
        if verdict.quiet and self.item.summary.person in self.planned.dead:
            # Whether another address is right only a person knows; nothing is drafted to a dead one.
            return Progress.ASKED, Reason.BOUNCED.value
        if verdict.quiet:
            return Progress.QUIET, verdict.hold or ""
        due = self.due is not None and self.due <= now
        if verdict.hold and verdict.reason not in LONG_QUIET and due:
            return Progress.ASKED, verdict.hold
        return None, ""

    def _said(self, change: Change) -> str:
        return self.verdict.sentence(self.item.summary, change.now.date())


def over(change: Change, thread: int, verdict: Verdict, said: str) -> Iterator[NextStep]:
    """No touch is due: what only waited ends, goes back to watching, or waits for a person who is told what came."""
    usual = Progress.ASKED if verdict.hold == "unsure" else Progress.WATCHING
    end = usual if verdict.hold else ENDED.get(verdict.reason, Progress.WATCHING)
    for row in followups.of_thread(change.connection, thread):
        state = Progress(row.state)
        if row.enrolment_id is not None or row.plan == CORRECTION:
            continue
        if state in WAITS_STILL and state is not end and not (state is Progress.SNOOZED and end is Progress.WATCHING):
            told: FollowupChange = {"evidence": said} if end is Progress.ASKED else {}
            yield NextStep("move", verdict.reason.value, number=row.id, state=end, kept=told)
