"""Assembles everything the gate may know about a letter; never decides."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from agent.common.desk import Desk, Seat
from agent.decide.gate.case import Budget, Case, Consent, Content, Envelope, Look, Moment, MonthlyCap, PlanStep
from agent.decide.gate.levels import DEFAULT, Ceiling, Level, Resolved, Scope, ScopePlace, concerns, merged, resolve
from agent.decide.plans.plans import CORRECTION
from agent.decide.threads.moves import moving
from agent.decide.threads.people import doubts, recipients
from agent.decide.threads.received import began_elsewhere, mails_received_by, names_for
from agent.decide.threads.threads import Thread, moment, names, node
from agent.mailboxes.absence import holds
from agent.sending.compose import Composed, allowed, basis_of, people
from agent.sending.since_approval import longest_shared, since_approval, since_own_mail
from agent.store.base.values import DraftVersion, Followup, KeptLetter
from agent.store.mail.mails import thread_mails
from agent.store.mail.people import bounced
from agent.store.mail.threading import chunks
from agent.store.mail.verdicts import domains_written_to, ended_by
from agent.store.work import budgets, distrust, enrolments, followups, outbox
from agent.store.work.budgets import BudgetUse
from providers.base import Address, Mail
from providers.mail.freeze import usable_chain
from providers.mail.mime import parse

TOGETHER = 200
"""Whole threads in memory at a time."""
NO_MAIL = Thread("", ())
SAME_TEXT = timedelta(days=90)
"""So long the words of a first mail are nobody else's."""

LEFT_TO_A_PERSON = frozenset({"grief", "unlabelled"})
"""Ends after which a person may still write what they have touched; another check holds it for them."""


@dataclass(frozen=True, slots=True)
class Matter:
    """A follow-up with its text and the letter made of it."""

    seat: Seat
    followup: Followup
    draft: DraftVersion
    made: Composed


def draft_case(connection: Connection, desk: Desk, matter: Matter, now: datetime) -> Case:
    """Before anybody approved anything."""
    return Case(
        Moment.DRAFT,
        news=since_own_mail(connection, desk, matter.followup, matter.made.thread),
        envelope=_envelope(connection, desk, matter),
        content=_alone(connection, matter, _content(desk, matter), now),
        consent=_consent(connection, desk, matter, now),
        step=_step(connection, desk, matter, now),
        budget=_budget(connection, desk, matter, 0, now=now),
        month=_month(connection, desk, matter, 0, now=now),
    )


def send_case(
    connection: Connection, desk: Desk, matter: Matter, row: KeptLetter, *, look: Look, now: datetime
) -> Case:
    """At the last moment, with a fresh look."""
    seen = json.loads(row.basis)
    consent = replace(
        _consent(connection, desk, matter, now), approved_by=row.approved_by, approved_digest=row.digest,
        digest=matter.made.digest, accepted=frozenset(seen.get("accepted", ())),
        used=outbox.used_up(connection, row.id),
    )  # fmt: skip
    # What a person chose to risk once more was asked about already.
    step = replace(_step(connection, desk, matter, now), stale_at=row.stale_at)
    step = replace(step, may_have_left=False) if row.was_uncertain else step
    return Case(
        Moment.SEND,
        news=since_approval(connection, desk, matter.followup, matter.made.thread, row),
        look=look,
        envelope=_envelope(connection, desk, matter),
        content=_content(desk, matter),
        consent=consent,
        step=replace(step, slot=None) if seen.get("at_once") else step,
        budget=_budget(connection, desk, matter, row.id, now=now),
        month=_month(connection, desk, matter, row.id, now=now),
    )


def places_of(desk: Desk, seat: Seat, followup: Followup, thread: Thread) -> tuple[ScopePlace, ...]:
    """Every scope the follow-up is in, for each person it goes to.

    A label on mail of others may lower a level and never raise one, for a rule of the mailbox may have set it. Nor does
    a name of the thread raise one that the user first used to write to others: an answer only repeats it.
    """
    basis = basis_of(desk, followup, thread)
    everybody = {address.key for address in recipients(basis, desk.own).to} if basis else set[str]()
    everybody |= {followup.person.lower()}
    named = frozenset(name for mail in thread.mails if mail.mine for name in names(node(mail)))
    root = followup.root
    known = "" if began_elsewhere(thread, root, everybody) else root
    called = {(root, tuple(sorted(named))), (known, tuple(sorted(names_for(thread, everybody))))}
    labels = {_labels(mail for mail in thread.mails if mail.mine), _labels(thread.mails)}
    return tuple(
        ScopePlace(seat.name, some, followup.plan, person, name, more)
        for person in sorted(everybody)
        for some in sorted(labels)
        for name, more in sorted(called)
    )


