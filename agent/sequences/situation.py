"""Gathers what decides about one enrolment: its touches, its thread and the days that count; changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from agent.decide.dates.zones import Place, country_of, guess
from agent.decide.gate.spelling import near_address
from agent.decide.plans.branches import AskedFor, asked_in
from agent.decide.plans.causes import Cause, cause_of
from agent.decide.plans.exits import Standing, standing
from agent.decide.plans.lifecycle import Progress, Stage
from agent.decide.plans.plans import Plan
from agent.decide.plans.triggers import Days, Enrolment, NextTouch, Trigger, enrolled
from agent.decide.threads.summary import Summary
from agent.decide.values import Me
from agent.store.base.values import Followup, KeptEnrolment, KeptLetter, KeptSignal
from agent.store.mail import verdicts
from agent.store.mail.mails import thread_mails
from agent.store.work import enrolments, outbox
from providers.base import Mail, Origin
from voice.languages.quoted import typed

MORNING = time(9)
ANSWERS = frozenset({"answered", "delegated", "booked", "unsure", "claimed", "joined", "whose_words"})
"""Verdicts on a thread in which there may be an answer of theirs."""
MOST_READ = 20_000
"""Characters of a mail in which the words of a plan are looked for."""


@dataclass(frozen=True, slots=True)
class EnrolmentScene:
    """One enrolment as it stands now."""

    row: KeptEnrolment
    plan: Plan
    touches: tuple[Followup, ...]
    done: tuple[tuple[int, date], ...]
    """Number and day of every touch that is behind us."""
    letters: dict[int, KeptLetter]
    """The newest letter of each follow-up."""
    summary: Summary | None
    signals: tuple[KeptSignal, ...]
    place: Place
    days: Days
    asked: AskedFor | None = None
    """What an answer asks for, of what the plan looks for."""
    moved: bool = False
    """It took the place of another plan."""

    @property
    def current(self) -> Followup | None:
        """The touch it is at: the first that is not behind us."""
        behind = {number for number, _ in self.done}
        return next((row for row in self.touches if row.touch not in behind), None)

    @property
    def names(self) -> set[str]:
        """Every Message-ID its letters are known by."""
        return {name for letter in self.letters.values() for name in (letter.message_id, letter.carried_id) if name}

    @property
    def cause(self) -> Cause:
        """What began it beside the user's own command."""
        return cause_of(self.row.cause)

    @property
    def wrote(self) -> bool:
        """Whether there is a mail of the user's to continue."""
        return self.summary is not None and bool(self.summary.own_id)

    @property
    def standing(self) -> Standing:
        """What the thread says about the plan."""
        if self.summary is None:
            return Standing()
        return standing(
            self.summary, self.plan, self.place.country, self.days.workdays, asked=self.asked, since=self.row.made
        )

    def next(self) -> NextTouch | None:
        """The touch the plan asks for, and when; a signal brings it forward to the day it came."""
        last = max((number for number, _ in self.done), default=0)
        days = tuple(day for _, day in self.done)
        value = replace(value_of(self.row, self.signals), moved=self.moved and not self.sent)
        found = enrolled(value, self.plan, days, last=last, country=self.place.country, workdays=self.days.workdays)
        signal = self.signal_for(found.number) if found is not None else None
        if found is None or signal is None:
            return found
        asked = self.days.on(max([self.day(signal.at), *(self.days.after(day, 1) for day in days)]))
        level = "manual" if found.level == "manual" else "copilot"
        words = f'Touch {found.number} of {len(self.plan.touches)} of {self.plan.name}: "{signal.words[:120]}".'
        return replace(found, due=min(found.due, asked), level=level, reason=words)

    @property
    def sent(self) -> bool:
        """Whether a letter of it left."""
        return any(letter.state == Stage.SENT for letter in self.letters.values())

    def signal_for(self, touch: int) -> KeptSignal | None:
        """The reason to write that this touch may quote."""
        return next((row for row in reversed(self.signals) if row.touch == touch), None)

    def day(self, at: datetime) -> date:
        """The day where the other side lives."""
        return at.astimezone(ZoneInfo(self.place.zone)).date()

    def morning(self, day: date) -> datetime:
        """The first moment of a day there."""
        return datetime.combine(day, MORNING, ZoneInfo(self.place.zone))


def value_of(row: KeptEnrolment, signals: tuple[KeptSignal, ...] = ()) -> Enrolment:
    """A row as judgement knows it."""
    trigger = Trigger(row.trigger)
    said = signals[0].words if trigger is Trigger.SIGNAL and signals else row.about
    return Enrolment(
        plan=row.plan, person=row.person, thread="" if row.first else row.root, trigger=trigger,
        about=said, since=date.fromisoformat(row.begins),
        anchor=date.fromisoformat(row.anchor) if row.anchor else None,
    )  # fmt: skip


def place_of(connection: Connection, me: Me, person: str) -> Place:
    """Where somebody lives, as far as their mail shows."""
    return guess(verdicts.dates_of(connection, person), person, me.zone, country=country_of(me, person))


def gather(connection: Connection, me: Me, plan: Plan, row: KeptEnrolment) -> EnrolmentScene:
    """Everything about one enrolment."""
    touches = enrolments.touches(connection, row.id)
    letters = outbox.states(connection, [touch.id for touch in touches])
    place = place_of(connection, me, row.person)
    told = verdicts.summaries(connection, [row.thread_id]).get(row.thread_id)
    zone = ZoneInfo(place.zone)
    behind = [(touch, made_at(touch, letters.get(touch.id))) for touch in touches]
    return EnrolmentScene(
        row=row, plan=plan, touches=tuple(touches),
        done=tuple((touch.touch, at.astimezone(zone).date()) for touch, at in behind if at is not None),
        letters=letters, summary=told,
        signals=tuple(enrolments.signals(connection, row.id)), place=place,
        days=Days((), place.country, me.workdays), asked=_asked(connection, plan, row, told),
        moved=bool(enrolments.moved_here(connection, row)),
    )  # fmt: skip


def _asked(connection: Connection, plan: Plan, row: KeptEnrolment, told: Summary | None) -> AskedFor | None:
    """What the person's own words in the thread ask for, in answers since the plan began and since our last mail."""
    if not plan.texts or told is None or not (told.blocked in ANSWERS or told.meaning == "later"):
        return None
    after = max(row.made, datetime.fromisoformat(told.last_own)) if told.last_own else row.made
    thread = thread_mails(connection, [row.thread_id])[row.thread_id]
    found = (asked_in(plan, typed(mail.text[:MOST_READ])) for mail in thread.mails if _theirs(mail, row.person, after))
    return next((item for item in found if item is not None), None)


def _theirs(mail: Mail, person: str, after: datetime) -> bool:
    """A mail that says it is the person's, typed and not sent by a program."""
    alone = mail.header("auto-submitted").lower() in {"", "no"}
    wrote = any(near_address(writer, person) for writer in mail.writers)
    return mail.origin is Origin.OTHER and alone and wrote and mail.received >= after


def made_at(touch: Followup, letter: KeptLetter | None) -> datetime | None:
    """When a touch was made, or passed over by the user; None while it still may happen."""
    if letter is not None and letter.state == Stage.SENT:
        left: datetime = letter.changed
        return left
    over = touch.state == Progress.SKIPPED or (
        touch.state == Progress.APPROVED and (touch.kind == "task" or touch.reason == "sent_by_hand")
    )
    return touch.changed if over else None
