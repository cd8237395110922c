"""Notices matters no machine should press, such as grief, law or anger; it only ever asks for less."""

from __future__ import annotations

from collections.abc import Iterable

from voice.languages.lexicon import kinds_among, may_hold
from voice.languages.sentences import sentences

TOPICS = ("death", "illness", "law", "dispute", "hr", "anger", "money")
GRAVE = frozenset(TOPICS)


def sensitive(texts: Iterable[str]) -> tuple[str, str]:
    """The gravest topic the mails touch and the sentence that shows it; empty strings when there is none."""
    found: dict[str, str] = {}
    for text in texts:
        every = sentences(text)
        if not may_hold(" ".join(sentence.plain for sentence in every), GRAVE):
            continue
        for sentence in every:
            for topic in kinds_among(sentence.plain, GRAVE):
                found.setdefault(topic, sentence.text[:200])
    return next(((topic, found[topic]) for topic in TOPICS if topic in found), ("", ""))
