"""Drafts restate the open question in the user's frame, in the language of the thread, or say why there is none."""

from __future__ import annotations

import json
import textwrap
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.decide.facts.check import check
from tests.voice.someone import BODIES, GREETING, QUIET, SIGNOFF, START, brief, corpus, profile, sent
from voice.brief import Brief, Message, Signal
from voice.jobs import Job
from voice.languages.ago import day, gap_key
from voice.languages.pack import LANGUAGES, pack
from voice.languages.register import address_of
from voice.languages.tells import tells
from voice.languages.text import words
from voice.learning.corpus import Corpus, SentMail
from voice.learning.habits import Habits, habits
from voice.learning.ngrams import Likeness, background, count
from voice.learning.profile import build, from_json
from voice.writing.asks import find, subject_of, thing_of
from voice.writing.layout import paragraph
from voice.writing.phrasebook import Phrasebook
from voice.writing.score import score

WRITER = Phrasebook()
KNOWN_ENGLISH = pack("en")
FOLLOWS = (Job.ASK_AGAIN, Job.EASY, Job.WAY_OUT, Job.CLOSE)


@pytest.mark.parametrize("job", FOLLOWS)
@pytest.mark.parametrize("language", sorted(BODIES))
def test_a_draft_has_the_users_frame_and_question_and_no_new_fact(language: str, job: Job) -> None:
    asked = brief(language, job=job)
    drafted = WRITER.write(asked, profile(language))
    assert not drafted.abstained
    assert drafted.body.startswith(GREETING[language].format(name="Bo"))
    assert drafted.body.endswith(SIGNOFF[language])
    question = find(QUIET[language], pack(language))[0].text
    assert question in " ".join(drafted.body.split())
    assert not tells(drafted.body, language)
    assert check(
        drafted.body, [asked.own[0].text, asked.own[0].subject, "Noor Bo"], language=language, allowed=drafted.allowed
    ).ok


@pytest.mark.parametrize("language", sorted(BODIES))
def test_each_touch_differs_from_the_ones_before(language: str) -> None:
    known, earlier = profile(language), []
    for job in FOLLOWS:
        drafted = WRITER.write(brief(language, job=job, last_touches=tuple(earlier)), known)
        assert drafted.body not in earlier
        earlier.append(drafted.body)
    assert len(set(earlier)) == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_neutral_wordings_hold_no_stock_phrase(language: str) -> None:
    for frames in pack(language).frames.values():
        for lines in frames.values():
            assert not [
                tell
                for line in lines
                for tell in tells(
                    line.replace("{thing}", "x")
                    .replace("{when}", "y")
                    .replace("{When}", "Y")
                    .replace("{signal}", "z")
                    .replace("{day}", "w"),
                    language,
                )
            ]


@pytest.mark.parametrize(
    ("text", "register"),
    [
        ("Bonjour Bo,\n\nTu peux me dire laquelle tu préfères ?\n\nNoor", "tu"),
        ("Bonjour Bo,\n\nPouvez-vous me dire laquelle vous préférez ?\n\nNoor", "vous"),
    ],
)
def test_a_french_draft_keeps_the_form_of_address(text: str, register: str) -> None:
    body = WRITER.write(brief("fr", text=text), profile("fr")).body
    found = [word.lower() for word in words(body)]
    assert not ({"vous", "votre"} if register == "tu" else {"tu", "te", "ton"}) & set(found)


@pytest.mark.parametrize(
    ("days", "key"), [(0, "today"), (1, "yesterday"), (3, "days"), (4, "days"), (7, "last_week"), (14, "fortnight"), (20, "weeks"), (34, "last_month"), (120, "long")]
)  # fmt: skip
def test_the_gap_is_said_in_words(days: int, key: str) -> None:
    then = datetime(2026, 3, 6, 10, 0, tzinfo=UTC)
    assert gap_key(then, then + timedelta(days=days)) == key


def test_a_gap_in_the_same_week_is_this_week() -> None:
    monday = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    assert gap_key(monday, monday + timedelta(days=3)) == "this_week"


