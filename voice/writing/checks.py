"""What a draft must pass before anybody sees it: length, a question, new wording; deterministic, never about style."""

from __future__ import annotations

from collections.abc import Iterable

from voice.languages.pack import Pack
from voice.languages.text import contains, folded, words

FEWEST_WORDS, MOST_WORDS = 4, 90
"""A follow-up with fewer says nothing; one with more is a new letter, which the user writes."""
COPIED_RUN = 4
"""Words in a row; shorter runs are shared by any two mails of one hand."""
MOST_COPIED = 0.68
"""Of a draft's words: a follow-up names its matter as the mail did, and still says something new."""


def problems(body: str, core: str, own: Iterable[str], last: Iterable[str], known: Pack) -> tuple[str, ...]:
    """Reasons against a draft. `core` is its body without greeting and sign-off."""
    found = []
    length = len(words(body))
    if not FEWEST_WORDS <= length <= MOST_WORDS:
        found.append("length")
    if "?" not in core and not contains(
        core, known.marks("nudge_marks") | known.marks("closer_marks") | known.marks("request_marks")
    ):
        found.append("asks nothing")
    if copied(core, own) > MOST_COPIED:
        found.append("copies the mail it follows")
    if repeats(core, last):
        found.append("repeats the touch before")
    return tuple(found)


def copied(core: str, own: Iterable[str]) -> float:
    """Share of the words that stand in runs taken over from own mails."""
    drafted = [folded(word) for word in words(core)]
    runs = {run for text in own for run in _runs([folded(word) for word in words(text)])}
    covered: set[int] = set()
    for start, run in enumerate(_runs(drafted)):
        if run in runs:
            covered.update(range(start, start + COPIED_RUN))
    return len(covered) / len(drafted) if drafted else 0.0


def repeats(core: str, last: Iterable[str]) -> bool:
    """Whether more than a third of the wording was sent in a touch before."""
    drafted = set(_runs([folded(word) for word in words(core)]))
    sent = {run for text in last for run in _runs([folded(word) for word in words(text)])}
    return bool(drafted) and len(drafted & sent) * 3 > len(drafted)


def _runs(tokens: list[str]) -> list[tuple[str, ...]]:
    return [tuple(tokens[start : start + COPIED_RUN]) for start in range(len(tokens) - COPIED_RUN + 1)]
