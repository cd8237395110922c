"""Knows what mail programs put before a subject in all languages; it changes no subject itself."""

from __future__ import annotations

import re
from functools import lru_cache

from voice.languages import packs
from voice.languages.shapes import either

FILE = "subjects"


@lru_cache(maxsize=1)
def prefix() -> re.Pattern[str]:
    """All that stands before a subject in lower case."""
    return re.compile(rf"^(?:\s*+(?:{_prefixes()})\s*+(?:\[\d++\]\s*+)?[::]\s*+)+")


@lru_cache(maxsize=1)
def answering() -> re.Pattern[str]:
    """What begins the subject of an answer, in lower case."""
    return re.compile(rf"^(?:{either(packs.everywhere(FILE, 'answers'))})\s*+:")


@lru_cache(maxsize=1)
def prefix_or_tag() -> re.Pattern[str]:
    """One prefix as written, or the tag of a list."""
    return re.compile(rf"^\s*((?:{_prefixes()})\s?(\[\d{{1,3}}\])?\s?:|\[[^\]]{{1,60}}\])\s*", re.IGNORECASE)


@lru_cache(maxsize=1)
def was() -> re.Pattern[str]:
    """The subject a mail had before, in brackets."""
    return re.compile(rf"[(\[](?:{either(packs.everywhere(FILE, 'was'))})\b.*$", re.IGNORECASE)


def _prefixes() -> str:
    return either((*packs.everywhere(FILE, "answers"), *packs.everywhere(FILE, "forwards")))
