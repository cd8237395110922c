"""Compares the mailbox with what an approval saw; never decides what follows from it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import process_time

from sqlalchemy import Connection

from agent.common.desk import Desk
from agent.decide.gate.case import News
from agent.decide.plans.lifecycle import Progress
from agent.decide.threads.moves import had, later
from agent.decide.threads.people import full_name
from agent.decide.threads.threads import Thread, is_draft, moment
from agent.sending.compose import Basis, basis_of, earlier_identity, identity_of, people
from agent.sending.told_by_robots import told_since
from agent.store.base.values import Followup, KeptLetter
from agent.store.mail.mails import mails_from, thread_mails
from agent.store.mail.people import opted_out
from agent.store.mail.standing import never_heard, spellings_seen, still_to_hear
from agent.store.mail.verdicts import held, writers
from providers.base import Address, Mail, Origin

SETTLED = {Progress.ANSWERED.value: "stopped", Progress.STOPPED.value: "stopped", Progress.SKIPPED.value: "stopped"}
WAITED = frozenset({"later", "away", "receipt", "delay", "list"})
"""Meanings that only move the clock, or say nothing, where the judge has read them."""
MOST_LISTENING = 2.5
"""Seconds of processor time for what nobody listened to yet; what takes longer is left to the next judging."""


def since_approval(
    connection: Connection, desk: Desk, followup: Followup | None, thread: Thread, row: KeptLetter
) -> News:
    """What came after the approval of a row."""
    if followup is None:
        return News(settled="stopped")
    seen: Basis = json.loads(row.basis)
    return _compare(connection, desk, followup, thread, seen=seen, row=row)


def since_own_mail(connection: Connection, desk: Desk, followup: Followup, thread: Thread) -> News:
    """What came after the mail of the user's that is followed up, before anybody approved anything."""
    basis = basis_of(desk, followup, thread)
    known = [mail for mail in thread.mails if basis is not None and _before(mail, basis, thread)]
    known += [mail for mail in thread.mails if mail not in known and _by_machine(mail)]
    # The judge waited for what it read: the thread as this account has it.
    read = thread_mails(connection, [followup.thread_id]).get(followup.thread_id)
    judged = {identity_of(mail) for mail in read.mails} if read else set()
    known += [
        mail for mail in thread.mails
        if mail not in known and identity_of(mail) in judged and _waited_for(desk, mail, thread, followup)
    ]  # fmt: skip
    seen: Basis = {"seen": [identity_of(mail) for mail in known]}
    return _compare(connection, desk, followup, thread, seen=seen, row=None)


def _before(mail: Mail, basis: Mail, thread: Thread) -> bool:
    """Whether the user had it before them when they wrote; its own date alone does not say so."""
    if mail.claimed:
        return not later(mail, basis)
    place = thread.mails.index(basis) if basis in thread.mails else len(thread.mails)
    ours = frozenset(other.message_id for other in thread.mails if other.mine) - {""}
    return (mail.mine or had(mail, basis, ours)) and thread.mails.index(mail) <= place


def _by_machine(mail: Mail) -> bool:
    """What left in the user's name without their writing it: an absence note, an invitation, the echo of a list."""
    automatic = mail.header("auto-submitted").lower() not in {"", "no"} and not mail.header("x-relance-id")
    invitation = any(part.content_type == "text/calendar" for part in mail.parts)
    return mail.mine and (automatic or invitation or bool(mail.header("list-id")))


def _waited_for(desk: Desk, mail: Mail, thread: Thread, followup: Followup) -> bool:
    """A promise, an absence or a receipt that was there when the thread was judged: the wait already counted it."""
    if mail.received > followup.made or mail.origin is not Origin.OTHER:
        return False
    return desk.judgement.meaning(mail, thread, desk.own) in WAITED


def _compare(
    connection: Connection,
    desk: Desk,
    followup: Followup,
    thread: Thread,
    *,
    seen: Basis,
    row: KeptLetter | None,
) -> News:
    known = set(seen.get("seen", ()))
    fresh = [mail for mail in thread.mails if identity_of(mail) not in known]
    ours = [mail for mail in fresh if _is_letter(mail, row)]
    others = [mail for mail in fresh if mail not in ours]
    theirs = [mail for mail in others if mail.origin is Origin.OTHER]
    drafts = [mail for mail in thread.drafts if identity_of(mail) not in seen.get("drafts", ())]
    unread = [mail for mail in thread.mails if mail.problem and mail.key not in seen.get("unread", ())]
    away = [
        mail
        for mail in elsewhere(connection, desk, thread, followup)
        if identity_of(mail) not in seen.get("elsewhere", ())
    ]
    everybody = {address.key for address in people(desk, followup, thread)} | {followup.person.lower()} - {""}
    forbidden, doubtful = _forbidden(connection, desk, everybody)
    return News(
        answers=tuple(_said(desk, mail, thread, known) for mail in theirs),
        by_hand=any(mail.mine for mail in others),
        claimed=any(mail.claimed for mail in others),
        elsewhere=bool(away) or doubtful or _held_since(connection, followup, seen),
        own_draft=any(not mail.header("x-relance-id") for mail in drafts),
        unreadable=bool(unread),
        already_there=bool(ours),
        by_robot=told_since(connection, desk, followup, seen),
        by_plan=desk.judgement.plan_since(connection, followup, seen["newest"]) if "newest" in seen else "",
        settled=_settled(followup, row) or forbidden,
    )


