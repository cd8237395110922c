"""Finds the day the other side named for an answer and let pass; states nothing they did not say themselves."""

from __future__ import annotations

from datetime import date, datetime, time

from agent.decide.reading.answers import read_answer
from agent.decide.threads.threads import Thread, moment
from agent.decide.threads.waits import from_asked
from agent.decide.values import Certainty, Me, Meaning
from providers.base import Mail, Origin
from voice.languages.ago import day
from voice.languages.detect import language_of
from voice.languages.pack import LANGUAGES, pack
from voice.languages.quotes import typed


def broken_promise(thread: Thread, me: Me, now: datetime, last: Mail | None = None) -> date | None:
    """The day they promised an answer for since a mail of ours, our last one, where it has passed without one."""
    last = last or next((mail for mail in reversed(thread.mails) if mail.mine), None)
    if last is None:
        return None
    theirs = (mail for mail in thread.mails if mail.origin is Origin.OTHER and from_asked(mail, last))
    since = [mail for mail in theirs if moment(mail) >= moment(last)]
    if not since:
        return None
    said = read_answer(since[-1], me=me, parent_text=typed(last.text), in_thread=True)
    firm = said.meaning is Meaning.LATER and said.certainty is not Certainty.UNSURE
    return said.until if firm and said.until is not None and said.until < now.date() else None


def in_words(named: date | None, last: Mail | None, now: datetime) -> str:
    """That day in the language of our own mail; empty where the language cannot be told."""
    language = language_of(typed(last.text), LANGUAGES, "") if named is not None and last is not None else ""
    if named is None or not language:
        return ""
    return day(datetime.combine(named, time(12), now.tzinfo), pack(language))
