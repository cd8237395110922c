"""What a person says of a draft, understood without a model: a few wishes in seven languages and nothing guessed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.voice.someone import brief, profile
from voice.languages.text import words
from voice.writing.phrasebook import Phrasebook
from voice.writing.wishing import FORMAL, INFORMAL, LONGER, SHORTER, known_wishes, understood

CASES: list[tuple[str, set[str]]] = [
    ("shorter", {SHORTER}), ("Make it a bit shorter, please.", {SHORTER}), ("that is too long", {SHORTER}),
    ("plus court s'il te plaît", {SHORTER}), ("bitte kürzer", {SHORTER}), ("más corto", {SHORTER}),
    ("più breve", {SHORTER}), ("mais curto", {SHORTER}), ("iets korter", {SHORTER}),
    ("longer", {LONGER}), ("a little more detailed", {LONGER}), ("plus long", {LONGER}), ("länger bitte", {LONGER}),
    ("más largo", {LONGER}), ("più lungo", {LONGER}), ("mais longo", {LONGER}), ("langer", {LONGER}),
    ("more formal", {FORMAL}), ("plus formel", {FORMAL}), ("förmlicher", {FORMAL}), ("más formal", {FORMAL}),
    ("più formale", {FORMAL}), ("mais formal", {FORMAL}), ("formeler", {FORMAL}), ("bitte siezen", {FORMAL}),
    ("less formal", {INFORMAL}), ("too formal", {INFORMAL}), ("informal", {INFORMAL}), ("moins formel", {INFORMAL}),
    ("weniger förmlich", {INFORMAL}), ("menos formal", {INFORMAL}), ("meno formale", {INFORMAL}),
    ("minder formeel", {INFORMAL}), ("duzen", {INFORMAL}),
    ("shorter and more formal", {SHORTER, FORMAL}), ("kürzer und lockerer", {SHORTER, INFORMAL}),
    ("not shorter", set()), ("nicht so kurz", set()), ("shorter, no, longer", set()), ("mention the budget", set()),
    ("", set()), ("shortcomings", set()), ("belong", set()), ("x" * 5000 + " shorter", set()),
]  # fmt: skip


@pytest.mark.parametrize(("said", "wanted"), CASES)
def test_a_wish_is_understood_or_left_alone(said: str, wanted: set[str]) -> None:
    assert set(understood(said).wishes) == wanted


def test_the_known_wishes_are_all_named_and_understood() -> None:
    for wish in (SHORTER, LONGER, FORMAL, INFORMAL):
        assert wish in known_wishes()
        assert wish in understood(wish)


@pytest.mark.parametrize("language", ["en", "fr", "de", "es", "it", "pt", "nl"])
def test_a_shorter_text_is_shorter_and_another_text_is_another(language: str) -> None:
    asked = brief(language)
    first = Phrasebook().write(asked, profile(language)).body
    again = Phrasebook().write(replace(asked, seen=(first,)), profile(language)).body
    assert again not in {"", first}
    for wish, fits in (("shorter", int.__lt__), ("longer", int.__gt__)):
        made = Phrasebook().write(replace(asked, seen=(first,), say=wish), profile(language))
        assert made.body == "" or fits(len(words(made.body)), len(words(first)))
        assert made.body or wish in made.abstained


def test_a_wish_for_another_form_of_address_reaches_the_frames() -> None:
    asked = brief("de", text="Hallo Bo,\n\nich habe die Angebote verglichen. Was sagst du dazu?\n\nGrüße\nNoor")
    formal = Phrasebook().write(replace(asked, say="förmlicher"), profile("de"))
    informal = Phrasebook().write(replace(asked, say="lockerer"), profile("de"))
    assert formal.body
    assert informal.body
    assert "needs a model" not in " ".join(formal.notes)


def test_a_wish_nobody_understands_says_what_is_understood() -> None:
    made = Phrasebook().write(replace(brief(), say="mention the budget"), profile())
    assert any("shorter, longer, more formal, less formal" in note for note in made.notes)
