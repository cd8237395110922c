"""Each step of a plan says what it is for, in the user's words where they gave some, and never what nobody said."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from agent.decide.plans.parsing import built_in
from tests.voice.someone import GREETING, SIGNOFF, brief, profile
from voice.brief import Brief, Drafted, Message, Signal, StepText
from voice.jobs import NEEDS_DATE, OF_SILENCE, SAYS_LAST, WORDS, Job, job_of
from voice.languages import packs
from voice.languages.pack import LANGUAGES, pack
from voice.languages.text import found_marks
from voice.writing.phrasebook import Phrasebook
from voice.writing.steps import start

PLANNED = [job for job in WORDS if job not in OF_SILENCE | {Job.FIRST}]
DAY = date(2026, 9, 1)
TOLD = {
    "en": "Hiya Bo,\n\nHere is the plan for the terrace.\n\nTa,\nNoor",
    "de": "Hallo Bo,\n\nhier ist der Plan für die Terrasse.\n\nViele Grüße\nNoor",
    "fr": "Bonjour Bo,\n\nVoici le plan de la terrasse.\n\nBien à vous,\nNoor",
    "es": "Hola Bo:\n\nAquí está el plano de la terraza.\n\nUn saludo,\nNoor",
    "it": "Ciao Bo,\n\necco il progetto della terrazza.\n\nUn saluto,\nNoor",
    "pt": "Olá Bo,\n\naqui está o plano do terraço.\n\nUm abraço,\nNoor",
    "nl": "Dag Bo,\n\nhier is het plan voor het terras.\n\nGroetjes,\nNoor",
}


def planned(language: str = "en", job: Job = Job.STARTED, words: str = "", **more: object) -> Brief:
    made = brief(language, job=job, text=TOLD[language])
    step = StepText(words or WORDS.get(job, job.value), on=DAY, **more)  # type: ignore[arg-type]
    return replace(made, step=step)


def write(asked: Brief, language: str = "en") -> Drafted:
    return Phrasebook().write(asked, profile(language))


def test_every_job_of_the_built_in_plans_has_wordings() -> None:
    jobs = {job_of(touch.job) for plan in built_in().values() for touch in plan.touches if touch.kind == "mail"}
    assert Job.OWN not in jobs
    for language in LANGUAGES:
        known = pack(language)
        assert [job for job in jobs - OF_SILENCE - {Job.FIRST} if not known.steps(job.value)] == []


@pytest.mark.parametrize("register", ["neutral", "formal", "informal"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("job", PLANNED)
def test_a_step_stands_alone_and_pretends_nothing(language: str, job: Job, register: str) -> None:
    tone = "" if register == "neutral" else register
    drafted = write(planned(language, job, tone=tone), language)
    assert drafted.body and not drafted.abstained
    assert GREETING[language].split("{")[0].strip() in drafted.body
    assert drafted.body.endswith(SIGNOFF[language])
    assert not re.search(r"[{}\[\]|]", drafted.body)
    assert not found_marks(drafted.body, packs.listed(language, "steps", "asked_marks"))
    assert "?" in drafted.body or job is Job.LAST
    if job in NEEDS_DATE:
        assert "1" in drafted.body


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letters_of_a_plan_repeat_no_wording_and_the_last_says_so(language: str) -> None:
    for plan in built_in().values():
        earlier: tuple[str, ...] = ()
        for number, touch in enumerate(plan.touches, 1):
            job = job_of(touch.job)
            if touch.kind != "mail" or job in OF_SILENCE | {Job.FIRST}:
                continue
            last = number == len(plan.touches)
            asked = replace(planned(language, job, last=last), touch=number, last_touches=earlier)
            body = write(asked, language).body
            assert body and body not in earlier
            if last and job not in SAYS_LAST:
                assert any(_holds(body, line) for line in pack(language).steps("last_line"))
            earlier = (*earlier, body)


def _holds(body: str, line: str) -> bool:
    """Whether a sentence stands in a text, however its beginning was contracted."""
    return " ".join(line.split()[-3:]) in " ".join(body.split())


def test_the_day_is_named_in_the_words_of_the_language() -> None:
    assert "1er septembre" in write(planned("fr", Job.DATE_COMES), "fr").body
    assert "1. September" in write(planned("de", Job.DATE_COMES), "de").body
    assert "1 September" in write(planned("en", Job.DATE_COMES)).body
    dateless = replace(planned("en", Job.DATE_COMES), step=StepText("mention the date"))
    assert "no day was named" in write(dateless).abstained


@pytest.mark.parametrize(
    "words",
    ["ask about the *last* delivery", "offer a discount of ten percent", "close the deal", "ask for a way out of it"],
)
def test_no_job_is_guessed_from_a_word_in_it(words: str) -> None:
    assert job_of(words) is Job.OWN
    drafted = write(planned(job=Job.OWN, words=words))
    assert drafted.abstained.startswith("write this one yourself") and words in drafted.abstained


@pytest.mark.parametrize("words", ["Ask what is missing.", "  ask   what is missing ", "missing"])
def test_a_job_is_known_by_its_words_and_its_name(words: str) -> None:
    assert job_of(words) is Job.MISSING


def test_the_users_own_text_goes_out_in_their_words_and_manner() -> None:
    text = "The new price list is out, {name}. It holds until {date}."
    drafted = write(planned(texts={"": text}, ask="Shall I put you down for it?"))
    assert drafted.body == (
        "Hiya Bo,\n\nThe new price list is out, Bo. It holds until Tuesday, 1 September.\n\n"
        "Shall I put you down for it?\n\nTa,\nNoor"
    )
    assert {phrase.source for phrase in drafted.phrases} == {"instruction"}


def test_a_text_by_language_follows_the_thread_and_another_language_is_asked() -> None:
    texts = {"en": "The price list is out. Shall I send it?", "de": "Die Preisliste ist da. Soll ich sie schicken?"}
    assert "Preisliste" in write(planned("de", texts=texts), "de").body
    english = planned("de", texts={"": "The new price list is out, and it holds for the whole year."})
    assert "is in English, and you write German here" in write(english, "de").abstained


def test_a_field_that_nothing_is_known_for_is_asked() -> None:
    nameless = replace(planned(texts={"": "Good news, {name}: it is out."}), recipient_name="")
    assert "names {name}" in write(nameless).abstained
    assert "names {about}" in write(planned(texts={"": "It is about {about}."})).abstained
    told = replace(planned(texts={"": "It is about {about}. Shall we talk?"}), about="the garden plan.")
    assert "It is about the garden plan. Shall we talk?" in write(told).body


def test_a_stranger_cannot_fill_a_field_with_more_than_a_name() -> None:
    named = replace(
        planned(texts={"": "Good news, {name}: it is out."}), recipient_name="{date} http://evil.example Bo"
    )
    drafted = write(named)
    assert "evil" not in drafted.body and "{" not in drafted.body


def test_a_short_tone_takes_the_shortest() -> None:
    lines = [len(line) for line in pack("en").steps(Job.STARTED.value)]
    body = write(planned(tone="short")).body
    assert len(body.split("\n\n")[1]) <= min(lines) + 2


def test_a_step_for_a_language_that_is_not_written_is_asked() -> None:
    polish = Message(
        brief().own[0].at, "Dzień dobry,\n\nprzesyłam plan tarasu i cennik na cały rok.\n\nPozdrawiam\nNoor"
    )
    drafted = write(replace(planned(), own=(polish,)))
    assert "cannot write Polish" in drafted.abstained


def test_who_writes_a_step_themselves_begins_between_greeting_and_sign_off() -> None:
    assert start(planned(job=Job.OWN, words="offer the discount"), profile()) == "Hiya Bo,\n\n\n\nTa,\nNoor\n"


@pytest.mark.parametrize("texts", [{}, {"": "The new price list is out. Shall I send it?"}])
def test_a_reason_to_write_now_stands_in_front_of_a_step(texts: dict[str, str]) -> None:
    told = replace(planned(texts=texts), signal=Signal("you opened an office in Lyon"))
    body = write(told).body
    assert body.index("you opened an office in Lyon.") < body.index("?")
