"""Names the language of a text among those the user writes;
short texts fall back, and nothing is guessed from names."""

from __future__ import annotations

from collections.abc import Sequence

from voice.pack import LANGUAGES
from voice.text import words

FEWEST_WORDS = 4
LOOKED_AT = 300


def language_of(text: str, among: Sequence[str] = LANGUAGES, fallback: str = "en") -> str:
    """ISO code of the language; the fallback where the text is too short to tell."""
    if len(among) == 1:
        return among[0]
    found = words(text[:LOOKED_AT])
    if len(found) < FEWEST_WORDS:
        return fallback
    import py3langid  # slow to load, and needed by some commands only

    allowed = set(among)
    ranked = py3langid.rank(" ".join(found).lower())
    return next((str(code) for code, _ in ranked if code in allowed), fallback)
