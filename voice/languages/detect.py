"""Names the one language of a text, also where it is none the user writes; never forces one that is known of it.

Slower than `tongues.py`, which says for every sentence in which languages phrases may be looked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import islice

from voice.languages import packs
from voice.languages.pack import LANGUAGES
from voice.languages.text import words

FEWEST_WORDS = 4
"""Fewer tell languages apart by chance; the fallback is taken."""
LOOKED_AT = 300
"""Characters: the language shows in the first lines, and the library's time grows with the text."""
OTHERS = frozenset((
    "ca", "cs", "da", "et", "eu", "fi", "hr", "hu", "id", "is", "lt", "lv", "mt", "nb", "nn", "no", "pl", "ro", "sk",
    "sl", "sq", "sv", "tr", "vi",
))  # fmt: skip
"""Languages written in Latin letters that people write mail in and that are not written here. Of the rest of what is
told apart, some would be found in short texts of neighbours: Galician in Portuguese, Luxembourgish in German."""
CLEARLY = 5.0
"""So much likelier one of those must be. Of 4,800 real mails in English 9 are taken for another language then, 6 of
them by a Hungarian line above a quote; of 955 labelled ones in 17 languages none (`python bench/languages.py`)."""
SCRIPTS = (
    ("ja", ("HIRAGANA", "KATAKANA")), ("ko", ("HANGUL",)), ("zh", ("CJK",)), ("ru", ("CYRILLIC",)), ("el", ("GREEK",)),
    ("ar", ("ARABIC",)), ("he", ("HEBREW",)), ("th", ("THAI",)), ("hi", ("DEVANAGARI",)), ("ka", ("GEORGIAN",)),
    ("hy", ("ARMENIAN",)),
)  # fmt: skip
"""A language for each script; which one of several it is makes no difference to whoever writes none of them."""
FOREIGN = re.compile(r"[^\W\d_\u0000-\u024f\u1e00-\u1eff]")
OTHER_NAMES = {
    "ar": "Arabic", "ca": "Catalan", "el": "Greek", "et": "Estonian", "eu": "Basque", "he": "Hebrew", "hi": "Hindi",
    "hr": "Croatian", "hy": "Armenian", "id": "Indonesian", "is": "Icelandic", "ka": "Georgian", "lt": "Lithuanian",
    "lv": "Latvian", "mt": "Maltese", "nb": "Norwegian", "nn": "Norwegian", "no": "Norwegian", "ro": "Romanian",
    "sk": "Slovak", "sl": "Slovene", "sq": "Albanian", "th": "Thai", "vi": "Vietnamese",
}  # fmt: skip
"""Languages that are told apart and have no pack."""


@lru_cache(maxsize=1)
def names() -> dict[str, str]:
    """What English calls each language, by its code."""
    return {**OTHER_NAMES, **{code: packs.one(code, packs.NAMED, "name") for code in packs.languages()}}


def named(language: str) -> str:
    """A language as English calls it."""
    return names().get(language, f"the language “{language[:20]}”")


def language_of(text: str, among: Sequence[str] = LANGUAGES, fallback: str = "en") -> str:
    """ISO code of the language, which may be none of these; the fallback where the text is too short to tell."""
    if (other := script_of(text[:LOOKED_AT])) is not None:
        return other
    if len(among) == 1:
        return among[0]
    found = words(text[:LOOKED_AT])
    if len(found) < FEWEST_WORDS:
        return fallback
    return _ranked(" ".join(found).lower(), frozenset(among)) or fallback


@lru_cache(maxsize=4096)
def _ranked(text: str, allowed: frozenset[str]) -> str:
    import py3langid  # slow to load, and needed by some commands only

    known, other = ("", float("-inf")), ("", float("-inf"))
    for code, worth in py3langid.rank(text):
        if code in allowed and worth > known[1]:
            known = (str(code), float(worth))
        elif code in OTHERS and worth > other[1]:
            other = (str(code), float(worth))
    return other[0] if other[1] > known[1] + CLEARLY else known[0]


def script_of(text: str) -> str | None:
    """The language of a script that is not ours, where at least a third of the letters are of it."""
    foreign = FOREIGN.findall(text)
    if not foreign or 3 * len(foreign) < sum(map(str.isalpha, text)):
        return None
    names = [unicodedata.name(letter, "") for letter in islice(foreign, LOOKED_AT)]
    for language, starts in SCRIPTS:
        # Kana makes a text Japanese, however much of it is written in Chinese signs.
        if sum(name.startswith(starts) for name in names) * 4 > len(names):
            return language
    return "und"


def spoken(own: Sequence[str], others: Iterable[str] = (), usual: str = "en") -> str:
    """The language of a thread: of the newest own text that tells it, else of all together, else the usual one."""
    for text in (*reversed(own), "\n".join(own), "\n".join(others)):
        if found := language_of(text, fallback=""):
            return found
    return usual
