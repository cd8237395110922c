"""Finds what a text states that could be wrong: links, amounts, dates, names, promises;
it only finds, it does not judge."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from agent.decide.facts import links, numbers
from agent.decide.facts import words as known
from agent.decide.facts.numbers import NUMBER, number, percent
from voice.languages import packs
from voice.languages.shapes import either

MOST_CHARACTERS = 100_000
"""All mails of one side together; a bound on time alone, far above what people type."""

_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ .\-]?[A-Z0-9]{4}){2,7}(?:[ .\-]?[A-Z0-9]{1,3})?\b")
_PHONE = re.compile(r"(?<![\w.,])(?:\+|00)?\(?\d{1,4}\)?(?:[ .\-/]{1,2}\(?\d{2,4}\)?){4,7}(?![\w.,]\d)")
_THOUSANDS = re.compile(r"\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*")
_ACCOUNT = re.compile(r"(?<![\d.,])\+?\d(?:[ \-/()]{0,2}\d){6,24}(?![\d.,]\d)")
_TOKEN_OF_ACCOUNT = re.compile(r"(?<![\w-])(?=[\w-]{0,40}\d)[A-Za-z0-9_-]{16,128}(?![\w-])")
_DATE = re.compile(
    r"\b\d{4}-\d{1,2}-\d{1,2}\b|\b\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b|"
    r"\b\d{1,2}/\d{1,2}\b|\b\d{1,2}\.\d{1,2}\.(?!\d)"
)
_ANY_NUMBER = re.compile(NUMBER)
_TOKEN = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_SPACE = re.compile(r"\s+")
_SAID = re.compile(r"[^\W_]+(?:['\-][^\W_]+)*|%")
_ASCII_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")
_DOTS = str.maketrans("\u3002\u06d4", "..")


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing a text states, as written and in the form to compare by."""

    kind: str
    text: str
    key: str


@lru_cache(maxsize=1)
def _percent() -> re.Pattern[str]:
    return re.compile(rf"(?P<n>{NUMBER})\s?(?:{percent()})", re.IGNORECASE)


@lru_cache(maxsize=1)
def _time() -> re.Pattern[str]:
    """An hour in digits, in some languages with a word behind it."""
    hours, whole = (either(packs.everywhere(known.FILE, key)) for key in ("hours", "whole_hours"))
    return re.compile(
        r"\b\d{1,2}[:h]\d{2}\b(?:\s?[ap]\.?m\b)?|\b\d{1,2}\s?[ap]\.?m\b|\b\d{1,2} ?h\b"
        rf"|\b\d{{1,2}}(?:\.\d{{2}})? ?(?:{hours})\b|\b\d{{1,2}} ?(?:{whole})\b",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def _day_month() -> re.Pattern[str]:
    months = either(known.months())
    ends, of = (either(packs.everywhere(known.FILE, key)) for key in ("day_ends", "before_month"))
    return re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:{ends}|\.)?\s(?:(?:{of})\s)?(?P<month>{months})\b|"
        rf"\b(?P<month2>{months})\.?\s(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b",
        re.IGNORECASE,
    )


def plain(text: str) -> str:
    """Bounded, one kind of digit, space and apostrophe, no invisible characters."""
    normal = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).replace("’", "'").translate(_DOTS)
    if normal.isascii():
        return _ASCII_CONTROL.sub("", normal)
    kept = (letter for letter in normal if letter == "\n" or unicodedata.category(letter) not in ("Cf", "Cc"))
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in kept)


def claims(text: str) -> list[Claim]:
    """Everything with digits, links, days or months in it; what one kind takes, the next does not see."""
    rest, found = plain(text), []
    for finder in FINDERS:
        taken = list(finder(rest))
        found += [claim for claim, _, _ in taken]
        rest = _blanked(rest, [(start, end) for _, start, end in taken])
    return found + list(_words(rest))


Found = Iterator[tuple[Claim, int, int]]


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    letters = list(text)
    for start, end in spans:
        letters[start:end] = " " * (end - start)
    return "".join(letters)


def _simple(kind: str, shape: re.Pattern[str], text: str) -> Found:
    for match in shape.finditer(text):
        said = match.group().rstrip(".,;:!?)'\"")
        yield Claim(kind, said, _SPACE.sub("", said).lower().rstrip("/")), match.start(), match.end()


def _read(kind: str, spans: Iterable[tuple[str, str, int, int]]) -> Found:
    for said, key, start, end in spans:
        yield Claim(kind, said, key), start, end


