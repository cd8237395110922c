"""Says whether a touch is due now and why, for every thread; it reads no mail and writes none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from math import ceil
from zoneinfo import ZoneInfo

from agent.decide.dates.workdays import USUAL, add_workdays
from agent.decide.threads.matter import Spoken, bare_subject, shares
from agent.decide.threads.summary import Summary


class Reason(StrEnum):
    """Why a thread is or is not touched."""

    DUE = "due"
    """The wait is over."""
    PROMISE_DUE = "promise_due"
    """They promised an answer and the day has passed."""
    WAITING = "waiting"
    PAUSED_LATER = "paused_later"
    PAUSED_AWAY = "paused_away"
    PATIENT = "patient"
    ANSWERED = "answered"
    DECLINED = "declined"
    OPTED_OUT = "opted_out"
    DELEGATED = "delegated"
    BOOKED = "booked"
    LEFT = "left"
    BOUNCED = "bounced"
    UNSURE = "unsure"
    CLAIMED = "claimed"
    """A mail in the user's name that nothing proves."""
    JOINED = "joined"
    """Somebody else's mail made one thread of two of the user's."""
    WHOSE_WORDS = "whose_words"
    """What the user seems to ask may be quoted from a mail that is not here."""
    NOT_MINE = "not_mine"
    NO_QUESTION = "no_question"
    CLOSING = "closing"
    TO_MYSELF = "to_myself"
    NO_RECIPIENT = "no_recipient"
    LIST = "list"
    NO_REPLY = "no_reply"
    ROBOT = "robot"
    MANY = "many"
    TOO_OLD = "too_old"
    OWN_DRAFT = "own_draft"
    MAYBE_ANSWERED = "maybe_answered"
    SETTLED_ELSEWHERE = "settled_elsewhere"
    TICKET = "ticket"
    """They asked a help desk."""
    UNDONE = "undone"
    """A service says that something was cancelled, declined or paid back."""
    MEETING = "meeting"
    """The user's own calendar has a meeting with them."""
    GRIEF = "grief"
    PLAN_DONE = "plan_done"
    UNREADABLE = "unreadable"
    EMPTY = "empty"


OVER = frozenset({
    Reason.ANSWERED, Reason.DECLINED, Reason.OPTED_OUT, Reason.DELEGATED, Reason.BOOKED, Reason.LEFT, Reason.BOUNCED,
    Reason.PLAN_DONE, Reason.GRIEF,
})  # fmt: skip
"""Verdicts after which the plan goes no further in a thread."""
SENTENCES = {
    Reason.DUE: "You asked {person} on {asked} and nothing came back; it was due on {due}.",
    Reason.PROMISE_DUE: "{person} meant to get back to you by {until}, and that day has passed.",
    Reason.WAITING: "You wrote to {person} on {asked}; give it until {due}.",
    Reason.PAUSED_LATER: "{person} asked for more time; nothing before {due}.",
    Reason.PAUSED_AWAY: "{person} is away; nothing before {due}.",
    Reason.PATIENT: "You said there was no hurry, so this waits until {due}.",
    Reason.ANSWERED: "{person} has answered.",
    Reason.DECLINED: "{person} said no, so this matter is closed.",
    Reason.OPTED_OUT: "{person} asked not to be written to again.",
    Reason.DELEGATED: "{person} pointed you to somebody else.",
    Reason.BOOKED: "This is settled: a meeting, a signature or a payment came in.",
    Reason.LEFT: "{person} no longer works there.",
    Reason.BOUNCED: "Your mail to {person} could not be delivered.",
    Reason.UNSURE: "{person} wrote back, but it is not clear what that means; please look.",
    Reason.CLAIMED: "A mail in your name came here that your provider did not vouch for; please look.",
    Reason.JOINED: "A mail of somebody else joins this with another thread of yours; please look.",
    Reason.WHOSE_WORDS: "Your mail may quote somebody's question from a mail that is not here; please look.",
    Reason.NOT_MINE: "The last word is not yours; you have written nothing here.",
    Reason.NO_QUESTION: "Your last mail asked for nothing.",
    Reason.CLOSING: "Your last mail closed the matter or was for information only.",
    Reason.TO_MYSELF: "You wrote this to yourself.",
    Reason.NO_RECIPIENT: "Nobody was in the To line.",
    Reason.LIST: "This went to a mailing list.",
    Reason.NO_REPLY: "Nobody reads that address.",
    Reason.ROBOT: "The other side is a program.",
    Reason.MANY: "This went to more than three people.",
    Reason.TOO_OLD: "This has been quiet since {asked}; too long to revive without asking you.",
    Reason.OWN_DRAFT: "You have started a draft in this thread yourself.",
    Reason.MAYBE_ANSWERED: "{person} wrote to you elsewhere since; that may be the answer.",
    Reason.SETTLED_ELSEWHERE: "You wrote to {person} about this elsewhere since.",
    Reason.TICKET: "They filed a ticket since; a chase may be wrong now.",
    Reason.UNDONE: "Something was cancelled, declined, failed or paid back since; please look.",
    Reason.MEETING: "You meet {person} on {met}; please look before more is sent.",
    Reason.GRIEF: "There was a death; nobody should be chased now.",
    Reason.PLAN_DONE: "All touches of the plan are used up.",
    Reason.UNREADABLE: "One mail of this thread could not be read.",
    Reason.EMPTY: "There is no sent mail in this thread.",
}
HELD_SENTENCES = {
    Reason.BOOKED: "A meeting, a signature or a payment came in elsewhere, which may settle this.",
}
"""What is said where a person decides."""
BACK = "{person} was away until {until} and has not answered since; it was due on {due}."
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
MOST_DAYS_WITHOUT_YEAR = 300
"""A day farther away could be taken for the same day of another year."""
HOLDS = {
    Reason.TOO_OLD: "too_old",
    Reason.OWN_DRAFT: "own_draft",
    Reason.MAYBE_ANSWERED: "maybe_answered",
    Reason.SETTLED_ELSEWHERE: "maybe_answered",
    Reason.TICKET: "ticket",
    Reason.UNDONE: "undone",
    Reason.MEETING: "meeting",
    Reason.UNSURE: "unsure",
    Reason.CLAIMED: "unsure",
    Reason.JOINED: "unsure",
    Reason.WHOSE_WORDS: "unsure",
    Reason.UNREADABLE: "unsure",
}


