"""Hears whether a sentence goes on with a "but" or a colon, or says that something is amiss; it judges no mail."""

from __future__ import annotations

import re

from agent.decide.reading.tongues import language

BUT = re.compile(r"(?<!\w)(?:but|aber|mais|pero|maar|но)(?!\w)|ますが|です。?が|おりますが")
BUT_ALSO = {"it": "ma", "es": "mas", "pt": "mas", "sv": "men", "da": "men", "pl": "ale"}
AMISS = re.compile(
    r"(?<!\w)(?:ma|mas|men|ale|mutta|missing|wrong|incomplete|fehlt|fehlen|falsch|manque\w*|falta\w*|manca\w*|ontbre\w+|"
    r"saknas|mangler|brakuje|puuttuu|не хватает)(?!\w)|ましたが|ですが|ありません"
)

STATED = re.compile(r"\b(?:\w+\W{1,3}){3}\w+[.!]$")
COLON = re.compile(r"(?<=\D):\s")


def announced(plain: str) -> str:
    """What follows a colon, where it is more than a word."""
    told = COLON.split(plain, maxsplit=1)[1:]
    return told[0] if told and " " in told[0].strip() else ""


def stated(plain: str) -> bool:
    """Four words and a full stop: no name under a mail."""
    return bool(STATED.search(plain))


def turns(plain: str) -> bool:
    """Whether the sentence goes on with a "but"."""
    if BUT.search(plain):
        return True
    local = [word for word in set(BUT_ALSO.values()) if f" {word} " in plain]
    return bool(local) and BUT_ALSO.get(language(plain)) in local


def objects(plain: str) -> bool:
    """Whether a few words on something received may say more than that it came, in whatever language."""
    return bool(BUT.search(plain) or AMISS.search(plain))
