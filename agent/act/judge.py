"""Judges what changed or came due in the store and moves follow-ups accordingly; never drafts and never sends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from agent.act.home import Home
from agent.act.judging import SPEAKS, country_of
from agent.act.person import me_of
from agent.act.plans import plan_named
from agent.decide.answers import read_answer
from agent.decide.lifecycle import Progress
from agent.decide.plans import Plan
from agent.decide.quiet import Habits, Reason, Verdict, judge, matter_of
from agent.decide.summary import summarise, usual_wait
from agent.decide.threads import moment
from agent.decide.values import Me
from agent.decide.zones import Place, guess
from agent.store import followups, mails, verdicts
from agent.store.engine import Change
from agent.store.verdicts import Stored

BATCH = 500
WAITS_STILL = (Progress.QUIET, Progress.DRAFTED, Progress.ASKED, Progress.WATCHING, Progress.SNOOZED)
ENDED = {
    Reason.ANSWERED: Progress.ANSWERED, Reason.DECLINED: Progress.STOPPED, Reason.OPTED_OUT: Progress.STOPPED,
    Reason.DELEGATED: Progress.STOPPED, Reason.BOOKED: Progress.ANSWERED, Reason.LEFT: Progress.STOPPED,
    Reason.BOUNCED: Progress.STOPPED, Reason.PLAN_DONE: Progress.STOPPED, Reason.GRIEF: Progress.STOPPED,
}  # fmt: skip
ASKING = frozenset({Reason.MAYBE_ANSWERED, Reason.SETTLED_ELSEWHERE, Reason.UNSURE, Reason.OWN_DRAFT})


@dataclass(frozen=True, slots=True)
class Round:
    """What one judging did."""

    read: int
    judged: int
    quiet: int


def judge_changed(home: Home) -> Round:
    """Read what changed, then judge everything that time or news can have changed."""
    me = me_of(home.config, home.zone)
    read = sum(_read_account(home, me, row["id"]) for row in _accounts(home))
    judged, quiet = _judge_open(home, me)
    return Round(read, judged, quiet)


def _accounts(home: Home) -> list[dict[str, int]]:
    with home.store.read() as connection:
        return mails.account_rows(connection)


def _read_account(home: Home, me: Me, account: int) -> int:
    """Condense every changed thread. Each batch is kept before the next is read."""
    total = 0
    with home.store.read() as connection:
        ids = verdicts.own_ids(connection, me.keys, account)
    while True:
        with home.store.read() as connection:
            numbers = mails.changed_threads(connection, account, BATCH)
            threads = mails.thread_mails(connection, numbers)
        if not numbers:
            return total
        rows = []
        settled = []
        for number, thread in threads.items():
            summary = summarise(thread, me, own_ids=ids)
            newest = max((moment(mail) for mail in thread.mails or thread.drafts), default=None)
            rows.append((number, summary, newest))
            if summary.blocked or not summary.asks:
                settled.append((number, summary))
        with home.store.write() as change:
            verdicts.keep_summaries(change, rows)
            _settle(change, [Stored(number, account, summary) for number, summary in settled])
        total += len(numbers)
        if not threads:
            return total


def _settle(change: Change, stored: Sequence[Stored]) -> None:
    """Threads that no passing day can make quiet have their verdict at once."""
    habits, far = Habits(), datetime(1970, 1, 1, tzinfo=UTC)
    rows = []
    for item in stored:
        verdict = judge(item.summary, habits, far)
        rows.append(_row(item, verdict, None))
        _end(change, item.number, verdict)
    verdicts.keep_verdicts(change, rows)


def _row(item: Stored, verdict: Verdict, due: datetime | None) -> dict[str, object]:
    return {
        "number": item.number, "is_quiet": int(verdict.quiet), "why": verdict.reason.value, "held": verdict.hold or "",
        "said": verdict.sentence(item.summary), "when": due,
    }  # fmt: skip


def _judge_open(home: Home, me: Me) -> tuple[int, int]:
    plan = plan_named(home.config, home.config.followups.plan)
    with home.store.read() as connection:
        stored = verdicts.open_threads(connection)
        around = _Around(connection, stored, me)
        found = [(item, *_judged(item, around, plan, home, me)) for item in stored]
    quiet = 0
    for start in range(0, len(found), BATCH):
        with home.store.write() as change:
            part = found[start : start + BATCH]
            verdicts.keep_verdicts(change, [_row(item, verdict, due) for item, verdict, due in part])
            quiet += sum(_follow(change, item, verdict, due, plan.name) for item, verdict, due in part)
    return len(found), quiet


def _judged(item: Stored, around: _Around, plan: Plan, home: Home, me: Me) -> tuple[Verdict, datetime | None]:
    place = around.place(item.summary.person)
    habits = Habits(
        waits=plan.waits, max_age_days=home.config.followups.max_age_days, zone=place.zone, country=place.country,
        workdays=me.workdays,
    )  # fmt: skip
    known = replace(item.summary, usual_wait=usual_wait(around.samples(item.summary.person)))
    verdict = judge(known, habits, home.clock(), around.matter(item))
    due = datetime.combine(verdict.due, time(9), ZoneInfo(place.zone)) if verdict.due else None
    return verdict, due


class _Around:
    """What the store knows about the people of open threads, read once."""

    def __init__(self, connection: Connection, stored: Sequence[Stored], me: Me) -> None:
        self._me = me
        self._connection = connection
        people = {person for item in stored for person in item.summary.people}
        self._threads = verdicts.of_people(connection, people)
        since = min((item.summary.last_own for item in stored if item.summary.last_own), default="")
        start = datetime.fromisoformat(since) if since else datetime(9999, 1, 1, tzinfo=UTC)
        self._mails: dict[str, list[tuple[int, str, str]]] = {}
        for number, mail in verdicts.received_from(connection, people, start - timedelta(days=1)):
            if mail.sender is not None and read_answer(mail, me=me, in_thread=False).meaning in SPEAKS:
                said = (number, mail.sender.key, moment(mail).astimezone(UTC).isoformat())
                self._mails.setdefault(mail.sender.key, []).append(said)
        self.place = lru_cache(maxsize=None)(self._place)

    def samples(self, person: str) -> tuple[int, ...]:
        return tuple(sample for other in self._threads.get(person, ()) for sample in other.summary.samples)

    def _place(self, person: str) -> Place:
        dates = verdicts.dates_of(self._connection, person) if person else []
        return guess(dates, person, self._me.zone, country=country_of(self._me, person))

    def matter(self, item: Stored) -> Reason | None:
        people = item.summary.people
        others = [other.summary for person in people for other in self._threads.get(person, ())]
        return matter_of(item.summary, others, self._spoken(item, people))

    def _spoken(self, item: Stored, people: Iterable[str]) -> list[tuple[str, str]]:
        return [
            (person, at) for key in people for number, person, at in self._mails.get(key, ()) if number != item.number
        ]


def _follow(change: Change, item: Stored, verdict: Verdict, due: datetime | None, plan: str) -> int:
    """Make, move or end the follow-up of a thread. 1 when a touch is due."""
    if verdict.quiet:
        state = Progress.QUIET
    elif verdict.reason in ASKING and due is not None and due <= change.now:
        state = Progress.ASKED
    else:
        _end(change, item.number, verdict)
        return 0
    summary = item.summary
    number, fresh = followups.plan(
        change, account_id=item.account, thread_id=item.number, root=summary.thread, person=summary.person,
        subject=summary.subject, plan=plan, touch=verdict.touch, basis=summary.own_id, state=state.value,
        reason=verdict.reason.value, evidence=verdict.sentence(summary), hold=verdict.hold or "", due=due,
        code=verdict.reason.value,
    )  # fmt: skip
    if not fresh:
        _again(change, number, state, verdict, summary_words=verdict.sentence(summary))
    return int(verdict.quiet)


def _again(change: Change, number: int, state: Progress, verdict: Verdict, summary_words: str) -> None:
    """A follow-up that waited moves on; what a person or the outbox holds stays where it is."""
    row = followups.find(change.connection, number)
    if row is None or Progress(row["state"]) is state:
        return
    now = Progress(row["state"])
    snoozed = now is Progress.SNOOZED and row["until"] is not None and row["until"] > change.now
    moves = now in {Progress.WATCHING, Progress.ASKED, Progress.SNOOZED} or (
        state is Progress.ASKED and now in {Progress.QUIET, Progress.DRAFTED}
    )
    if moves and not snoozed:
        followups.move(
            change, number, state, actor="policy", code=verdict.reason.value, evidence=summary_words,
            hold=verdict.hold or "", until=None,
        )  # fmt: skip


def _end(change: Change, thread: int, verdict: Verdict) -> None:
    """No touch is due: what only waited ends, or goes back to watching."""
    end = ENDED.get(verdict.reason, Progress.WATCHING)
    for row in followups.of_thread(change.connection, thread):
        state = Progress(row["state"])
        if state in WAITS_STILL and state is not end and not (state is Progress.SNOOZED and end is Progress.WATCHING):
            followups.move(change, row["id"], end, actor="policy", code=verdict.reason.value)
