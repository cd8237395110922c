"""The families of phrases are well formed, and what they mean depends on who speaks, of what, and how long."""

from __future__ import annotations

import re

import pytest

from agent.decide.reading.answers import read_answer
from tests.judgement.loading import ME, mail_of
from voice.languages import packs
from voice.languages.lexicon import MOST_WORDS, heard
from voice.languages.tongues import languages_of, normal


def meaning(text: str, **entry: str | list[str]) -> str:
    return str(read_answer(mail_of({"b": text, **entry}, "m"), me=ME).meaning)


def test_an_answer_of_nothing_but_a_file_answers_what_was_asked_for() -> None:
    sent = mail_of({"b": "", "attached": "lease.pdf"}, "m")
    assert str(read_answer(sent, me=ME, parent_text="Could you send me the lease?").meaning) == "reply"
    assert str(read_answer(sent, me=ME, parent_text="Thank you for the lease.").meaning) == "unsure"


def test_a_matter_is_handed_to_whoever_in_copy_is_named() -> None:
    text = "Over to you, Marcus."
    assert meaning(text, cc=["Marcus Bell <marcus@partner.example>"]) == "delegate"
    assert meaning(text, cc=["Olga Ray <olga@partner.example>"]) == "reply"


def test_somebody_who_speaks_for_another_says_when_that_one_answers() -> None:
    other = {"from": "Tobias Reed <tobias@partner.example>"}
    assert meaning("Ann is abroad and asked me to say she will reply on Friday.", **other) == "later"


@pytest.mark.parametrize("language", packs.having("families"))
def test_every_phrase_of_a_family_is_well_formed(language: str) -> None:
    table = dict(packs.table(language, "families"))
    sets = table.pop("sets", {})
    phrases = [
        phrase for kind, entry in table.items() if isinstance(entry, dict) and kind != "dates"
        for key in ("say", "unless") for phrase in entry.get(key, ())
    ]  # fmt: skip
    assert phrases
    for phrase in phrases:
        assert not re.search(r"\([^()]*\(|\)[^\s?]|[^\s]\(|[$^{}\\]", phrase), phrase
        assert phrase.count("(") == phrase.count(")"), phrase
        assert set(re.findall(r"<(\w+)>", phrase)) <= set(sets), phrase
        assert all(len(group) <= 400 for group in re.findall(r"\([^()]*\)", phrase)), phrase


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("We don't need the premium tier, the basic one is perfect. Where do I sign?", "reply"),
        ("We don't need the premium tier or any other tier.", "decline"),
        ("Tom is away until Monday, so I'm answering for him: the figures are right.", "reply"),
        ("Not yet.", "reply"),
        ("Hi, Ann moved on at Christmas.", "left"),
        ("Good luck with everything, and thanks for the work you put in.", "decline"),
        ("Esse assunto agora é com o Rui, rui@partner.example.", "delegate"),
        ("I was off sick last week, hence the silence. All of it looks fine to me.", "reply"),
        ("I'm on the road until the 18th.", "away"),
        ("We decided against Monday. Otherwise fine, please book it.", "reply"),
        ("We decided against it.", "decline"),
        ("You should ask our finance department about this.", "delegate"),
        ("Could you ask your finance department when they plan to pay?", "reply"),
        ("It's a finance question really: do you take cards?", "reply"),
        ("Yes, that suits me. Let us talk on Friday.", "reply"),
        ("No, thank you! Great work. One question: does the price include the visit?", "reply"),
        ("We went with another caterer, but I'll pass the menu on to my sister.", "decline"),
        ("We'd not go with another caterer, your menu is the one.", "reply"),
        (
            "Thank you for writing. The office is closed and reopens on 7 April. In an emergency ring 0161 4960 000.",
            "away",
        ),
        ("I'm away until Monday. Go ahead and sign it, with a copy to legal@partner.example.", "reply"),
        ("I am out today, so quickly: yes to the chairs, no to the tent.", "reply"),
        ("You must be joking, at that price. No.", "decline"),
        ("Is there anything else you need? No.", "reply"),
        ("I really don't want to cancel.", "reply"),
        ("The trustees were not opposed.", "reply"),
        ("The office is shut on Friday, come on Thursday instead.", "reply"),
        ("I'm away on Thursday and Friday.", "away"),
        ("I meant 'sold', not 'dead'.", "reply"),
        ("Bring it after Easter, the price is fine.", "reply"),
        ("The trustees were opposed.", "decline"),
        ("Mon mari n'est pas contre.", "reply"),
        ("Mon mari est contre.", "decline"),
        ("Good luck on Saturday, I'll bring the ladder!", "reply"),
        ("Haha, no.", "decline"),
        ("On the train until six, so in brief: the round tables, please.", "reply"),
        ("I'm off next week, so if you want the key, send somebody on Friday.", "reply"),
        ("She left the firm in May but her offer to you holds.", "reply"),
        ("This is my last month here, from May please write to Theo.", "left"),
        ("Nechceme to rušit, platí to.", "reply"),
        ("Rozhodli jsme se pro jiného dodavatele.", "decline"),
        ("我们已经选了另一家供应商。", "decline"),
        ("下周一再回复您。", "later"),
    ],
)
def test_who_speaks_and_of_what_decides(text: str, wanted: str) -> None:
    assert meaning(text) == wanted


def test_the_writer_naming_themselves_is_away_and_a_colleague_is_not() -> None:
    text = "Ann is out of the office until Monday and will not be reading mail."
    assert meaning(text, **{"from": "Ann Lee <ann@partner.example>"}) == "away"
    assert meaning(text, **{"from": "Bob Ray <bob@partner.example>"}) != "away"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Passing you on. Dee, could you help Sam with this?", "delegate"),
        ("Dee, Sam: fine with me, go ahead. Can you start?", "reply"),
        ("Works for me. Dee, could you book the room?", "reply"),
        ("Could Dee have the slides as well?", "reply"),
    ],
)
def test_who_is_in_copy_and_called_by_name_takes_over(text: str, wanted: str) -> None:
    assert meaning(text, cc=["Dee Hall <dee@partner.example>"]) == wanted


def test_what_a_family_alone_shows_is_likely_and_not_sure() -> None:
    answers = [
        read_answer(mail_of({"b": text}, "m"), me=ME)
        for text in ("We decline.", "The panel awarded it to a firm from Leeds.")
    ]
    assert [(answer.meaning, answer.certainty) for answer in answers] == [("decline", "sure"), ("decline", "likely")]


def test_loose_phrases_count_in_short_mails_alone() -> None:
    loose = "The panel awarded it to a firm from Leeds."
    assert meaning(loose) == "decline"
    assert meaning(loose + " " + "The weather was lovely here all along the coast. " * MOST_WORDS) == "reply"


def test_a_sentence_speaks_the_language_of_its_mail() -> None:
    whole = normal("Hola Ana, muchas gracias por el presupuesto que nos has enviado. Vamos a seguir como estamos.")
    assert languages_of(normal("vamos a seguir como estamos"), whole) == {"es"}
    assert heard("") == ()


@pytest.mark.parametrize(
    ("text", "opted_out"),
    [
        ("Please stop.", True), ("please stop!!", True), ("Please stop chasing me.", True),
        ("Please stop the build when the disk is full; I will look at the log.", False),
        ("Please stop by at the office, we can talk then.", False),
    ],
)  # fmt: skip
def test_a_phrase_that_ends_a_sentence_is_not_found_within_one(text: str, opted_out: bool) -> None:
    assert (meaning(text) == "opt_out") is opted_out
