"""Tells whose absence a sentence speaks of; it says nothing of the days."""

from __future__ import annotations

import re
from functools import lru_cache

from voice.languages.sentences import Sentence
from voice.languages.shapes import either
from voice.languages.tongues import normal, word_set, words

WORDS = re.compile(r"\w+")
NAME = r"[A-Z\u00c0-\u00de\u0141\u015a\u017b][\w'’-]{1,30}"
FIRST_NAME = NAME.replace("A-Z", r"A-Z\u0410-\u042f")


@lru_cache(maxsize=1)
def _another() -> re.Pattern[str]:
    """Somebody, by name or by what they are to the writer, who is somewhere or does something."""
    titles, ours, who = (either(words(key)) for key in ("person_titles", "ours", "somebody"))
    does, topic = (either(words(key)) for key in ("is_away", "topic"))
    return re.compile(
        rf"^(?:(?:{titles})\.?\s|(?:{ours})\s)?(?P<who>(?:{FIRST_NAME}|{who}))(?:\s{NAME})?\s(?:{does})\s"
        rf"|^(?P<other>\w{{1,8}})(?:{topic})",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def _nobody() -> frozenset[str]:
    """What may stand before "is away" without being another person."""
    return frozenset(map(normal, words("nobody")))


def own_absence(sentence: Sentence, found: frozenset[str], writer: frozenset[str]) -> frozenset[str]:
    """Without the signs of absence where somebody else is said to be away."""
    if not found & {"absent", "return"}:
        return found
    other = _another().match(sentence.text[:120])
    if other is None or "behalf" in found or not word_set("places").isdisjoint(WORDS.findall(sentence.plain[:60])[:3]):
        return found
    if normal(other["who"] or other["other"]) in writer | _nobody():
        return found
    return found - {"absent", "return", "later"}
