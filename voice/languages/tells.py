"""Phrases and shapes that give a machine away, in seven languages; it names them, it does not rewrite."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from voice.languages.text import clean, folded

STOCK: Mapping[str, tuple[str, ...]] = {
    "en": (
            "just checking in", "checking in on", "circling back", "circle back", "touching base", "touch base",
            "hope this email finds you",
            "hope this finds you well", "hope you are well", "hope you're well", "hope you are doing well",
            "hope you're doing well", "i wanted to follow up",
            "just wanted to follow up", "just following up", "gentle reminder", "friendly reminder",
            "bumping this", "top of your inbox", "at your earliest convenience", "please do not hesitate",
            "please don't hesitate", "i understand you're busy", "i know you're busy", "i completely understand",
            "as an ai", "quick follow-up", "reaching out", "loop back", "moving forward",
            "any further questions",
        "i look forward to your response", "delve", "per my last email", "as per my previous", "kindly revert",
    ),
    "fr": (
            "j'espère que vous allez bien", "j'espère que tu vas bien", "je me permets de revenir vers vous",
            "je me permets de vous relancer", "je reviens vers vous", "petit rappel",
            "dans l'attente de votre retour", "n'hésitez pas à",
        "sauf erreur de ma part", "je voulais simplement", "en tant qu'ia", "petite relance",
    ),
    "de": (
            "ich hoffe, es geht ihnen gut", "ich hoffe, diese e-mail erreicht sie", "ich wollte nur nachfragen",
            "ich wollte kurz nachfragen", "ich wollte nachhaken", "freundliche erinnerung", "kleine erinnerung",
        "zögern sie nicht", "ich melde mich noch einmal", "als ki", "für rückfragen stehe ich",
    ),
    "es": (
            "espero que estés bien", "espero que se encuentre bien", "espero que este correo",
            "solo quería hacer un seguimiento", "sólo quería hacer un seguimiento", "quería dar seguimiento",
            "recordatorio amistoso", "no dudes en", "no dude en",
        "quedo a la espera", "como ia",
    ),
    "it": (
            "spero che tu stia bene", "spero che lei stia bene", "spero che questa email",
            "volevo solo sapere se", "gentile promemoria", "le scrivo per fare un follow-up", "non esitare a",
            "non esiti a",
        "resto in attesa di un gentile riscontro", "in attesa di un suo riscontro", "come ia",
    ),
    "pt": (
            "espero que esteja bem", "espero que este e-mail", "espero que este email", "gostaria apenas de",
            "só para fazer um follow-up", "lembrete amigável", "gentil lembrete", "não hesite em",
            "fico no aguardo", "como ia",
    ),
    "nl": (
            "ik hoop dat het goed met je gaat", "ik hoop dat het goed met u gaat", "ik hoop dat deze e-mail",
            "ik wilde even", "vriendelijke herinnering", "even een herinnering", "aarzel niet om",
            "ik kom hier graag op terug", "als ai",
    ),
}  # fmt: skip

_SHAPES = {
    "subject line in the text": re.compile(
        r"^(subject|objet|betreff|asunto|oggetto|assunto|onderwerp)\s*:", re.IGNORECASE | re.MULTILINE
    ),
    "placeholder": re.compile(
        (
            r"\[(your|recipient|name|company|insert|votre|ihr|tu|nom)[^\]\n]{0,40}\]|"
            r"\{\{?\w{1,30}\}?\}|<(name|your name)>|\(forgotten\)"
        ),
        re.IGNORECASE,
    ),
    "markdown": re.compile(r"\*\*[^*\n]{1,80}\*\*|^#{1,4} |^```|^[ \t]*[-*] .{1,200}\n\s*[-*] ", re.MULTILINE),
    "preamble": re.compile(
        (
            r"^(sure|certainly|of course|absolutely|here is|here's|here are|voici|"
            r"bien sûr|hier ist|natürlich|aquí|claro|ecco|aqui está|hier "
            r"is)\b[^\n]{0,120}(:|!)\s*$"
        ),
        re.IGNORECASE | re.MULTILINE,
    ),
    "refusal": re.compile(
        (
            r"\b(i can't assist|i cannot assist|i'm unable to|as a language model|i "
            r"am an ai|i'm an ai|i apologize, but)\b"
        ),
        re.IGNORECASE,
    ),
    "long dash": re.compile(r"\w ?— ?\w"),
    "reasoning": re.compile(r"</?think>|<\|[a-z_]{1,20}\|>", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class Tell:
    """One thing in a draft that its user does not write."""

    name: str
    span: str


def tells(text: str, language: str, used: Mapping[str, int] = {}) -> tuple[Tell, ...]:
    """What gives a machine away; stock phrases the user does write are theirs."""
    bounded = clean(text)
    low = folded(bounded)
    found = [
        Tell("stock phrase", phrase) for phrase in STOCK.get(language, ()) if phrase in low and not used.get(phrase)
    ]
    for name, shape in _SHAPES.items():
        match = shape.search(bounded)
        if match and not used.get(name):
            found.append(Tell(name, match.group()[:80]))
    return tuple(found)


def used_stock(bodies: Iterable[str], language: str) -> dict[str, int]:
    """Stock phrases and shapes that are this user's own after all, with counts."""
    counts: dict[str, int] = {}
    for body in bodies:
        low = folded(body)
        for phrase in STOCK.get(language, ()):
            if phrase in low:
                counts[phrase] = counts.get(phrase, 0) + 1
        if _SHAPES["long dash"].search(body):
            counts["long dash"] = counts.get("long dash", 0) + 1
    return counts
