"""Phrases and shapes that give a machine away; it names them, it does not rewrite."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from voice.languages import packs
from voice.languages.shapes import either
from voice.languages.text import clean, folded

FILE = "tells"


LONG_DASH = re.compile(r"\w ?— ?\w")


def stock_phrases(language: str) -> tuple[str, ...]:
    """What a machine writes where it has nothing to say."""
    return packs.listed(language, FILE, "stock")


@lru_cache(maxsize=1)
def _shapes() -> dict[str, re.Pattern[str]]:
    """What gives a machine away in any language, by its name."""
    subject, holes, preamble = (
        either(packs.everywhere(FILE, key)) for key in ("subject_line", "placeholders", "preambles")
    )
    return {
        "subject line in the text": re.compile(rf"^(?:{subject})\s*:", re.IGNORECASE | re.MULTILINE),
        "placeholder": re.compile(
            rf"\[(?:{holes})[^\]\n]{{0,40}}\]|\{{\{{?\w{{1,30}}\}}?\}}|<(?:name|your name)>|\(forgotten\)",
            re.IGNORECASE,
        ),
        "markdown": re.compile(r"\*\*[^*\n]{1,80}\*\*|^#{1,4} |^```|^[ \t]*[-*] .{1,200}\n\s*[-*] ", re.MULTILINE),
        "preamble": re.compile(rf"^(?:{preamble})\b[^\n]{{0,120}}(?::|!)\s*$", re.IGNORECASE | re.MULTILINE),
        "refusal": re.compile(
            r"\b(i can't assist|i cannot assist|i'm unable to|as a language model|i am an ai|i'm an ai"
            r"|i apologize, but)\b",
            re.IGNORECASE,
        ),
        "long dash": LONG_DASH,
        "reasoning": re.compile(r"</?think>|<\|[a-z_]{1,20}\|>", re.IGNORECASE),
    }


@dataclass(frozen=True, slots=True)
class Tell:
    """One thing in a draft that its user does not write."""

    name: str
    span: str


def tells(text: str, language: str, used: Mapping[str, int] = {}) -> tuple[Tell, ...]:
    """What gives a machine away; stock phrases the user does write are theirs."""
    bounded = clean(text)
    low = folded(bounded)
    known = [phrase for phrase in stock_phrases(language) if phrase in low and not used.get(phrase)]
    found = [Tell("stock phrase", phrase) for phrase in known]
    for name, shape in _shapes().items():
        match = shape.search(bounded)
        if match and not used.get(name):
            found.append(Tell(name, match.group()[:80]))
    return tuple(found)


def used_stock(bodies: Iterable[str], language: str) -> dict[str, int]:
    """Stock phrases and shapes that are this user's own after all, with counts."""
    counts: dict[str, int] = {}
    for body in bodies:
        low = folded(body)
        for phrase in stock_phrases(language):
            if phrase in low:
                counts[phrase] = counts.get(phrase, 0) + 1
        if LONG_DASH.search(body):
            counts["long dash"] = counts.get("long dash", 0) + 1
    return counts
