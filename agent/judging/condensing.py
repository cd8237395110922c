"""Condenses a thread within limits on time and memory, and finds the mail that is too much; changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from time import process_time

from agent.bounds import TooMuchError, within_bounds
from agent.decide.facts import check as facts
from agent.decide.reading.sensitive import sensitive
from agent.decide.threads.summary import Summary, summarise
from agent.decide.threads.threads import Thread
from agent.decide.values import Me
from providers.base import Address, Mail, Origin
from providers.mail.delivery import TRACES
from voice.languages.quotes import typed

ENDED = "It could not be judged within the limits on time and memory."
MOST_LOOKING = 3.0
"""Seconds of processor time in which it must be clear which mail it was."""
MOST_TEXT = 20_000
"""Characters that are read in full, as in `voice/languages/sentences.py` (HEAD and TAIL together)."""
SAMPLE = "Hello,\n\nI am away until Monday. Could you look at the offer by Friday?\n\nBest"
Read = Callable[[Thread], Summary]


def condense(thread: Thread, me: Me, own_ids: AbstractSet[str] = frozenset()) -> tuple[Summary, tuple[Mail, ...]]:
    """The summary, with the mails that had to be set aside for it."""

    def read(part: Thread) -> Summary:
        summary = summarise(part, me, own_ids=own_ids)
        if summary.asks and not summary.blocked:
            _rehearse(part)
        return summary

    _ready()
    try:
        with within_bounds():
            return read(thread), ()
    except TooMuchError:
        return _without(thread, read)


@cache
def _ready() -> None:
    """Word lists are loaded before anybody's mail is timed, or the first one would pay for them."""
    at = datetime(2026, 1, 5, tzinfo=UTC)
    asked = Mail("a", "<a@x>", at, at, Address("me@x"), (Address("you@y"),), text=SAMPLE, origin=Origin.SENT)
    said = Mail("b", "<b@y>", at, at, Address("you@y"), references=("<a@x>",), text=SAMPLE)
    thread = Thread("<a@x>", (asked, said))
    summarise(thread, Me(addresses=("me@x",)))
    summarise(Thread("<a@x>", (asked,)), Me(addresses=("me@x",)))
    _rehearse(thread)


def set_aside(mail: Mail) -> Mail:
    """What stays of a mail nobody can read: who, when, where it belongs, and how it came."""
    came = {name: mail.headers[name] for name in TRACES if name in mail.headers}
    return replace(mail, subject=mail.subject[:200], text="", parts=(), headers=came, attachments=(), problem=ENDED)


def _without(thread: Thread, read: Read) -> tuple[Summary, tuple[Mail, ...]]:
    """One mail at a time tells which it was; where it takes two, the newest of the others goes."""
    begun, found = process_time(), list[Mail]()
    for mail in thread.mails:
        if process_time() - begun > MOST_LOOKING:
            # It is the number of them; no one mail is to blame, and none is set aside.
            return Summary(thread.key, blocked="unsure", problem=True), ()
        if not mail.problem and _is_too_much(Thread(thread.key, (mail,)), read):
            found.append(mail)
    while process_time() - begun <= MOST_LOOKING:
        kept = tuple(set_aside(mail) if mail in found else mail for mail in thread.mails)
        try:
            with within_bounds():
                return read(Thread(thread.key, kept, thread.drafts)), tuple(found)
        except TooMuchError:
            left = [mail for mail in thread.mails if mail not in found]
            if not left:
                return Summary(thread.key, blocked="unsure", problem=True), tuple(found)
            found.append(max(left, key=lambda mail: (not mail.mine, mail.at)))
    return Summary(thread.key, blocked="unsure", problem=True), tuple(found)


def _is_too_much(thread: Thread, read: Read) -> bool:
    try:
        with within_bounds():
            read(thread)
            _rehearse(thread)
    except TooMuchError:
        return True
    return False


def _rehearse(thread: Thread) -> None:
    """What a draft would do with these mails later, so that what it cannot bear is found now."""
    for mail in thread.mails:
        words = typed(mail.text)
        facts.check(words[:2000], (), (mail.text[:MOST_TEXT],))
        sensitive([mail.text[:MOST_TEXT]])
