"""Every pack holds what keys.toml knows, each phrase once and in short lines, and is read as its own examples say."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from agent.decide.dates.named_days import first_day
from agent.decide.facts.check import _stated
from agent.decide.facts.find import claims
from agent.decide.facts.words import STATED
from agent.decide.reading.answers import read_answer
from agent.decide.reading.explained import standard
from agent.drafting.checking import attachment
from providers.folders import role_of_name
from tests.judgement.loading import ME, mail_of
from voice.languages import packs
from voice.languages.pack import LANGUAGES, pack
from voice.languages.quotes import typed
from voice.languages.sentences import sentences
from voice.languages.subjects import prefix
from voice.languages.tells import tells
from voice.languages.text import found_marks
from voice.languages.tongues import normal
from voice.writing.asks import find
from voice.writing.wishing import KEYS, understood

KNOWN = tomllib.loads((packs.FOLDER / "keys.toml").read_text("utf-8"))
REGISTERS = ("neutral", "formal", "informal")
TABLES = {"say", "unless"}
POSITIONS = {"months", "weekdays", "numbers", "seasons", "date", "quote", "contractions"}
"""Lists in which a place means something, so that one word may stand twice."""
A_LIST, A_TABLE, BY_NUMBER = "a list of texts", "a table", "a table of numbers"
FORMS = {"true": "true or false", "One text": "one text", "By number": BY_NUMBER, "Lists": A_TABLE}
"""What words in keys.toml begin with, and how such a value is written."""
SAID_OF_MACHINES = {
    "delivery", "read", "complaint", "recall", "invitation", "settled", "undone", "ticket", "pending", "own_ticket",
}  # fmt: skip
PAIRS = ("()", "{}", "[]", "<>")
UNBALANCED = {"empty_subjects", packs.EXAMPLES}
"""What is text as somebody typed it."""
LEAST = ("vocabulary", "starters", "greetings", "closings", "greeting_full", "correction", "template")
LONGEST_LINE = 160
BASE = date(2026, 3, 2)
"""The Monday on which examples of days are written."""
OWN_IDS = frozenset({"<own1@mine.example>"})
FILES = [
    (language, file.stem) for language in packs.languages() for file in sorted((packs.FOLDER / language).glob("*.toml"))
]


def problems(language: str, file: str, table: dict[str, Any]) -> list[str]:
    """Keys nobody reads, and phrases that stand twice, each by its file and key."""
    where = f"{language}/{file}.toml"
    if file not in KNOWN:
        return [f"{where}: no such file is read; there are {', '.join(sorted(KNOWN))}"]
    found = [f"{where}: {key}: no such key; keys.toml has those that are read" for key in unknown(file, table)]
    found += [f"{where}: {key}: {wrong}" for key, wrong in misshapen(file, table)]
    return found + [f"{where}: {key}: {phrase!r} stands twice" for key, phrase in twice(table)]


def misshapen(file: str, table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Values that are no list where one is read, and phrases whose brackets do not close, each with its key."""
    for key, value in table.items():
        shape = form(file, key)
        if not fits(value, shape):
            yield key, f"write {shape}, not {told_as(value)}"
            continue
        for inner, one in value.items() if isinstance(value, dict) else ():
            if key != packs.EXAMPLES and shape != BY_NUMBER and not fits(one, A_LIST):
                yield f"{key}.{inner}", f"write {A_LIST}, not {told_as(one)}"
        for inner, phrase in leaves(value, key) if key not in UNBALANCED else ():
            if broken := unclosed(phrase, expression=(file, key) == ("facts", "future")):
                yield inner, f"{phrase!r} {broken}"


def form(file: str, key: str) -> str:
    """How a value is written, as the words about its key begin."""
    if key == packs.EXAMPLES or (key in KNOWN["meanings"] and file in {"reading", "families"}):
        return A_TABLE
    if (file == "writing" and key == "when") or (file in {"writing", "steps"} and key in REGISTERS):
        return A_TABLE
    if file == "machines" and isinstance(KNOWN["machines"].get(key), str) and key in SAID_OF_MACHINES:
        return A_TABLE
    words = str(KNOWN[file].get(key, ""))
    return next((shape for start, shape in FORMS.items() if words.startswith(start)), A_LIST)


def fits(value: object, shape: str) -> bool:
    match shape:
        case "true or false":
            return isinstance(value, bool)
        case "one text":
            return isinstance(value, str)
        case "a list of texts":
            return isinstance(value, list) and (all(isinstance(one, str | list) for one in value))
        case "a table of numbers":
            return isinstance(value, dict) and all(
                key.isdecimal() and isinstance(one, str) for key, one in value.items()
            )
    return isinstance(value, dict)


def told_as(value: object) -> str:
    names = {str: "one text", bool: "true or false", list: "a list", dict: "a table"}
    return names.get(type(value), type(value).__name__)


def leaves(value: object, key: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, f"{key}.{name}")
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one, key)
    elif isinstance(value, str):
        yield key, value


