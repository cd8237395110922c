"""A small character model: how much more a text looks like this user than like anybody;
counts only, no learning loop."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log
from pathlib import Path

from voice.pack import LANGUAGES, pack

SIZES = (2, 3, 4)
MOST_CHARACTERS = 400_000
MOST_GRAMS = 12_000
FLOOR = 0.5
PRIOR = 4_000


def grams(text: str) -> Counter[str]:
    """Character n-grams of one line, digits made equal."""
    line = " " + " ".join("".join("0" if letter.isdigit() else letter for letter in text).split()) + " "
    counts: Counter[str] = Counter()
    for size in SIZES:
        counts.update(line[start : start + size] for start in range(len(line) - size + 1))
    return counts


def count(texts: Iterable[str], most: int = MOST_GRAMS) -> dict[str, int]:
    """The n-grams of many texts, the commonest kept."""
    counts: Counter[str] = Counter()
    left = MOST_CHARACTERS
    for text in texts:
        counts.update(grams(text[:left]))
        left -= len(text)
        if left <= 0:
            break
    return dict(counts.most_common(most))


@lru_cache(maxsize=len(LANGUAGES))
def background(language: str) -> Background:
    """How anybody writes the language: counted prose where we have it, else the neutral wordings."""
    path = Path(__file__).parent / "frames" / f"{language}.json"
    if path.is_file():
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Background(raw["grams"], int(raw["total"]))
    known = pack(language)
    counts = count(line for frames in known.frames.values() for lines in frames.values() for line in lines)
    return Background(counts, sum(counts.values()))


@dataclass(frozen=True, slots=True)
class Background:
    """Counts of letter groups, and of how many in all they were counted."""

    grams: Mapping[str, int]
    total: int

    def joined(self, others: Mapping[str, int]) -> Background:
        """With the mail this user receives, which weighs more the more there is."""
        if not others:
            return self
        counts = Counter(self.grams)
        counts.update(others)
        return Background(counts, self.total + sum(others.values()))


class Likeness:
    """Mean log ratio of a text's n-grams between one writer and a background."""

    def __init__(self, own: Mapping[str, int], background: Background) -> None:
        self._own, self._background = own, background
        self._own_total = sum(own.values()) or 1
        self._ratios: dict[str, float] = {}

    def of(self, text: str) -> float:
        """Above zero: nearer to the writer than to the background."""
        counts = grams(text)
        total = sum(counts.values()) or 1
        return sum(times * self._ratio(gram) for gram, times in counts.items()) / total

    def _ratio(self, gram: str) -> float:
        known = 0.0 if gram not in self._background.grams else self._ratios.get(gram)
        if known is None:
            expected = (self._background.grams.get(gram, 0) + FLOOR) / (self._background.total + FLOOR)
            seen = (self._own.get(gram, 0) + PRIOR * expected) / (self._own_total + PRIOR)
            known = self._ratios[gram] = log(seen / expected)
        return known
