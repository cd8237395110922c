"""Judges many threads together: silence belongs to a person and a matter, not to a thread; writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from agent.decide.dates.zones import Place
from agent.decide.plans.plans import Plan
from agent.decide.threads.quiet import Reason, Verdict, WaitHabits, judge
from agent.decide.threads.summary import Summary, wrote_here
from agent.decide.threads.threads import Thread
from agent.decide.threads.waits import own_habit
from agent.decide.values import Me
from agent.judging.condensing import condense
from agent.judging.people_around import Gathered, Inside, People

SETTLED_ALONE = frozenset({Reason.TOO_OLD, Reason.UNREADABLE, Reason.OWN_DRAFT})
"""Verdicts no other thread could change for the better."""
Progress = Callable[[int, int], None]


class Helping(Protocol):
    """Condenses a part of the threads beside us."""

    def judge(
        self, threads: Sequence[Thread], me: Me, own_ids: frozenset[str], alone: Callable[[Thread], Summary],
        progress: Progress,
    ) -> Iterable[Summary]:  # fmt: skip
        """All of their summaries, in their order."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One thread with its verdict."""

    thread: Thread
    summary: Summary
    verdict: Verdict
    place: Place

    @property
    def due(self) -> datetime | None:
        """The first moment of the day a touch is due, where the other side lives."""
        return due_at(self.verdict, self.place)


def judge_all(
    threads: Sequence[Thread], me: Me, plan: Plan, now: datetime, *, max_age_days: int = 60,
    progress: Progress | None = None, helper: Helping | None = None,
) -> list[Judged]:  # fmt: skip
    """Every thread with its verdict, in the order given."""
    own_ids = frozenset(mail.message_id for thread in threads for mail in thread.mails if mail.mine) - {""}

    def alone(thread: Thread) -> Summary:
        return condense(thread, me, own_ids)[0]

    if helper is None:
        summaries = _watched(threads, alone, progress)
    else:
        # What cannot be ours is condensed in no time, so that only the rest is worth sending.
        ours = [thread for thread in threads if wrote_here(thread)]
        found = iter(helper.judge(ours, me, own_ids, alone, progress or _unseen))
        mine = {id(thread) for thread in ours}
        summaries = [next(found) if id(thread) in mine else alone(thread) for thread in threads]
    return settle(threads, summaries, me, plan, now, max_age_days=max_age_days)


def _watched(threads: Sequence[Thread], alone: Callable[[Thread], Summary], progress: Progress | None) -> list[Summary]:
    summaries = []
    for number, thread in enumerate(threads):
        summaries.append(alone(thread))
        if progress is not None and number % 200 == 0:
            progress(number, len(threads))
    return summaries


def _unseen(done: int, total: int) -> None:
    """Nobody watches."""
    del done, total


def settle(
    threads: Sequence[Thread],
    summaries: Sequence[Summary],
    me: Me,
    plan: Plan,
    now: datetime,
    *,
    max_age_days: int = 60,
) -> list[Judged]:
    """Verdicts from summaries, with what is known about each person from all threads."""
    people = People(Gathered(threads, summaries), me)
    usual = WaitHabits(
        waits=plan.waits,
        max_age_days=max_age_days,
        zone=me.zone,
        own_wait=own_habit(summary.waits for summary in summaries),
        workdays=me.workdays,
    )
    judged = []
    for thread, summary in zip(threads, summaries, strict=True):
        known, verdict, place = judge_one(summary, partial(_inside, thread), people, usual, now)
        judged.append(Judged(thread, known, verdict, place))
    return judged


def _inside(thread: Thread) -> Inside:
    identities = {mail.message_id or mail.key for mail in thread.mails}
    return Inside({id(mail) for mail in thread.mails}, identities, lambda: thread)


def judge_one(
    summary: Summary, inside: Callable[[], Inside], people: People, usual: WaitHabits, now: datetime
) -> tuple[Summary, Verdict, Place]:
    """A thread's verdict, with what was known for it. `inside`: the mails of the thread."""
    place = people.place(summary)
    habits = usual
    if (place.zone, place.country) != (usual.zone, usual.country):
        habits = replace(usual, zone=place.zone, country=place.country)
    wait = people.usual_wait(summary)
    known = summary if summary.usual_wait == wait else replace(summary, usual_wait=wait)
    alone = judge(known, habits, now)
    if alone.due is None or alone.reason in SETTLED_ALONE:
        return known, alone, place
    return known, judge(known, habits, now, people.matter(known, inside())), place


def due_at(verdict: Verdict, place: Place) -> datetime | None:
    """The first moment of the day a touch is due, where the other side lives."""
    return None if verdict.due is None else datetime.combine(verdict.due, time(9), ZoneInfo(place.zone))
