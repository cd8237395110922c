"""Assembles everything the gate may know about a letter; never decides."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from agent.act.absence import holds
from agent.act.compose import Composed, allowed, is_own, last_own_mail
from agent.act.news import longest_shared, since_approval, since_own_mail
from agent.act.ports import Desk, Row, Seat
from agent.decide.gate_case import Budget, Case, Consent, Content, Envelope, Look, Moment, Step
from agent.decide.levels import Ceiling, Level, Place, Resolved, merged, resolve
from agent.decide.people import doubts
from agent.decide.threads import Thread, moment
from agent.store import budgets, enrolments
from agent.store.budgets import Use
from agent.store.verdicts import domains_written_to
from providers.base import Address

SAME_TEXT = timedelta(days=90)
"""So long the words of a first mail are nobody else's."""


@dataclass(frozen=True, slots=True)
class Matter:
    """A follow-up with its text and the letter made of it."""

    seat: Seat
    followup: Row
    draft: Row
    made: Composed


def draft_case(connection: Connection, desk: Desk, matter: Matter, now: datetime) -> Case:
    """Before anybody approved anything."""
    return Case(
        Moment.DRAFT,
        news=since_own_mail(connection, desk, matter.followup, matter.made.thread),
        envelope=_envelope(connection, desk, matter),
        content=_alone(connection, matter, _content(desk, matter), now),
        consent=_consent(connection, desk, matter, now),
        step=_step(desk, matter, now),
        budget=_budget(connection, desk, matter.followup, 0, now=now),
    )


def send_case(connection: Connection, desk: Desk, matter: Matter, row: Row, *, look: Look, now: datetime) -> Case:
    """At the last moment, with a fresh look."""
    seen = json.loads(row["basis"])
    consent = replace(
        _consent(connection, desk, matter, now), approved_by=row["approved_by"], approved_digest=row["digest"],
        digest=matter.made.digest, accepted=frozenset(seen.get("accepted", ())),
    )  # fmt: skip
    step = replace(_step(desk, matter, now), stale_at=row["stale_at"])
    return Case(
        Moment.SEND,
        news=since_approval(connection, desk, matter.followup, matter.made.thread, row),
        look=look,
        envelope=_envelope(connection, desk, matter),
        content=_content(desk, matter),
        consent=consent,
        step=replace(step, slot=None) if seen.get("at_once") else step,
        budget=_budget(connection, desk, matter.followup, row["id"], now=now),
    )


def place_of(seat: Seat, followup: Row, thread: Thread) -> Place:
    """Every scope the follow-up is in."""
    labels = tuple(sorted({label for mail in thread.mails for label in mail.labels}))
    return Place(seat.name, labels, followup["plan"], followup["person"], followup["root"])


def level_of(connection: Connection, desk: Desk, seat: Seat, followup: Row, thread: Thread) -> Resolved:
    """The level that holds here and now."""
    rules = merged(desk.rules, budgets.level_rules(connection))
    ceilings = (*desk.judgement.ceilings(followup), *_absent(desk, thread))
    return resolve(rules, place_of(seat, followup, thread), ceilings)


def _absent(desk: Desk, thread: Thread) -> tuple[Ceiling, ...]:
    """Somebody was away since the user's last mail: when they are really back, a person knows better."""
    last = last_own_mail(thread, desk.own)
    later = thread.mails[thread.mails.index(last) + 1 :] if last else ()
    theirs = (mail for mail in later if not is_own(mail, desk.own))
    away = any(desk.judgement.meaning(mail, thread, desk.own) == "away" for mail in theirs)
    return (Ceiling(Level.COPILOT, "away"),) if away else ()


def use_of(desk: Desk, followup: Row, outbox: int) -> Use:
    """Who a letter counts for."""
    person = followup["person"].lower()
    planned = desk.judgement.touches(followup["plan"]) if followup["enrolment_id"] else 0
    return Use(followup["account_id"], outbox, followup["root"], person, desk.judgement.organisation(person), planned)


def _envelope(connection: Connection, desk: Desk, matter: Matter) -> Envelope:
    made, last = matter.made, matter.made.last_own
    to = made.letter.recipients
    return Envelope(
        sender=made.letter.sender,
        identity=last.sender.email if last and last.sender else matter.seat.address,
        identities=matter.seat.own,
        recipients=to,
        allowed=allowed(made.thread, desk.own) if last else frozenset(one.lower() for one in to),
        doubts=_doubts(connection, desk, matter),
    )


def _doubts(connection: Connection, desk: Desk, matter: Matter) -> tuple[str, ...]:
    """What looks wrong about the addresses, beside everybody the user writes to in other threads."""
    last = matter.made.last_own
    written = last.to if last else tuple(Address(one) for one in matter.made.letter.recipients)
    others = [address for address in written if address.key not in desk.own]
    return doubts(others, domains_written_to(connection, matter.followup["thread_id"]))


def _content(desk: Desk, matter: Matter) -> Content:
    thread, body = matter.made.thread, matter.draft["body"]
    found = desk.judgement.content(thread, matter.draft, matter.followup)
    theirs = [mail.text for mail in thread.mails if not is_own(mail, desk.own)]
    mine = [mail.text for mail in thread.mails if is_own(mail, desk.own)]
    return replace(found, length=len(body.strip()), copied=max(found.copied, longest_shared(body, theirs, mine)))


def _alone(connection: Connection, matter: Matter, content: Content, now: datetime) -> Content:
    """A first mail is for one person: how many others were to get the same words."""
    if matter.made.last_own is not None:
        return content
    others = enrolments.same_body(connection, matter.followup, matter.draft["body"], now - SAME_TEXT)
    return replace(content, same_text_to=others)


def _consent(connection: Connection, desk: Desk, matter: Matter, now: datetime) -> Consent:
    thread = matter.made.thread
    found = level_of(connection, desk, matter.seat, matter.followup, thread)
    stopped = budgets.paused(connection, place_of(matter.seat, matter.followup, thread), now)
    words = "the PAUSE file" if desk.pause_file.exists() else str(stopped) if stopped else holds(connection, now)
    return Consent(found.level, found.ceiling.code if found.ceiling else "", paused=words)


def _step(desk: Desk, matter: Matter, now: datetime) -> Step:
    followup = matter.followup
    newest = max((moment(mail) for mail in matter.made.thread.mails), default=now)
    return Step(
        plan=followup["plan"],
        touch=followup["touch"],
        touches=desk.judgement.touches(followup["plan"]),
        is_task=followup["kind"] == "task",
        age_days=max((now - newest).days, 0),
        max_age_days=desk.max_age_days,
        slot=desk.judgement.slot(followup["person"], now),
    )


def _budget(connection: Connection, desk: Desk, followup: Row, outbox: int, *, now: datetime) -> Budget:
    spent = budgets.exhausted(connection, desk.limits, use_of(desk, followup, outbox), now)
    return Budget(spent.code, spent.again_at) if spent else Budget()


def look_of(seconds: float | None, failed: tuple[str, ...] = ()) -> Look:
    """A look that began so many seconds ago."""
    return Look(None if seconds is None else timedelta(seconds=seconds), failed)