def unclosed(phrase: str, *, expression: bool) -> str:
    if not expression:
        return next(
            (f"does not close its {pair}" for pair in PAIRS if phrase.count(pair[0]) != phrase.count(pair[1])), ""
        )
    try:
        re.compile(phrase)
    except re.error as problem:
        return f"is no expression: {problem}"
    return ""


def unknown(file: str, table: dict[str, Any]) -> Iterator[str]:
    meanings = set(KNOWN["meanings"]) if file in {"reading", "families"} else set()
    wordings = {register: set(KNOWN["wordings"]) for register in REGISTERS}
    steps = {register: set(KNOWN["step_wordings"]) for register in REGISTERS}
    inner = {"when": set(KNOWN["when"]), **wordings} if file == "writing" else steps if file == "steps" else {}
    for key, value in table.items():
        if key == packs.EXAMPLES:
            continue
        if key not in KNOWN[file] and key not in meanings and key not in inner:
            yield key
        elif isinstance(value, dict):
            says = TABLES if key in meanings or (file == "machines") else inner.get(key)
            yield from (f"{key}.{name}" for name in value if says is not None and name not in says)


def twice(table: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from twice(value, f"{above}{key}.")
        elif isinstance(value, list) and key not in POSITIONS:
            yield from ((above + key, phrase) for phrase, count in Counter(map(str, value)).items() if count > 1)


@pytest.mark.parametrize(("language", "file"), FILES, ids=map("-".join, FILES))
def test_a_file_of_a_pack_holds_known_keys_and_each_phrase_once(language: str, file: str) -> None:
    assert problems(language, file, dict(packs.whole(language, file))) == []


@pytest.mark.parametrize(("language", "file"), FILES[:2], ids=map("-".join, FILES[:2]))
def test_the_tests_of_a_language_are_chosen_by_its_code(
    request: pytest.FixtureRequest, language: str, file: str
) -> None:
    """As docs/adding-a-language.md says: `-k hu-`."""
    others = [
        item.name for item in request.session.items if item.path == request.path and "language" in item.fixturenames
    ]
    assert f"[{language}-{file}]" in request.node.name
    assert [name for name in others if not re.search(r"\[[a-z]{2}-", name)] == []


@pytest.mark.parametrize(("file", "table", "said"), [
    ("reading", {"common": "nem"}, "xx/reading.toml: common: write a list of texts, not one text"),
    ("reading", {"decline": ["nem"]}, "xx/reading.toml: decline: write a table, not a list"),
    ("reading", {"decline": {"say": "nem"}}, "xx/reading.toml: decline.say: write a list of texts, not one text"),
    ("reading", {"everywhere": "yes"}, "xx/reading.toml: everywhere: write true or false, not one text"),
    ("reading", {"decline": {"say": ["nem (a|b"]}}, "xx/reading.toml: decline.say: 'nem (a|b' does not close its ()"),
    ("machines", {"read": {"say": "x"}}, "xx/machines.toml: read.say: write a list of texts, not one text"),
    ("facts", {"future": [r"\bmajd (a|b"]}, "xx/facts.toml: future: '\\\\bmajd (a|b' is no expression: "),
    ("facts", {"numbers": {"2": ["k"]}}, "xx/facts.toml: numbers: write a table of numbers, not a table"),
    ("facts", {"currencies": {"EUR": "euro"}}, "xx/facts.toml: currencies.EUR: write a list of texts, not one text"),
    ("writing", {"neutral": {"nudge": ["[a|b"]}}, "xx/writing.toml: neutral.nudge: '[a|b' does not close its []"),
    ("language", {"name": ["Hungarian"]}, "xx/language.toml: name: write one text, not a list"),
])  # fmt: skip
def test_a_value_of_another_shape_is_named_with_its_file_and_key(file: str, table: dict[str, Any], said: str) -> None:
    (problem,) = problems("xx", file, table)
    assert problem.startswith(said)


def test_a_misspelt_key_is_named_with_its_file() -> None:
    assert problems("xx", "reading", {"comon": ["a"], "decline": {"says": ["b"]}}) == [
        "xx/reading.toml: comon: no such key; keys.toml has those that are read",
        "xx/reading.toml: decline.says: no such key; keys.toml has those that are read",
    ]
    assert "no such file" in problems("xx", "redaing", {})[0]
    assert problems("xx", "writing", {"neutral": {"nudge": ["a", "a"]}, "when": {"tomorow": []}}) == [
        "xx/writing.toml: when.tomorow: no such key; keys.toml has those that are read",
        "xx/writing.toml: neutral.nudge: 'a' stands twice",
    ]


def test_no_line_of_a_pack_is_long() -> None:
    files = [*packs.FOLDER.glob("*/*.toml"), *packs.FOLDER.glob("*/*.json")]
    long = [f"{file}:{n}" for file in files for n, line in enumerate(lines(file), 1) if len(line) > LONGEST_LINE]
    assert long == []


def lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines()


def test_a_folder_is_a_pack_with_a_name() -> None:
    folders = {item.name for item in packs.FOLDER.iterdir() if item.is_dir() and any(item.glob("*.toml"))}
    assert folders == set(packs.languages())
    assert all(packs.one(language, packs.NAMED, "name") for language in packs.languages())
    assert all(re.fullmatch("[a-z]{2}", language) for language in packs.languages())


@pytest.mark.parametrize("language", packs.having("writing"), ids="{}-writing".format)
def test_what_is_written_can_be_checked(language: str) -> None:
    assert language in LANGUAGES, "writing.toml needs facts.toml beside it"
    for kind in (*STATED, "future", "relative"):
        assert packs.listed(language, "facts", kind), f"{language}/facts.toml: {kind} is empty"


@pytest.mark.parametrize("language", packs.having("writing"), ids="{}-writing".format)
def test_a_pack_that_writes_has_what_every_draft_needs(language: str) -> None:
    assert lacking(packs.table(language, "writing")) == []


def lacking(table: Mapping[str, Any]) -> list[str]:
    when, neutral = table.get("when", {}), table.get("neutral", {})
    found = [key for key in LEAST if not table.get(key)]
    found += [f"when.{key}" for key in KNOWN["when"] if key != "first_day" and not when.get(key)]
    return found + [f"neutral.{key}" for key in KNOWN["wordings"] if not neutral.get(key)]


def test_what_a_draft_needs_and_a_pack_has_not_is_named() -> None:
    known = dict(packs.table("en", "writing"))
    del known["starters"]
    known["neutral"] = {key: value for key, value in known["neutral"].items() if key != "close"}
    assert lacking(known) == ["starters", "neutral.close"]
    assert lacking({})[:8] == [*LEAST, "when.yesterday"]


@pytest.mark.parametrize(("language", "key"), [(c, k) for c in packs.having("facts") for k in ("months", "weekdays")])
def test_a_year_has_twelve_months_and_a_week_seven_days(language: str, key: str) -> None:
    found = len(packs.listed(language, "facts", key))
    assert found in {0, 12 if key == "months" else 7}
    if language in packs.having("writing"):
        assert len(packs.listed(language, "writing", "when", key)) == (12 if key == "months" else 7)


@pytest.mark.parametrize("language", packs.having("facts"), ids="{}-facts".format)
def test_every_expression_compiles(language: str) -> None:
    for shape in packs.listed(language, "facts", "future"):
        assert not unclosed(shape, expression=True), f"{language}/facts.toml: future: {shape!r}"


def meaning(text: str, _language: str) -> set[str]:
    return {str(read_answer(mail_of({"b": text}, "m"), me=ME, own_ids=OWN_IDS).meaning)}


def day(text: str, _language: str) -> set[str]:
    found = first_day(sentences(text)[0], BASE)
    return {str(found.day) if found else "none"}


def stated(text: str, language: str) -> set[str]:
    return {kind for kind, _ in _stated(text, language)} | {claim.kind for claim in claims(text)} or {"nothing"}


def quoting(line: str, _language: str) -> set[str]:
    kept = line in typed(f"Text.\n\n{line}\n> theirs")
    return {"kept"} if kept else {"introduces", "ends"}


def folder(name: str, _language: str) -> set[str]:
    role = role_of_name(name)
    return {role.value if role else "other"}


def subject(text: str, _language: str) -> set[str]:
    return {prefix().sub("", text.lower())}


def machine(text: str, _language: str) -> set[str]:
    return set(standard(normal(text))) or {"nothing"}


def told(text: str, language: str) -> set[str]:
    names = {"stock phrase": "stock"}
    found = {names.get(tell.name, tell.name) for tell in tells(text, language)}
    return found | ({"attachment"} if attachment().search(text) else set()) or {"nothing"}


def wished(text: str, _language: str) -> set[str]:
    return {KEYS[wish] for wish in understood(text).wishes} or {"nothing"}


def asked(text: str, language: str) -> set[str]:
    return {"asks"} if find(text, pack(language)) else {"nothing"}


def said_of_asking(text: str, language: str) -> set[str]:
    return {"pretends"} if found_marks(text, packs.listed(language, "steps", "asked_marks")) else {"nothing"}


READ = [one for one in FILES if one[1] != packs.NAMED]
READERS = {
    "reading": meaning, "families": meaning, "dates": day, "facts": stated, "quotes": quoting, "folders": folder,
    "subjects": subject, "machines": machine, "tells": told, "wishes": wished, "writing": asked,
    "steps": said_of_asking,
}  # fmt: skip
AS_EXAMPLES_SAY = [
    pytest.param(language, file, text, key, id=f"{language}-{file}-{key}-{number}")
    for language, file in FILES for key, texts in packs.examples(language, file).items()
    for number, text in enumerate(texts)
]  # fmt: skip


@pytest.mark.parametrize(("language", "file"), READ, ids=map("-".join, READ))
def test_a_file_that_is_read_has_examples(language: str, file: str) -> None:
    assert any(packs.examples(language, file).values()), f"{language}/{file}.toml has no [examples]"


@pytest.mark.parametrize(("language", "file", "text", "wanted"), AS_EXAMPLES_SAY)
def test_an_example_is_read_as_its_file_says(language: str, file: str, text: str, wanted: str) -> None:
    found = READERS[file](text, language)
    assert wanted in found, f"{language}/{file}.toml: {text!r} is read as {', '.join(sorted(found))}, not {wanted}"
