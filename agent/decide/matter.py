"""Tells whether two mails are about one matter, and whether a robot says it is settled; it joins no threads.

A mail of theirs in another thread counts as a possible answer whatever it says, unless it answers another mail of ours
and shares no telling word with the matter. A later mail of ours counts only where it shares the matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC
from functools import lru_cache
from typing import NamedTuple

from agent.decide.carriers import is_robot, settles_for_others
from agent.decide.lexicon import CJK, files, kinds, normal, sentences
from agent.decide.threads import moment
from providers.base import Mail

PREFIX = re.compile(
    r"^(?:\s*(?:re|aw|sv|vs|odp|antw|res|rif|ref|fw|fwd|wg|tr|rv|enc|i|doorst|返信|转发|回复)\s*(?:\[\d+\])?\s*[::]\s*)+"
)
TOKEN = re.compile(r"[\w#/-]{3,40}")
REFERENCE = re.compile(r"\d[\w/-]*\d|[a-z]+-?\d+")
YEAR = re.compile(r"(?:19|20)\d\d|\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?|\d{1,2}h\d{0,2}|\d{1,2}(?:st|nd|rd|th|am|pm)")
MOST = 4_000
MOST_WORDS = 24
LONG = 7
GENERIC = frozenset(
    "about again also answer anfrage back call date email feedback fwd frage from hallo hello heute info information "
    "letter mail meeting message monday tuesday wednesday thursday friday news next note please question questions quick "
    "reminder reply request soon termin thank thanks this time today tomorrow update urgent week weekly your yours pour "
    "question suite votre nous vous avec bonjour hola para sobre consulta gracias ciao ancora domanda vraag over onze "
    "fraga hej sprawa pytanie witam could would should there their because before little better having really something "
    "anything looking forward regards kind best wishes".split()
)


class Spoken(NamedTuple):
    """A human mail of somebody, outside the thread that is judged."""

    person: str
    at: str
    """ISO time in UTC."""
    answers_other: bool = False
    """It belongs to another thread in which we wrote before."""
    words: frozenset[str] = frozenset()


@lru_cache(maxsize=1)
def _everyday() -> frozenset[str]:
    lists = [table.get("common") for table in files().values()]
    return GENERIC | {normal(str(word)) for words in lists if isinstance(words, list) for word in words}


@lru_cache(maxsize=4096)
def bare_subject(subject: str) -> str:
    """A subject without its prefixes, in the form to compare by."""
    return " ".join(PREFIX.sub("", normal(subject[:300])).split())


def matter_words(subject: str, text: str) -> tuple[str, ...]:
    """The words that tell a matter: of the subject and references as they are, other long words marked with `~`."""
    plain = normal(text[:MOST])
    strong = [word for word in _tokens(bare_subject(subject)) if len(word) > 3 or CJK.search(word) or _reference(word)]
    strong += [word for word in _tokens(plain) if _reference(word)]
    weak = [f"~{word}" for word in _tokens(plain) if len(word) >= LONG and not _reference(word)]
    return tuple(dict.fromkeys(strong))[:MOST_WORDS] + tuple(dict.fromkeys(weak))[:MOST_WORDS]


def _tokens(plain: str) -> Iterable[str]:
    return (word for token in TOKEN.findall(plain) if (word := token.strip("#/-")) not in _everyday())


def _reference(word: str) -> bool:
    return len(word) > 2 and bool(REFERENCE.fullmatch(word)) and not YEAR.fullmatch(word)


def shares(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two sets of telling words are about one matter: one strong word, or two long ones, in common."""
    first, second = set(one), set(other)
    strong = {word for word in first | second if not word.startswith("~")}
    everything = [{word.lstrip("~") for word in words} for words in (first, second)]
    return bool(strong & everything[0] & everything[1]) or len(everything[0] & everything[1]) > 1


def spoken(mail: Mail, *, answers_other: bool) -> Spoken:
    """A human mail as `matter_of` wants it. `answers_other`: its thread has an earlier mail of ours."""
    words = frozenset(matter_words(mail.subject, mail.text)) if answers_other else frozenset()
    sender = mail.sender.key if mail.sender else ""
    return Spoken(sender, moment(mail).astimezone(UTC).isoformat(), answers_other, words)


def settles(mail: Mail, people: Iterable[str], name: str, words: Iterable[str]) -> str:
    """What a robot's mail says about this matter being signed, paid or booked; empty when it says nothing of it.

    `people`, `name` and `words` are those of the summary: the mail must name the person or the matter.
    """
    if mail.sender is None or not (_by_machine(mail)):
        return ""
    said = _settled_sentence(mail)
    if not said:
        return ""
    everything = normal(f"{mail.subject[:300]}\n{mail.text[:MOST]}")
    full = normal(name)
    named = any(person and person in everything for person in people) or (len(full.split()) > 1 and full in everything)
    return said if named or _names_matter(everything, words) else ""


def _by_machine(mail: Mail) -> bool:
    address = mail.sender.key if mail.sender else ""
    return is_robot(address) or settles_for_others(address) or bool(mail.header("auto-submitted"))


def _settled_sentence(mail: Mail) -> str:
    if "booked" in kinds(normal(mail.subject[:300])):
        return mail.subject[:200]
    return next((item.text[:200] for item in sentences(mail.text[:MOST]) if "booked" in kinds(item.plain)), "")


def _names_matter(everything: str, words: Iterable[str]) -> bool:
    strong = {word for word in words if not word.startswith("~")}
    found = {word for word in strong if word in everything}
    return bool(found) and (len(found) >= 2 or found == strong or any(_reference(word) for word in found))