def test_it_abstains_with_a_reason() -> None:
    now = datetime(2026, 3, 6, tzinfo=UTC)
    assert "no mail of yours" in WRITER.write(Brief(now=now, own=()), profile()).abstained
    assert "first mail" in WRITER.write(brief(job=Job.FIRST), profile()).abstained
    assert (
        "cannot write Swedish yet. Your question was: Which of the two"
        in WRITER.write(replace(brief(), language="sv"), profile()).abstained
    )


def test_few_mails_are_admitted() -> None:
    few = profile(many=5)
    assert few.state == "too_few"
    assert not few.autopilot
    assert few.said in WRITER.write(brief(), few).notes
    assert profile(many=40).state == "learning"


def test_a_signal_is_quoted() -> None:
    drafted = WRITER.write(brief(signal=Signal("Lund & Sons moved to Oslo", "https://news.example.com/1")), profile())
    assert "Lund & Sons moved to Oslo. https://news.example.com/1" in " ".join(drafted.body.split())


def test_shorter_is_shorter_and_other_wishes_are_declined_visibly() -> None:
    usual, short = WRITER.write(brief(), profile()), WRITER.write(brief(say="shorter"), profile())
    assert len(short.body) < len(usual.body)
    assert any("needs a model" in note for note in WRITER.write(brief(say="mention the weather"), profile()).notes)


def test_writing_is_deterministic_and_survives_storage() -> None:
    known = profile()
    stored = from_json(json.loads(json.dumps(known.to_json())))
    assert WRITER.write(brief(), known) == WRITER.write(brief(), stored)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"version": 0},
        {"version": 1},
        {"version": 1, "mails": "x", "tongues": {}, "people": {}, "circles": {}, "left_out": {}},
        {"version": 1, "mails": 1, "tongues": {"en": 3}},
    ],
)
def test_a_damaged_profile_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="build it again|invalid literal"):
        from_json(broken)


def test_a_person_greeted_otherwise_is_greeted_so() -> None:
    made = Corpus()
    made.add(sent())
    made.add(
        SentMail(
            f"<p{n}@x>",
            START + timedelta(days=50 + n),
            f"Dear Bo,\n\nThe gate is painted now, number {n}.\n\nYours,\nNoor",
            "Gate",
            ("bo@example.org",),
            "Bo Lund",
        )
        for n in range(4)
    )
    body = WRITER.write(brief(text="Which of the two offers should we take?"), build(made)).body
    assert body.startswith("Dear Bo,")
    assert body.endswith("Yours,\nNoor")


def test_the_users_double_spaces_are_kept() -> None:
    body = WRITER.write(brief(job=Job.EASY), profile()).body
    assert "take?  " in body


def test_own_draft_scores_above_a_template() -> None:
    known, mails = profile(), corpus().mails()
    own = score(WRITER.write(brief(), known).body, known, "en", mails)
    other = score(
        "Dear Sir,\n\nI hope this email finds you well. Just checking in on this!\n\nBest regards,\nJohn",
        known,
        "en",
        mails,
    )
    assert own.value > other.value + 0.3
    assert len(own.nearest) == 2
    assert {tell.name for tell in other.tells} == {"stock phrase"}


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: [R] side scan data", "side scan data"),
        ("AW: WG: Angebot", "Angebot"),
        ("Re[2]: x (was: y)", "x"),
        ("", ""),
    ],
)
def test_subjects_lose_their_prefixes(subject: str, bare: str) -> None:
    assert subject_of(subject) == bare


def test_an_empty_subject_is_no_matter() -> None:
    assert thing_of("Re: Question", pack("en")) == ""
    assert thing_of("Terrace", pack("en")) == '"Terrace"'


def test_a_message_without_a_question_asks_about_its_matter() -> None:
    at = datetime(2026, 3, 5, tzinfo=UTC)
    asked = Brief(
        now=at + timedelta(days=7),
        own=(Message(at, "Hiya Bo,\n\nThe table with the offers is ready.\n\nTa,\nNoor", "Terrace"),),
        recipient_name="Bo Lund",
    )
    drafted = WRITER.write(asked, profile())
    assert '"Terrace"' in drafted.body
    assert "?" in drafted.body


