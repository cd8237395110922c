"""Judges what changed or came due in the store and moves follow-ups accordingly; never drafts and never sends."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from agent import logs
from agent.bounds import little_memory
from agent.common.home import Home
from agent.common.person import me_of
from agent.decide.plans.lifecycle import Progress
from agent.decide.plans.plans import CORRECTION
from agent.decide.threads.quiet import OVER, Reason, Verdict, WaitHabits, judge
from agent.decide.threads.threads import moment
from agent.decide.values import Me
from agent.judging.condensing import condense, set_aside
from agent.judging.hearing import hear, reported
from agent.judging.open_threads import Open, Told
from agent.judging.rules_changed import read_again_if_new
from agent.mailboxes.absence import own_replies
from agent.models.unclear_answers import applied, known_readings
from agent.sequences.labels import Labels
from agent.sequences.plans import all_plans
from agent.sequences.rounds import follow_enrolments
from agent.store.base import settings
from agent.store.base.changes import FollowupChange
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
WAITS_STILL = (Progress.QUIET, Progress.DRAFTED, Progress.ASKED, Progress.WATCHING, Progress.SNOOZED)
ENDED = {**dict.fromkeys(OVER, Progress.STOPPED), **dict.fromkeys((Reason.ANSWERED, Reason.BOOKED), Progress.ANSWERED)}
LONG_QUIET = frozenset({Reason.TOO_OLD, Reason.UNREADABLE})
"""Holds that are shown where all threads are, and ask nobody by themselves."""


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
    try:
        return _judge_read(home, me, read)
    except verdicts.DamagedError:
        return _judge_read(home, me, read + _read_damaged(home, me))


def _judge_read(home: Home, me: Me, read: int) -> JudgingRound:
    judged, quiet = _judge_open(home, me, news=read > 0)
    learned = [learn_server(home.store, row.id, row.name) for row in _accounts(home)] if read else []
    if True in learned:
        # Who vouches for the user is seen from whom they write to; what that changes is judged at once.
        again = sum(_read_account(home, me, row.id, row) for row in _accounts(home))
        judged, quiet = _judge_open(home, me, news=again > 0)
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
        _end(change, item.number, verdict, verdict.sentence(item.summary, change.now.date()))
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
        around = Around(plan, having, known, dead)
        return sum(_follow(change, told, around) for told in moved)


def _spoken_for(item: Stored, governed: dict[int, datetime]) -> bool:
    """A plan decides here, or did and ended after the user's last mail; silence alone then asks for nothing."""
    end = governed.get(item.number)
    return end is not None and datetime.fromisoformat(item.summary.last_own) <= end


@dataclass(frozen=True, slots=True)
class Around:
    """What a thread's follow-up is compared with."""

    plan: str
    having: Container[int]
    """Threads with follow-ups."""
    known: Mapping[followups.Same, str]
    """Where each of them stands."""
    dead: Container[str]
    """People whose address is dead."""


def _follow(change: Change, told: Told, around: Around) -> int:
    """Make, move or end the follow-up of a thread, unless it stands where it belongs. 1 when a touch is due."""
    item, verdict, due = told
    hold = verdict.hold or ""
    if verdict.quiet and item.summary.person in around.dead:
        # Whether another address is right only a person knows; nothing is drafted to a dead one.
        state, hold = Progress.ASKED, Reason.BOUNCED.value
    elif verdict.quiet:
        state = Progress.QUIET
    elif verdict.hold and verdict.reason not in LONG_QUIET and due is not None and due <= change.now:
        state = Progress.ASKED
    else:
        if item.number in around.having:
            _end(change, item.number, verdict, verdict.sentence(item.summary, change.now.date()))
        return 0
    summary = item.summary
    known = followups.identity(item.account, around.plan, verdict.touch, summary.own_id, summary.thread)
    if around.known.get(known) == state.value:
        return int(verdict.quiet)
    said = verdict.sentence(summary, change.now.date())
    number, fresh = followups.plan(
        change, account_id=item.account, root=summary.thread, plan=around.plan, touch=verdict.touch,
        basis=summary.own_id, thread_id=item.number, person=summary.person, subject=summary.subject, state=state.value,
        reason=verdict.reason.value, evidence=said, hold=hold, due=due, code=verdict.reason.value,
    )  # fmt: skip
    if not fresh:
        _again(change, number, state, verdict, summary_words=said, hold=hold)
    return int(verdict.quiet)


def _again(change: Change, number: int, state: Progress, verdict: Verdict, *, summary_words: str, hold: str) -> None:
    """A follow-up that waited moves on; what a person or the outbox holds stays where it is.

    It is made anew then: the wait has counted what put it off, so that is no news any more.
    """
    row = followups.find(change.connection, number)
    if row is None or Progress(row.state) is state:
        return
    now = Progress(row.state)
    snoozed = now is Progress.SNOOZED and row.until is not None and row.until > change.now
    moves = now in {Progress.WATCHING, Progress.ASKED, Progress.SNOOZED} or (
        state is Progress.ASKED and now in {Progress.QUIET, Progress.DRAFTED}
    )
    if moves and not snoozed:
        told: FollowupChange = {"evidence": summary_words, "hold": hold, "until": None}
        if state is Progress.QUIET:
            told["made"] = change.now
        followups.move(change, number, state, actor="policy", code=verdict.reason.value, **told)


def _end(change: Change, thread: int, verdict: Verdict, said: str) -> None:
    """No touch is due: what only waited ends, goes back to watching, or waits for a person who is told what came."""
    usual = Progress.ASKED if verdict.hold == "unsure" else Progress.WATCHING
    end = usual if verdict.hold else ENDED.get(verdict.reason, Progress.WATCHING)
    for row in followups.of_thread(change.connection, thread):
        state = Progress(row.state)
        if row.enrolment_id is not None or row.plan == CORRECTION:
            continue
        if state in WAITS_STILL and state is not end and not (state is Progress.SNOOZED and end is Progress.WATCHING):
            told: FollowupChange = {"evidence": said} if end is Progress.ASKED else {}
            followups.move(change, row.id, end, actor="policy", code=verdict.reason.value, **told)
