"""Neutral wordings take on the user's own marks where those are a habit, and stay plain where they are not."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.voice.someone import brief, corpus, profile
from voice.languages.pack import LANGUAGES, pack
from voice.learning.habits import Habits, habits
from voice.learning.ngrams import Likeness, background, count
from voice.learning.profile import build, from_json
from voice.learning.report import as_json
from voice.writing.flavour import quoted, spaced, starters, variants
from voice.writing.layout import block
from voice.writing.phrasebook import Phrasebook

KNOWN = pack("en")
FOREIGN = "Dear Noor,\n\nKindly revert at your earliest convenience.\n\n> quoted xyzzy line\n"


@pytest.mark.parametrize(
    ("body", "thing"),
    [
        ("The 'old gate' and the 'new gate' and the 'red gate'.", "'Terrace'"),
        ("The “old gate” and the “new gate” and the “red gate”.", "“Terrace”"),
        ("The `old gate' and the `new gate' and the `red gate'.", "'Terrace'"),
        ("It's the neighbours' gate, isn't it? They don't care.", '"Terrace"'),
        ("Only one 'old gate' here.", '"Terrace"'),
    ],
)
def test_a_subject_stands_in_the_quotation_marks_the_user_types(body: str, thing: str) -> None:
    assert quoted('"Terrace"', habits([body], KNOWN), KNOWN) == thing


def test_marks_that_stand_in_the_subject_are_not_put_around_it() -> None:
    typed = habits(["'one two' 'one two' 'one two'"], KNOWN)
    assert quoted('"Bo\'s terrace"', typed, KNOWN) == '"Bo\'s terrace"'


@pytest.mark.parametrize(
    ("body", "text", "set_as"),
    [
        ("Where ? Why ? What for ?", "Any news?", "Any news ?"),
        ("Where? Why? What for?", "Any news?", "Any news?"),
        ("Where ?", "Any news?", "Any news?"),
        ("Where ? Why ? When ?", "See http://x.example at 10:30?", "See http://x.example at 10:30 ?"),
    ],
)
def test_a_mark_is_spaced_as_the_user_spaces_it(body: str, text: str, set_as: str) -> None:
    assert spaced(text, habits([body], KNOWN)) == set_as


def test_french_marks_lose_their_space_only_with_those_who_write_so() -> None:
    tight = habits(["Ça va? On y va? Tu viens?"], pack("fr"))
    assert spaced("Y a-t-il du nouveau ?", tight) == "Y a-t-il du nouveau?"
    assert spaced("Y a-t-il du nouveau ?", Habits()) == "Y a-t-il du nouveau ?"


def test_a_word_many_sentences_begin_with_may_begin_a_wording() -> None:
    fond = habits(["So we paint the gate. So I go. So what? The roof."] * 3, KNOWN)
    assert starters(fond, KNOWN) == ["So"]
    made = variants(["I asked {when}:", "Did you see it?", "{When} I asked:"], fond, KNOWN)
    assert {"So I asked {when}:", "So did you see it?", "So {when} I asked:"} <= set(made)
    assert variants(["I asked {when}:"], habits(["The roof is red."] * 9, KNOWN), KNOWN) == ["I asked {when}:"]
    assert variants(["Any news?"], fond, KNOWN, first=False) == ["Any news?"]


def test_dots_are_for_those_who_trail_off() -> None:
    trails = habits(["Well... I see. No idea..."] * 5, KNOWN)
    assert "No answer so far..." in variants(["No answer so far."], trails, KNOWN)
    assert variants(["No answer so far."], habits(["I see."] * 5, KNOWN), KNOWN) == ["No answer so far."]


def test_each_sentence_begins_a_line_for_those_who_write_so() -> None:
    apart = habits(["One thing.\nAnother thing.\nA third thing."] * 6, KNOWN)
    assert block(["I asked.", "Any news?"], apart) == "I asked.\nAny news?"
    assert block(["I asked.", "Any news?"], habits(["One. Two. Three."] * 6, KNOWN)) == "I asked. Any news?"


def test_mail_received_makes_everybodys_words_count_less() -> None:
    own = count(["I guess my e-mail got lost, please have a look."] * 20)
    everybody = count(["please have a look"] * 20)
    alone, beside = Likeness(own, background("en")), Likeness(own, background("en").joined(everybody))
    assert beside.of("please have a look") < alone.of("please have a look")
    assert beside.of("I guess my e-mail got lost") > beside.of("please have a look")


def test_received_mail_is_kept_as_counts_by_language_and_without_quotes() -> None:
    made = build(corpus(), others=[FOREIGN] * 5)
    assert made.tongue("en").others.texts == 5
    assert not [gram for gram in made.tongue("en").others.grams if "xyz" in gram]
    stored = json.dumps(made.to_json())
    assert "convenience" not in stored
    assert from_json(json.loads(stored)) == made
    assert "others" not in as_json(made)["tongues"]["en"]


def test_received_mail_cannot_put_a_word_into_a_draft() -> None:
    plain = Phrasebook().write(brief(), profile())
    beside = Phrasebook().write(brief(), build(corpus(), others=[FOREIGN] * 200))
    assert not [word for word in ("revert", "convenience", "Kindly") if word in beside.body]
    assert beside.phrases[-1] == plain.phrases[-1]


def test_a_user_without_sent_mail_learns_nothing_from_others() -> None:
    assert build(corpus(many=0), others=[FOREIGN]).tongues == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_words_that_may_begin_a_sentence(language: str) -> None:
    known = pack(language)
    fond = replace(habits(["x y z."], known), starts=dict.fromkeys(known.starters, 9), all_sentences=50)
    assert starters(fond, known) == list(known.starters)
    assert known.starters
