"""The words of all languages that stand around a day, as expressions; it reads no sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from agent.decide.dates.date_words import any_of, words_of
from voice.languages.shapes import either, gapped

DASHES = frozenset({"-", "–", "—", "~"})


@dataclass(frozen=True, slots=True)
class Shapes:
    """The ways of all languages to frame a day."""

    quarter: re.Pattern[str]
    ordinal: re.Pattern[str]
    not_before: re.Pattern[str]
    """Says that nothing happens before a day, which is then the first one."""
    first_of_range: re.Pattern[str]
    week_on: re.Pattern[str]
    week_behind: re.Pattern[str]
    coming: re.Pattern[str]
    before_a_month: re.Pattern[str]
    ambiguous_months: frozenset[str]
    """Months that are other words as well."""
    joining: frozenset[str]
    """What stands between the first and the last day of a range."""
    next_week_before: tuple[str, ...]
    next_week_somewhere: tuple[str, ...]
    until_behind: tuple[str, ...]
    after_behind: tuple[str, ...]
    weekday_ends: tuple[str, ...]
    not_tomorrow: tuple[str, ...]
    """Greetings that begin with the word for tomorrow."""


@lru_cache(maxsize=1)
def shapes() -> Shapes:
    """Built once from the packs."""
    ends, names, the = any_of("ordinal_ends"), any_of("quarter"), any_of("the")
    apart = either(words_of("hours") + words_of("day_words"))
    return Shapes(
        quarter=re.compile(
            r"(?<!\w)(?:q|t|k)\s?([1-4])(?!\w)"
            rf"|(?<!\w)([1-4])\.?\s?(?:{any_of('quarter_ends')}|{ends})?\s(?:{names})"
        ),
        ordinal=re.compile(
            rf"(?<!\w)(?:{the}) (\d{{1,2}})(?:{ends}|\.)?(?![\w:./,]|\s*(?:%|h|pm|am|st|days|{apart}))"
            r"|(?<!\w)(\d{1,2})(?:st|nd|rd|th)(?!\w)"
        ),
        not_before=re.compile(
            rf"(?:{'|'.join(map(_not_before, words_of('not_before')))})\s(?:\w{{1,10}}\W{{1,2}}){{0,3}}$"
        ),
        first_of_range=re.compile(rf"(?<![\d.])(\d{{1,2}})(?:st|nd|rd|th|\.)?\s?(?:[-–—]|{any_of('to')})\s?$"),
        week_on=re.compile(rf"(?:a|one) week (?:on|from|this) (?:this\s|the\s)?$|(?:{any_of('week_on')})\s$"),
        week_behind=re.compile(rf"\s?(?:week(?!\w)|{any_of('week_behind')})"),
        coming=re.compile(any_of("coming")),
        before_a_month=re.compile(rf"(?:{any_of('before_a_month')})\W?$"),
        ambiguous_months=frozenset(words_of("ambiguous_months")),
        joining=DASHES.union(words_of("to"), words_of("joins")),
        next_week_before=tuple(words_of("next_week_before")),
        next_week_somewhere=tuple(words_of("next_week_somewhere")),
        until_behind=tuple(words_of("until_behind")),
        after_behind=tuple(words_of("after_behind")),
        weekday_ends=tuple(words_of("weekday_ends")),
        not_tomorrow=tuple(words_of("not_tomorrow")),
    )


def _not_before(phrase: str) -> str:
    """A star in front: also at the end of a word."""
    shape = gapped(phrase.removeprefix("*"), r"\s.{0,40}?")
    return shape if phrase.startswith("*") else rf"(?<!\w){shape}"
