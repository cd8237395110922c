"""Shows what a plan would write to one person before anybody is under it: every letter with its day, as if nobody
answered; changes nothing and keeps nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from agent.common.home import Home
from agent.common.person import me_of
from agent.decide.dates.zones import Place
from agent.decide.plans.plans import Plan
from agent.decide.plans.triggers import Enrolment, NextTouch, Trigger, enrolled
from agent.decide.threads.threads import Thread
from agent.decide.values import Me
from agent.drafting.draft import profile_of
from agent.drafting.writing import Wish, WrittenDraft, brief_for, write
from agent.sequences.enroll import Considered, WantedEnrolment, consider
from agent.sequences.said import step_of
from agent.sequences.situation import MORNING, place_of
from agent.store.mail import mails
from providers.base import Address, Mail, Origin, Role
from providers.mail.freeze import reply_subject
from voice.learning.profile import Profile

NOWHERE = Place("UTC")
EMPTY = "<first@relance.invalid>"
"""The root of a thread no mail is in yet."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One touch that would come."""

    number: int
    at: datetime
    """Nine in the morning where the other side lives."""
    job: str
    kind: str
    level: str
    """The most that is allowed for it."""
    subject: str
    body: str
    asked: str
    """Why there would be no draft."""


@dataclass(frozen=True, slots=True)
class Script:
    """Who somebody is, and how the plan is filled for them."""

    plan: Plan
    value: Enrolment
    person: Address
    subject: str = ""
    said: str = ""
    place: Place = NOWHERE


def foresee(home: Home, wanted: WantedEnrolment) -> tuple[Considered, tuple[Foreseen, ...]]:
    """What `enroll` would begin, or why it would refuse; nothing is begun."""
    found = consider(home, wanted)
    if found.refused is not None or found.target is None:
        return found, ()
    me, target = me_of(home.config, home.zone), found.target
    with home.store.read() as connection:
        thread = mails.thread_mails(connection, [target.thread]).get(target.thread) if target.thread else None
        place = place_of(connection, me, target.person)
    today = home.clock().astimezone(ZoneInfo(place.zone)).date()
    anchored = any(touch.before_anchor for touch in found.plan.touches)
    value = Enrolment(
        found.plan.name, target.person, target.root, Trigger.DATE if wanted.on else Trigger.ENROLLED, found.about, "",
        today if anchored or wanted.on is None else wanted.on, wanted.on if anchored else None,
    )  # fmt: skip
    person, subject = Address(target.person, target.name), target.subject or found.subject
    script = Script(found.plan, value, person, subject, found.said, place)
    return found, tuple(letters(script, thread or Thread(target.root or EMPTY, ()), me, profile_of(home)))


def letters(script: Script, thread: Thread, me: Me, profile: Profile) -> Iterator[Foreseen]:
    """Every touch, each written with the ones before it in the thread."""
    done: tuple[date, ...] = ()
    earlier: tuple[str, ...] = ()
    number = 0
    while (found := _next(script, done, number, me)) is not None:
        number, done = found.number, (*done, found.due)
        at = datetime.combine(found.due, MORNING, ZoneInfo(script.place.zone))
        made = None
        if found.touch.kind == "mail":
            made = write(brief_for(thread, me, at, replace(_wish(script, found), touches=earlier)), profile)
        yield _foreseen(found, at, made)
        if made is not None and made.body:
            thread, earlier = _with(thread, me, script, made, at), (*earlier, made.body)


def _next(script: Script, done: tuple[date, ...], number: int, me: Me) -> NextTouch | None:
    value, country = script.value, script.place.country
    return enrolled(value, script.plan, done, last=number, country=country, workdays=me.workdays)


def _wish(script: Script, found: NextTouch) -> Wish:
    touch, step = step_of(script.plan, found.number, said=script.said, anchor=script.value.anchor)
    return Wish(
        touch=found.number, step=step, instruction=touch.instruction, about=script.value.about, to=script.person,
        person=script.person.key, subject=script.subject,
    )  # fmt: skip


def _foreseen(found: NextTouch, at: datetime, made: WrittenDraft | None) -> Foreseen:
    asked = made.abstained if made is not None else ""
    subject, body = (made.subject, made.body) if made is not None else ("", "")
    return Foreseen(found.number, at, found.touch.job, found.touch.kind, found.level, subject, body, asked)


def _with(thread: Thread, me: Me, script: Script, made: WrittenDraft, at: datetime) -> Thread:
    """The thread as it would be once this letter had left."""
    sender = Address(min(me.addresses, default="me@example.org"), me.name)
    name = f"<foreseen.{len(thread.mails)}@relance.invalid>"
    before = tuple(mail.message_id for mail in thread.mails)
    mail = Mail(
        key=name, message_id=name, date=at, received=at.astimezone(UTC), sender=sender, to=(script.person,),
        subject=made.subject or reply_subject(script.subject), text=made.body, role=Role.SENT, origin=Origin.SENT,
        in_reply_to=before[-1:], references=before,
    )  # fmt: skip
    return replace(thread, mails=(*thread.mails, mail))
