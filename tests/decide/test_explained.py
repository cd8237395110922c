"""A number of three digits makes no sentence a server's where somebody says yes or no, or asks."""

from __future__ import annotations

import pytest

from agent.decide.reading.explained import REPORTS, beyond, foreign
from agent.decide.reading.signs import MailWords
from voice.languages.lexicon import heard

SAID = (
    "Yes, please order 250 chairs.",
    "Which one is cheaper, 250 or 300 pieces?",
    "We decline the offer of 500 EUR.",
    "Stop writing to me at room 250 please.",
    "Ja, bitte bestellen Sie 250 Stühle.",
)
SERVERS = (
    "Your message could not be delivered.\n\n550 5.1.1 <ann@x.example>: Recipient address rejected: User unknown.",
    "smtp; 452 4.2.2 mailbox full\n\nThis message was created automatically by mail delivery software.",
)


@pytest.mark.parametrize("words", SAID)
def test_what_a_person_says_is_heard(words: str) -> None:
    assert beyond(MailWords(words, heard(words)), REPORTS)
    assert foreign(MailWords(words, heard(words)), REPORTS)


@pytest.mark.parametrize("words", SERVERS)
def test_what_a_server_says_stays_its_own(words: str) -> None:
    assert not foreign(MailWords(words, heard(words)), REPORTS)
