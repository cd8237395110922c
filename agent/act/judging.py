"""Judges many threads together: silence belongs to a person and a matter, not to a thread; writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from agent.act.person import is_own
from agent.decide.plans import Plan
from agent.decide.quiet import Habits, Reason, Verdict, judge, matter_of
from agent.decide.summary import Summary, summarise, usual_wait
from agent.decide.threads import Thread, moment
from agent.decide.values import HUMAN, Me, Meaning
from agent.decide.zones import Place, guess
from providers.base import Mail

SPEAKS = HUMAN | {Meaning.BOOKED, Meaning.UNSURE, Meaning.LEFT}
"""Mails of a person in another thread that may be about this matter."""
Progress = Callable[[int, int], None]


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
        if self.verdict.due is None:
            return None
        return datetime.combine(self.verdict.due, time(9), ZoneInfo(self.place.zone))


def judge_all(
    threads: Sequence[Thread], me: Me, plan: Plan, now: datetime, *, max_age_days: int = 60,
    progress: Progress | None = None,
) -> list[Judged]:  # fmt: skip
    """Every thread with its verdict, in the order given."""
    own_ids = {mail.message_id for thread in threads for mail in thread.mails if is_own(mail, me)} - {""}
    summaries = []
    for number, thread in enumerate(threads):
        summaries.append(summarise(thread, me, own_ids=own_ids))
        if progress is not None and number % 200 == 0:
            progress(number, len(threads))
    return settle(threads, summaries, me, plan, now, max_age_days=max_age_days)


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
    people = _People(threads, summaries, me)
    found = []
    for thread, summary in zip(threads, summaries, strict=True):
        place = people.place(summary)
        habits = Habits(
            waits=plan.waits, max_age_days=max_age_days, zone=place.zone, country=place.country, workdays=me.workdays
        )
        known = replace(summary, usual_wait=usual_wait(people.samples(summary)))
        matter = people.matter(summary) if not summary.blocked and summary.asks else None
        found.append(Judged(thread, known, judge(known, habits, now, matter), place))
    return found


class _People:
    """What all threads say about the people in them."""

    def __init__(self, threads: Sequence[Thread], summaries: Sequence[Summary], me: Me) -> None:
        self._me = me
        self._by_person: dict[str, list[Summary]] = defaultdict(list)
        self._incoming: dict[str, list[tuple[Mail, Thread]]] = defaultdict(list)
        self._places: dict[str, Place] = {}
        for summary in summaries:
            for person in {*summary.people, summary.person} - {""}:
                self._by_person[person].append(summary)
        for thread in threads:
            for mail in thread.mails:
                if mail.sender is not None and not is_own(mail, me):
                    self._incoming[mail.sender.key].append((mail, thread))

    def samples(self, summary: Summary) -> tuple[int, ...]:
        """How long this person took to answer, in all threads."""
        return tuple(sample for other in self._by_person.get(summary.person, ()) for sample in other.samples)

    def place(self, summary: Summary) -> Place:
        """Where the person lives."""
        if summary.person not in self._places:
            dates = [mail.date for mail, _ in self._incoming.get(summary.person, ()) if mail.date is not None]
            country = country_of(self._me, summary.person)
            self._places[summary.person] = guess(dates[-50:], summary.person, self._me.zone, country=country)
        return self._places[summary.person]

    def matter(self, summary: Summary) -> Reason | None:
        """What happened with these people outside this thread."""
        others = [other for person in summary.people for other in self._by_person.get(person, ())]
        return matter_of(summary, others, self._spoken(summary))

    def _spoken(self, summary: Summary) -> Iterable[tuple[str, str]]:
        from agent.decide.answers import read_answer

        since = datetime.fromisoformat(summary.last_own) if summary.last_own else None
        for person in summary.people:
            for mail, thread in self._incoming.get(person, ()):
                if since is None or thread.key == summary.thread or moment(mail) <= since:
                    continue
                if read_answer(mail, me=self._me, in_thread=False).meaning in SPEAKS:
                    yield person, moment(mail).astimezone(UTC).isoformat()


def country_of(me: Me, person: str) -> str:
    """Holidays the user named for this person or their domain."""
    named: Mapping[str, str] = dict(me.holidays_for)
    return named.get(person) or named.get(person.rpartition("@")[2]) or ""
