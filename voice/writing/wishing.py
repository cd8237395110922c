"""Understands the few wishes the writer without a model can grant, in seven languages; never guesses at another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from voice.languages.text import folded

SHORTER, LONGER, FORMAL, INFORMAL = "shorter", "longer", "more formal", "less formal"
KNOWN = (SHORTER, LONGER, FORMAL, INFORMAL)
LANGUAGES_SAID = "also in French, German, Spanish, Italian, Portuguese and Dutch"
SAID: dict[str, tuple[str, ...]] = {
    SHORTER: (
        "shorter", "short", "briefer", "brief", "too long", "cut it down", "concise", "more concise",
        "plus court", "plus courte", "plus bref", "plus brève", "court", "bref", "trop long", "raccourcis",
        "raccourcir",
        "kürzer", "kurz", "knapper", "zu lang", "kuerzer",
        "más corto", "más corta", "más breve", "corto", "breve", "demasiado largo", "mas corto",
        "più corto", "più corta", "più breve", "troppo lungo", "accorcia", "piu corto",
        "mais curto", "mais curta", "mais breve", "curto", "demasiado longo", "muito longo",
        "korter", "kort", "bondiger", "te lang",
    ),
    LONGER: (
        "longer", "long", "more detail", "more detailed", "too short", "wordier",
        "plus long", "plus longue", "plus détaillé", "trop court",
        "länger", "ausführlicher", "zu kurz", "laenger",
        "más largo", "más larga", "más detallado", "demasiado corto", "mas largo",
        "più lungo", "più lunga", "più dettagliato", "troppo corto", "piu lungo",
        "mais longo", "mais longa", "mais detalhado", "demasiado curto", "muito curto",
        "langer", "uitgebreider", "te kort",
    ),
    FORMAL: (
        "more formal", "formal", "more formally", "politer", "more polite", "too casual", "too informal",
        "plus formel", "formel", "plus poli", "vouvoie", "vouvoyer", "trop familier",
        "förmlicher", "formeller", "förmlich", "formell", "höflicher", "siezen", "per sie", "zu locker",
        "más formal", "más cortés", "de usted",
        "più formale", "formale", "dare del lei", "del lei",
        "mais formal",
        "formeler", "formeel", "beleefder", "met u",
    ),
    INFORMAL: (
        "less formal", "informal", "more informal", "casual", "more casual", "friendlier", "more friendly",
        "too formal", "not so formal", "warmer",
        "moins formel", "plus décontracté", "plus familier", "tutoie", "tutoyer", "trop formel",
        "weniger förmlich", "weniger formell", "lockerer", "locker", "informell", "informeller", "duzen", "per du",
        "zu förmlich", "menos formal", "más informal", "más cercano", "de tú", "demasiado formal",
        "meno formale", "più informale", "informale", "dare del tu", "del tu", "troppo formale",
        "mais informal", "muito formal", "por tu",
        "minder formeel", "informeler", "informeel", "losser", "te formeel",
    ),
}  # fmt: skip
_NOT = r"(?:not|no|non|don't|pas|nicht|não|niet|never)"
_BY_LENGTH = sorted(((mark, wish) for wish, marks in SAID.items() for mark in marks), key=lambda pair: -len(pair[0]))
_SHAPES = tuple((re.compile(rf"(?<!\w){re.escape(mark)}(?!\w)"), wish) for mark, wish in _BY_LENGTH)
_DENIED = re.compile(rf"(?<!\w){_NOT} (?:so |too |quite |si |so |così |tão )?$")
MOST = 500


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
    for shape, wish in _SHAPES:
        for match in shape.finditer(text):
            if not _DENIED.search(text[max(0, match.start() - 20) : match.start()]):
                found.add(wish)
        text = shape.sub(lambda hit: " " * len(hit.group()), text)
    for one, other in ((SHORTER, LONGER), (FORMAL, INFORMAL)):
        if {one, other} <= found:
            found -= {one, other}
    return Wished(frozenset(found))


def known_wishes() -> str:
    """What may be wished for, in a sentence."""
    return f"Without a model these are understood: {', '.join(KNOWN)} ({LANGUAGES_SAID})."
