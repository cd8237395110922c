"""Makes expressions of the words of packs; it compiles what it is given and knows no word itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

STAR = re.escape("*")
GAP = " .. "
CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Letters of languages that put no spaces between words."""
NOTHING = r"(?!)"
"""Matches nowhere: what an empty list stands for."""


def either(words: Iterable[str]) -> str:
    """Any of the words, the longest first; a star stands for any letters."""
    found = sorted(dict.fromkeys(words), key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(STAR, r"\w*") for word in found) or NOTHING


def gapped(phrase: str, gap: str) -> str:
    """A phrase with "a|b" for either word and " .. " for whatever the gap allows."""
    parts = ([f"(?:{either(word.split('|'))})" for word in part.split()] for part in phrase.split(GAP))
    return gap.join(map(" ".join, parts))


def standing(words: Iterable[str]) -> str:
    """Any of the words, standing alone; where there are no spaces between words, anywhere."""
    known = tuple(words)
    alone, dense = [one for one in known if not CJK.search(one)], [one for one in known if CJK.search(one)]
    return rf"(?<!\w)(?:{either(alone)})(?!\w)|{either(dense)}"
