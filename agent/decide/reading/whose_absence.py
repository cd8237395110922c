"""Tells whose absence a sentence speaks of; it says nothing of the days."""

from __future__ import annotations

import re

from agent.decide.reading.sentences import Sentence
from agent.decide.reading.tongues import normal

WORDS = re.compile(r"\w+")
ANOTHER = re.compile(
    r"^(?:(?:Herr|Frau|Mr|Mrs|Ms|Dr|Mme|Sr|Sra|Sig|Pan|Pani|Dhr|Mevr)\.?\s|M\.\s|(?:my|our|mein\w?|mon|ma|mi|min)\s)?"
    r"(?P<who>(?:[A-ZÀ-ÞА-ЯŁŚŻ][\w'’-]{1,30}|s?he|colleague|boss|kollege|chef\w{0,3}))(?:\s[A-ZÀ-ÞŁŚŻ][\w'’-]{1,30})?\s"
    r"(?:is|has|will|won't|ist|hat|wird|est|sera|a|está|estará|è|sarà|heeft|zit|är|har|er|jest|będzie|on|в|на)\s"
    r"|^(?P<other>\w{1,8})は",
    re.IGNORECASE,
)
PLACES = frozenset(
    word
    for line in (
        "office shop school practice studio library clinic secretariat bureau mairie magasin cabinet ecole boutique",
        "atelier buro praxis laden geschaft sekretariat schule amt ufficio negozio scuola segreteria bottega oficina",
        "tienda escuela colegio taller secretaria escritorio loja escola kantoor winkel praktijk kontor kontoret",
        "butik butiken butikken skolan skolen biuro sklep szkola gabinet toimisto kauppa koulu kancelar skola obchod",
    )
    for word in line.split()
)
"""What is closed rather than away."""
NOBODY = frozenset(
    normal(word)
    for line in (
        "it this that there office everything everyone which our the i we today currently mail es das dies büro alles",
        "ce cela il bureau esto oficina questo het dit kantoor det kontoret biuro to wir ich je io yo eu ik jeg jag",
        "i'm i'll i've i'd we're we'll we've we'd it's that's there's away back out off currently",
        "私 弊社 当社 本日 現在 今週 小職 事務所 明日 わたし 僕 今",
    )
    for word in line.split()
)
"""What may stand before "is away" without being another person."""


def own_absence(sentence: Sentence, found: frozenset[str], writer: frozenset[str]) -> frozenset[str]:
    """Without the signs of absence where somebody else is said to be away."""
    if not found & {"absent", "return"}:
        return found
    other = ANOTHER.match(sentence.text[:120])
    if other is None or "behalf" in found or not PLACES.isdisjoint(WORDS.findall(sentence.plain[:60])[:3]):
        return found
    if normal(other["who"] or other["other"]) in writer | NOBODY:
        return found
    return found - {"absent", "return", "later"}
