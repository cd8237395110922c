"""Labelled answers are well formed, enough, no two alike, and split as they say; what is sealed is not printed."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import replace

import pytest

from tools.reader import score
from tools.reader.labelled import (
    CALIBRATE,
    CARRIERS,
    KEYS,
    MEANINGS,
    SEALED,
    TRAIN,
    Labelled,
    every,
    files,
    twins,
)

READ = ("cs", "da", "de", "en", "es", "fi", "fr", "it", "ja", "nl", "pl", "pt", "ru", "sv", "zh")
FEWEST = 380
"""Answers a language has at least."""
LONGEST_LINE = 160


@pytest.mark.parametrize("path", files(), ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_a_file_says_only_what_is_read(path):
    for number, entry in enumerate(tomllib.loads(path.read_text("utf-8"))["mail"], 1):
        where = f"mail {number}"
        assert not set(entry) - KEYS, where
        assert entry["means"] in MEANINGS, where
        assert entry.get("looks_like", "reply") in MEANINGS, where
        assert entry.get("looks_like") != entry["means"], where
        assert entry.get("carrier", "phone") in CARRIERS, where
        assert "until" not in entry or entry["until"] >= entry["date"], where
        assert entry["text"].strip(), where
        assert max(map(len, entry["text"].splitlines())) <= LONGEST_LINE, where


@pytest.mark.parametrize("language", sorted({path.parent.parent.name for path in files()}))
def test_a_language_has_every_meaning_and_its_traps(language):
    own = [one for one in every() if one.language == language]
    assert len(own) >= FEWEST
    assert set(Counter(one.means for one in own)) == set(MEANINGS)
    assert sum(one.trap for one in own) >= len(own) / 3


def test_no_answer_is_told_twice():
    assert [(one.key, other.key) for one, other in twins(every())] == []


def test_twins_are_found():
    one = Labelled("a", "en", "reply", "Yes, we will take both of them on Friday at ten.")
    assert list(twins([one, replace(one, key="b", text="Yes, we will take both of them on Friday at nine.")]))
    assert not list(twins([one, replace(one, key="b", text="No, nobody wanted the blue lamp after all, sorry.")]))


def test_the_split_is_a_fifth_a_fifth_and_the_rest():
    parts = Counter(one.part for one in every())
    whole = parts.total()
    assert abs(parts[SEALED] / whole - 0.2) < 0.03
    assert abs(parts[CALIBRATE] / whole - 0.2) < 0.03
    assert abs(parts[TRAIN] / whole - 0.6) < 0.03


def test_a_word_decides_the_part_and_its_place_does_not():
    one = Labelled("a", "en", "reply", "Yes, fine with me.")
    assert one.part == replace(one, key="other", text="yes FINE  with me").part
    assert len({replace(one, text=f"{one.text} {number}").part for number in range(40)}) == 3


def test_a_score_shows_no_sealed_answer():
    sealed = [one for one in every() if one.part == SEALED][:40]
    printed = "\n".join(score.table("relance", sealed, score.by_program))
    assert "right" in printed
    assert not any(line.strip() and line.strip() in printed for one in sealed for line in one.text.splitlines())


def test_another_program_is_scored_by_its_file(tmp_path):
    sealed = [one for one in every() if one.part == SEALED][:3]
    file = tmp_path / "other.jsonl"
    file.write_text("".join(f'{{"key": "{one.key}", "means": "{one.means}"}}\n' for one in sealed[:2]))
    first = next(iter(score.table("other", sealed, score.from_file(file))))
    assert first.startswith("other: right 0.667") if sealed[2].means != "unsure" else "1.000" in first


def test_going_on_though_somebody_answered_is_dangerous():
    one = Labelled("a", "en", "reply", "Yes.")
    assert score.dangerous(one, "away")
    assert not score.dangerous(one, "decline")
    assert not score.dangerous(replace(one, means="away"), "later")
