"""Tells whether a text addresses somebody formally or as a friend, by its pronouns; never by guessing at a relation."""

from __future__ import annotations

from functools import lru_cache

from voice.languages.pack import LANGUAGES, pack
from voice.languages.text import sentences, words


def address_of(text: str, language: str) -> str:
    """formal, informal or neither."""
    formal_words, formal_exact, informal_words = _pronouns(language)
    if not formal_words and not informal_words:
        return "neutral"
    found = words(text)
    formal = informal = 0
    for place, word in enumerate(found):
        low = word.lower().replace("’", "'")
        # "pouvez-vous" holds "vous"; "t'ai" is "te".
        pieces = low.split("-") if "-" in low else [low]
        if "'" in low:
            pieces.append(low[: low.index("'") + 1])
        formal += any(piece in formal_words for piece in pieces)
        informal += any(piece in informal_words for piece in pieces)
        # German and Italian write the formal pronoun with a capital letter only.
        formal += place > 0 and word in formal_exact
    formal += _asked_formally(text, language)
    if formal == informal:
        return "neutral"
    return "formal" if formal > informal else "informal"


def _asked_formally(text: str, language: str) -> int:
    """Questions that begin with a verb in the third person, where pronouns are left out."""
    verbs = pack(language).marks("formal_asks")
    asked = [words(sentence)[:1] for sentence in sentences(text) if sentence.endswith("?")] if verbs else []
    return sum(bool(first) and first[0].lower() in verbs for first in asked)


@lru_cache(maxsize=len(LANGUAGES))
def _pronouns(language: str) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    known = pack(language)
    return known.marks("formal_words"), known.marks("formal_exact"), known.marks("informal_words")