def _labels(mails: Iterable[Mail]) -> tuple[str, ...]:
    return tuple(sorted({label for mail in mails for label in mail.labels}))


def level_of(connection: Connection, desk: Desk, seat: Seat, followup: Followup, thread: Thread) -> Resolved:
    """The level that holds here and now: the lowest of all the people it goes to."""
    rules = merged(desk.rules, budgets.level_rules(connection))
    ceilings = (*desk.judgement.ceilings(followup), *_put_off(desk, followup, thread))
    found = [resolve(rules, place, ceilings) for place in places_of(desk, seat, followup, thread)]
    return min(found, key=lambda one: one.level.rank)


def paused_for(connection: Connection, desk: Desk, followup: Followup, thread: Thread, now: datetime) -> str:
    """The pause that covers any of the people it goes to; empty where none does."""
    seat = desk.seat(followup.account_id)
    places = places_of(desk, seat, followup, thread) if seat is not None else ()
    found = (budgets.paused(connection, place, now) for place in places)
    return next((str(scope) for scope in found if scope is not None), "")


def waiting_in(desk: Desk, connection: Connection, scope: Scope) -> int:
    """How many follow-ups that could still be sent a pause of this scope holds."""
    rows = followups.waiting(connection)
    if scope == DEFAULT:
        return len(rows)
    return sum(_some_in(desk, connection, scope, part) for part in chunks(rows, TOGETHER))


def _some_in(desk: Desk, connection: Connection, scope: Scope, rows: list[Followup]) -> int:
    threads = thread_mails(connection, {row.thread_id for row in rows})
    return sum(
        any(concerns(scope, place) for place in places_of(desk, seat, row, threads.get(row.thread_id, NO_MAIL)))
        for row in rows if (seat := desk.seat(row.account_id)) is not None
    )  # fmt: skip


def _put_off(desk: Desk, followup: Followup, thread: Thread) -> tuple[Ceiling, ...]:
    """Somebody was away or asked for time: their words move the day, so a person decides."""
    # A letter that is in no mailbox yet has no place among the mails; then all of them count.
    theirs = moving(thread, basis_of(desk, followup, thread))
    said = {desk.judgement.meaning(mail, thread, desk.own) for mail in theirs} & {"away", "later"}
    return tuple(Ceiling(Level.COPILOT, code) for code in sorted(said))


def use_of(desk: Desk, followup: Followup, outbox: int, thread: Thread) -> BudgetUse:
    """Who a letter counts for."""
    everybody = {address.key for address in people(desk, followup, thread)} | {followup.person.lower()}
    planned = desk.judgement.touches(followup.plan) if followup.enrolment_id else 0
    others = sorted(everybody - {followup.person.lower()})
    organisations = {desk.judgement.organisation(person) for person in everybody} - {""}
    person = followup.person.lower()
    return BudgetUse(
        followup.account_id, outbox, followup.root, person, desk.judgement.organisation(person), planned,
        tuple(others), tuple(sorted(organisations - {desk.judgement.organisation(person)})),
    )  # fmt: skip


def _envelope(connection: Connection, desk: Desk, matter: Matter) -> Envelope:
    made, basis = matter.made, matter.made.basis
    to, followup = made.letter.recipients, matter.followup
    first = not followup.basis and followup.enrolment_id is not None
    return Envelope(
        sender=made.letter.sender,
        identity=basis.sender.email if basis and basis.sender else matter.seat.address,
        identities=matter.seat.own,
        recipients=to,
        allowed=allowed(basis, desk.own) if basis else frozenset([followup.person.lower()] if first else ()),
        doubts=_doubts(connection, desk, matter),
        origin=basis.origin.value if basis else "first" if first else "",
        continues=_continues(made),
    )


def _continues(made: Composed) -> bool:
    """Whether the letter's own bytes answer exactly the mail that was judged."""
    named = parse(made.letter.raw).in_reply_to
    expected = usable_chain((made.basis.message_id,)) if made.basis else ()
    return named == expected


