"""Judges what changed or came due in the store and moves follow-ups accordingly; never drafts and never sends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from agent import logs
from agent.bounds import little_memory
from agent.common.home import Home
from agent.common.person import me_of
from agent.decide.threads.quiet import Verdict, WaitHabits, judge
from agent.decide.threads.threads import moment
from agent.decide.values import Me
from agent.judging.condensing import condense, set_aside
from agent.judging.hearing import hear, reported
from agent.judging.open_threads import Open, Told
from agent.judging.rules_changed import read_again_if_new
from agent.mailboxes.absence import own_replies
from agent.mailboxes.own_calendar import refresh_calendar
from agent.models.unclear_answers import applied, known_readings
from agent.sequences.beginning.by_mail import begin_by_mail
from agent.sequences.beginning.labels import Labels
from agent.sequences.planner import move, take
from agent.sequences.plans import all_plans
from agent.sequences.rounds import follow_enrolments
from agent.sequences.silence import Planned, Silence, over
from agent.store.base import settings
from agent.store.base.engine import Change
from agent.store.base.values import KeptAccount
from agent.store.mail import mails, people, standing, verdicts
from agent.store.mail.long_threads import together
from agent.store.mail.origins import learn_server
from agent.store.mail.setting_aside import keep_little
from agent.store.mail.verdicts import Stored, VerdictRow
from agent.store.work import enrolments, followups
from providers.base import Mail
from providers.registry import known

BATCH = 500
"""Threads in one transaction: few enough to be in memory together, many enough that commits cost little."""
HOUR, DAY = "judged.hour", "judged.day"


@dataclass(frozen=True, slots=True)
class JudgingRound:
    """What one judging did."""

    read: int
    judged: int
    quiet: int


def judge_changed(home: Home) -> JudgingRound:
    """Read what changed, then judge everything that time or news can have changed."""
    me = me_of(home.config, home.zone)
    read_again_if_new(home, me)
    read = sum(_read_account(home, me, row.id, row) for row in _accounts(home))
    hear(home.store, me, news=read > 0)
    news = refresh_calendar(home)
    try:
        return _judge_read(home, me, read, news=news)
    except verdicts.DamagedError:
        return _judge_read(home, me, read + _read_damaged(home, me), news=news)


def _judge_read(home: Home, me: Me, read: int, *, news: bool) -> JudgingRound:
    judged, quiet = _judge_open(home, me, news=news or read > 0)
    learned = [learn_server(home.store, row.id, row.name) for row in _accounts(home)] if read else []
    if True in learned:
        # Who vouches for the user is seen from whom they write to; what that changes is judged at once.
        again = sum(_read_account(home, me, row.id, row) for row in _accounts(home))
        judged, quiet = _judge_open(home, me, news=again > 0)
    begin_by_mail(home)
    follow_enrolments(home)
    return JudgingRound(read, judged, quiet)


def _read_damaged(home: Home, me: Me) -> int:
    """A row that cannot be read is made anew from its mails, and keeps no other thread from being judged."""
    with home.store.write() as change:
        count = verdicts.read_damaged_again(change)
    logs.note("summary.damaged", count=count)
    return sum(_read_account(home, me, row.id, row) for row in _accounts(home))


def _accounts(home: Home) -> list[KeptAccount]:
    with home.store.read() as connection:
        return mails.account_rows(connection)


def _read_account(home: Home, me: Me, account: int, row: KeptAccount) -> int:
    """Condense every changed thread. Each batch is kept before the next is read."""
    total = 0
    with home.store.read() as connection:
        ids = verdicts.own_ids(connection, account)
    readings = known_readings(home)
    labels = Labels(home, me, all_plans(home.config)) if not known(row.provider).read_only else None
    while True:
        with home.store.read() as connection:
            numbers = together(connection, mails.changed_threads(connection, account, BATCH))
            threads = mails.thread_mails(connection, numbers)
        if not numbers:
            return total
        rows = []
        settled = []
        aside: list[Mail] = []
        with little_memory():
            condensed = {number: condense(thread, me, ids) for number, thread in threads.items()}
        for number, (summary, too_much) in condensed.items():
            mails_there = threads[number].mails or threads[number].drafts
            summary = applied(readings, account, summary)
            rows.append((number, summary, max(map(moment, mails_there), default=None)))
            aside += map(set_aside, too_much)
            if summary.blocked or not summary.asks:
                settled.append((number, summary))
        with home.store.read() as connection:
            stands = [stand for _, summary, _ in rows for stand in summary.stands]
            stands += reported(connection, me, {number: threads[number] for number, one, _ in rows if one.problem})
        with home.store.write() as change:
            standing.keep(home.store, change, stands)
            verdicts.keep_summaries(change, rows, numbers)
            keep_little(change, account, aside)
            _settle(change, [Stored(number, account, summary) for number, summary in settled])
            own_replies(change, me, row.name, threads.values())
            if labels is not None:
                labels.follow(change, {number: summary for number, summary, _ in rows})
        if aside:
            logs.note("mail.set_aside", count=len(aside))
        total += len(numbers)
        if not threads:
            return total


def _settle(change: Change, stored: Sequence[Stored]) -> None:
    """Threads that no passing day can make quiet have their verdict at once."""
    habits, far = WaitHabits(), datetime(1970, 1, 1, tzinfo=UTC)
    rows = []
    for item in stored:
        verdict = judge(item.summary, habits, far)
        rows.append(_row(item, verdict, None, change.now.date()))
        for step in over(change, item.number, verdict, verdict.sentence(item.summary, change.now.date())):
            move(change, step)
    verdicts.keep_verdicts(change, rows)


def _row(item: Stored, verdict: Verdict, due: datetime | None, today: date) -> VerdictRow:
    said = verdict.sentence(item.summary, today)
    return VerdictRow(item.number, int(verdict.quiet), verdict.reason.value, verdict.hold or "", said, due)


def _judge_open(home: Home, me: Me, *, news: bool) -> tuple[int, int]:
    """Verdicts that the day or other threads can change; nothing to do while neither did."""
    now = home.clock()
    hour, day = f"{now:%Y-%m-%dT%H}", f"{now:%Y-%m-%d} {home.config.followups.max_age_days}"
    with home.store.read() as connection:
        if not news and settings.get(connection, HOUR) == hour:
            return 0, 0
        found = Open(home, me, verdicts.open_threads(connection, whole=settings.get(connection, DAY) != day))
        governed = enrolments.governed(connection)
    judged = quiet = 0
    for part in found.judged():
        judged += len(part)
        for start in range(0, len(part), BATCH):
            quiet += _keep(home, part[start : start + BATCH], governed)
    with home.store.write() as change:
        settings.put(change, HOUR, hour)
        settings.put(change, DAY, day)
    return judged, quiet


def _keep(home: Home, part: Sequence[Told], governed: dict[int, datetime]) -> int:
    """Write verdicts down and move what follows from them. Returns how many touches are due."""
    plan = home.config.followups.plan
    with home.store.write() as change:
        today = change.now.date()
        verdicts.keep_verdicts(change, [_row(item, verdict, due, today) for item, verdict, due in part])
        having, known = followups.states(change.connection, [item.number for item, *_ in part])
        moved = [told for told in part if not _spoken_for(told[0], governed)]
        asked = {item.summary.person for item, verdict, _ in moved if verdict.quiet}
        dead = {person for person in asked if people.bounced(home.store, change.connection, [person])}
        planned = Planned(plan, having, known, dead)
        for item, verdict, due in moved:
            silence = Silence(item, verdict, due, planned)
            for step in silence.steps(change):
                take(change, silence, step)
        return sum(verdict.quiet for _, verdict, _ in moved)


def _spoken_for(item: Stored, governed: dict[int, datetime]) -> bool:
    """A plan decides here, or did and ended after the user's last mail; silence alone then asks for nothing."""
    end = governed.get(item.number)
    return end is not None and datetime.fromisoformat(item.summary.last_own) <= end
