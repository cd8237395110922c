"""Learns from the mailbox that the person is away, and holds everything until they are back; never writes to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from agent.common.desk import Desk
from agent.common.home import Home
from agent.common.outcome import Done, no
from agent.decide.plans.absence import NAMES, Away, holding, kept_absences
from agent.decide.reading.answers import read_answer
from agent.decide.threads.threads import Thread, moment
from agent.decide.values import Me
from agent.store.base import settings
from agent.store.base.audit import Event
from agent.store.base.engine import Change
from providers.base import Absence, Address, Mail, Mailbox, Origin, ProviderError, Role

EVERY = timedelta(hours=1)
"""An automatic reply is switched on hours before it matters; asking more often would only cost requests."""
CHECKED = "away.checked:"
NO_END = timedelta(days=3)
"""So long an automatic reply of one's own counts where it names no day."""
SOMEBODY = Address("somebody@absent.invalid")


def known_absences(connection: Connection) -> list[Away]:
    """Every absence that was seen."""
    return kept_absences(settings.starting_with(connection, NAMES))


def holds(connection: Connection, now: datetime) -> str:
    """Why nothing leaves now; empty when the person is there."""
    away = holding(known_absences(connection), now)
    return away.words if away else ""


def ask_mailbox(home: Home, name: str, mailbox: Mailbox) -> None:
    """Whether automatic replies are on, asked now and then where the provider can tell."""
    ask = getattr(mailbox, "absence", None)
    if ask is None:
        return
    with home.store.read() as connection:
        last = settings.get(connection, CHECKED + name)
    if last and timedelta(0) <= home.clock() - datetime.fromisoformat(last) < EVERY:
        return
    try:
        found: Absence | None = ask()
    except ProviderError:
        # A mailbox that cannot tell is no reason to stop reading it.
        return
    with home.store.write() as change:
        settings.put(change, CHECKED + name, change.now.isoformat())
        key = f"{NAMES}{name}"
        note(change, key, Away(name, "responder", _iso(found.starts), _iso(found.ends)) if found else None)


def _iso(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def note(change: Change, key: str, away: Away | None) -> None:
    """Keep what is new; what the person chose to ignore stays ignored while it is the same."""
    before = next(iter(kept_absences({key: value} if (value := settings.get(change.connection, key)) else {})), None)
    if away is None and before is not None:
        settings.drop(change, key)
        change.record(Event("absence.over", actor="policy"))
    if away is None or (before is not None and replace(before, ignored=False) == away):
        return
    settings.put(change, key, away.packed())
    change.record(Event("absence.seen", actor="policy", code=away.source))


def own_replies(change: Change, me: Me, account: str, threads: Iterable[Thread]) -> None:
    """Automatic replies of the person's own, filed in Sent, say that they are away."""
    replies = [mail for thread in threads for mail in thread.mails if _is_reply(mail)]
    fresh = [away for mail in replies if (away := _away(mail, me, account)).ends > change.now.isoformat()]
    if fresh:
        newest = max(fresh, key=lambda away: away.ends)
        note(change, f"{NAMES}{account}/reply", newest)


def _is_reply(mail: Mail) -> bool:
    stated = mail.header("auto-submitted").lower()
    return (
        stated.startswith("auto-replied") and mail.role is Role.SENT and mail.mine and not mail.header("x-relance-id")
    )


def _away(mail: Mail, me: Me, account: str) -> Away:
    """The day of return as the reply says it, read as if somebody else had sent it."""
    until = read_answer(
        replace(mail, sender=SOMEBODY, role=Role.INBOX, origin=Origin.OTHER), me=me, in_thread=True
    ).until
    at = moment(mail)
    end = datetime.combine(until, time(), ZoneInfo(me.zone)) if until else at + NO_END
    return Away(account, "own_reply", _iso(at), _iso(max(end, at)))


def ignore(desk: Desk) -> Done:
    """Only ever the person's word: mail may leave although the mailbox says they are away."""
    with desk.store.write() as change:
        found = {
            name: away
            for name, value in settings.starting_with(change.connection, NAMES).items()
            for away in kept_absences({name: value})
            if away.holds(change.now)
        }
        for name, away in found.items():
            settings.put(change, name, replace(away, ignored=True).packed())
            change.record(Event("absence.ignored", code=away.source))
    if not found:
        return no("not_away", "Nothing in your mailboxes says that you are away.")
    return Done(True, "resumed", "This absence holds nothing back any more; the next one will.")


def drop_ended(change: Change) -> None:
    """Forget absences that are over."""
    for name, value in settings.starting_with(change.connection, NAMES).items():
        away = kept_absences({name: value})[0]
        if away.ends and datetime.fromisoformat(away.ends) <= change.now:
            note(change, name, None)