def _doubts(connection: Connection, desk: Desk, matter: Matter) -> tuple[str, ...]:
    """What looks wrong about the addresses, beside everybody the user writes to in other threads."""
    basis = matter.made.basis
    written = basis.to if basis else tuple(Address(one) for one in matter.made.letter.recipients)
    others = [address for address in written if address.key not in desk.own]
    dead = bounced(desk.store, connection, [one.lower() for one in matter.made.letter.recipients])
    found = doubts(others, domains_written_to(connection, matter.followup.thread_id))
    return (f"bounced: {dead}", *found) if dead else found


def _content(desk: Desk, matter: Matter) -> Content:
    thread, body = matter.made.thread, matter.draft.body
    found = desk.judgement.content(thread, matter.draft, matter.followup)
    theirs = [mail.text for mail in thread.mails if not mail.mine]
    told_them = mails_received_by(thread, matter.followup.basis, matter.followup.person, desk.own)
    mine = [mail.text for mail in told_them]
    carried = len(parse(matter.made.letter.raw).attachments)
    copied = max(found.copied, longest_shared(body, theirs, mine))
    return replace(found, length=len(body.strip()), copied=copied, attachments=carried)


def _alone(connection: Connection, matter: Matter, content: Content, now: datetime) -> Content:
    """A first mail is for one person: how many others were to get the same words."""
    if matter.made.basis is not None:
        return content
    others = enrolments.same_body(connection, matter.followup, matter.draft.body, now - SAME_TEXT)
    return replace(content, same_text_to=others)


def _consent(connection: Connection, desk: Desk, matter: Matter, now: datetime) -> Consent:
    thread = matter.made.thread
    found = level_of(connection, desk, matter.seat, matter.followup, thread)
    stopped = paused_for(connection, desk, matter.followup, thread, now)
    words = "the PAUSE file" if desk.pause_file.exists() else stopped or holds(connection, now)
    return Consent(found.level, found.ceiling.code if found.ceiling else "", paused=words)


def _step(connection: Connection, desk: Desk, matter: Matter, now: datetime) -> PlanStep:
    followup = matter.followup
    newest = max((moment(mail) for mail in matter.made.thread.mails), default=now)
    return PlanStep(
        plan=followup.plan,
        touch=followup.touch,
        touches=desk.judgement.touches(followup.plan),
        is_task=followup.kind == "task",
        ended=_ended(connection, followup),
        may_have_left=_from_before(connection, matter),
        age_days=max((now - newest).days, 0),
        max_age_days=desk.max_age_days,
        slot=desk.judgement.slot(followup, now),
    )


def _ended(connection: Connection, followup: Followup) -> str:
    """The rule that ended its plan; a plan whose last touch was made has not ended it, and a correction has none."""
    if followup.plan == CORRECTION:
        return ""
    found = ended_by(connection, followup.thread_id)
    if followup.enrolment_id is not None:
        plan = enrolments.find(connection, followup.enrolment_id)
        found = str(plan.reason or "ended") if plan is not None and plan.state == "ended" else ""
    return "" if found in LEFT_TO_A_PERSON else found


def _from_before(connection: Connection, matter: Matter) -> bool:
    """Whether the store was restored or copied after the mail it continues; it may have been followed up already."""
    restored, basis, followup = distrust.since(connection), matter.made.basis, matter.followup
    if restored is None:
        return False
    enrolled = enrolments.find(connection, followup.enrolment_id) if followup.enrolment_id else None
    began = enrolled.made if enrolled else followup.made
    asked = min(moment(basis), basis.received) if basis else began
    return bool(asked < restored)


def _budget(connection: Connection, desk: Desk, matter: Matter, outbox: int, *, now: datetime) -> Budget:
    use = use_of(desk, matter.followup, outbox, matter.made.thread)
    spent = budgets.exhausted(connection, desk.limits, use, now)
    return Budget(spent.code, spent.again_at) if spent else Budget()


def _month(connection: Connection, desk: Desk, matter: Matter, outbox: int, *, now: datetime) -> MonthlyCap:
    use = use_of(desk, matter.followup, outbox, matter.made.thread)
    spent = budgets.over_the_month(connection, desk.limits, use, now)
    return MonthlyCap(spent.code, spent.who, spent.most, spent.again_at) if spent else MonthlyCap()


def look_of(seconds: float | None, failed: tuple[str, ...] = ()) -> Look:
    """A look that began so many seconds ago."""
    return Look(None if seconds is None else timedelta(seconds=seconds), failed)
