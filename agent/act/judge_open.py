"""Judges the threads that time can change, a few people at a time so that memory stays small; writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from agent.act.home import Home
from agent.act.judging import SETTLED_ALONE, judge_some
from agent.act.plans import plan_named
from agent.decide.quiet import Habits, Verdict
from agent.decide.summary import Summary, own_habit
from agent.decide.values import Me
from agent.store import mails, verdicts
from agent.store.verdicts import Stored

TOGETHER = 300
"""So many old threads are read at a time, with whatever else these people wrote."""
AROUND = timedelta(days=30)
"""News so much older than what may be asked about can still belong to it."""
EDGE = timedelta(days=2)
"""Where a day ends is seen differently around the world."""
Told = tuple[Stored, Verdict, datetime | None]
"""A thread with its verdict and the moment of its next touch."""


class Open:
    """The open threads of a home at one moment."""

    def __init__(self, home: Home, me: Me, threads: Sequence[tuple[int, datetime | None]]) -> None:
        self._home = home
        self._me = me
        self._now = home.clock()
        age = timedelta(days=home.config.followups.max_age_days)
        self._since = self._now - age - AROUND
        old = self._now - age - EDGE
        self._old = [number for number, last in threads if last is not None and last < old]
        self._recent = sorted({number for number, _ in threads} - set(self._old))

    def judged(self) -> Iterator[list[Told]]:
        """Verdicts in parts; what its age alone does not settle is judged last, among all news."""
        recent = list(self._recent)
        habits = self._habits()
        for start in range(0, len(self._old), TOGETHER):
            found = self._some(self._old[start : start + TOGETHER], habits, None)
            recent += [item.number for item, verdict, _ in found if not _settled(verdict)]
            yield [told for told in found if _settled(told[1])]
        yield self._some(recent, habits, self._since)

    def _habits(self) -> Habits:
        config = self._home.config.followups
        with self._home.store.read() as connection:
            own = own_habit([Summary("", waits=waits) for waits in verdicts.waits(connection)])
        return Habits(
            waits=plan_named(self._home.config, config.plan).waits, max_age_days=config.max_age_days,
            zone=self._me.zone, own_wait=own, workdays=self._me.workdays,
        )  # fmt: skip

    def _some(self, numbers: Sequence[int], usual: Habits, since: datetime | None) -> list[Told]:
        """These threads, judged among everything the same people and the robots wrote."""
        with self._home.store.read() as connection:
            stored = verdicts.stored(connection, numbers)
            people = {person for item in stored for person in item.summary.people}
            wider = verdicts.around(connection, people, since) | set(numbers) if numbers else set()
            threads = mails.thread_mails(connection, wider)
            known = verdicts.summaries(connection, wider)
        around = [(threads[number], known[number]) for number in threads if number in known]
        kept = [item for item in stored if item.number in threads]
        judged = judge_some([(threads[item.number], item.summary) for item in kept], around, self._me, usual, self._now)
        return [(item, one.verdict, one.due) for item, one in zip(kept, judged, strict=True)]


def _settled(verdict: Verdict) -> bool:
    """Whether nothing that other threads say could change it."""
    return verdict.due is None or verdict.reason in SETTLED_ALONE
