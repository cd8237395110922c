"""A small character model: how much more a text looks like this user than like other people;
counts only, no learning loop."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import exp, log

from voice.languages import packs
from voice.languages.pack import LANGUAGES, pack

SIZES = (2, 3, 4)
"""Letters of a group: single ones tell languages apart rather than hands, and longer ones repeat whole words."""
DIGITS = str.maketrans("123456789", "0" * 9)
MOST_CHARACTERS = 400_000
"""Of one hand: the commonest groups are settled long before, and counting takes time."""
MOST_GRAMS = 20_000
"""The commonest; rare ones tell more of a matter than of a hand."""
FLOOR = 0.5
"""Half a mail in place of none, as usual where nothing was seen must not mean never."""
PRIOR = 10
"""What is seen in so many mails weighs as much as what other people do."""
GENERAL = 20
"""Anybody's prose counts as so many received mails."""
ENOUGH_HEARD = 50
"""Fewer mails tell two of our own wordings apart, not a wording from what the user wrote."""
RARE = 0.02
"""What is seen in fewer mails than this share weighs no more."""
USUAL_LENGTH = 1_200
"""Letter groups of an ordinary mail, where nothing was counted."""


@dataclass(frozen=True, slots=True)
class Letters:
    """In how many of so many texts each group of letters stands."""

    grams: dict[str, int] = field(default_factory=dict)
    texts: int = 0
    length: int = 0
    """Groups a text, on average."""


def grams(text: str) -> Counter[str]:
    """Character n-grams of one line, digits made equal."""
    even = text.translate(DIGITS) if text.isascii() else "".join("0" if one.isdigit() else one for one in text)
    line = " " + " ".join(even.split()) + " "
    counts: Counter[str] = Counter()
    for size in SIZES:
        counts.update([line[start : start + size] for start in range(len(line) - size + 1)])
    return counts


def count(texts: Iterable[str], most: int = MOST_GRAMS) -> Letters:
    """The letter groups of many texts, the commonest kept."""
    counts: Counter[str] = Counter()
    left, many, length = MOST_CHARACTERS, 0, 0
    for text in texts:
        found = grams(text[:left])
        counts.update(found.keys())
        left, many, length = left - len(text), many + 1, length + found.total()
        if left <= 0:
            break
    kept = sorted(counts, key=lambda gram: (-counts[gram], gram))[:most]
    return Letters({gram: counts[gram] for gram in kept}, many, length // many if many else 0)


@lru_cache(maxsize=len(LANGUAGES))
def background(language: str) -> Background:
    """How anybody writes the language: counted prose where we have it, else the neutral wordings."""
    path = packs.FOLDER / language / "background.json"
    if path.is_file():
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Background(raw["grams"], int(raw["total"]), counted=True)
    known = pack(language)
    counts: Counter[str] = Counter()
    for frames in known.frames.values():
        for lines in frames.values():
            for line in lines:
                counts.update(grams(line))
    return Background(counts, counts.total())


@dataclass(frozen=True, slots=True)
class Background:
    """How often letter groups come in anybody's prose, and in the mail this user receives."""

    grams: Mapping[str, int]
    total: int
    others: Letters = field(default_factory=Letters)
    counted: bool = False
    """From people's prose, not from our own wordings."""

    def joined(self, others: Letters) -> Background:
        """With the mail this user receives, which weighs more the more there is."""
        return replace(self, others=others)

    def chance(self, gram: str, length: int) -> float | None:
        """How likely a text of so many groups holds this one; None where nothing is known of it."""
        received, seen = self.others.texts, self.others.grams.get(gram, 0)
        general = self.grams.get(gram)
        if general is None:
            return (seen + FLOOR) / (received + 1) if seen else None
        anybody = 1 - exp(-(length or USUAL_LENGTH) * (general + FLOOR) / (self.total + FLOOR))
        return (seen + GENERAL * anybody) / (received + GENERAL)


class Likeness:
    """Mean log ratio of a text's letter groups between one writer and a background."""

    def __init__(self, own: Letters, background: Background) -> None:
        self._own, self._background = own, background
        self._ratios: dict[str, float] = {}
        self._texts: dict[str, float] = {}
        self._sums: dict[str, tuple[float, float]] = {}
        self._differences: dict[str, tuple[float, float]] = {}

    @property
    def sure(self) -> bool:
        """Whether enough is known of the user and of other people."""
        heard = self._background.counted or self._background.others.texts >= ENOUGH_HEARD
        return heard and self._own.texts >= ENOUGH_HEARD

    def of(self, text: str) -> float:
        """Above zero: nearer to the writer than to the background."""
        if text not in self._texts:
            counts = grams(text)
            weighed = sum((1 + log(times)) * self._ratio(gram) for gram, times in counts.items())
            self._texts[text] = weighed / max(len(counts), 1)
        return self._texts[text]

    def weighed(self, text: str) -> tuple[float, float]:
        """How much more the user uses its letter groups than others do, the rare ones weighing more, and the
        squares of the weights; sums of parts are those of the whole."""
        if text not in self._sums:
            total = squares = 0.0
            known = self._differences
            for gram, times in grams(text).items():
                difference, square = known.get(gram) or self._difference(gram)
                if times > 1:
                    weight = 1 + log(times)
                    difference, square = weight * difference, weight * weight * square
                total += difference
                squares += square
            self._sums[text] = total, squares
        return self._sums[text]

    def _difference(self, gram: str) -> tuple[float, float]:
        """By how much likelier a mail of this user holds a group than another mail, by how rare it is in both, and the
        square of that rarity."""
        expected = self._background.chance(gram, self._own.length) or 0.0
        seen = self._own.grams.get(gram, 0) / max(self._own.texts, 1)
        square = log(1 + 1 / ((seen + expected) / 2 + RARE)) ** 2
        self._differences[gram] = square * (seen - expected), square
        return self._differences[gram]

    def _ratio(self, gram: str) -> float:
        known = self._ratios.get(gram)
        if known is None:
            expected = self._background.chance(gram, self._own.length)
            known = 0.0
            if expected is not None and self._own.texts:
                seen = (self._own.grams.get(gram, 0) + PRIOR * expected) / (self._own.texts + PRIOR)
                known = log(seen / expected)
            self._ratios[gram] = known
        return known
