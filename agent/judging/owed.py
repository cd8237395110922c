"""Gathers what the user owes: questions left without an answer and promises whose day passed; never drafts, and
changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from agent.bounds import TooMuchError, within_bounds
from agent.common.home import Home
from agent.common.person import me_of
from agent.decide.threads.owed import MOST_TEXT, Owed, promise_in, question_in
from agent.decide.threads.people import is_me
from agent.decide.threads.threads import moment
from agent.decide.values import Me
from agent.store.mail import people
from agent.store.shown import owed_mails
from providers.base import Address, Mail
from voice.languages.quotes import typed

OLDEST = timedelta(days=60)
"""What is older is not asked for any more."""
MOST_OF_A_THREAD = 3
"""Mails looked at for a question, the newest first: a last "thanks" takes none back."""


@dataclass(frozen=True, slots=True)
class OwedMail:
    """One thing owed, and the mail that shows it."""

    kind: str
    """question or promise."""
    person: Address
    known: bool
    """Whether the user ever wrote to them."""
    words: str
    day: date | None
    at: datetime
    subject: str
    message: str


def owed(home: Home) -> list[OwedMail]:
    """Everything owed: promises by their day, then questions, of those the user writes to first; the oldest on top."""
    me, now = me_of(home.config, home.zone), home.clock()
    with home.store.read() as connection:
        known = frozenset(people.correspondents(connection))
        waiting: dict[int, list[tuple[bool, Mail]]] = {}
        for thread, wrote, mail in owed_mails.unanswered(connection, now - OLDEST):
            mails = waiting.setdefault(thread, [])
            if len(mails) < MOST_OF_A_THREAD:
                mails.append((wrote, mail))
        said = [mail for _, mail in owed_mails.last_words(connection, now - OLDEST)]
    questions = [found for mails in waiting.values() if (found := _asked(mails, me, known)) is not None]
    promises = [found for mail in said if (found := _promised(mail, me, now)) is not None]
    return sorted(promises, key=lambda one: (one.day or date.max, one.at)) + sorted(
        questions, key=lambda one: (not one.known, one.at)
    )


def _asked(mails: list[tuple[bool, Mail]], me: Me, known: frozenset[str]) -> OwedMail | None:
    for wrote, mail in mails:
        found = _within(partial(question_in, mail, me))
        if found is not None and mail.sender is not None:
            return _owed("question", mail, mail.sender, found, known=wrote or mail.sender.key in known)
    return None


def _promised(mail: Mail, me: Me, now: datetime) -> OwedMail | None:
    to = next((address for address in mail.to if not is_me(address.email, me.keys)), None)
    if to is None:
        return None
    at = moment(mail)
    offset = at.utcoffset()
    hours = offset.total_seconds() / 3600 if offset is not None else None
    found = _within(lambda: promise_in(typed(mail.text[:MOST_TEXT]), at.date(), hours))
    if found is None or found.day is None or found.day >= now.date():
        return None
    return _owed("promise", mail, to, found, known=True)


def _within(read: Callable[[], Owed | None]) -> Owed | None:
    try:
        with within_bounds():
            return read()
    except TooMuchError:
        return None


def _owed(kind: str, mail: Mail, person: Address, found: Owed, *, known: bool) -> OwedMail:
    return OwedMail(kind, person, known, found.words, found.day, moment(mail), mail.subject, mail.message_id)