def test_what_was_edited_before_is_kept_in_mind() -> None:
    usual = WRITER.write(brief(), profile())
    opening = usual.phrases[1].text
    notes = ("Greets with “Dear {name},”.", "Signs off with “Best,\nN”.".replace("\n", " / "), f"Removed “{opening}”")
    body = WRITER.write(brief(memories=notes), profile()).body
    assert body.startswith("Dear Bo,")
    assert body.endswith("Best,\nN")
    assert opening in usual.body
    assert opening not in body


def test_edits_that_left_the_frame_out_are_followed() -> None:
    body = WRITER.write(brief(memories=("Leaves out the greeting.", "Leaves out the sign-off.")), profile()).body
    assert "Bo" not in body
    assert "Noor" not in body


def test_drafts_that_were_cut_twice_become_shorter() -> None:
    cut = "Shortened from 30 to 12 words."
    usual, short = WRITER.write(brief(), profile()), WRITER.write(brief(memories=(cut, cut)), profile())
    assert len(short.body) < len(usual.body)
    assert WRITER.write(brief(memories=(cut,)), profile()).body == usual.body


def test_a_promised_day_is_named_in_words() -> None:
    named = day(datetime(2026, 3, 9, tzinfo=UTC), pack("en"))
    assert named == "Monday, 9 March"
    assert named in WRITER.write(brief(promised=named), profile()).body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("job", ["nudge", "agree", "easy", "way_out", "close", "ask_question", "sent_thing"])
def test_there_is_a_choice_of_wordings(language: str, job: str) -> None:
    for register in ("formal", "informal"):
        assert len(set(pack(language).sentences(job, register))) >= 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_choice_is_left_open_in_a_wording(language: str) -> None:
    for frames in pack(language).frames.values():
        for line in (line for lines in frames.values() for line in lines):
            assert not set("[]|") & set(line)
            assert "  " not in line
            assert line == line.strip()


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Hallo Bo,\n\nkönnen Sie mir das Angebot für die Terrasse noch einmal schicken?\n\nNoor"),
        ("nl", "Dag Bo,\n\nkunt u mij de offerte voor het terras nog eens sturen?\n\nNoor"),
    ],
)
def test_a_question_after_a_full_stop_begins_with_a_capital(language: str, text: str) -> None:
    body = WRITER.write(brief(language, text=text), profile(language)).body
    assert "Können Sie" in body if language == "de" else "Kunt u" in body


def test_a_mark_never_stands_alone_in_a_line() -> None:
    text = "Pouvez-vous me dire laquelle des deux offres vous préférez donc ?"
    for width in range(56, 72):
        wrapping = Habits(mails=9, wrapped=9, wrappable=9, wrap_width=width)
        assert not [line for line in paragraph(text, wrapping).split("\n") if line.startswith("?")]


def test_lines_that_end_by_themselves_are_no_wrapping() -> None:
    row = "A line of eighty letters or so that ends because the sentence ends right here, yes."
    free = habits(["\n".join([row, "Short.", row, "Short again.", row])] * 5, pack("en"))
    assert not free.wraps
    wrapped = habits([textwrap.fill(" ".join(["word"] * 60), 72)] * 5, pack("en"))
    assert wrapped.wraps
    assert wrapped.wrap_width <= 72


@pytest.mark.parametrize(
    ("language", "text", "kept"),
    [
        ("en", "Could you sign the contract by the end of next week?", "Could you sign the contract?"),
        ("en", "Can you send me the figures by Friday?", "Can you send me the figures?"),
        ("fr", "Pouvez-vous me renvoyer le contrat d'ici vendredi ?", "Pouvez-vous me renvoyer le contrat ?"),
        ("de", "Können Sie mir den Vertrag schicken, bis Freitag?", "Können Sie mir den Vertrag schicken?"),
        ("de", "Können Sie mir den Vertrag bis Ende der Woche schicken?", "Können Sie mir den Vertrag schicken?"),
    ],
)
def test_a_day_it_was_wanted_by_is_not_repeated(language: str, text: str, kept: str) -> None:
    assert find(text, pack(language))[0].text == kept


