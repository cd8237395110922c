"""Reads numbers written in words or in digits, with what they count money in;
it never guesses a value where the words do not add up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import groupby, pairwise

from agent.decide.facts import words as known
from voice.languages import packs
from voice.languages.shapes import either

NUMBER = r"\d{1,3}(?:[.,'\u202f ]\d{3}){1,4}(?:[.,]\d{1,2})?|\d{1,12}(?:[.,]\d{1,4})?"
_WORD = re.compile(r"[^\W\d_]+")
_GAP = re.compile(r"[ \-]{1,2}")
LONGEST_WORD = 60
"""Letters; what is longer is no number written as one word, and taking it apart takes time."""
FEWEST_IN_ROW = 4
"""So many numbers of one digit in a row are a number to call or an account."""

Read = tuple[str, str, int, int]
"""Text, key, start, end."""


@dataclass(frozen=True, slots=True)
class Run:
    """Number words that stand together."""

    values: tuple[int, ...]
    start: int
    end: int


@lru_cache(maxsize=1)
def percent() -> str:
    """A sign or words for a hundredth."""
    return "%|" + either(packs.everywhere(known.FILE, "percent"))


@lru_cache(maxsize=1)
def _of() -> str:
    """What may stand between a number and its money."""
    words = packs.everywhere(known.FILE, "of")
    return "(?:" + either(word if word.endswith("'") else f"{word} " for word in words) + ")?"


@lru_cache(maxsize=1)
def _signs() -> str:
    return either(known.currencies())


@lru_cache(maxsize=1)
def _after() -> re.Pattern[str]:
    return re.compile(rf"[\s\-)(]{{0,3}}{_of()}(?P<sign>{_signs()}|(?P<share>{percent()}))(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _before() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?P<sign>{_signs()})\s?$", re.IGNORECASE)


@lru_cache(maxsize=1)
def _amount() -> re.Pattern[str]:
    signs, scales = _signs(), either(known.scales_behind_digits())
    return re.compile(
        rf"(?<!\w)(?P<before>{signs})\s?(?P<one>{NUMBER})\s?(?P<k>(?:{scales})\b)?(?!\w)|"
        rf"(?P<two>{NUMBER})\s?(?P<l>(?:{scales})(?:\b\.?|(?=€|\$|£)))?\s?{_of()}(?P<after>{signs})(?!\w)",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def _by_letter() -> dict[str, tuple[tuple[str, int], ...]]:
    """The parts of numbers by their first letter, the longest first."""
    ordered = sorted(known.parts().items(), key=lambda part: (part[0][0], -len(part[0])))
    return {letter: tuple(found) for letter, found in groupby(ordered, lambda part: part[0][0])}


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


def scaled(written: str, scale: str) -> str:
    """4.5 thousand is 4500."""
    size = known.scales_behind_digits().get(scale.lower().rstrip("."), 1)
    value = Decimal(number(written)) * size
    return f"{value.normalize():f}"


def amounts(text: str) -> Iterator[Read]:
    """Money in digits."""
    for match in _amount().finditer(text):
        currency = known.currencies().get((match["before"] or match["after"]).lower())
        if currency:
            value = scaled(match["one"] or match["two"], match["k"] or match["l"] or "")
            yield match.group(), f"{currency} {value}", match.start(), match.end()


def amounts_in_words(text: str) -> Iterator[Read]:
    """Money and shares in words."""
    for run in runs(text):
        after = _after().match(text, run.end)
        before = _before().search(text, max(0, run.start - 12), run.start)
        sign = (after or before or {"sign": ""})["sign"].lower()
        if not sign or sign == "real" or (sign == "grand" and run.values == (1,)):
            continue
        unit = "%" if after and after["share"] else known.currencies().get(sign, "")
        start, end = (run.start, after.end()) if after else (before.start() if before else run.start, run.end)
        yield text[start:end], f"{unit} {_said(run)}", start, end


def numbers_in_words(text: str) -> Iterator[tuple[str, Read]]:
    """Other numbers in words, each with its kind."""
    for run in runs(text):
        value = total(run.values)
        said = text[run.start : run.end]
        if value is None and len(run.values) >= FEWEST_IN_ROW:
            yield "account", (said, "".join(map(str, run.values)), run.start, run.end)
        elif value is None:
            yield from (("number", (said, str(one), run.start, run.end)) for one in run.values if one > 1)
        elif value > 1 and said.lower() not in known.months():
            yield "number", (said, str(value), run.start, run.end)


def _said(run: Run) -> str:
    value = total(run.values)
    return str(value) if value is not None else " ".join(map(str, run.values))


def runs(text: str) -> Iterator[Run]:
    """Number words side by side; a joining word counts only between two of them."""
    held: list[tuple[tuple[int, ...], int, int]] = []
    joined = -1
    for match in _WORD.finditer(text):
        start, end = match.span()
        near = bool(held) and _GAP.fullmatch(text, joined if joined > 0 else held[-1][2], start) is not None
        values = values_of(match.group().lower())
        if held and near and not values and match.group().lower() in known.joiners():
            joined = end
            continue
        if held and not (near and values):
            yield _run(held)
            held = []
        if values:
            held.append((values, start, end))
        joined = -1
    if held:
        yield _run(held)


def _run(held: Sequence[tuple[tuple[int, ...], int, int]]) -> Run:
    values = tuple(value for found, _, _ in held for value in found)
    return Run(_eighty(values) if len(held) > 1 else values, held[0][1], held[-1][2])


def _eighty(values: tuple[int, ...]) -> tuple[int, ...]:
    """Four times twenty is what French says for eighty."""
    for place, (one, two) in enumerate(pairwise(values)):
        if (one, two) == (4, 20):
            return (*values[:place], 80, *values[place + 2 :])
    return values


@lru_cache(maxsize=4096)
def values_of(word: str) -> tuple[int, ...]:
    """The numbers one word is made of; none where it is no number word."""
    direct = known.numbers().get(word, known.scales().get(word, 1 if word in known.ones() else None))
    if direct is not None:
        return (direct,)
    return _parts(word) if known.SHORTEST_COMPOUND <= len(word) <= LONGEST_WORD else ()


def _parts(word: str) -> tuple[int, ...]:
    """A compound such as viertausendfünfhundert, all of it or nothing."""
    reached: dict[int, tuple[int, ...]] = {0: ()}
    for start in range(len(word)):
        if start not in reached:
            continue
        for part, value in _by_letter().get(word[start], ()):
            if word.startswith(part, start):
                found = reached[start] + ((value,) if value else ())
                reached.setdefault(start + len(part), found)
    found = reached.get(len(word), ())
    return found if len(found) > 1 and max(found) > 1 else ()


def total(values: Sequence[int]) -> int | None:
    """What the numbers add up to; nothing where they do not go together."""
    whole = current = 0
    for value in values:
        if value >= 1000:
            whole, current = whole + max(current, 1) * value, 0
        elif value == 100 and current < 100:
            current = max(current, 1) * 100
        elif value < 1000 and _fits(current, value):
            current += value
        else:
            return None
    return whole + current


def _fits(current: int, value: int) -> bool:
    rest = current % 100
    if value >= 100:
        return current == 0
    if rest == 0:
        return True
    if rest < 10:
        return value >= 20 and value % 10 == 0
    return (rest % 10 == 0 and rest >= 20 and value < 10) or (rest in (60, 80) and 10 <= value < 20)
