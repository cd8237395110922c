"""A small character model: how much more a text looks like this user than like anybody;
counts only, no learning loop."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import log

from voice.pack import LANGUAGES, pack

SIZES = (2, 3, 4)
MOST_CHARACTERS = 400_000
MOST_GRAMS = 12_000
FLOOR = 0.5


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
def background(language: str) -> dict[str, int]:
    """How anybody's follow-up looks: the neutral wordings of the language."""
    known = pack(language)
    return count(line for frames in known.frames.values() for lines in frames.values() for line in lines)


class Likeness:
    """Mean log ratio of a text's n-grams between one writer and a background."""

    def __init__(self, own: Mapping[str, int], background: Mapping[str, int]) -> None:
        self._own, self._background = own, background
        self._own_total = sum(own.values()) or 1
        self._background_total = sum(background.values()) or 1

    def of(self, text: str) -> float:
        """Above zero: nearer to the writer than to the background."""
        counts = grams(text)
        total = sum(counts.values()) or 1
        return sum(times * self._ratio(gram) for gram, times in counts.items()) / total

    def _ratio(self, gram: str) -> float:
        expected = (self._background.get(gram, 0) + FLOOR) / (self._background_total + FLOOR)
        seen = (self._own.get(gram, 0) + 4000 * expected) / (self._own_total + 4000)
        return log(seen / expected)