@dataclass(frozen=True, slots=True)
class WaitHabits:
    """How patient the user and the world are."""

    waits: tuple[int, ...] = (3, 5)
    """Workdays before each touch."""
    own_wait: float = 0.0
    """The median wait of the user's own past follow-ups; 0 while unknown."""
    max_age_days: int = 60
    zone: str = "UTC"
    country: str = ""
    workdays: frozenset[int] = USUAL


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement on one thread at one moment."""

    quiet: bool
    reason: Reason
    evidence: str = ""
    due: date | None = None
    touch: int = 1
    hold: str | None = None

    def sentence(self, summary: Summary, today: date) -> str:
        """What a colleague would say."""
        person = summary.name or summary.person or "They"
        asked = spoken(summary.last_own, today) if summary.last_own else ""
        due = spoken(self.due.isoformat(), today) if self.due else ""
        until = spoken(summary.until, today) if summary.until else "now"
        return self._words(summary).format(person=person, asked=asked, due=due, until=until, met=self.evidence)

    def _words(self, summary: Summary) -> str:
        told = summary.until and summary.until >= summary.answered_at[:10]
        if self.reason is Reason.DUE and summary.meaning == "away" and told:
            return BACK
        held = HELD_SENTENCES.get(self.reason) if self.hold else None
        return held or SENTENCES[self.reason]


@lru_cache(maxsize=8192)
def spoken(text: str, today: date) -> str:
    """A day as one says it; the year only where it could be taken for another."""
    day = _day(text)
    year = f" {day.year}" if abs((day - today).days) > MOST_DAYS_WITHOUT_YEAR else ""
    return f"{day.day} {MONTHS[day.month - 1]}{year}"


def judge(summary: Summary, habits: WaitHabits, now: datetime, matter: Reason | None = None) -> Verdict:
    """Whether a touch is due now. `matter`: what other threads say, from `matter_of`."""
    touch = summary.touches + 1
    if summary.blocked:
        reason = Reason(summary.blocked)
        return Verdict(False, reason, summary.blocked_evidence, hold=HOLDS.get(reason), touch=touch)
    if summary.sensitive == "death":
        return Verdict(False, Reason.GRIEF, summary.sensitive_evidence, touch=touch)
    if not summary.asks:
        return Verdict(False, Reason.CLOSING if summary.courtesy else Reason.NO_QUESTION, summary.evidence, touch=touch)
    if touch > len(habits.waits):
        return Verdict(False, Reason.PLAN_DONE, touch=touch)
    due, waiting = due_day(summary, habits)
    return _timed(summary, habits, now, matter, due=due, waiting=waiting)


def _timed(
    summary: Summary, habits: WaitHabits, now: datetime, matter: Reason | None, *, due: date, waiting: Reason
) -> Verdict:
    touch = summary.touches + 1
    today = now.astimezone(_zone(habits.zone)).date()
    held = _held(summary, habits, today, matter)
    if held is not None:
        return Verdict(False, held, summary.evidence, due, touch, HOLDS.get(held, "maybe_answered"))
    if today < due:
        return Verdict(False, waiting, summary.answer_evidence or summary.evidence, due, touch)
    reason = Reason.PROMISE_DUE if waiting is Reason.PAUSED_LATER and summary.until else Reason.DUE
    return Verdict(True, reason, summary.evidence, due, touch, "sensitive" if summary.sensitive else None)


def _held(summary: Summary, habits: WaitHabits, today: date, matter: Reason | None) -> Reason | None:
    if summary.problem:
        return Reason.UNREADABLE
    if summary.own_draft:
        return Reason.OWN_DRAFT
    if matter is not None:
        return matter
    newest = max(_day(summary.last_own), _day(summary.until or summary.last_own))
    if (today - newest).days > habits.max_age_days:
        return Reason.TOO_OLD
    return Reason.UNREADABLE if summary.half_read else None


@lru_cache(maxsize=8192)
def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@lru_cache(maxsize=65536)
def _after(day: date, count: int, country: str, workdays: frozenset[int]) -> date:
    return add_workdays(day, count, country, workdays)


def due_day(summary: Summary, habits: WaitHabits) -> tuple[date, Reason]:
    """The day the next touch is due, and what is waited for."""
    start = _day(summary.clock)
    if summary.meaning in {"later", "away"}:
        reason = Reason.PAUSED_LATER if summary.meaning == "later" else Reason.PAUSED_AWAY
        until = _day(summary.until) if summary.until else None
        # A day that had passed when we wrote says nothing of how long to wait for an answer to that.
        if until is not None and until >= max(_day(summary.answered_at), _day(summary.last_own)):
            base = until if not summary.touches else max(until, start)
            back = _after(base, 1, habits.country, habits.workdays)
            asked = _after(_day(summary.last_own), wait_days(summary, habits), habits.country, habits.workdays)
            return (max(back, asked) if summary.meaning == "away" else back), reason
        if until is None:
            return _after(start, 10 if summary.meaning == "later" else 5, habits.country, habits.workdays), reason
    return _after(
        start, wait_days(summary, habits), habits.country, habits.workdays
    ), Reason.PATIENT if summary.patient else Reason.WAITING


def wait_days(summary: Summary, habits: WaitHabits) -> int:
    """The wait in workdays: the plan's, never before 1.5 times their usual, nearer to the user's own habit."""
    planned = float(habits.waits[min(summary.touches, len(habits.waits) - 1)])
    if habits.own_wait:
        planned = max(planned, (planned + habits.own_wait) / 2)
    waited = max(planned, min(1.5 * summary.usual_wait, 30.0))
    return ceil(waited * 3 if summary.patient else waited)


def matter_of(
    summary: Summary, others: Iterable[Summary], incoming: Iterable[Spoken | tuple[str, str]] = ()
) -> Reason | None:
    """What other threads with the same person say since our last mail. `incoming`: their human mails elsewhere."""
    if not summary.last_own:
        return None
    people = set(summary.people)
    for item in incoming:
        said = Spoken(*item)
        if said.person in people and said.at > summary.last_own and not _plainly_other(summary, said):
            return Reason.MAYBE_ANSWERED
    for other in others:
        if other.thread == summary.thread or not people & set(other.people):
            continue
        # Of a thread that is several in one, or could not be read, nobody can say which matter a mail in it was about.
        same = other.blocked == "joined" or _tells_nothing(other) or same_matter(summary, other)
        if other.answered_at > summary.last_own and (same or not other.own_id):
            return Reason.MAYBE_ANSWERED
        if other.last_own > summary.last_own and same:
            return Reason.SETTLED_ELSEWHERE
    return None


def _tells_nothing(other: Summary) -> bool:
    return other.problem and not other.subject and not other.matter


def _plainly_other(summary: Summary, said: Spoken) -> bool:
    return said.answers_other and not shares(summary.matter, said.words)


def same_matter(one: Summary, other: Summary) -> bool:
    """Whether two threads are about the same thing: one subject, or telling words in common."""
    subject = bare_subject(one.subject)
    return (bool(subject) and subject == bare_subject(other.subject)) or shares(one.matter, other.matter)


def age(summary: Summary, now: datetime) -> timedelta:
    """How long the thread has been still."""
    return now.astimezone(UTC) - datetime.fromisoformat(summary.last_own)
