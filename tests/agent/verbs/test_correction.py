"""Undo of a letter that has left: it says so, stops what is near, and begins a mail that puts it right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes

import pytest

from agent.decide.gate.levels import Level
from agent.drafting.draft import redo
from agent.running.jobs import one_pass
from agent.store.work import followups
from agent.verbs import actions
from agent.verbs.correction import correction
from providers.base import Role
from tests.sim.judged import PAT, asked, passes
from tests.sim.mailing import ME, Person, asking, letter
from tests.sim.town import Town
from tests.sim.world import START
from voice.languages.pack import pack

pytestmark = pytest.mark.slow


@pytest.fixture
def here() -> Iterator[Town]:
    opened = Town(Level.AUTOPILOT)
    yield opened
    opened.close()


def sent(here: Town) -> int:
    asked(here)
    passes(here, 1.2)
    assert len(here.world.delivered) == 1
    return int(here.followups()[0]["id"])


def draft_of(here: Town, number: int) -> tuple[str, str, str]:
    with here.home.store.read() as connection:
        row, draft = followups.find(connection, number), followups.newest_draft(connection, number)
    assert row is not None
    assert draft is not None
    return row.state, draft.body, json.loads(draft.notes)[0]


def test_a_letter_that_left_is_put_right_by_a_draft_for_the_user(here: Town) -> None:
    number = sent(here)
    here.world.put("work", asking(Person(2), here.world.now - timedelta(days=5)))
    one_pass(here.desk, here.jobs)
    done = actions.undo(here.desk, number)
    assert (done.ok, done.code) == (False, "sent")
    assert "cannot be taken back" in done.words
    made = here.followups("asked")[-1]["id"]
    assert f"follow-up {made}" in done.words
    assert any("p2@x2.example: outbox" in line for line in done.listed), done.listed
    state, body, note = draft_of(here, made)
    assert (state, body) == ("asked", f"Hi Kim,\n\n{pack('en').correction}\n\nBest,\nSam\n")
    assert "own words" in note


def test_it_never_leaves_by_itself_and_judging_keeps_it(here: Town) -> None:
    number = sent(here)
    actions.undo(here.desk, number)
    made = here.followups("asked")[-1]["id"]
    passes(here, 12, 6)
    assert len(here.world.delivered) == 1
    assert draft_of(here, made)[0] == "asked"


def test_nothing_but_the_user_writes_it_anew(here: Town) -> None:
    actions.undo(here.desk, sent(here))
    made = here.followups("asked")[-1]["id"]
    done = redo(here.home, here.desk, made)
    assert (done.ok, done.code) == (False, "correction")
    assert "relance edit" in done.words


def test_at_the_lower_level_the_user_sends_it_in_the_same_thread(here: Town) -> None:
    number = sent(here)
    for _ in range(2):
        actions.undo(here.desk, number)
    made = here.followups("asked")[-1]["id"]
    assert len(here.followups("asked")) == 1
    actions.edit(here.desk, made, "Hi Kim,\n\nthat was the wrong mail, sorry.\n\nSam\n")
    done = actions.approve(here.desk, made)
    assert done.code == "handed_over", done
    assert done.letter is not None
    mail = message_from_bytes(done.letter.raw)
    assert (mail["To"], mail["In-Reply-To"] in mail["References"]) == (f"{PAT.name} <{PAT.address}>", True)
    assert mail["References"].split()[0] == PAT.ask


@pytest.mark.parametrize(
    ("language", "text", "begins"),
    [
        ("de", "Hallo Kim,\n\nich wollte fragen, ob das Angebot so für euch passt?\n\nViele Grüße\nSam", "Hallo Kim,\n\nmeine letzte"),
        ("fr", "Bonjour Kim,\n\nest-ce que cette offre vous convient pour la semaine prochaine ?\n\nCordialement,\nSam", "Bonjour Kim,\n\nMon"),
        ("es", "Hola Kim:\n\n¿Has podido mirar la oferta que te mandé la semana pasada?\n\nSaludos,\nSam", "Hola Kim:\n\nMi"),
        ("it", "Ciao Kim,\n\nhai avuto modo di guardare la nostra offerta della settimana scorsa?\n\nSaluti,\nSam", "Ciao Kim,\n\nLa"),
        ("nl", "Hallo Kim,\n\nheb je al naar de offerte van vorige week kunnen kijken?\n\nGroeten,\nSam", "Hallo Kim,\n\nmijn"),
        ("pt", "Olá Kim,\n\njá conseguiu ver a proposta que lhe enviei na semana passada?\n\nCumprimentos,\nSam", "Olá Kim,\n\nO"),
    ],
)  # fmt: skip
def test_the_plain_sentence_is_in_the_language_of_the_thread(language: str, text: str, begins: str) -> None:
    mail = letter("<a@y.example>", ME, PAT.address, START, "Offer", text, role=Role.SENT)
    body = correction(mail)
    assert body.startswith(begins)
    assert pack(language).correction[1:] in body
    assert body.rstrip().endswith("Sam")


def test_without_a_mail_of_the_user_s_it_is_empty() -> None:
    assert correction(None) == ""
