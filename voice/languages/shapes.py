"""Makes expressions of the words of packs; it compiles what it is given and knows no word itself."""

from __future__ import annotations

import re
from collections.abc import Iterable

STAR = re.escape("*")
GAP = " .. "
NOTHING = r"(?!)"
"""Matches nowhere: what an empty list stands for."""


def either(words: Iterable[str]) -> str:
    """Any of the words, the longest first; a star stands for any letters."""
    found = sorted(dict.fromkeys(words), key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(STAR, r"\w*") for word in found) or NOTHING


def gapped(phrase: str, gap: str) -> str:
    """A phrase with "a|b" for either word and " .. " for whatever the gap allows."""
    return gap.join("(?:" + either(part.split("|")) + ")" for part in phrase.split(GAP))


def whole(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words, standing alone, in any case."""
    return re.compile(rf"(?<!\w)(?:{either(words)})(?!\w)", re.IGNORECASE)
