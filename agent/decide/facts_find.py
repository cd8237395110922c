"""Finds what a text states that could be wrong: links, amounts, dates, names, promises;
it only finds, it does not judge."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.decide import facts_words as known

MOST_CHARACTERS = 100_000

_LINK = re.compile(
    (
        r"\b(?:https?|ftp)://[^\s<>\"]{1,500}|\bwww\.[^\s<>\"]{1,300}|"
        r"\b[a-z0-9][a-z0-9-]{0,62}(?:\.[a-z0-9-]{1,63}){0,4}\.(?:com|org|net|io|"
        r"dev|app|eu|fr|de|es|it|pt|nl|uk|ch|at|be|br|info|biz|co|me|ly|gl|us|ai|"
        r"xyz|example|test)\b(?:/[^\s<>\"]{0,300})?"
    ),
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_ACCOUNT = re.compile(r"(?<![\d.,])\+?\d(?:[ \-/()]{0,2}\d){6,24}(?![\d.,]\d)")
_NUMBER = r"\d{1,3}(?:[.,'\u202f ]\d{3}){1,4}(?:[.,]\d{1,2})?|\d{1,12}(?:[.,]\d{1,4})?"
_SIGNS = "|".join(sorted((re.escape(sign) for sign in known.CURRENCY_OF), key=len, reverse=True))
_MONTHS = "|".join(sorted((re.escape(month) for month in known.MONTH_OF), key=len, reverse=True))
_AMOUNT = re.compile(
    (
        rf"(?<!\w)(?P<before>{_SIGNS})\s?(?P<one>{_NUMBER})(?P<k>[kKmM]?)\b|"
        rf"(?P<two>{_NUMBER})\s?(?P<l>[kKmM]?)\s?(?P<after>{_SIGNS})(?!\w)"
    ),
    re.IGNORECASE,
)
_PERCENT = re.compile(
    rf"(?P<n>{_NUMBER})\s?(?:%|percent|per cent|prozent|pour cent|por ciento|per cento|por cento|procent)",
    re.IGNORECASE,
)
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
_ANY_NUMBER = re.compile(_NUMBER)
_TOKEN = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing a text states, as written and in the form to compare by."""

    kind: str
    text: str
    key: str


def plain(text: str) -> str:
    """Bounded, one kind of digit, space and apostrophe, no invisible characters."""
    normal = unicodedata.normalize("NFKC", text[:MOST_CHARACTERS]).replace("’", "'")
    kept = (letter for letter in normal if letter == "\n" or unicodedata.category(letter) not in ("Cf", "Cc"))
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in kept)


def claims(text: str) -> list[Claim]:
    """Everything with digits, links, days or months in it; what one kind takes, the next does not see."""
    rest, found = plain(text), []
    finders = (_links, _addresses, _ibans, _amounts, _percents, _dates, _day_months, _times, _accounts, _numbers)
    for finder in finders:
        taken = list(finder(rest))
        found += [claim for claim, _, _ in taken]
        rest = _blanked(rest, [(start, end) for _, start, end in taken])
    return found + list(_words(rest))


Found = Iterator[tuple[Claim, int, int]]


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _simple(kind: str, shape: re.Pattern[str], text: str) -> Found:
    for match in shape.finditer(text):
        said = match.group().rstrip(".,;:!?)'\"")
        yield Claim(kind, said, _SPACE.sub("", said).lower().rstrip("/")), match.start(), match.end()


def _links(text: str) -> Found:
    for claim, start, end in _simple("link", _LINK, text):
        if "@" not in text[max(0, start - 1) : start]:
            key = claim.key.removeprefix("https://").removeprefix("http://").removeprefix("www.")
            yield Claim("link", claim.text, key), start, end


def _addresses(text: str) -> Found:
    return _simple("address", _ADDRESS, text)


def _ibans(text: str) -> Found:
    return _simple("account", _IBAN, text)


def _accounts(text: str) -> Found:
    for match in _ACCOUNT.finditer(text):
        digits = "".join(filter(str.isdigit, match.group()))
        yield Claim("account", match.group(), digits), match.start(), match.end()


def _amounts(text: str) -> Found:
    for match in _AMOUNT.finditer(text):
        sign = (match["before"] or match["after"]).lower()
        currency = known.CURRENCY_OF.get(sign)
        if currency:
            size = (match["k"] or match["l"] or "").lower()
            yield (
                Claim("amount", match.group(), f"{currency} {number(match['one'] or match['two'])}{size}"),
                match.start(),
                match.end(),
            )


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
        elif low in known.NUMBER_OF:
            yield Claim("number", word, str(known.NUMBER_OF[low]))


def number(written: str) -> str:
    """1.200,50 and 1,200.50 and 1200.5 alike."""
    text = re.sub(r"[ '\u202f]", "", written)
    last = max(text.rfind("."), text.rfind(","))
    decimals = text[last + 1 :] if last >= 0 else ""
    if last < 0 or len(decimals) == 3:
        return re.sub(r"[.,]", "", text).lstrip("0") or "0"
    whole = re.sub(r"[.,]", "", text[:last]).lstrip("0") or "0"
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole


def said(text: str, table: Mapping[str, tuple[str, ...]], language: str) -> list[str]:
    """The phrases of a table that a text holds, of its language and of English."""
    padded = f" {' '.join(token.strip('.,;:!?…()«»„“”') for token in plain(text).lower().split())} "
    phrases = dict.fromkeys((*table.get(language, ()), *(table["en"] if language == "en" else ())))
    return [phrase for phrase in phrases if f" {phrase} " in padded]
