"""Edits become small notes that can be deleted; the blind test counts honestly; tells name what gives a machine away."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.voice.someone import corpus, profile
from voice.languages.pack import LANGUAGES
from voice.languages.tells import stock_phrases, tells
from voice.learning.memories import learn, relevant, without
from voice.writing.blind_test import Trial, result, trials, wilson
from voice.writing.phrasebook import Phrasebook

AT = datetime(2026, 3, 5, tzinfo=UTC)
DRAFT = (
    "Hi Bo,\n\nI asked last week and got no answer. Which of the two should "
    "we take? Please let me know.\n\nCheers,\nNoor"
)


def test_an_unchanged_draft_teaches_nothing() -> None:
    assert learn(DRAFT, DRAFT.replace("  ", " ") + "\n", AT, "en") == ()


def test_an_edit_becomes_dated_notes_for_the_person() -> None:
    found = learn(
        DRAFT,
        "Dear Bo,\n\nWhich of the two should we take?\n\nBest,\nNoor",
        AT,
        "en",
        person="Bo@example.org",
        circle="clients",
    )
    assert {memory.kind for memory in found} == {"greeting", "signoff", "length", "removed"}
    assert all(memory.at == AT and memory.person == "bo@example.org" for memory in found)
    assert relevant(found, "bo@example.org") == found
    assert relevant(found, "ann@example.org", "clients") == found
    assert relevant(found, "ann@example.org") == ()


def test_a_note_can_be_deleted() -> None:
    found = learn(DRAFT, DRAFT.replace("Hi", "Dear"), AT, "en")
    assert len(found) == 1
    assert without(found, found[0].id) == ()


def test_trials_hide_one_own_mail_among_three() -> None:
    made = trials(corpus().mails(), profile(), Phrasebook().write, seed=3, most=5)
    assert made
    assert made == trials(corpus().mails(), profile(), Phrasebook().write, seed=3, most=5)
    assert all(sorted(trial.kinds) == ["draft", "own", "template"] for trial in made)
    assert len({trial.kinds for trial in made}) > 1


def test_picks_are_counted_with_an_interval() -> None:
    trial = Trial(("a", "b", "c"), ("own", "draft", "template"), "<1@x>")
    counted = result([trial] * 10, [1] * 5 + [0] * 4 + [2])
    assert (counted.own, counted.draft, counted.template) == (4, 5, 1)
    assert counted.low == pytest.approx(0.2366, abs=1e-3)
    assert counted.high == pytest.approx(0.7634, abs=1e-3)


def test_nothing_seen_means_anything_is_possible() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 10)[0] == 0.0


@pytest.mark.parametrize("language", LANGUAGES)
def test_stock_phrases_are_told(language: str) -> None:
    for phrase in stock_phrases(language):
        assert tells(f"{phrase.capitalize()} x", language)


@pytest.mark.parametrize(
    "text",
    [
        "Subject: x\nHello",
        "Dear [Your Name],",
        "**Bold** move",
        "Sure, here is a draft:\n",
        "I am an AI and",
        "a—b",
        "<think>",
    ],
)
def test_shapes_are_told(text: str) -> None:
    assert tells(text, "en")


def test_what_the_user_writes_is_no_tell() -> None:
    assert tells("A gentle reminder.", "en")
    assert not tells("A gentle reminder.", "en", {"gentle reminder": 2})
    assert not tells("Hi Bo,\n\nWhich of the two should we take?\n\nTa,\nNoor", "en")
