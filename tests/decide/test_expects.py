"""What a mail of ours expects: a question wherever it stands, advice and commands only where nobody asked before."""

from __future__ import annotations

import pytest

from agent.decide.expects import expectation

ALWAYS = (
    "Could you send me the contract by Friday?",
    "Hi Ann,\n\nplease confirm the date.\n\nBest,\nSam",
    "Call me when you are back.",
    "A is the small one, B the large. Pick one and I'll place the order.",
    "Attached is our proposal for the second phase.",
    "Hallo Frau Lang, passt Ihnen der Termin am 12.?",
    "Tu en penses quoi ?",
    "明日のご都合はいかがでしょうか。",
    "Is the date on https://example.org/plan right for you?",
)
WHEN_NOBODY_ASKED = (
    "Send the signed contract to Ann and put the VAT number on it.",
    "You should check the second page before it is printed.",
    "I wonder if the blue one is the better choice.",
    "Make sure the printer has the new logo.",
)
NEVER = (
    "Thanks, that is all I needed.",
    "?read.table\n?subset",
    "See https://search.example.org/lookup?",
    "make: *** [all] Error 2",
    "x <- read(file, TRUE) ? y : z; help(expand.grid)",
    "How are you?",
    "Please note that the office is closed on Monday.",
)


@pytest.mark.parametrize("text", ALWAYS)
@pytest.mark.parametrize("answering", [False, True])
def test_a_question_or_a_request_expects_an_answer(text: str, answering: bool) -> None:
    assert expectation(text, answering=answering).asks


@pytest.mark.parametrize("text", WHEN_NOBODY_ASKED)
def test_advice_in_an_answer_expects_none(text: str) -> None:
    assert expectation(text).asks
    assert not expectation(text, answering=True).asks


@pytest.mark.parametrize("text", NEVER)
@pytest.mark.parametrize("answering", [False, True])
def test_commands_links_and_courtesy_expect_nothing(text: str, answering: bool) -> None:
    assert not expectation(text, answering=answering).asks
