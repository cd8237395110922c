"""Hears whether a sentence goes on with a "but" or a colon, or says that something is amiss; it judges no mail."""

from __future__ import annotations

import re
from functools import lru_cache

from voice.languages import packs
from voice.languages.shapes import standing
from voice.languages.tongues import language, words

STATED = re.compile(r"\b(?:\w+\W{1,3}){3}\w+[.!]$")
COLON = re.compile(r"(?<=\D):\s")


@lru_cache(maxsize=1)
def _but() -> re.Pattern[str]:
    """A "but" that is no other word in any language."""
    return re.compile(standing(words("but")))


@lru_cache(maxsize=1)
def _amiss() -> re.Pattern[str]:
    """That something is missing or wrong; a "but" that is another word elsewhere is enough for that."""
    return re.compile(standing((*words("but_spoken"), *words("amiss"))))


def announced(plain: str) -> str:
    """What follows a colon, where it is more than a word."""
    told = COLON.split(plain, maxsplit=1)[1:]
    return told[0] if told and " " in told[0].strip() else ""


def stated(plain: str) -> bool:
    """Four words and a full stop: no name under a mail."""
    return bool(STATED.search(plain))


def turns(plain: str) -> bool:
    """Whether the sentence goes on with a "but"."""
    if _but().search(plain):
        return True
    local = [word for word in words("but_spoken") if f" {word} " in plain]
    return bool(local) and not set(packs.listed(language(plain), "reading", "but_spoken")).isdisjoint(local)


def objects(plain: str) -> bool:
    """Whether a few words on something received may say more than that it came, in whatever language."""
    return bool(_but().search(plain) or _amiss().search(plain))
