"""Whoever is no longer in charge of a matter hands it over; that is no departure, and no wish to hear no more."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.decide.reading.answers import read_answer
from agent.decide.values import Me, Meaning
from providers.base import Address, Mail, Origin, Role

ME = Me(name="Sam Okafor", addresses=("sam@mine.example",), zone="Europe/Paris")
AT = datetime(2026, 3, 5, 10, tzinfo=UTC)
HANDED_OVER = (
    "I am no longer in charge, please talk to Ben.",
    "I'm no longer in charge of this. Please talk to Ben Marsh.",
    "I no longer handle this; Ben Marsh has taken over, please contact him.",
    "I no longer work on this project. Please talk to Ben.",
    "Ich bin nicht mehr zuständig, bitte wenden Sie sich an Ben.",
    "Ich bin nicht mehr für den Einkauf verantwortlich, bitte wenden Sie sich an Ben Marsch.",
    "Je ne suis plus en charge de ce dossier, merci de voir avec Ben.",
    "Je ne m'occupe plus de ce sujet, veuillez contacter Ben Marsh.",
    "Ya no estoy a cargo, por favor hable con Ben.",
    "Ya no me ocupo de este tema, por favor contacte con Ben Marsh.",
    "Non sono più responsabile, per favore parli con Ben.",
    "Non mi occupo più di questo, la prego di rivolgersi a Ben Marsh.",
    "Ik ben hier niet meer verantwoordelijk voor, neem contact op met Ben.",
    "Ik ben niet langer verantwoordelijk voor inkoop, neem contact op met Ben Marsh.",
    "Já não sou responsável por isto, por favor fale com o Ben.",
    "Não sou mais o responsável, por favor fale com Ben.",
)
LEFT = (
    "I have left the company and am no longer in charge of this. Please talk to Ben.",
    "I no longer work at Partner. Please talk to Ben.",
    "Ich bin aus dem Unternehmen ausgeschieden und nicht mehr zuständig.",
    "J'ai quitté l'entreprise et je ne suis plus en charge de ce dossier.",
)


def meaning(text: str) -> Meaning:
    return read_answer(
        Mail(
            key="1", message_id="<1@x.example>", date=AT, received=AT, sender=Address("ann@partner.example", "Ann Lee"),
            to=(Address("sam@mine.example"),), subject="Re: Lisbon warehouse", text=f"Hi Sam,\n\n{text}\n\nBest,\nAnn",
            role=Role.INBOX, origin=Origin.OTHER,
        ),
        me=ME, in_thread=True,
    ).meaning  # fmt: skip


@pytest.mark.parametrize("text", HANDED_OVER)
def test_a_matter_that_is_handed_over(text: str) -> None:
    assert meaning(text) is Meaning.DELEGATE


@pytest.mark.parametrize("text", LEFT)
def test_a_departure_stays_one(text: str) -> None:
    assert meaning(text) is Meaning.LEFT


def test_who_asks_for_silence_besides_is_heard() -> None:
    assert meaning("Ik ben hier niet meer verantwoordelijk voor. Mail mij nooit meer.") is Meaning.OPT_OUT
    assert meaning("I am no longer in charge. Please never write to me again.") is Meaning.OPT_OUT
