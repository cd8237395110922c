"""A first mail says what the user said, in the user's manner, and nothing else; without words there is no mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.decide.facts.check import check
from tests.voice.someone import GREETING, SIGNOFF, profile, sent
from voice.brief import Brief, Signal
from voice.jobs import Job
from voice.learning.corpus import Corpus
from voice.learning.profile import build
from voice.writing.phrasebook import Phrasebook

NOW = datetime(2026, 3, 6, tzinfo=UTC)
FIRST = Brief(
    now=NOW, own=(), job=Job.FIRST, recipient_name="Bo Lind", recipient_address="bo@lind.example", language="en"
)


def text(brief: Brief, language: str = "en") -> str:
    return Phrasebook().write(replace(brief, language=language), profile(language)).body


def test_sentences_stay_exactly_as_they_were_typed() -> None:
    said = "Would two days a week suit you from May?\n\nI could show you the plans."
    assert text(replace(FIRST, about=said)) == f"Hiya Bo,\n\n{said}\n\n{SIGNOFF['en']}"


@pytest.mark.parametrize("language", sorted(GREETING))
def test_a_few_words_are_put_into_a_neutral_sentence(language: str) -> None:
    body = text(replace(FIRST, about="terrace 2027"), language)
    assert body.startswith(GREETING[language].replace("{name}", "Bo"))
    assert "terrace 2027." in body and body.endswith(SIGNOFF[language])
    drafted = Phrasebook().write(replace(FIRST, about="terrace 2027", language=language), profile(language))
    report = check(
        drafted.body, [], [], ["terrace 2027", "Bo Lind", "Noor"], language=language, allowed=drafted.allowed
    )
    assert report.ok, report.unsupported


def test_a_signal_is_quoted_and_its_page_is_not() -> None:
    body = text(
        replace(FIRST, signal=Signal("you raised a Series B", "https://news.example/b"), about="the bank letter")
    )
    assert "you raised a Series B." in body and "the bank letter." in body and "https" not in body


def test_a_whole_mail_keeps_its_own_greeting_and_end() -> None:
    said = "Hello Bo,\n\nDo you still need the gate?\n\nBest wishes,\nNoor Haddad"
    assert text(replace(FIRST, about=said)) == said


def test_marks_are_not_doubled() -> None:
    assert "the gate?." not in text(replace(FIRST, about="the gate?"))


@pytest.mark.parametrize("about", ["", "   ", "\n"])
def test_without_words_nothing_is_written(about: str) -> None:
    drafted = Phrasebook().write(replace(FIRST, about=about), profile())
    assert drafted.body == "" and "your own words" in drafted.abstained


def test_a_language_nobody_knows_is_left_to_the_user() -> None:
    assert "cannot write Swedish" in Phrasebook().write(replace(FIRST, about="Hej", language="sv"), profile()).abstained


def test_somebody_new_is_not_greeted_with_a_title_that_was_somebody_elses() -> None:
    mails = [replace(mail, text=mail.text.replace("Hallo Ada,", "Sehr geehrter Herr Ek,")) for mail in sent("de")]
    known = Corpus()
    known.add(replace(mail, to_name="Ado Ek") for mail in mails)
    asked = replace(FIRST, language="de", about="Darf ich Ihnen zwei Ideen zeigen? Es dauert nicht lange.")
    body = Phrasebook().write(asked, build(known)).body
    assert body.startswith("Guten Tag Bo Lind,\n\ndarf ich Ihnen")
