"""Sentences as people type them."""

from __future__ import annotations

import pytest

from voice.languages.sentences import ENDS, sentences


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Il dott. Riva è in ferie. Torna lunedì.", ["Il dott. Riva è in ferie.", "Torna lunedì."]),
        ("Mme. Petit est absente. Merci.", ["Mme. Petit est absente.", "Merci."]),
        ("Ich komme am 3. April. Bis dann.", ["Ich komme am 3. April.", "Bis dann."]),
        ("We had fun. Dr. No is on.", ["We had fun.", "Dr. No is on."]),
        ("土曜日は空いていますか\uff1f宜しく", ["土曜日は空いていますか\uff1f", "宜しく"]),
    ],
)
def test_a_title_or_a_number_with_its_dot_ends_no_sentence(text: str, found: list[str]) -> None:
    assert [sentence.text for sentence in sentences(text)] == found


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("We dont need it and thats that, sorry", "we don't need it and that's that, sorry"),
        ("Im sure theyre not what we wont need", "i'm sure they're not what we won't need"),
        ("C'est le dossier dont je vous ai parlé", "c'est le dossier dont je vous ai parle"),
        ("Ich bin im Haus und wont in Köln", "ich bin im haus und wont in koln"),
    ],
)
def test_english_written_without_apostrophes_is_read_with_them(text: str, plain: str) -> None:
    assert [sentence.plain for sentence in sentences(text)] == [plain]


@pytest.mark.parametrize("text", ["いかがでしょうか\uff1f", "您看可以吗", "Geht das?", "いかがでしょうか。"])
def test_a_question_is_known_by_its_mark_or_its_last_word(text: str) -> None:
    assert sentences(text)[0].asks


def test_signs_of_two_scripts_in_a_row_still_end_a_sentence() -> None:
    assert [found.group() for found in ENDS.finditer("好。!… 好")] == ["。!", "…"]
    assert [found.end() for found in ENDS.finditer("Well" + "." * 1000 + " So.")] == [1004, 1008]
