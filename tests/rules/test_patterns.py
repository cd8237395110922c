"""No regular expression of the program takes much longer for a text that was made from it to keep it busy."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from tests.rules.patterns import built_later, patterns, pumps

SIZE = 64_000
MOST_SECONDS = 0.6
"""For so many signs; what grows with the square of their number takes longer than that wherever it matters."""
SEEN = {
    "agent.config_errors.HEADER": 300, "agent.config_errors.KEY": 1000, "agent.decide.threads.matter.PREFIX": 300, "agent.decide.reading.answers.PREFIX": 300,
    "agent.decide.threads.matter.REFERENCE": 40, "voice.languages.quoted._marks": 400, "providers.mail.addresses.PLAIN_ONE": 1000,
    "providers.mail.addresses.SPEC": 320, "voice.languages.quotes._ENDS": 400, "voice.languages.quotes._attribution_line": 300,
}  # fmt: skip
"""The most signs that a pattern is ever given, where whoever calls it cuts the text."""
TAILS = ("\x00", "\n\x00", "")


class Slow(BaseException):
    pass


def seconds_of(act: Callable[[], object]) -> float:
    def ring(*_: object) -> None:
        raise Slow

    before = signal.signal(signal.SIGPROF, ring)
    begun = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, MOST_SECONDS * 1.5)
    try:
        act()
    except Slow:
        pass
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    return time.process_time() - begun


def slowest(pattern: re.Pattern[Any], size: int = SIZE) -> tuple[float, str, str]:
    """Seconds of the worst text that can be made of the pattern, and what it was made of."""
    worst = (0.0, "", "")
    for before, again in pumps(pattern):
        for start, tail in ((before, TAILS[0]), (before, TAILS[1]), ("", TAILS[0])):
            text: Any = start + again * (size // len(again)) + tail
            if isinstance(pattern.pattern, bytes):
                text = text.encode("latin-1", "replace")
            worst = max(worst, (seconds_of(lambda text=text: pattern.search(text)), before, again))  # type: ignore[misc]
        if worst[0] > MOST_SECONDS:
            break
    return worst


@cache
def every() -> dict[str, re.Pattern[Any]]:
    return patterns()


def test_the_patterns_of_the_program_are_found() -> None:
    names = {name.split(" ")[0] for name in every()}
    assert len(names) > 150
    assert {
        "voice.languages.quoted._marks",
        "providers.imap.wire.TOKEN",
        "voice.languages.quotes._attribution_line",
    } <= names


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "bad"),
    [
        (r"(a|aa)+$", True),
        (r"(\w+\s?)*!", True),
        (r"\s+$", True),
        (r"a+b", True),
        (r"^a+b", False),
        (r"a{1,9}b", False),
    ],
)
def test_a_bad_one_would_be_noticed(text: str, bad: bool) -> None:
    assert (slowest(re.compile(text))[0] > MOST_SECONDS) is bad


@pytest.mark.slow
def test_what_is_built_later_stays_quick() -> None:
    from agent.decide.facts.check import check
    from agent.decide.reading.answers import read_answer
    from agent.decide.values import Me
    from providers.mail.mime import parse

    def work() -> None:
        read_answer(parse(b"From: a@b.example\r\n\r\nI am away until Friday, write to Ann. Pay 3 EUR.\r\n"), me=Me())
        check("Pay 3 EUR on Friday.", ("Pay 3 EUR.",), (), language="en")

    for pattern in built_later(work):
        assert slowest(pattern)[0] <= MOST_SECONDS, pattern.pattern[:80]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(every()))
def test_it_stays_quick(name: str) -> None:
    seconds, before, again = slowest(every()[name], SEEN.get(name.split(" ")[0], SIZE))
    assert seconds <= MOST_SECONDS, f"{name} takes {seconds:.1f} s for {before!r} and {again!r} repeated"
