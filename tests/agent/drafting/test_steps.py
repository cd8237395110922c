"""Through the whole store: a plan's own text and facts reach the letter and its checks, a model hears the job, and a
letter that speaks of a question nobody asked is held."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.drafting.checking import pretends
from agent.store.base.values import NO_TEXT
from agent.store.mail import mails
from agent.store.work import followups
from agent.verbs import actions
from providers.base import Mail
from tests.agent.office import ANN, ME, Office, office
from tests.conftest import Ticking
from tests.voice.endpoint import Behaviour, serving

PLANS = """
[plans.terms]
touches = [
  { after = "1 workday", job = "say that the new terms are out", say = "The new terms are out: https://mine.example/terms. They hold until 1 May." },
  { after = "2 workdays", job = "offer the discount" },
  { after = "2 workdays", job = "ask the open question again" },
]
"""
TOLD = "Hi Ann,\n\nHere is the plan for the terrace. It went to the printer this morning.\n\nBest,\nSam"


@pytest.fixture
def here(private_home: Path, clock: Ticking) -> Iterator[Office]:
    with office(private_home, clock, more=PLANS) as made:
        made.thread = made.mail(ME, f"Ann Lee <{ANN}>", "The terrace", TOLD)  # type: ignore[attr-defined]
        made.read()
        yield made


def checks(here: Office, number: int) -> dict[str, tuple[str, str]]:
    with here.home.store.read() as connection:
        seen = actions.view(connection, here.desk, number)
    assert isinstance(seen, actions.Viewed)
    return {check.name: (str(check.verdict), check.reason) for check in seen.decision.checks}


def test_own_text_and_its_facts_stand_in_the_letter_and_pass_its_checks(here: Office) -> None:
    assert here.enroll(here.thread, "terms").ok  # type: ignore[attr-defined]
    here.runs(days=4, hours=6)
    (row,) = here.rows(ANN)
    draft = here.draft(row.id)
    assert draft is not None and "https://mine.example/terms. They hold until 1 May." in draft.body
    assert checks(here, row.id)["facts"][0] == "allow"


def test_a_step_nobody_can_word_is_asked_with_its_job(here: Office) -> None:
    assert here.enroll(here.thread, "terms").ok  # type: ignore[attr-defined]
    here.runs(days=4, hours=6)
    (row,) = here.rows(ANN)
    assert actions.skip(here.desk, row.id).ok
    here.runs(days=5, hours=6)
    asked = here.rows(ANN)[-1]
    assert (asked.state, asked.touch) == ("asked", 2)
    assert "write this one yourself" in asked.hold and "offer the discount" in asked.hold


@pytest.mark.parametrize(
    ("said", "body", "found"),
    [
        (TOLD, "My question about the terrace is still open.", "my question"),
        (TOLD, "I have had no answer yet. Does it suit you?", "no answer"),
        (TOLD, "Does the terrace suit you?", ""),
        ("Hi Ann,\n\nDoes the terrace suit you?\n\nSam", "I have had no answer yet.", ""),
        ("Hallo Ann,\n\nhier ist der Plan für die Terrasse.\n\nSam", "Meine Frage ist noch offen.", "meine frage"),
        ("Hallo Ann,\n\npasst Ihnen der Plan für die Terrasse?\n\nSam", "Meine Frage ist noch offen.", ""),
    ],
)
def test_a_letter_may_not_speak_of_a_question_that_was_not_asked(
    here: Office, said: str, body: str, found: str
) -> None:
    mine = [replace(mail, text=said) for mail in _mine(here)]
    assert pretends(replace(NO_TEXT, body=body, writer="model"), mine) == found
    assert pretends(replace(NO_TEXT, body=body, writer="person"), mine) == ""


def _mine(here: Office) -> list[Mail]:
    with here.home.store.read() as connection:
        threads = mails.thread_mails(connection, [here.rows(ANN)[0].thread_id] if here.rows(ANN) else [1])
    return [mail for thread in threads.values() for mail in thread.mails if mail.mine]


def test_the_gate_holds_such_a_letter(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert here.enroll(here.thread, "terms").ok  # type: ignore[attr-defined]
    here.runs(days=4, hours=6)
    (row,) = here.rows(ANN)
    with here.home.store.write() as change:
        followups.add_draft(change, row.id, writer="model", body="Hi Ann,\n\nMy question is still open.\n\nBest,\nSam")
    assert checks(here, row.id)["pretence"] == ("hold", "It says “my question”, and you asked nothing here.")


def test_a_model_hears_the_job_the_facts_and_what_was_sent_and_own_text_is_not_its_to_change(
    private_home: Path, clock: Ticking
) -> None:
    behaviour = Behaviour(json.dumps({"body": "Hi Ann,\n\nWould ten percent less help you decide?\n\nBest,\nSam"}))
    with serving(behaviour) as url:
        model = f'\n[model]\nbase_url = "{url}"\nname = "m"\n' + PLANS.replace(
            'job = "offer the discount"', 'job = "offer the discount", facts = ["ten percent less"], tone = "short"'
        )
        with office(private_home, clock, more=model) as here:
            name = here.mail(ME, f"Ann Lee <{ANN}>", "The terrace", TOLD)
            here.read()
            assert here.enroll(name, "terms").ok
            here.runs(days=4, hours=6)
            first = here.draft(here.rows(ANN)[-1].id)
            assert first is not None and first.writer == "phrasebook" and not behaviour.requests
            assert actions.skip(here.desk, here.rows(ANN)[-1].id).ok
            here.runs(days=5, hours=6)
            row = here.rows(ANN)[-1]
            draft = here.draft(row.id)
            assert draft is not None and draft.writer == "model" and "ten percent less" in draft.body
            assert checks(here, row.id)["facts"][0] == "allow"
    asked = " ".join(said["content"] for said in behaviour.requests[-1]["messages"])
    for words in (
        "Its job: offer the discount.",
        "ten percent less",
        "Tone: short.",
        "Do not say or imply that a question",
    ):
        assert words in asked
    assert "nobody answered" not in asked
