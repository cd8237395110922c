"""Judges the threads that time can change, a few people at a time so that memory stays small; writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from agent.common.home import Home
from agent.decide.plans.meetings import held_by_meeting, known_meetings
from agent.decide.threads.quiet import Verdict, WaitHabits
from agent.decide.threads.summary import waited_from
from agent.decide.threads.waits import own_habit
from agent.decide.values import Me
from agent.judging.mail_around import Beside, Lately
from agent.judging.many_threads import due_at, judge_one
from agent.judging.people_around import People
from agent.mailboxes.own_calendar import KEPT
from agent.sequences.plans import plan_named
from agent.store.base import settings
from agent.store.mail import asked_by_judge, verdicts
from agent.store.mail.verdicts import Stored
from agent.store.work import budgets

TOGETHER = 100
"""So many threads are judged at a time; neighbours are of the same people."""
AROUND = timedelta(days=30)
"""News so much older than what may be asked about can still belong to it."""
Told = tuple[Stored, Verdict, datetime | None]
"""A thread with its verdict and the moment of its next touch."""


class Open:
    """The open threads of a home at one moment."""

    def __init__(self, home: Home, me: Me, numbers: Sequence[int]) -> None:
        self._home = home
        self._me = me
        self._now = home.clock()
        self._numbers = numbers
        self._lately = Lately(self._now - timedelta(days=home.config.followups.max_age_days) - AROUND, me)

    def judged(self) -> Iterator[list[Told]]:
        """Verdicts in parts."""
        habits = self._habits()
        for start in range(0, len(self._numbers), TOGETHER):
            yield self._some(self._numbers[start : start + TOGETHER], habits)

    def _habits(self) -> WaitHabits:
        config = self._home.config.followups
        with self._home.store.read() as connection:
            own = own_habit(asked_by_judge.waits(connection))
        return WaitHabits(
            waits=plan_named(self._home.config, config.plan).waits, max_age_days=config.max_age_days,
            zone=self._me.zone, own_wait=own, workdays=self._me.workdays,
        )  # fmt: skip

    def _some(self, numbers: Sequence[int], usual: WaitHabits) -> list[Told]:
        """These threads, judged among what the same people and the robots wrote."""
        with self._home.store.read() as connection:
            stored = verdicts.stored(connection, numbers)
            beside = Beside(connection, self._lately, stored, self._me)
            people, told = People(beside, self._me), {}
            meetings = known_meetings(settings.get(connection, KEPT))
            left = budgets.last_left(connection, {item.summary.thread for item in stored}, self._now)
            # The oldest first: what is read for it is all that the others need.
            for item in sorted(stored, key=lambda item: item.summary.last_own):
                inside = partial(beside.inside, item.number)
                summary = waited_from(item.summary, left.get(item.summary.thread))
                _, verdict, place = judge_one(summary, inside, people, usual, self._now)
                verdict = held_by_meeting(verdict, summary, meetings, self._now, self._me.zone)
                told[item.number] = (item, verdict, due_at(verdict, place))
        return [told[item.number] for item in stored]
