"""What the packs hold of reading, and which of their languages a text may speak, by its words; it judges nothing.

It may name several languages, and is quick enough for every sentence. Which one language a draft is to be in is said by
`detect.py`, which knows more languages than there are packs of. `normal` is the form phrases of packs are compared in;
`text.folded` keeps accents, which tell the words of a draft apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache

from voice.languages import packs
from voice.languages.shapes import CJK

LETTERS = re.compile(r"\w+")
NAMED = re.compile(r"<(\w+)>")
REQUIRED = re.compile(r"\(([^()]*)\)(?!\?)")
MOST_HEARD = 800
"""Characters in which a mail shows what it speaks."""
LEAST_FOREIGN = 40
"""Characters of a sentence that may be in another language than its mail."""
EVERYDAY = 2.0
"""How much an everyday word speaks for its language; other words share one."""
MOST_SHARING = 3
"""A word of more languages than these tells none apart."""
NEARLY = 0.7
"""The share of the likeliest language's score that keeps another one possible."""
CERTAIN, FIRM = 4.0, 7.0
"""When a mail tells its language, and when one of its sentences may differ from it."""
SPECIAL = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "ß": "ss", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ı": "i", "ё": "е"}
)


@lru_cache(maxsize=4096)
def _plain_letter(letter: str) -> str:
    if letter < "\u0530" or "\u1e00" <= letter < "\u1f00":
        return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
    return letter


def normal(text: str) -> str:
    """Lower case without accents, the form all phrases are written and compared in."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(SPECIAL)
    return folded if folded.isascii() else "".join(map(_plain_letter, folded))


@lru_cache(maxsize=1)
def files() -> dict[str, dict[str, object]]:
    """What is read in answers, by language, with its families and its dates."""
    found: dict[str, dict[str, object]] = {}
    for name in sorted(packs.having("reading")):
        found[name] = dict(packs.table(name, "reading"))
        found[name] |= {file: packs.table(name, file) for file in ("families", "dates") if name in packs.having(file)}
    return found


def words(key: str) -> tuple[str, ...]:
    """What the packs list under a key of their `reading.toml`, in all languages."""
    return packs.everywhere("reading", key)


@lru_cache(maxsize=64)
def word_set(key: str) -> frozenset[str]:
    """The same, to look single words up in."""
    return frozenset(words(key))


@lru_cache(maxsize=1)
def everywhere() -> frozenset[str]:
    """All languages, for what is too short to tell its own or too grave to miss."""
    return frozenset(files())


def filled(phrase: str, sets: Mapping[str, str]) -> str:
    """A phrase of a family: `<name>` is any word of that set, and only "(..)?" may be missing."""
    return NAMED.sub(lambda match: "{" + sets[match[1]] + "}", REQUIRED.sub(r"{\1}", phrase))


def _sets(table: Mapping[str, object]) -> dict[str, str]:
    named = table.get("sets")
    return {name: "|".join(words) for name, words in named.items()} if isinstance(named, dict) else {}


def listed(table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Every phrase of a table with its kind; "!kind" voids the kind."""
    sets = _sets(table)
    for kind, entry in table.items():
        if isinstance(entry, dict) and kind not in {"dates", "sets", "families"}:
            for name, key in ((kind, "say"), (f"!{kind}", "unless")):
                yield from ((name, filled(phrase, sets) if sets else phrase) for phrase in entry.get(key, ()))


@lru_cache(maxsize=1)
def _common() -> dict[str, tuple[str, ...]]:
    """Everyday words and the languages they belong to."""
    found: dict[str, tuple[str, ...]] = {}
    for name, table in files().items():
        words = table.get("common")
        for word in words if isinstance(words, list) else ():
            found[normal(str(word))] = (*found.get(normal(str(word)), ()), name)
    return found


@lru_cache(maxsize=2048)
def language(plain: str) -> str:
    """The likeliest language of a normalised text; English when nothing speaks for another."""
    if CJK.search(plain):
        return "ja"
    common = _common()
    scores = Counter(name for word in LETTERS.findall(plain[:2000]) for name in common.get(word, ()))
    return max(scores, key=lambda name: (scores[name], name == "en"), default="en")


@lru_cache(maxsize=1)
def _speech() -> dict[str, tuple[tuple[str, float], ...]]:
    """Words, the few languages whose files know them, and how much each word speaks for each."""
    known: dict[str, set[str]] = {}
    for name, table in files().items():
        families = table.get("families")
        for part in (table, families if isinstance(families, dict) else {}):
            for _kind, phrase in listed(part):
                for word in LETTERS.findall(normal(phrase)):
                    known.setdefault(word, set()).add(name)
    weights: dict[str, dict[str, float]] = {
        word: dict.fromkeys(names, 1 / len(names)) for word, names in known.items() if len(names) <= MOST_SHARING
    }
    for word, names in _common().items():
        for name in names:
            weights.setdefault(word, {})[name] = weights.get(word, {}).get(name, 0.0) + EVERYDAY
    return {word: tuple(sorted(names.items())) for word, names in weights.items()}


@lru_cache(maxsize=2048)
def spoken(plain: str) -> tuple[frozenset[str], float]:
    """The languages a text may be in, and how much speaks for the likeliest."""
    scores: dict[str, float] = {}
    speech = _speech()
    for word in LETTERS.findall(plain[:MOST_HEARD]):
        for name, weight in speech.get(word, ()):
            scores[name] = scores.get(name, 0.0) + weight
    best = max(scores.values(), default=0.0)
    return frozenset(name for name, score in scores.items() if score >= NEARLY * best), best


def languages_of(plain: str, whole: str) -> frozenset[str]:
    """The languages of a sentence; one too short to tell speaks as its mail does."""
    around, certainty = spoken(whole) if whole else (frozenset(), 0.0)
    if certainty >= CERTAIN and len(plain) < LEAST_FOREIGN:
        return around
    here, weight = spoken(plain)
    if certainty < CERTAIN:
        return (here | around) or everywhere()
    return around | here if weight >= FIRM else around
