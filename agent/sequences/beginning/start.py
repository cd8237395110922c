"""Makes the row with which a plan begins, for whoever was looked at before; never looks whether it may."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from agent.decide.plans.causes import NO_CAUSE, Cause
from agent.decide.plans.lifecycle import Progress
from agent.decide.plans.plans import Plan
from agent.decide.plans.triggers import Enrolment, enrolled
from agent.decide.values import Me
from agent.errors import UsageError
from agent.sequences.person_meant import Target
from agent.sequences.signs import SEEN
from agent.sequences.situation import place_of
from agent.store.base import settings
from agent.store.base.engine import Change
from agent.store.base.values import KeptEnrolment
from agent.store.mail.mails import newest
from agent.store.work import enrolments, followups
from agent.store.work.followup_lists import keep


def begin(
    change: Change, target: Target, value: Enrolment, *, about: str, subject: str = "", cause: Cause = NO_CAUSE,
    said: str = "", actor: str = "",
) -> int:  # fmt: skip
    """The row of an enrolment; what only silence had asked for in its thread gives way to it."""
    if not enrolments.any_active(change.connection):
        settings.put(change, SEEN, str(newest(change.connection)))
    first = target.thread is None
    thread = target.thread or enrolments.first_thread(change, target.account, target.person, subject)
    number = enrolments.add(
        change, actor=actor or ("policy" if cause.by else "user"), code=value.plan, account_id=target.account,
        thread_id=thread,
        root=target.root or f"<first.{thread}.{change.now:%Y%m%d%H%M%S}@relance.invalid>", first=int(first),
        person=target.person, name=target.name, subject=target.subject or subject, plan=value.plan,
        trigger=value.trigger.value, about=about, begins=value.since.isoformat(),
        anchor=value.anchor.isoformat() if value.anchor else "", labelled=int(cause.by == "label"), said=said,
        cause=cause.packed(),
    )  # fmt: skip
    for row in followups.of_thread(change.connection, thread):
        if row.enrolment_id is None and row.state in enrolments.UNTOUCHED:
            followups.move(change, row.id, Progress.STOPPED, actor="user", code="enrolled")
    return number


def possible(value: Enrolment, plan: Plan, me: Me) -> None:
    """Whether a plan has a touch left to make; a UsageError says why not."""
    if plan.counts_back and value.anchor is None:
        raise UsageError(f"The plan {plan.name} counts back from a day.", hint="Name it with --on 2026-12-01.")
    if enrolled(value, plan, workdays=me.workdays) is None:
        raise UsageError(
            f"Every touch of {plan.name} before {value.anchor} has passed.", hint="Choose a later day, or another plan."
        )


def today_of(change: Change, me: Me, person: str) -> date:
    """The day where a person lives."""
    return change.now.astimezone(ZoneInfo(place_of(change.connection, me, person).zone)).date()


def outranks(plans: Mapping[str, Plan], plan: Plan, under: KeptEnrolment) -> bool:
    """Whether a plan takes the place of the one somebody is under: the same one never does, nor one that is equal."""
    now = plans.get(under.plan)
    return plan.name != under.plan and plan.priority > (now.priority if now is not None else 0)


def give_way(change: Change, under: KeptEnrolment, plan: Plan, *, actor: str) -> None:
    """The plan somebody is under ends for one of a higher priority, and says so where its touch is listed."""
    touches = enrolments.touches(change.connection, under.id)
    enrolments.end(change, under.id, enrolments.MOVED, actor=actor)
    words = f"The plan {plan.name} took its place: its priority is higher ({plan.priority})."
    if touches:
        keep(change, touches[-1].id, {"evidence": words})
