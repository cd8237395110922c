"""Every regular expression of the tree against texts made from itself: none may take more than its share."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest

from agent.bounds import TooMuchError, bounded
from tests.rules.pumped import Found, expressions, pumped

SIZES = (2_000, 16_000, 64_000)
MOST_SECONDS = 0.5
"""For 64 KB, the longest text of a mail that is read."""
SHORT = {"agent.decide.quoted.BRACKETED": 480}
"""What is never given more than so many characters."""
FOUND = expressions()


def slow_at(found: Found, longest: int) -> str:
    """The length and start of a text it is too slow on."""
    for text_of in pumped(found):
        for size in SIZES:
            text = text_of(min(size, longest))
            if not in_time(found, text):
                return f"{len(text)}: {text[:60]!r}"
    return ""


def in_time(found: Found, text: str) -> bool:
    given = text.encode("utf-8", "replace") if isinstance(found.pattern.pattern, bytes) else text
    act: Callable[[object], object] = found.pattern.search if found.anywhere else found.pattern.match
    begun = time.process_time()
    try:
        bounded(lambda: act(given), MOST_SECONDS)
    except TooMuchError:
        return False
    return time.process_time() - begun < MOST_SECONDS


@pytest.mark.slow
@pytest.mark.parametrize("found", FOUND, ids=lambda found: found.name)
def test_no_text_keeps_it_busy(found: Found) -> None:
    assert not slow_at(found, SHORT.get(found.name.split("[")[0], 64_000))


@pytest.mark.parametrize("careless", [r"(\w+\s*)+$", r"\s+$", r"(a|aa)+b", r"x\s*:?\s*y", r"<[^>]+@[^>]+>"])
def test_a_careless_one_is_found(careless: str) -> None:
    assert slow_at(Found("careless", re.compile(careless), anywhere=True), 64_000)


def test_the_tree_is_searched() -> None:
    names = {found.name.split("[")[0] for found in FOUND}
    assert {"agent.decide.quoted.MARKS", "providers.imap_wire.TOKEN", "voice.quotes._ATTRIBUTION"} <= names
    assert len(FOUND) > 300
