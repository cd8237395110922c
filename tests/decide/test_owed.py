"""What the user owes: a table of promises and questions, and of what only looks like one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from agent.decide.threads.owed import asked_in, promise_in, question_in
from agent.decide.values import Me
from providers.base import Address, Mail, Origin
from voice.languages.quotes import typed

WROTE = date(2026, 11, 18)
"""A Wednesday."""
PROMISES = [
    # English
    ("Hi Ann,\n\nI will send it on Monday.\n\nSam", date(2026, 11, 23)),
    ("I'll get back to you by Friday.", date(2026, 11, 20)),
    ("We'll confirm the room tomorrow.", date(2026, 11, 19)),
    ("You'll have the draft by 27 November.", date(2026, 11, 27)),
    ("I am going to call him on Thursday.", date(2026, 11, 19)),
    ("We shall deliver the tiles on 2 December.", date(2026, 12, 2)),
    ("I'll definitely send the figures on Monday, and the rest on Tuesday.", date(2026, 11, 23)),
    # German
    ("Hallo Ann,\n\nich schicke Ihnen das Angebot am Montag.\n\nGruß\nSam", date(2026, 11, 23)),
    ("Ich melde mich bis Freitag bei dir.", date(2026, 11, 20)),
    ("Den Vertrag sende ich Ihnen morgen.", date(2026, 11, 19)),
    ("Ich werde Ihnen die Zahlen am Donnerstag schicken.", date(2026, 11, 19)),
    ("Sie erhalten die Rechnung am 25. November.", date(2026, 11, 25)),
    ("Wir überweisen den Betrag am Montag.", date(2026, 11, 23)),
    # French
    ("Bonjour,\n\nje vous envoie le devis lundi.\n\nSam", date(2026, 11, 23)),
    ("Je vous enverrai le contrat vendredi.", date(2026, 11, 20)),
    ("J'enverrai les chiffres demain.", date(2026, 11, 19)),
    ("Nous vous confirmerons la date le 25 novembre.", date(2026, 11, 25)),
    ("Vous aurez ma réponse jeudi.", date(2026, 11, 19)),
    ("Je vais vous rappeler mardi.", date(2026, 11, 24)),
    # Spanish
    ("Hola:\n\nTe envío el presupuesto el lunes.\n\nSam", date(2026, 11, 23)),
    ("Le enviaré el contrato el viernes.", date(2026, 11, 20)),
    ("Mañana te llamo.", date(2026, 11, 19)),
    ("Os mando los planos el jueves.", date(2026, 11, 19)),
    ("Voy a confirmarlo el 25 de noviembre.", date(2026, 11, 25)),
]
NO_PROMISES = [
    "I will send it soon.", "I sent it on Monday.", "Could you send it on Monday?", "Shall I send it on Monday?",
    "I'll be in Berlin on Monday.", "See you on Monday.", "If you sign it, I'll send it on Monday.", "If the bank agrees, I'll send it on Monday.",
    "I'll send it on Monday once you have signed.", "Ann will send it on Monday.", "You said you will call me on Monday.",
    "Thanks, and have a good weekend until Monday.", "> I will send it on Monday.\n\nFine, thanks.",
    "Fine.\n\n-- \nSam\nI will call back on Monday",
    "Am Montag bin ich in Berlin.", "Ich habe es Ihnen am Montag geschickt.", "Können Sie es mir am Montag schicken?",
    "Wenn Sie unterschreiben, schicke ich es am Montag.", "Bis Montag!",
    "Je serai à Lyon lundi.", "Je vous ai envoyé le devis lundi.", "Pouvez-vous l'envoyer lundi ?", "À lundi !",
    "El lunes estoy en Madrid.", "Te envié el presupuesto el lunes.", "¿Me lo puedes mandar el lunes?", "¡Hasta el lunes!",
]  # fmt: skip
QUESTIONS = [
    "Hi Sam,\n\nWhich of the two roofs should we take?\n\nAnn", "Could you send me the plans?", "Please let me know by Friday.",
    "Hallo Sam,\n\nwann passt es dir nächste Woche?\n\nAnn", "Können Sie mir den Vertrag schicken?",
    "Bitte geben Sie mir bis Freitag Bescheid.",
    "Bonjour,\n\nquel jour vous conviendrait ?\n\nAnne", "Pouvez-vous m'envoyer le contrat ?", "Merci de me confirmer la date.",
    "Hola:\n\n¿Cuándo te viene bien?\n\nAna", "¿Puedes mandarme los planos?", "Te ruego que me envíes los planos, ¿te parece?",
]  # fmt: skip
NO_QUESTIONS = [
    "How are you?", "I hope you are well. Thank you for the plans.", "No need to answer.",
    "Thanks!\n\n> Could you send me the plans?\n", "Here they are.\n\n-- \nAnn\nQuestions? Call me.",
    "Thank you, that is all I needed.", "For your information: the roof is done.",
    "Wie geht es dir?", "Vielen Dank, das passt.", "Zur Kenntnis: der Vertrag ist da.",
    "Comment allez-vous ?", "Merci beaucoup, c'est parfait.",
    "¿Cómo estás?", "Muchas gracias, perfecto.",
]  # fmt: skip


@pytest.mark.parametrize(("text", "day"), PROMISES)
def test_a_promise_with_a_day_is_found(text: str, day: date) -> None:
    found = promise_in(typed(text), WROTE)
    assert found is not None and found.day == day and found.words in " ".join(text.split())


@pytest.mark.parametrize("text", NO_PROMISES)
def test_what_only_looks_like_a_promise_is_none(text: str) -> None:
    assert promise_in(typed(text), WROTE) is None


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_is_found(text: str) -> None:
    found = asked_in(typed(text))
    assert found is not None and found.words in " ".join(text.split())


@pytest.mark.parametrize("text", NO_QUESTIONS)
def test_what_only_looks_like_a_question_is_none(text: str) -> None:
    assert asked_in(typed(text)) is None


ME = Me(addresses=("sam@mine.example",))
AT = datetime(2026, 11, 18, 10, tzinfo=UTC)
ASKS = Mail(
    "k", "<q@x>", AT, AT, Address("ann@x.example"), (Address("sam@mine.example"),), text="Could you send me the plans?"
)


@pytest.mark.parametrize(
    "mail",
    [
        replace(ASKS, origin=Origin.SENT), replace(ASKS, origin=Origin.CLAIMED), replace(ASKS, sender=None),
        replace(ASKS, sender=Address("no-reply@x.example")), replace(ASKS, to=(Address("dev-list@x.example"),)),
        replace(ASKS, to=(Address("bob@x.example"),)), replace(ASKS, cc=tuple(Address(f"p{n}@x.example") for n in range(9))),
        replace(ASKS, headers={"list-unsubscribe": ("<https://x.example>",), "precedence": ("bulk",)}),
        replace(ASKS, headers={"auto-submitted": ("auto-generated",)}),
    ],
)  # fmt: skip
def test_nobody_asks_whose_mail_is_a_programs_a_crowds_or_ones_own(mail: Mail) -> None:
    assert question_in(ASKS, ME) is not None
    assert question_in(mail, ME) is None


def test_ends_of_weeks_and_days_of_the_writer() -> None:
    found = promise_in("I'll send it next week.", WROTE)
    assert found is not None and found.day == date(2026, 11, 29)
    american = promise_in("I'll send it on 12/4. I paid on 11/30.", WROTE, -5.0)
    assert american is not None and american.day == date(2026, 12, 4)
