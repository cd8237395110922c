"""Numbers, money, months and times in words, from the packs of all languages, folded and matched as whole words;
it knows none itself and reads no text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from voice.languages import packs

FILE = "facts"
STATED = ("attachment", "promise", "offer", "availability")
"""What a sentence may state by its phrases, and under which key a pack has them."""
SIGNS = {
    "EUR": "€ eur", "USD": "$ usd us$ usdt usdc", "GBP": "£ gbp", "CHF": "chf", "JPY": "¥ jpy", "BRL": "r$ brl",
    "MXN": "mxn", "SEK": "sek", "NOK": "nok", "DKK": "dkk", "RUB": "₽ rub", "ETH": "eth", "PLN": "pln",
    "INR": "₹ inr", "CAD": "cad", "AUD": "aud", "CNY": "cny rmb", "BTC": "btc ₿",
}  # fmt: skip
"""What is written of money alike in all languages."""
SHORTEST_COMPOUND = 7
"""Letters; shorter words are in the lists themselves, and taking them apart finds numbers in ordinary words."""


def phrases(kind: str, language: str) -> tuple[str, ...]:
    """What a language says of one kind."""
    return packs.listed(language, FILE, kind)


@lru_cache(maxsize=64)
def futures(language: str) -> tuple[re.Pattern[str], ...]:
    """The future tense of the first person, which is a promise whatever the verb."""
    return tuple(re.compile(shape) for shape in phrases("future", language))


@lru_cache(maxsize=2)
def placed(key: str) -> Mapping[str, int]:
    """Months or weekdays of all languages, each with its place in the list, counted from one."""
    rows = packs.by_language(FILE, key).values()
    return {word: place for row in rows for place, choices in enumerate(row, 1) for word in choices.split("|")}


def months() -> Mapping[str, int]:
    """January is 1."""
    return placed("months")


def weekdays() -> Mapping[str, int]:
    """Monday is 1."""
    return placed("weekdays")


@lru_cache(maxsize=8)
def valued(key: str) -> Mapping[str, int]:
    """Words of all languages with the number each stands for."""
    found: dict[str, int] = {}
    for language in packs.having(FILE):
        table = packs.table(language, FILE).get(key)
        for number, words in table.items() if isinstance(table, Mapping) else ():
            found |= dict.fromkeys(str(words).split("|"), int(number))
    return found


def numbers() -> Mapping[str, int]:
    """Two is 2; what is one is an article as well, and in `ones`."""
    return valued("numbers")


def scales() -> Mapping[str, int]:
    """A thousand and more."""
    return valued("scales")


@lru_cache(maxsize=1)
def scales_behind_digits() -> Mapping[str, int]:
    """With the short forms that count only behind digits; some are everyday words elsewhere."""
    return {**scales(), **valued("short_scales")}


def ones() -> frozenset[str]:
    """Numbers only beside another number or money; alone they are articles."""
    return frozenset(packs.everywhere(FILE, "ones"))


def joiners() -> frozenset[str]:
    """What stands between the parts of a number."""
    return frozenset(packs.everywhere(FILE, "joiners"))


@lru_cache(maxsize=1)
def currencies() -> Mapping[str, str]:
    """What money is called, with its code."""
    found = {sign: code for code, signs in SIGNS.items() for sign in signs.split()}
    for language in packs.having(FILE):
        table = packs.table(language, FILE).get("currencies")
        for code in map(str, table if isinstance(table, Mapping) else ()):
            found |= dict.fromkeys(packs.listed(language, FILE, "currencies", code), code)
    return found


@lru_cache(maxsize=1)
def parts() -> Mapping[str, int]:
    """What a number in one word is made of, the longest first; a joining word counts nothing."""
    whole = {word: value for word, value in {**numbers(), **scales()}.items() if len(word) > 2 and value}
    cut = {word: value for word, value in valued("cut_numbers").items() if word not in numbers() or value == 100}
    found = whole | cut | dict.fromkeys(packs.everywhere(FILE, "compound_ones"), 1)
    found |= dict.fromkeys(packs.everywhere(FILE, "compound_joiners"), 0)
    return dict(sorted(found.items(), key=lambda part: -len(part[0])))
