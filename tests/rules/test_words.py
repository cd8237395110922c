"""No module holds a word of a language other than English: the packs do, so that a language is added without code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from voice.languages import packs

ROOT = Path(__file__).parents[2]
PACKAGES = ("agent", "providers", "voice", "tui")
STORY = ROOT / "agent" / "demo"
"""The letters of the demo, which are a story in several languages."""
WORD = re.compile(r"[^\W\d_]+")
LETTERS = ROOT / "docs" / "families.md"
"""Letters in four languages, as they came out."""
SHORTEST = 4
"""Shorter words are words of English as well, or parts of expressions."""
ALLOWED = {
    ("agent/decide/threads/people.py", "letters"): "letters that are taken for Latin ones in an address, no words",
    ("voice/languages/tongues.py", "letters"): "letters that no decomposition makes plain, no words",
    ("providers/mail/plain.py", "letters"): "characters nobody sees, by their numbers",
    ("providers/kits.py", "letters"): "what every provider must carry unharmed, read by tests alone",
    ("providers/kits.py", "words"): "the same",
    ("agent/decide/threads/people.py", "words"): "libero is the name of a mail provider",
    ("agent/common/desk.py", "words"): "libero is the name of a mail provider",
    ("agent/store/base/migrations.py", "words"): "ALTER is SQL",
    ("agent/decide/dates/zones.py", "words"): "Asia is how time zones are named",
    ("voice/languages/tells.py", "words"): "assist is English; no English pack needs it",
}
"""By file and by what is found there, why it may stay."""


@cache
def modules() -> Mapping[str, ast.Module]:
    files = sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py") if STORY not in file.parents)
    return {str(file.relative_to(ROOT)): ast.parse(file.read_text("utf-8")) for file in files}


def documented(tree: ast.Module) -> Iterator[ast.Constant]:
    """What stands there for people alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value


def strings(tree: ast.Module) -> Iterator[str]:
    """What the program works with."""
    told = {id(node) for node in documented(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def words(text: str) -> set[str]:
    return {word.lower() for word in WORD.findall(text)}


def texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from texts(inner if key != packs.EXAMPLES else ())
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)


def of_packs(language: str) -> set[str]:
    files = [file.stem for file in (packs.FOLDER / language).glob("*.toml") if file.stem != packs.NAMED]
    return {word for file in files for text in texts(packs.whole(language, file)) for word in words(text)}


@cache
def english() -> frozenset[str]:
    """Words of the English pack, of our own documents, and of what the program's names and descriptions are made of."""
    found = of_packs("en")
    ours = [file for file in ROOT.glob("docs/*.md") if file != LETTERS]
    for file in [*ROOT.glob("*.md"), *ours, packs.FOLDER / "keys.toml"]:
        found |= words(file.read_text("utf-8"))
    for tree in modules().values():
        for constant in documented(tree):
            found |= words(str(constant.value))
        for node in ast.walk(tree):
            name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
            found |= {part for part in re.split(r"[_\d]+", name.lower()) if part}
    return frozenset(found)


@cache
def foreign() -> frozenset[str]:
    """Words of all other packs that are no English ones."""
    found = {word for language in packs.languages() if language != "en" for word in of_packs(language)}
    return frozenset(word for word in found - english() if len(word) >= SHORTEST)


def found_in(tree: ast.Module) -> dict[str, list[str]]:
    """Letters and words of other languages in what a module works with."""
    said = list(strings(tree))
    letters = sorted({letter for text in said for letter in text if letter.isalpha() and not letter.isascii()})
    told = sorted({word for text in said for word in words(text) & foreign()})
    return {kind: what for kind, what in (("letters", letters), ("words", told)) if what}


@pytest.mark.parametrize("name", sorted(modules()))
def test_a_module_holds_no_word_of_another_language(name: str) -> None:
    found = {kind: what for kind, what in found_in(modules()[name]).items() if (name, kind) not in ALLOWED}
    assert found == {}, f"{name} holds words of a language: they belong in its pack under voice/languages/"


@pytest.mark.parametrize(("name", "kind"), ALLOWED)
def test_what_is_allowed_is_there(name: str, kind: str) -> None:
    assert kind in found_in(modules()[name]), f"{name} needs no exception for {kind} any more"


def test_words_are_found_in_plain_letters_and_in_others() -> None:
    tree = ast.parse('"""Über alles."""\nA = "afgesproken"\nB = r"\\b(?:Kündigung|nein)\\b"\nC = "agreed"\n')
    assert found_in(tree) == {"letters": ["ü"], "words": ["afgesproken", "nein"]}
