"""Whole drafts are put in order by how much they sound like the user, and repeat only sentences that stood together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.voice.someone import BODIES, START, brief, profile
from voice.brief import Brief
from voice.jobs import Job
from voice.languages.pack import pack
from voice.languages.text import contains, flat
from voice.learning.corpus import Corpus, SentMail
from voice.learning.habits import habits
from voice.learning.ngrams import Likeness, background, count
from voice.learning.profile import Profile, build
from voice.writing.candidates import MOST_TRIED, plans
from voice.writing.candidates import _echoes as echoes
from voice.writing.candidates import _lasts as lasts_of
from voice.writing.candidates import _openings as openings_of
from voice.writing.desk import laid_out
from voice.writing.flavour import variants
from voice.writing.passages import restated
from voice.writing.phrasebook import Phrasebook

KNOWN = pack("en")
KNOWN_USER = profile()


def _texts(body: str) -> list[str]:
    return [passage.text for passage in restated(body, "", KNOWN) if not passage.leaning]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("The offers are in one table. Which should we take?", "The offers are in one table. Which should we take?"),
        ("Which of these paints is the right one?\n\nTell me.", ""),
        ("Which paint should we buy? I had thought of the blue one.", "Which paint should we buy? I had thought of the blue one."),
        ("Have you seen the gate? Should I paint the fence as well?", "Have you seen the gate? Should I paint the fence as well?"),
        ("I painted the gate of the garden blue. We should do the fence next.", "I painted the gate of the garden blue. We should do the fence next."),
    ],
)  # fmt: skip
def test_neighbouring_sentences_may_be_repeated_together(body: str, wanted: str) -> None:
    assert wanted in [*_texts(body), ""]
    if not wanted:
        assert _texts(body) == []


@pytest.mark.parametrize(
    ("body", "never"),
    [
        ("Which gate should we take?\n\nWe paid the old one.", "Which gate should we take? We paid the old one."),
        ("Use foo() for that. Which gate should we take?", "Use foo() for that. Which gate should we take?"),
        ("I will do it tomorrow. Which gate should we take?", "I will do it tomorrow. Which gate should we take?"),
        ("Which gate should we take? Sorry for the delay.", "Which gate should we take? Sorry for the delay."),
    ],
)
def test_sentences_with_a_gap_between_them_or_unfit_ones_are_not_joined(body: str, never: str) -> None:
    found = _texts(body)
    assert "Which gate should we take?" in found
    assert never not in found


@pytest.mark.parametrize("language", sorted(BODIES))
def test_every_repeated_word_stands_in_the_quiet_mail(language: str) -> None:
    asked = brief(language)
    desk = laid_out(asked, profile(language), language)
    own = flat(desk.quiet.body).lower()
    for pieces in plans(desk):
        assert all(piece.text.lower() in own for piece in pieces if piece.source == "own_thread")


def test_the_first_drafts_are_the_ones_nearest_to_the_user_and_few_are_tried() -> None:
    desk = laid_out(brief(), profile(), "en")
    made = list(plans(desk))
    assert made == list(plans(desk))
    assert 4 < len(made) <= 5 * MOST_TRIED


def test_words_of_the_user_weigh_more_than_anybodys() -> None:
    own = count(["Hm, any idea about the gate?"] * 30)
    likeness = Likeness(own, background("en"))
    near, far = likeness.weighed("Hm, any idea?"), likeness.weighed("Kindly advise.")
    assert near[0] / near[1] ** 0.5 > far[0] / far[1] ** 0.5
    assert near[0] > 0 > far[0]


@pytest.mark.parametrize(
    ("body", "led"),
    [
        ("We can't move these fences. Which of the gates should we take?", True),
        ("I find that surprising. Which of the gates should we take?", False),
    ],
)
def test_a_sentence_that_points_at_something_unnamed_does_not_lead(body: str, led: bool) -> None:
    assert (flat(body) in _texts(body)) is led


def test_a_wording_does_not_begin_with_a_word_it_already_has() -> None:
    fond = habits(["So we paint the gate. So I go. So what? The roof."] * 3, KNOWN)
    assert "So there was no reply, so I ask again:" not in variants(
        ["There was no reply, so I ask again:"], fond, KNOWN
    )


JARGON = "Hiya Bo,\n\nDoes the quux-jig of XQZ zip up via your JVM?\n\nTa,\nNoor"


def _chatty(many: int) -> Profile:
    """Somebody who asks after things in one way."""
    made = Corpus()
    for number in range(many):
        text = f"Hiya Ada,\n\nDid you get a chance to look at my note about the gate ({number})? Any thoughts on this?\n\nNoor"
        made.add([SentMail(f"<{number}@x>", START, text, "Gate", ("ada@example.org",), "Ada")])
    return build(made)


@pytest.mark.parametrize(
    ("mails", "text", "given", "repeated"),
    [
        (60, JARGON, "", False),
        (60, JARGON, "Does the quux-jig of XQZ zip up via your JVM?", True),
        (20, JARGON, "", True),
        (60, "Hiya Bo,\n\nDid you get a chance to look at the gate?\n\nNoor", "", True),
    ],
)
def test_a_question_far_from_the_users_own_words_is_not_repeated_where_enough_is_known(
    mails: int, text: str, given: str, repeated: bool
) -> None:
    body = flat(Phrasebook().write(brief(text=text, ask=given), _chatty(mails)).body)
    assert (flat(text).split(", ", 1)[1].split("?")[0] in body) is repeated
    assert repeated or "Terrace" in body


@pytest.mark.parametrize(
    ("question", "wondering"),
    [("Could you sign the lease?", False), ("Shall we move the fence?", False), ("Which gate do you want?", True)],
)
def test_nobody_wonders_about_a_request(question: str, wondering: bool) -> None:
    desk = laid_out(brief(text=f"Hiya Bo,\n\n{question}\n\nNoor"), profile(), "en")
    openings = openings_of(desk, desk.passages[0])
    found = any(contains(piece.text, {"wonder", "wondering", "like to know"}) for piece in openings)
    assert found is wondering


def _after(asked: Brief, length: int) -> set[str]:
    """What may follow the repeated question, for somebody whose mails have so many words."""
    language = asked.language or "en"
    desk = laid_out(asked, KNOWN_USER, language)
    habits_of = replace(desk.tongue.habits, words_median=length)
    desk = replace(desk, tongue=replace(desk.tongue, habits=habits_of))
    return {last.text for last in lasts_of(desk, desk.passages[0]) if last}


@pytest.mark.parametrize("language", sorted(BODIES))
def test_only_who_writes_long_mails_may_end_with_one_sentence_more(language: str) -> None:
    asked = replace(brief(language), language=language)
    assert len(_after(asked, 90) & set(pack(language).sentences("after"))) > 2
    assert not _after(asked, 30)
    assert not _after(replace(asked, say="shorter"), 90)
    assert not _after(replace(asked, job=Job.CLOSE), 90)


def test_nobody_would_like_to_know_after_a_request() -> None:
    asked = [f"Hiya Bo,\n\n{question}\n\nNoor" for question in ("Could you sign the lease?", "Which gate is yours?")]
    request, question = (_after(brief(text=text), 90) for text in asked)
    assert any("to know" in line or "an answer" in line for line in question)
    assert request
    assert not any("to know" in line or "an answer" in line for line in request)


def test_a_last_sentence_does_not_say_again_what_the_first_said() -> None:
    assert echoes("I would appreciate it.", ["I'd really appreciate an answer."])
    assert not echoes("Or did I miss something?", ["I'd really appreciate an answer."])
