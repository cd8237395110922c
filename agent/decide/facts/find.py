"""Finds what a text states that could be wrong: links, amounts, dates, names, promises;
it only finds, it does not judge."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from agent.decide.facts import links, numbers
from agent.decide.facts import words as known
from agent.decide.facts.numbers import NUMBER, PERCENT, number

MOST_CHARACTERS = 100_000

_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ .\-]?[A-Z0-9]{4}){2,7}(?:[ .\-]?[A-Z0-9]{1,3})?\b")
_PHONE = re.compile(r"(?<![\w.,])(?:\+|00)?\(?\d{1,4}\)?(?:[ .\-/]{1,2}\(?\d{2,4}\)?){4,7}(?![\w.,]\d)")
_THOUSANDS = re.compile(r"\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*")
_ACCOUNT = re.compile(r"(?<![\d.,])\+?\d(?:[ \-/()]{0,2}\d){6,24}(?![\d.,]\d)")
_TOKEN_OF_ACCOUNT = re.compile(r"(?<![\w-])(?=[\w-]{0,40}\d)[A-Za-z0-9_-]{16,128}(?![\w-])")
_MONTHS = "|".join(sorted((re.escape(month) for month in known.MONTH_OF), key=len, reverse=True))
_PERCENT = re.compile(rf"(?P<n>{NUMBER})\s?(?:{PERCENT})", re.IGNORECASE)
_DATE = re.compile(
    r"\b\d{4}-\d{1,2}-\d{1,2}\b|\b\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b|"
    r"\b\d{1,2}/\d{1,2}\b|\b\d{1,2}\.\d{1,2}\.(?!\d)"
)
_TIME = re.compile(
    (
        r"\b\d{1,2}[:h]\d{2}\b(?:\s?[ap]\.?m\b)?|\b\d{1,2}\s?[ap]\.?m\b|"
        r"\b\d{1,2}(?:\.\d{2})? ?uhr\b|\b\d{1,2} ?h\b|\b\d{1,2}(?:\.\d{2})? ?uur\b|"
        r"\b\d{1,2} ?heures?\b"
    ),
    re.IGNORECASE,
)
_DAY_MONTH = re.compile(
    (
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?\s(?:de\s|"
        rf"of\s)?(?P<month>{_MONTHS})\b|"
        rf"\b(?P<month2>{_MONTHS})\.?\s(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\b"
    ),
    re.IGNORECASE,
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
    for match in _PERCENT.finditer(text):
        yield Claim("amount", match.group(), f"% {number(match['n'])}"), match.start(), match.end()


def _dates(text: str) -> Found:
    for match in _DATE.finditer(text):
        parts = [piece.lstrip("0") for piece in re.split(r"[./-]", match.group()) if piece]
        yield Claim("date", match.group(), "/".join(parts)), match.start(), match.end()


def _day_months(text: str) -> Found:
    for match in _DAY_MONTH.finditer(text):
        word = (match["month"] or match["month2"]).lower()
        month = known.MONTH_OF.get(word)
        if month:
            yield (
                Claim("date", match.group(), f"{int(match['day'] or match['day2'])} of {month}"),
                match.start(),
                match.end(),
            )


def _times(text: str) -> Found:
    for match in _TIME.finditer(text):
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
        if (
            low in known.WEEKDAY_OF
            and len(low) > 3
            and (word[0].isupper() or low not in ("segunda", "terça", "quarta", "quinta", "sexta"))
        ):
            yield Claim("weekday", word, str(known.WEEKDAY_OF[low]))
        elif (low in known.MONTH_OF and len(low) > 3 and low not in ("march", "mars")) or (
            low == "march" and word[0].isupper()
        ):
            yield Claim("date", word, f"month {known.MONTH_OF[low]}")


def spoken(text: str) -> str:
    """The words of a text, folded, with one space around each; what stands between them does not count."""
    return f" {' '.join(_SAID.findall(plain(text).lower()))} "


def said(text: str, table: Mapping[str, tuple[str, ...]], language: str) -> list[str]:
    """The phrases of a table that a text holds, in its language."""
    padded = spoken(text)
    return [phrase for phrase in dict.fromkeys(table.get(language, ())) if f" {phrase} " in padded]


FINDERS = (
    _urls, _addresses, _hosts, _ibans, _phones, _amounts, _amounts_in_words, _percents, _dates, _day_months, _times,
    _accounts, _tokens, _numbers, _number_words, _scripts,
)  # fmt: skip
"""In this order: what one takes, the next does not see."""
