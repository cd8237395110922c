"""Tells whether mails are about one matter or name somebody; it joins no threads.

A mail of theirs in another thread counts as a possible answer whatever it says, unless it answers another mail of ours
and shares no telling word with the matter. A later mail of ours counts only where it shares the matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC
from functools import lru_cache
from typing import NamedTuple

from agent.decide.threads.threads import moment
from providers.base import Mail
from voice.languages.shapes import CJK
from voice.languages.subjects import prefix
from voice.languages.tongues import files, normal, word_set

TOKEN = re.compile(r"[\w#/-]{3,40}")
REFERENCE = re.compile(r"\d[\w/-]*\d|[a-z]+-?\d+")
YEAR = re.compile(r"(?:19|20)\d\d|\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?|\d{1,2}h\d{0,2}|\d{1,2}(?:st|nd|rd|th|am|pm)")
TOLD = 1_500
"""Characters whose words tell the matter: enough for a first screen, short enough to leave most quotations out."""
MOST_WORDS = 24
"""Telling words that are kept of a mail, and three times as many of the others; each is compared with many mails."""
SHORT, LONG = 4, 7
"""A shorter word tells no matter, unless it is a reference; of longer ones two in common are enough by themselves."""


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
    return word_set("untelling") | {normal(str(word)) for words in lists if isinstance(words, list) for word in words}


@lru_cache(maxsize=4096)
def bare_subject(subject: str) -> str:
    """A subject without its prefixes, in the form to compare by."""
    return " ".join(prefix().sub("", normal(subject[:300])).split())


def matter_words(subject: str, text: str) -> tuple[str, ...]:
    """The words that tell a matter: of the subject and references as they are, other long words marked with `~`."""
    plain = normal(text[:TOLD])
    told = list(_tokens(plain))
    strong = [
        word for word in _tokens(bare_subject(subject)) if len(word) >= SHORT or CJK.search(word) or _reference(word)
    ]
    strong += [word for word in told if _reference(word)]
    weak = [f"~{word}" for word in told if len(word) >= SHORT and not _reference(word)]
    return tuple(dict.fromkeys(strong))[:MOST_WORDS] + tuple(dict.fromkeys(weak))[: 3 * MOST_WORDS]


def _tokens(plain: str) -> Iterable[str]:
    usual = _everyday()
    found = (token.strip("#/-") for token in TOKEN.findall(plain))
    return (word for word in found if word not in usual and not (word[0:1].isdigit() and YEAR.fullmatch(word)))


def _reference(word: str) -> bool:
    return len(word) > 2 and not word.isalpha() and bool(REFERENCE.fullmatch(word))


def shares(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether two sets of telling words are about one matter: one strong word, or two long ones, in common."""
    first, second = set(one), set(other)
    strong = {word for word in first | second if not word.startswith("~")}
    common = {word.lstrip("~") for word in first} & {word.lstrip("~") for word in second}
    return bool(strong & common) or sum(len(word) >= LONG for word in common) > 1


def spoken(mail: Mail, *, answers_other: bool) -> Spoken:
    """A human mail as `matter_of` wants it. `answers_other`: its thread has an earlier mail of ours."""
    words = frozenset(matter_words(mail.subject, mail.text)) if answers_other else frozenset()
    sender = mail.sender.key if mail.sender else ""
    return Spoken(sender, moment(mail).astimezone(UTC).isoformat(), answers_other, words)


def names_most(everything: str, words: Iterable[str]) -> bool:
    """The same, more firmly: a reference, or most of at least two words of the subject."""
    strong = {word for word in words if not word.startswith("~")}
    found = {word for word in strong if word in everything}
    plain = {word for word in strong if not _reference(word)}
    most = len(found) >= 2 and 2 * len(found & plain) >= len(plain)
    return most or any(_reference(word) for word in found)


def names_matter(everything: str, words: Iterable[str]) -> bool:
    """Whether a text names the matter of these words: a reference, two of its subject or all of it."""
    strong = {word for word in words if not word.startswith("~")}
    found = {word for word in strong if word in everything}
    return bool(found) and (len(found) >= 2 or found == strong or any(_reference(word) for word in found))


def names_person(everything: str, people: Iterable[str], name: str) -> bool:
    """Whether an address or the whole name of somebody stands in a text; a longer one is another's."""
    return any(_stands(person, everything) for person in (*people, *_orders(name)))


@lru_cache(maxsize=4096)
def _orders(name: str) -> tuple[str, ...]:
    """A full name as it may be written; a single name tells nobody apart."""
    words = normal(name.replace(",", " ")).split()
    return (" ".join(words), " ".join([*words[1:], words[0]]), " ".join([words[-1], *words[:-1]])) if words[1:] else ()


def _stands(named: str, everything: str) -> bool:
    """Whether it stands there as a whole; most mails are told by the cheap look."""
    if not named or named.split(maxsplit=1)[0] not in everything:
        return False
    whole = r",?\s{1,3}".join(re.escape(word) for word in named.split())
    return re.search(rf"(?<![\w.+-]){whole}(?![\w-]|[.@+]\w)", everything) is not None
