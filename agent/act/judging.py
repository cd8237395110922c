"""Judges many threads together: silence belongs to a person and a matter, not to a thread; writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from agent.act.helper import Helper
from agent.act.person import is_own
from agent.decide.answers import read_answer
from agent.decide.matter import Notice, Spoken, notice, spoken
from agent.decide.people import full_name
from agent.decide.plans import Plan
from agent.decide.quiet import Habits, Reason, Verdict, judge, matter_of
from agent.decide.summary import Summary, own_habit, summarise, usual_wait, wrote_here
from agent.decide.threads import Thread, moment
from agent.decide.values import HUMAN, Me, Meaning
from agent.decide.zones import Place, guess
from providers.base import Address, Mail

SPEAKS = HUMAN | {Meaning.BOOKED, Meaning.UNSURE, Meaning.LEFT}
"""Mails of a person in another thread that may be about this matter."""
SETTLED_ALONE = frozenset({Reason.TOO_OLD, Reason.UNREADABLE, Reason.OWN_DRAFT})
"""Verdicts no other thread could change for the better."""
Incoming = tuple[Mail, Thread, bool]
"""A mail, its thread, and whether we had written there before."""
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
    progress: Progress | None = None, helper: Helper | None = None,
) -> list[Judged]:  # fmt: skip
    """Every thread with its verdict, in the order given."""
    own_ids = frozenset(mail.message_id for thread in threads for mail in thread.mails if is_own(mail, me)) - {""}

    def alone(thread: Thread) -> Summary:
        return summarise(thread, me, own_ids=own_ids)

    if helper is None:
        summaries = _watched(threads, alone, progress)
    else:
        # What cannot be ours is condensed in no time, so that only the rest is worth sending.
        ours = [thread for thread in threads if wrote_here(thread, me, own_ids)]
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
    people = _People(threads, summaries, me)
    usual = Habits(
        waits=plan.waits, max_age_days=max_age_days, zone=me.zone, own_wait=own_habit(summaries), workdays=me.workdays
    )
    return [_one(thread, summary, people, usual, now) for thread, summary in zip(threads, summaries, strict=True)]


def _one(thread: Thread, summary: Summary, people: _People, usual: Habits, now: datetime) -> Judged:
    place = people.place(summary)
    habits = usual
    if (place.zone, place.country) != (usual.zone, usual.country):
        habits = replace(usual, zone=place.zone, country=place.country)
    wait = people.usual_wait(summary)
    known = summary if summary.usual_wait == wait else replace(summary, usual_wait=wait)
    alone = judge(known, habits, now)
    if alone.due is None or alone.reason in SETTLED_ALONE:
        return Judged(thread, known, alone, place)
    return Judged(thread, known, judge(known, habits, now, people.matter(summary, thread)), place)


class _People:
    """What all threads say about the people in them."""

    def __init__(self, threads: Sequence[Thread], summaries: Sequence[Summary], me: Me) -> None:
        self._me = me
        self._by_person: dict[str, list[Summary]] = defaultdict(list)
        self._incoming: dict[str, list[Incoming]] = defaultdict(list)
        self._names: dict[str, set[str]] = defaultdict(set)
        self._places: dict[str, Place] = {}
        self._speaks: dict[str, bool] = {}
        self._waits: dict[str, float] = {}
        self._notices: list[Notice] | None = None
        for summary in summaries:
            for person in {*summary.people, summary.person} - {""}:
                self._by_person[person].append(summary)
        for thread in threads:
            self._gather(thread)

    def _gather(self, thread: Thread) -> None:
        mine = False
        for mail in thread.mails:
            if is_own(mail, self._me):
                mine = True
            elif mail.sender is not None:
                self._incoming[mail.sender.key].append((mail, thread, mine))
                self._names[full_name(mail.sender)].add(mail.sender.key)

    def usual_wait(self, summary: Summary) -> float:
        """How long this person usually takes to answer, in all threads."""
        if summary.person not in self._waits:
            every = self._by_person.get(summary.person, ())
            self._waits[summary.person] = usual_wait([sample for other in every for sample in other.samples])
        return self._waits[summary.person]

    def place(self, summary: Summary) -> Place:
        """Where the person lives."""
        if summary.person not in self._places:
            dates = [mail.date for mail, *_ in self._incoming.get(summary.person, ()) if mail.date is not None]
            country = country_of(self._me, summary.person)
            self._places[summary.person] = guess(dates[-50:], summary.person, self._me.zone, country=country)
        return self._places[summary.person]

    def matter(self, summary: Summary, thread: Thread) -> Reason | None:
        """What happened with these people outside this thread."""
        others = [other for person in summary.people for other in self._by_person.get(person, ())]
        return matter_of(summary, others, self._spoken(summary, thread)) or self._settled(summary)

    def _spoken(self, summary: Summary, here: Thread) -> Iterator[Spoken]:
        # By the mail and not by the thread: in another account the same thread holds other mails.
        inside = {mail.message_id or mail.key for mail in here.mails}
        since = datetime.fromisoformat(summary.last_own)
        for address, person in self._addresses(summary).items():
            for mail, _thread, mine in reversed(self._incoming.get(address, ())):
                if (mail.message_id or mail.key) not in inside and moment(mail) > since and self._counts(mail):
                    yield spoken(mail, answers_other=mine)._replace(person=person)

    def _addresses(self, summary: Summary) -> dict[str, str]:
        """Every address these people write from, with the one we wrote to."""
        known = {person: person for person in summary.people}
        name = full_name(Address(summary.person, summary.name))
        for address in self._names.get(name, ()) if name else ():
            known.setdefault(address, summary.person)
        return known

    def _counts(self, mail: Mail) -> bool:
        """Whether a person speaks in a mail of another thread; each is read once."""
        if mail.key not in self._speaks:
            self._speaks[mail.key] = read_answer(mail, me=self._me, in_thread=False).meaning in SPEAKS
        return self._speaks[mail.key]

    def _settled(self, summary: Summary) -> Reason | None:
        if self._notices is None:
            incoming = (mail for entries in self._incoming.values() for mail, *_ in entries)
            self._notices = [found for mail in incoming if (found := notice(mail)) is not None]
        for found in self._notices:
            if found.at > summary.last_own and found.about(summary.people, summary.name, summary.matter):
                return Reason.BOOKED
        return None


def country_of(me: Me, person: str) -> str:
    """Holidays the user named for this person or their domain."""
    named: Mapping[str, str] = dict(me.holidays_for)
    return named.get(person) or named.get(person.rpartition("@")[2]) or ""


def judge_some(
    wanted: Sequence[tuple[Thread, Summary]], around: Sequence[tuple[Thread, Summary]], me: Me, usual: Habits,
    now: datetime,
) -> list[Judged]:  # fmt: skip
    """Verdicts on some threads; `around` holds these and every other thread of the people in them."""
    people = _People([thread for thread, _ in around], [summary for _, summary in around], me)
    return [_one(thread, summary, people, usual, now) for thread, summary in wanted]
