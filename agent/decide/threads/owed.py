"""Finds what the user owes: a question left open, and a promise of theirs whose day passed; never an answer to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from agent.decide.dates.days import month_end
from agent.decide.dates.named_days import Named, first_day, writes_month_first
from agent.decide.machines.carriers import carrier, is_list
from agent.decide.reading.expects import expectation
from agent.decide.reading.wording import conditional
from agent.decide.threads.people import is_me
from agent.decide.values import Me
from providers.base import Mail, Origin
from voice.languages.lexicon import LETTER, heard, may_hold
from voice.languages.quotes import typed
from voice.languages.sentences import Sentence
from voice.languages.tongues import normal

OWING = frozenset({"owing"})
FARTHEST = timedelta(days=120)
"""A day behind that is no promise anybody waits for."""
MOST_ASKED = 5
"""A question to more people is nobody's to answer."""
MOST_TEXT = 20_000
"""Characters that are read in full, as in `voice/languages/sentences.py` (HEAD and TAIL together)."""


@dataclass(frozen=True, slots=True)
class Owed:
    """The sentence that shows it; with the day, where it is a promise."""

    words: str
    day: date | None = None


def question_in(mail: Mail, me: Me) -> Owed | None:
    """What a person asks the user in their mail; None where nothing is asked, or nobody asks."""
    if mail.origin is not Origin.OTHER or mail.sender is None or not _direct(mail, me):
        return None
    carried = carrier(mail, me)
    if carried.automatic or carried.bulk or carried.robot:
        return None
    return asked_in(typed(mail.text[:MOST_TEXT]), answering=bool(mail.in_reply_to))


def _direct(mail: Mail, me: Me) -> bool:
    """Whether it is for the user and not for a crowd or a list they stand in."""
    everybody = {address.key for address in (*mail.to, *mail.cc)}
    mine = any(is_me(address.key, me.keys) for address in mail.to)
    return mine and len(everybody) <= MOST_ASKED and not any(map(is_list, everybody))


def asked_in(text: str, *, answering: bool = False) -> Owed | None:
    """The last question or request of what somebody typed."""
    found = expectation(text, answering=answering)
    return Owed(found.evidence) if found.asks else None


def promise_in(text: str, written: date, offset_hours: float | None = None) -> Owed | None:
    """The promise with a day that the user typed, the last of several; None where there is no such day."""
    if not may_hold(normal(text[:MOST_TEXT]), OWING):
        return None
    month_first = writes_month_first(normal(text[:MOST_TEXT]), offset_hours)
    found, latest = None, None
    for sentence, kinds in heard(text[:MOST_TEXT], OWING):
        if "owing" not in kinds or sentence.asks or not LETTER.search(sentence.plain) or conditional(sentence):
            continue
        day = _day(sentence, written, month_first=month_first)
        if day is not None and written <= day <= written + FARTHEST and (latest is None or latest <= day):
            found, latest = Owed(sentence.text[:200], day), day
    return found


def _day(sentence: Sentence, written: date, *, month_first: bool) -> date | None:
    """The last day on which the promise is still kept."""
    item = first_day(sentence, written, month_first=month_first)
    return None if item is None else _last(item)


def _last(item: Named) -> date:
    if item.last is not None:
        return item.last
    return month_end(item.day) if item.how == "span" else item.day