def _held_since(connection: Connection, followup: Followup, seen: Basis) -> bool:
    """Whether the judge holds the thread for a reason it did not have when the letter was approved."""
    now = held(connection, followup.thread_id)
    return "held" in seen and bool(now) and now != seen["held"]


def _said(desk: Desk, mail: Mail, thread: Thread, known: set[str]) -> str:
    """What new mail means. What an older approval saw, or a copy of that, ends nothing: a person looks again."""
    return "unsure" if earlier_identity(mail) in known else desk.judgement.meaning(mail, thread, desk.own)


def _settled(followup: Followup, row: KeptLetter | None) -> str:
    if row is not None and followup.state != Progress.OUTBOX:
        return "stopped"
    return SETTLED.get(followup.state, "")


def _forbidden(connection: Connection, desk: Desk, everybody: set[str]) -> tuple[str, bool]:
    """Whether anybody it goes to asked, in any account and any thread, never to be written to again; or may have."""
    if opted_out(desk.store, connection, sorted(everybody)):
        return "opt_out", False
    # The judge reads no thread the user never wrote in, and a request may stand in one.
    unheard, more = still_to_hear(connection, everybody)
    begun = process_time()
    for mail in unheard:
        if desk.judgement.meaning(mail, Thread("", (mail,)), desk.own) == "opt_out":
            return "opt_out", False
        if process_time() - begun > MOST_LISTENING:
            return "", True
    return "", more


def _is_letter(mail: Mail, row: KeptLetter | None) -> bool:
    """This letter itself. Everybody who got it knows its names, so only the user's own mail can be it."""
    if row is None or not mail.mine:
        return False
    marks = {mail.message_id, *mail.headers.get("x-microsoft-original-message-id", ())}
    return row.message_id in marks or mail.header("x-relance-id") == row.token


def elsewhere(connection: Connection, desk: Desk, thread: Thread, followup: Followup) -> list[Mail]:
    """What the people of this thread wrote anywhere else since the mail of the user's that is followed up."""
    basis = basis_of(desk, followup, thread)
    if basis is None and followup.enrolment_id is None:
        return []
    # A clock that is a little wrong must not hide an answer. Before a first mail nothing was asked yet.
    since = moment(basis) - timedelta(minutes=5) if basis else followup.made
    addresses = {address.key for address in (basis.to if basis else ())} | {followup.person.lower()}
    addresses |= _other_addresses(connection, thread, addresses, since)
    addresses |= {form for address in addresses for form in spellings_seen(connection, address)}
    inside = {identity_of(mail) for mail in thread.mails}
    found = mails_from(connection, addresses - desk.own, since)
    # Of old mail that nobody can read nobody knows what it forbids, in this thread or another.
    costly = never_heard(connection, {address.key for address in people(desk, followup, thread)} | addresses - desk.own)
    # Whatever its headers say of lists and machines, it is from them.
    return costly + [mail for mail in found if identity_of(mail) not in inside and not is_draft(mail)]


def _other_addresses(connection: Connection, thread: Thread, known: set[str], since: datetime) -> set[str]:
    """Where else the same people write from: the same full name counts, as it does for the judge."""
    everybody = [address for mail in thread.mails for address in (*mail.to, *((mail.sender,) if mail.sender else ()))]
    names = {full_name(address) for address in everybody if address.key in known} - {""}
    people = writers(connection, since) if names else ()
    return {address for address, shown in people if full_name(Address(address, shown)) in names}


def longest_shared(text: str, others: Sequence[str], own: Sequence[str] = (), most: int = 4_000) -> int:
    """The longest run of characters a text has from others; words of the user's own they quote are not theirs."""
    text, best = " ".join(text.split())[:most], 0
    mine = [" ".join(one.split())[: most * 4] for one in own]
    for flat in (" ".join(other.split())[: most * 4] for other in others):
        end = 0
        for start in range(len(text)):
            end = max(end, start)
            while end < len(text) and text[start : end + 1] in flat:
                end += 1
            run = text[start:end].strip()
            if len(run) > best and not any(run in one for one in mine):
                best = len(run)
    return best
