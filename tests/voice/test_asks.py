"""What a user asked is found, and repeated only where a reader without the mail at hand would understand it."""

from __future__ import annotations

import pytest

from voice.languages.pack import pack
from voice.languages.text import words
from voice.learning.mining import pointing
from voice.learning.parts import read_greeting
from voice.writing.asks import before, find, points, states, thing_of
from voice.writing.candidates import _added


@pytest.mark.parametrize(
    ("sentence", "points"),
    [
        ("Is there a plan for the roof?", 0),
        ("Can you read the report and tell me what you want from it?", 0),
        ("Is there a name of the chip that can be used?", 0),
        ("Could you take the blue one instead of the red?", 1),
        ("Does this do what you want?", 1),
        ("Is there a good reason to change it?", 1),
        ("Would that work?", 1),
        ("Did they send them there?", 3),
        ("Are you sure it's red?", 1),
        ("Have you tried that or the other one?", 2),
        ("The gate might rust if that isn't done?", 1),
        ("Do you know that the gate is red?", 0),
    ],
)
def test_words_that_point_out_of_a_sentence_are_found(sentence: str, points: int) -> None:
    assert len(pointing(words(sentence), pack("en"))) == points


@pytest.mark.parametrize(
    ("body", "stated"),
    [
        ("I have put the two offers for the terrace in one table.", True),
        ("You should ask the neighbours about the fence next to the terrace.", False),
        ("It's not only the fence that needs some work.", False),
        ("Takes a lot of paint and some patience to do, I would guess.", False),
        ("I did not know that, the gate was painted before the fence.", False),
        ("The fence needs some paint on the side of the gate.", True),
        ("Paint comes in boxes of four and lasts for years.", False),
        ("I don't think that you understand me correctly.", False),
        ("I'm not asking for a second gate in the fence of the terrace.", False),
        ("I will paint the second gate in the fence of the terrace.", False),
    ],
)
def test_only_what_the_user_did_or_thinks_or_says_of_a_named_thing_is_said_again(body: str, stated: bool) -> None:
    assert states(body, pack("en")) == stated


@pytest.mark.parametrize("word", ["But,", "So,", "Well,", "Yes,"])
def test_a_word_that_begins_a_sentence_is_no_name_to_greet(word: str) -> None:
    assert not read_greeting(word, pack("en"))


@pytest.mark.parametrize(
    ("subject", "thing"),
    [
        (
            "Re: Advice on a rejected offer for the terrace (I think because the price was far above the limit)",
            '"Advice on a rejected offer for the terrace"',
        ),
        ("Terrace (second offer)", '"Terrace (second offer)"'),
        ("Terrace - " + "a very long tail about everything that could be built " * 2, ""),
        ("Offers [Was: Re: Terrace]", '"Offers"'),
    ],
)
def test_a_long_subject_loses_its_tail(subject: str, thing: str) -> None:
    assert thing_of(subject, pack("en")) == thing


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Why if not indiscreet?", False),
        ("What have you tried?", True),
        ("Any ideas on the colour?", True),
        ("Which of the two should we take?", True),
    ],
)
def test_a_question_without_a_verb_is_none(text: str, found: bool) -> None:
    assert bool(find(text, pack("en"))) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Trust in anything is subject to doubt. Compiler? OS? Do you have spare disks?", False),
        ("The shop is ready. Spring? Do you have spare disks?", True),
        ("The shop is ready. Could you come on Monday? Do you have spare disks?", True),
    ],
)
def test_a_question_in_a_row_of_bare_words_is_none(text: str, found: bool) -> None:
    assert any(ask.text == "Do you have spare disks?" for ask in find(text, pack("en"))) is found


def test_a_request_is_no_reason_for_the_question_after_it() -> None:
    text = "Let me know if I am wrong here. Which of the two should we take?"
    assert before(find(text, pack("en"))[0], text, pack("en")) == ""
    text = "I have put the offers in one table. Which of the two should we take?"
    assert before(find(text, pack("en"))[0], text, pack("en")) == "I have put the offers in one table."


@pytest.mark.parametrize(
    ("language", "text", "asked"),
    [
        ("en", "Quick one: which number should go on the bill?", "Which number should go on the bill?"),
        ("en", "Which two days suit the front desk best?", "Which two days suit the front desk best?"),
        ("en", "Shall we move the workshop to a later month?", "Shall we move the workshop to a later month?"),
        ("fr", "Laquelle veux-tu que je développe ?", "Laquelle veux-tu que je développe ?"),
    ],
)
def test_a_question_is_found_behind_a_label_and_without_a_common_verb(language: str, text: str, asked: str) -> None:
    found = find(text, pack(language))
    assert [one.text for one in found] == [asked]
    assert not found[0].dangling


def test_the_name_of_the_matter_counts_as_repeated() -> None:
    assert _added("Did you see my mail about {thing}?") == 6
    assert _added("I asked this {when}:") == 4


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Does the attached plan work for you?"),
        ("fr", "Pouvez-vous signer le contrat ci-joint ?"),
        ("de", "Können Sie den beigefügten Plan prüfen?"),
        ("es", "¿Puedes mirar el plan adjunto?"),
        ("it", "Puoi guardare il piano allegato?"),
        ("pt", "Podes ver o plano em anexo?"),
        ("nl", "Kun je de bijlage bekijken?"),
    ],
)
def test_an_attachment_that_will_not_be_there_is_not_asked_about_again(language: str, text: str) -> None:
    assert find(text, pack(language)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Would it be possible to add a second gate?", True),
        ("Maybe it would be better to paint the fence and the gate?", True),
        ("Is there any reason you can't just call open_gate() early?", True),
        ("Could it have been painted too?", False),
    ],
)
def test_an_it_that_stands_for_nothing_points_at_nothing(text: str, found: bool) -> None:
    assert [not ask.leaning for ask in find(text, pack("en"))] == [found]


@pytest.mark.parametrize(
    ("text", "places"),
    [("I must have missed that discussion.", 1), ("I know that you paint.", 0), ("We paint the gate that is old.", 0)],
)
def test_a_that_with_a_noun_behind_it_points_out_of_its_sentence(text: str, places: int) -> None:
    assert points(text, pack("en")) == places


@pytest.mark.parametrize(
    "text",
    [
        "Let me know if I'm wrong.",
        "Where is the problem?",
        "What if any of both breaks?",
        "Good idea - how does it compare with the gate?",
        "Why should we paint the former?",
    ],
)
def test_what_only_its_own_mail_gives_a_meaning_is_not_asked_again(text: str) -> None:
    assert not [ask for ask in find(text, pack("en")) if not ask.dangling]


def test_a_word_that_sets_a_question_apart_is_left_out() -> None:
    assert [ask.text for ask in find("Unrelated, but is there a second gate?", pack("en"))] == [
        "Is there a second gate?"
    ]


@pytest.mark.parametrize(
    ("text", "leaning"),
    [
        ("Can you be more specific, please?", True),
        ("Which should we take?", True),
        ("Which gate should we take?", False),
    ],
)
def test_a_question_of_words_everybody_uses_needs_the_matter_named(text: str, leaning: bool) -> None:
    assert [ask.leaning for ask in find(text, pack("en"))] == [leaning]