def _urls(text: str) -> Found:
    return _read("link", links.urls(text))


def _addresses(text: str) -> Found:
    return _read("address", links.addresses(text))


def _hosts(text: str) -> Found:
    return _read("link", links.hosts(text))


def _ibans(text: str) -> Found:
    for match in _IBAN.finditer(text):
        key = "".join(filter(str.isalnum, match.group())).lower()
        yield Claim("account", match.group(), key), match.start(), match.end()


def _phones(text: str) -> Found:
    for match in _PHONE.finditer(text):
        digits = "".join(filter(str.isdigit, match.group()))
        if len(digits) >= 9 and not _THOUSANDS.fullmatch(match.group()):
            yield Claim("account", match.group(), digits), match.start(), match.end()


def _tokens(text: str) -> Found:
    """Long runs of letters and digits: wallets, references, keys."""
    return _simple("account", _TOKEN_OF_ACCOUNT, text)


def _accounts(text: str) -> Found:
    for match in _ACCOUNT.finditer(text):
        digits = "".join(filter(str.isdigit, match.group()))
        yield Claim("account", match.group(), digits), match.start(), match.end()


def _amounts(text: str) -> Found:
    return _read("amount", numbers.amounts(text))


def _amounts_in_words(text: str) -> Found:
    return _read("amount", numbers.amounts_in_words(text))


def _percents(text: str) -> Found:
    for match in _percent().finditer(text):
        yield Claim("amount", match.group(), f"% {number(match['n'])}"), match.start(), match.end()


def _dates(text: str) -> Found:
    for match in _DATE.finditer(text):
        parts = [piece.lstrip("0") for piece in re.split(r"[./-]", match.group()) if piece]
        yield Claim("date", match.group(), "/".join(parts)), match.start(), match.end()


def _day_months(text: str) -> Found:
    for match in _day_month().finditer(text):
        word = (match["month"] or match["month2"]).lower()
        month = known.months().get(word)
        if month:
            yield (
                Claim("date", match.group(), f"{int(match['day'] or match['day2'])} of {month}"),
                match.start(),
                match.end(),
            )


def _times(text: str) -> Found:
    for match in _time().finditer(text):
        low = match.group().lower().replace(".m", "m")
        digits = re.findall(r"\d+", low)
        hour = int(digits[0]) + (12 if "pm" in low.replace(" ", "") and int(digits[0]) < 12 else 0)
        yield (
            Claim("time", match.group(), f"{hour}:{int(digits[1]) if len(digits) > 1 else 0:02}"),
            match.start(),
            match.end(),
        )


def _numbers(text: str) -> Found:
    for match in _ANY_NUMBER.finditer(text):
        yield Claim("number", match.group(), number(match.group())), match.start(), match.end()


def _number_words(text: str) -> Found:
    for kind, (said, key, start, end) in numbers.numbers_in_words(text):
        yield Claim(kind, said, key), start, end


def _scripts(text: str) -> Found:
    return _read("script", links.scripts(text))


def _words(text: str) -> Iterator[Claim]:
    for match in _TOKEN.finditer(text):
        word = match.group()
        low = word.lower()
        if len(low) <= 3 or (word[0].islower() and low in _meant_with_capital()):
            continue
        if low in known.weekdays():
            yield Claim("weekday", word, str(known.weekdays()[low]))
        elif low in known.months() and low not in packs.everywhere(known.FILE, "months_never_alone"):
            yield Claim("date", word, f"month {known.months()[low]}")


@lru_cache(maxsize=1)
def _meant_with_capital() -> frozenset[str]:
    """Days and months that are other words as well, written small."""
    keys = ("weekdays_with_capital", "months_with_capital")
    return frozenset(word for key in keys for word in packs.everywhere(known.FILE, key))


def spoken(text: str) -> str:
    """The words of a text, folded, with one space around each; what stands between them does not count."""
    return f" {' '.join(_SAID.findall(plain(text).lower()))} "


def said(text: str, phrases: Sequence[str]) -> list[str]:
    """Which of the phrases a text holds."""
    padded = spoken(text)
    return [phrase for phrase in phrases if f" {phrase} " in padded]


FINDERS = (
    _urls, _addresses, _hosts, _ibans, _phones, _amounts, _amounts_in_words, _percents, _dates, _day_months, _times,
    _accounts, _tokens, _numbers, _number_words, _scripts,
)  # fmt: skip
"""In this order: what one takes, the next does not see."""
