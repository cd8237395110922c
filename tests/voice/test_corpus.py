"""Only what the user typed is learned from, and it comes apart into greeting, body and sign-off."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.voice.someone import BODIES, GREETING, SIGNOFF, corpus, sent
from voice.languages.detect import language_of
from voice.languages.pack import pack
from voice.languages.quotes import typed
from voice.languages.text import clean
from voice.learning.corpus import Corpus, SentMail
from voice.learning.parts import split
from voice.model.examples import retrieve

AT = datetime(2026, 1, 1, tzinfo=UTC)
QUOTES = [
    "\n\nOn Mon, 5 Jan 2026 at 10:00, Bo Lund <bo@example.org> wrote:\n> old",
    "\n\nOn Mon, 5 Jan 2026 at 10:00, Bo Lund\n<bo@example.org> wrote:\n> old\n> old too",
    "\n\nLe lun. 5 janv. 2026 à 10:00, Bo Lund a écrit :\n> old",
    "\n\nAm 05.01.2026 um 10:00 schrieb Bo Lund:\n> old",
    "\n\nEl lun, 5 ene 2026 a las 10:00, Bo escribió:\n> old",
    "\n\nIl giorno lun 5 gen 2026 alle 10:00 Bo ha scritto:\n> old",
    "\n\nEm seg., 5 de jan. de 2026 às 10:00, Bo escreveu:\n> old",
    "\n\nOp ma 5 jan 2026 om 10:00 schreef Bo:\n> old",
    "\n\nBo Lund <bo@example.org> пишет:",
    "\n\nBo Lund <bo at example.org> ?????:",
    "\n\n2026.01.05. 10:00 keltezéssel, Bo Lund írta:",
    "\n\nDne 5.1.2026 10:00, Bo Lund napsal(a):",
    "\n\nLe 05/01/26 10:00, Bo Lund a ?crit :",
    "\n\n-----Original Message-----\nFrom: Bo\nold",
    "\n\n-----Ursprüngliche Nachricht-----\nVon: Bo\nold",
    "\n\nFrom: Bo Lund\nSent: Monday\nTo: Noor\nSubject: x\n\nold",
    "\n\nDe : Bo Lund\nEnvoyé : lundi\nÀ : Noor\nObjet : x\n\nold",
    "\n\nBegin forwarded message:\n\nold",
    "\n-- \nNoor Vos\nold street",
    "\n\nSent from my iPhone",
    "\n\nThis email and any attachments are confidential and old.",
    "\n\ndiff --git a/x b/x\n+old",
]


@pytest.mark.parametrize("quote", QUOTES)
def test_foreign_lines_are_left_out(quote: str) -> None:
    assert typed("My own words, all of them." + quote) == "My own words, all of them."


def test_lines_quoted_without_a_mark_are_left_out() -> None:
    parent = "We could meet in the old mill on the river."
    assert typed(f"Fine with me.\n{parent}", parent) == "Fine with me."


def test_words_between_quotes_stay() -> None:
    assert typed("> first?\nYes.\n> second?\nNo.") == "Yes.\nNo."


def test_a_line_of_the_writers_own_with_an_address_or_an_hour_stays() -> None:
    for line in ("Please write to <bo@example.org> by 10:30 on 5.1.2026:", "run <mypackage> gives:"):
        assert typed(f"{line}\nthe gate") == f"{line}\nthe gate"


SAYING = '"The gate that is painted once is\npainted twice, and nobody minds the colour of it."\n-- Olle Bohm'
ADDRESS = "Noor Vos, head of gates and fences of all of the country\n+31 20 555 01 01"


@pytest.mark.parametrize(("signature", "of", "kept"), [(SAYING, 40, True), (SAYING, 2, False), (ADDRESS, 40, False)])
def test_a_saying_under_the_name_belongs_to_who_always_has_one_and_an_address_does_not(
    signature: str, of: int, kept: bool
) -> None:
    made = Corpus()
    texts = [f"Hiya Ada,\n\nThe gate is painted ({n}).\n\nNoor" + f"\n\n{signature}" * (n < of) for n in range(50)]
    made.add(SentMail(f"<{n:02}@x>", AT, text) for n, text in enumerate(texts))
    first, *_, last = made.mails()
    assert last.parts.signoff == "Noor"
    assert first.parts.signoff == (f"Noor\n\n{signature}" if kept else "Noor" if "+31" in signature else "")
    assert (signature in first.body) is (not kept and "+31" not in signature)


@pytest.mark.parametrize("language", sorted(BODIES))
def test_a_mail_comes_apart(language: str) -> None:
    body = BODIES[language][0]
    parts = split(f"{GREETING[language].format(name='Ada')}\n\n{body}\n\n{SIGNOFF[language]}", pack(language), {"noor"})
    assert parts.greeting.pattern == GREETING[language]
    assert parts.greeting.name == "Ada"
    assert parts.body == body
    assert parts.signoff == SIGNOFF[language]


@pytest.mark.parametrize("language", sorted(BODIES))
def test_languages_are_told_apart(language: str) -> None:
    assert language_of(" ".join(BODIES[language])) == language


def test_robots_templates_and_empty_mails_are_left_out() -> None:
    made = Corpus()
    made.add(
        [SentMail("<a@x>", AT, "I am away until Monday.", automatic=True), SentMail("<b@x>", AT, "> only a quote")]
    )
    blast = "Our spring offer has arrived and we would like to show you all of the new colours we have in the shop now."
    made.add(SentMail(f"<t{n}@x>", AT, f"Hi {n},\n{blast * 2}") for n in range(9))
    assert made.mails() == []
    assert made.left_out == {"automatic": 1, "nothing typed": 1, "template": 9}


def test_mail_is_added_once() -> None:
    made = corpus()
    assert made.add(sent()) == 0
    assert made.add([SentMail("<new@x>", AT, "Something quite new here.")]) == 1


def test_examples_are_own_asks_in_the_language() -> None:
    mails = corpus().mails() + corpus("fr").mails()
    found = retrieve(mails, "en", "numbers for the bank")
    assert 1 <= len(found) <= 5
    assert {mail.language for mail in found} == {"en"}
    assert "?" in found[0].text


@given(st.text(max_size=2000))
def test_any_text_can_be_read(text: str) -> None:
    split(typed(text), pack("en"))


@pytest.mark.parametrize(
    "piece", [">", "On a\n", "-- \n ", "wrote:\n", "From: a\n", "a.", "? ", "\u200b", "Hi,\n", " ("]
)
def test_hostile_repetition_is_bounded(piece: str) -> None:
    assert len(clean(piece * 100_000)) <= 20_000
    typed(piece * 100_000)
