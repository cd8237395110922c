"""Tells whether two mails are about one matter, and whether a robot says it is settled; it joins no threads.

A mail of theirs in another thread counts as a possible answer whatever it says, unless it answers another mail of ours
and shares no telling word with the matter. A later mail of ours counts only where it shares the matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from functools import lru_cache
from typing import NamedTuple

from agent.decide.machines.carriers import is_robot, settles_for_others
from agent.decide.reading.lexicon import kinds_among
from agent.decide.threads.threads import moment
from providers.base import Mail
from voice.languages.sentences import sentences
from voice.languages.shapes import CJK
from voice.languages.subjects import prefix
from voice.languages.tongues import files, normal, word_set

TOKEN = re.compile(r"[\w#/-]{3,40}")
REFERENCE = re.compile(r"\d[\w/-]*\d|[a-z]+-?\d+")
YEAR = re.compile(r"(?:19|20)\d\d|\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?|\d{1,2}h\d{0,2}|\d{1,2}(?:st|nd|rd|th|am|pm)")
SETTLED = frozenset({"booked"})
MOST = 4_000
"""Characters of a mail that are looked at; what it is about is said at its beginning."""
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


@dataclass(frozen=True, slots=True)
class Notice:
    """A robot's mail that says something was signed, paid or booked."""

    at: str
    """ISO time in UTC."""
    said: str
    everything: str
    """Its subject and text in the form to compare."""

    def about(self, people: Iterable[str], name: str, words: Iterable[str]) -> bool:
        """Whether it names these people or this matter; the arguments are those of a summary."""
        full = normal(name)
        if any(person and person in self.everything for person in people):
            return True
        return (len(full.split()) > 1 and full in self.everything) or _names_matter(self.everything, words)


def notice(mail: Mail) -> Notice | None:
    """What a robot says is settled; None for people, newsletters and robots that say no such thing."""
    address = mail.sender.key if mail.sender else ""
    service = settles_for_others(address)
    machine = service or is_robot(address) or bool(mail.header("auto-submitted"))
    if not machine or (mail.header("list-unsubscribe") and not service):
        return None
    said = _settled_sentence(mail)
    if not said:
        return None
    everything = normal(f"{mail.subject[:300]}\n{mail.text[:MOST]}")
    return Notice(moment(mail).astimezone(UTC).isoformat(), said, everything)


def settles(mail: Mail, people: Iterable[str], name: str, words: Iterable[str]) -> str:
    """The sentence in which a robot settles this matter; empty when it says nothing of it."""
    found = notice(mail)
    return found.said if found is not None and found.about(people, name, words) else ""


def _settled_sentence(mail: Mail) -> str:
    if kinds_among(normal(mail.subject[:300]), SETTLED):
        return mail.subject[:200]
    return next((item.text[:200] for item in sentences(mail.text[:MOST]) if kinds_among(item.plain, SETTLED)), "")


def _names_matter(everything: str, words: Iterable[str]) -> bool:
    strong = {word for word in words if not word.startswith("~")}
    found = {word for word in strong if word in everything}
    return bool(found) and (len(found) >= 2 or found == strong or any(_reference(word) for word in found))
