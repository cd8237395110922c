"""Words for numbers and money are looked for in texts of every language, so none may be an everyday word of another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pytest

from voice.languages import packs

WORD = re.compile(r"[^\W\d_]+")
WRITTEN = ("neutral", "formal", "informal", "when", "correction", "template", "vocabulary")
TABLES = ("numbers", "scales", "currencies")
COUNTS_NOTHING = "0"
KNOWN = {
    ("en", "ten", "nl"), ("en", "grand", "fr"), ("es", "dos", "pt"), ("es", "once", "en"), ("fr", "onze", "nl"),
    ("it", "sei", "pt"), ("pt", "dois", "fr"), ("pt", "onze", "nl"),
}  # fmt: skip
"""Words that are both, whatever is done: a draft with one is held until a person looks at it."""


def texts(value: object) -> Iterator[str]:
    """Every text below a value of a pack."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts(one)


def everyday(language: str) -> Iterator[str]:
    """What a draft or a mail in this language may say without naming a number."""
    for file in ("writing", "steps"):
        yield from texts([packs.table(language, file).get(key) for key in WRITTEN])
    for file in ("facts", "writing", "steps", "tells", "wishes"):
        yield from packs.examples(language, file).get("nothing", ())
    yield from texts([list(found) for found in packs.examples(language, "reading").values()])
    yield from packs.listed(language, "reading", "common")


def counting(language: str, table: str) -> frozenset[str]:
    """The words of a pack for numbers or money."""
    found = packs.table(language, "facts").get(table)
    rows = found.items() if isinstance(found, dict) else ()
    return frozenset(
        word.lower()
        for number, row in rows
        if number != COUNTS_NOTHING
        for one in texts(row)
        for word in one.split("|")
    )


SAID = {code: frozenset(WORD.findall(" ".join(everyday(code)).lower())) for code in packs.languages()}


def clashes(language: str, table: str, counted: Iterable[str]) -> list[str]:
    """Words that say something else in another language, which does not count with them itself."""
    return sorted(
        f"{language}/facts.toml: {table}: {word!r} is an everyday word in {other}"
        for word in counted for other, said in SAID.items()
        if other != language and word in said - counting(other, table) and (language, word, other) not in KNOWN
    )  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("language", packs.having("facts"), ids="{}-facts".format)
def test_no_word_for_a_number_is_an_everyday_word_elsewhere(language: str, table: str) -> None:
    assert clashes(language, table, counting(language, table)) == []


def test_a_number_that_is_a_verb_elsewhere_is_named() -> None:
    assert clashes("hu", "numbers", {"hat", "hatvan"}) == ["hu/facts.toml: numbers: 'hat' is an everyday word in de"]


def test_what_is_known_to_be_both_still_is() -> None:
    counted = {(code, word) for code in packs.having("facts") for table in TABLES for word in counting(code, table)}
    assert {(code, word) for code, word, _ in KNOWN} <= counted
    assert all(word in SAID[other] for _, word, other in KNOWN)
