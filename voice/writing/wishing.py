"""Understands the few wishes the writer without a model can grant; never guesses at another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from voice.languages import packs
from voice.languages.detect import named
from voice.languages.shapes import either
from voice.languages.text import folded

SHORTER, LONGER, FORMAL, INFORMAL = "shorter", "longer", "more formal", "less formal"
KNOWN = (SHORTER, LONGER, FORMAL, INFORMAL)
FILE = "wishes"
KEYS = {SHORTER: "shorter", LONGER: "longer", FORMAL: "more_formal", INFORMAL: "less_formal"}
"""Under which key a pack has the ways to say a wish."""
MOST = 500
"""Characters of a wish that are read: a bound on time."""


@lru_cache(maxsize=1)
def _shapes() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The ways to say each wish in all languages, the longest first."""
    marks = [(mark, wish) for wish, key in KEYS.items() for mark in packs.everywhere(FILE, key)]
    marks.sort(key=lambda pair: -len(pair[0]))
    return tuple((re.compile(rf"(?<!\w){re.escape(mark)}(?!\w)"), wish) for mark, wish in marks)


@lru_cache(maxsize=1)
def _denied() -> re.Pattern[str]:
    """What stands in front of a wish that is none."""
    no, so = (either(packs.everywhere(FILE, key)) for key in ("not", "so"))
    return re.compile(rf"(?<!\w)(?:{no}) (?:(?:{so}) )?$")


@dataclass(frozen=True, slots=True)
class Wished:
    """What was understood of a wish."""

    wishes: frozenset[str] = frozenset()

    def __contains__(self, wish: str) -> bool:
        return wish in self.wishes

    def __bool__(self) -> bool:
        return bool(self.wishes)


@lru_cache(maxsize=64)
def understood(say: str) -> Wished:
    """The known wishes in a sentence; a denied one and two that contradict each other are none."""
    text, found = folded(say[:MOST]), set()
    for shape, wish in _shapes():
        for match in shape.finditer(text):
            if not _denied().search(text[max(0, match.start() - 20) : match.start()]):
                found.add(wish)
        text = shape.sub(lambda hit: " " * len(hit.group()), text)
    for one, other in ((SHORTER, LONGER), (FORMAL, INFORMAL)):
        if {one, other} <= found:
            found -= {one, other}
    return Wished(frozenset(found))


def known_wishes() -> str:
    """What may be wished for, in a sentence."""
    others = sorted(named(code) for code in packs.having(FILE) if code != packs.USUAL)
    also = f"{', '.join(others[:-1])} and {others[-1]}" if len(others) > 1 else "".join(others)
    return f"Without a model these are understood: {', '.join(KNOWN)} (also in {also})."
