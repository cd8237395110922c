"""The words for days and months of all languages as expressions; it reads no sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from agent.decide.dates.days import PHRASES
from voice.languages.lexicon import needs, spaced
from voice.languages.shapes import CJK, either
from voice.languages.tongues import files, normal


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The date words of all languages as expressions."""

    months: dict[str, int]
    weekdays: dict[str, int]
    numbers: dict[str, int]
    units: dict[str, str]
    phrases: tuple[tuple[str, frozenset[str], re.Pattern[str]], ...]
    """Each with the words one of which a sentence must have."""
    cjk: tuple[tuple[str, str], ...]
    until: frozenset[str]
    after: frozenset[str]
    within: frozenset[str]
    within_behind: frozenset[str]
    next: frozenset[str]
    between: frozenset[str]
    parts: tuple[tuple[str, str], ...]
    day_month: re.Pattern[str]
    month_day: re.Pattern[str]
    month: re.Pattern[str]
    weekday: re.Pattern[str]
    week: re.Pattern[str]
    distance: re.Pattern[str]


def words_of(key: str) -> list[str]:
    """The normalised words under a key, in all languages."""
    found = []
    for table in files().values():
        dates = table.get("dates")
        if isinstance(dates, dict):
            found += [normal(item) for item in dates.get(key, ())]
    return found


def _numbered(key: str, first: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for table in files().values():
        dates = table.get("dates")
        for number, choices in enumerate(dates.get(key, ()) if isinstance(dates, dict) else (), first):
            for name in normal(choices).split("|"):
                found.setdefault(name, number)
    return found


def _either(words: list[str]) -> str:
    flat = {word for choices in words for word in choices.split("|")}
    return "|".join(re.escape(word) for word in sorted(flat, key=lambda word: (-len(word), word)))


def any_of(key: str) -> str:
    """Any of the words under a key that stand between spaces."""
    return either(word for word in words_of(key) if not CJK.search(word))


def _needed(key: str) -> frozenset[str]:
    """The telling words of every phrase for one stretch of days."""
    rarest = [needs(item)[1][0] for item in words_of(key) if not CJK.search(item)]
    return frozenset(max(word.split("'"), key=len) for need in rarest for word in need)


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """Built once from the word files."""
    months, weekdays, numbers = _numbered("months", 1), _numbered("weekdays", 0), _numbered("numbers", 1)
    units = {
        word: unit for unit in ("days", "weeks", "months_word") for words in words_of(unit) for word in words.split("|")
    }
    ends, of, the = (any_of(key) for key in ("ordinal_ends", "of", "the"))
    month = _either(list(months))
    spaced_days = [name for name in weekdays if not CJK.search(name)]
    ambiguous = set(words_of("ambiguous_months"))
    long_months = [name for name in months if len(name) > 3 or name in ambiguous]
    tail, hour = any_of("weekday_ends"), any_of("hours")
    short_ok = [name for name in spaced_days if len(name) > 3]
    year = rf"(?:,?\s(?:(?:{of})\s)?(\d{{4}}))?(?!\d)"
    return Vocabulary(
        months,
        weekdays,
        numbers,
        units,
        tuple(
            (key, _needed(key), re.compile("|".join(spaced(item) for item in words_of(key) if not CJK.search(item))))
            for key in PHRASES
        ),
        tuple((key, item) for key in PHRASES for item in words_of(key) if CJK.search(item)),
        frozenset(words_of("until")),
        frozenset(words_of("after")),
        frozenset(words_of("within")),
        frozenset(words_of("within_behind")),
        frozenset(words_of("next")),
        frozenset(words_of("between")),
        tuple((part, item) for part in ("early", "middle", "late") for item in words_of(part)),
        re.compile(rf"(?<![\w.])(\d{{1,2}})(?:{ends}|\.)?\s(?:(?:{of})\s?)?({month})(?!\w)\.?{year}"),
        re.compile(rf"(?<!\w)({month})\.?\s(?:the\s)?(\d{{1,2}})(?:st|nd|rd|th)?(?![\w:])(?:,?\s(\d{{4}}))?"),
        re.compile(rf"(?<!\w)({_either(long_months)})(?!\w)"),
        re.compile(
            rf"(?<!\w)({_either([*short_ok, 'mon', 'tue', 'wed', 'thu', 'fri'])})s?(?:{tail})?(?!\w)"
            rf"(?:,?\s(?:(?:{the})\s)?"
            rf"(\d{{1,2}})(?:{ends}|\.)?(?![\d:/.]\d|\w|\s?(?:h|{hour}|am|pm)\b))?"
        ),
        re.compile(rf"(?<!\w)(?:{_either(words_of('week_number'))})\.?\s?(\d{{1,2}})(?![\w/:])"),
        re.compile(
            rf"(?<!\w)(\d{{1,2}}|{_either([*numbers])})\s(?:(?:{of})\s)?(?:work|business\s|more\s|"
            rf"working\s)?({_either([*units])})(?!\w)"
        ),
    )


@lru_cache(maxsize=1)
def _telling() -> frozenset[str]:
    """Every word without which a sentence that has no figure names no day."""
    names = {word for key in ("months", "weekdays", "days", "weeks", "months_word", *PHRASES) for word in words_of(key)}
    parts = {part for name in names for part in re.findall(r"\w+", name) if len(part) > 3 or " " not in name}
    return frozenset(form for part in parts for form in (part, f"{part}s" if len(part) > 3 else part))


def names_day(plain: str) -> bool:
    """Whether a sentence has a figure, a weekday or a month."""
    words = vocabulary()
    return bool(re.search(r"\d", plain) or words.weekday.search(plain) or words.month.search(plain))


def may_name_day(plain: str) -> bool:
    """A cheap first look: whether a sentence can name a day at all."""
    if re.search(r"\d", plain) or CJK.search(plain):
        return True
    return not _telling().isdisjoint(re.findall(r"\w+", plain))