def test_going_on_small_after_a_greeting_is_no_habit_of_small_beginnings() -> None:
    german = habits(["wir fangen an. Das Dach ist fertig.", "der Zaun ist da. Es regnet."] * 5, pack("de"))
    assert not german.starts_lower
    assert habits(["i see. we paint. it dries."] * 5, KNOWN_ENGLISH).starts_lower


def test_a_german_draft_goes_on_small_after_the_comma_and_its_times_are_known() -> None:
    asked = brief("de")
    drafted = WRITER.write(asked, profile("de"))
    first = drafted.body.split("\n\n")[1]
    assert first[0].islower()
    assert check(drafted.body, [asked.own[0].text, "Noor Bo Terrace"], language="de", allowed=drafted.allowed).ok


def test_the_users_own_sign_off_is_no_new_fact_under_a_mail_that_had_none() -> None:
    asked = brief(text="Hiya Bo,\n\nWhich of the two should we take?")
    drafted = WRITER.write(asked, profile())
    assert drafted.body.endswith("Noor")
    assert check(drafted.body, [asked.own[0].text, "Bo Terrace"], allowed=drafted.allowed).ok


def test_the_sentence_before_a_question_comes_along_unless_its_time_is_over() -> None:
    fresh = "Hiya Bo,\n\nThe two offers are in one table. Which of the two should we take?\n\nTa,\nNoor"
    stale = fresh.replace("are in one table", "came yesterday by post")
    assert "The two offers are in one table." in " ".join(WRITER.write(brief(text=fresh), profile()).body.split())
    assert "yesterday" not in WRITER.write(brief(text=stale), profile()).body


def test_a_question_that_points_at_something_unnamed_is_not_repeated() -> None:
    asked = replace(brief(text="Hiya Bo,\n\nCan you repaint it?\n\nTa,\nNoor"), subject="")
    bare = replace(asked, own=(replace(asked.own[0], subject=""),))
    assert "repaint it" not in WRITER.write(bare, profile()).body
    assert "Can you repaint it?" in WRITER.write(replace(bare, subject="Terrace"), profile()).body


def test_a_question_whose_subject_is_a_mere_this_is_not_repeated_even_with_the_matter_named() -> None:
    body = WRITER.write(brief(text="Hiya Bo,\n\nWould that work for you?\n\nTa,\nNoor"), profile()).body
    assert "Would that" not in body
    assert "Terrace" in body


@pytest.mark.parametrize(
    ("language", "text", "form"),
    [
        ("fr", "Pouvez-vous regarder ?", "formal"),
        ("fr", "Je t'ai écrit.", "informal"),
        ("fr", "Y a-t-il du nouveau ?", "neutral"),
        ("de", "Können Sie das machen?", "formal"),
        ("de", "Kannst du das machen?", "informal"),
        ("nl", "Kunt u dat doen?", "formal"),
    ],
)
def test_the_form_of_address_is_read_from_pronouns(language: str, text: str, form: str) -> None:
    assert address_of(text, language) == form


def test_wordings_are_ranked_toward_the_user() -> None:
    own = count(["I guess my e-mail got lost. I guess so."] * 40)
    near = Likeness(own, background("en"))
    assert near.of("I guess my question got lost.") > near.of("As far as I can see there was no answer.")


def test_a_greeting_for_one_list_is_not_used_on_everybody() -> None:
    made = Corpus()
    made.add(sent(many=30))
    made.add([SentMail("<l@x>", START, "Dear list members,\n\nThe gate is open on Sunday.\n\nTa,\nNoor")])
    asked = replace(brief(text="Which of the two offers should we take?\n\nTa,\nNoor"), recipient_name="")
    greetings = build(made).tongue("en").manner.greetings
    assert "list members" not in WRITER.write(asked, build(made)).body, greetings
