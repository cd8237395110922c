"""A draft may only restate: each altered fact, promise or offer is found, in seven languages."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.decide.facts.check import check
from agent.decide.facts.numbers import number

OWN = {
    "en": (
        "Hi Martha,\nThe invoice 4471 over 1,250.00 EUR is due on Friday 13 "
        "March at 14:30. The form is at https://pay.example.org/a1 and Peter "
        "has the key. Could you pay it?"
    ),
    "fr": (
        "Bonjour Martha,\nLa facture 4471 de 1 250,00 EUR est due vendredi 13 "
        "mars à 14h30. Le formulaire est sur https://pay.example.org/a1 et "
        "Peter a la clé. Pouvez-vous la payer ?"
    ),
    "de": (
        "Hallo Martha,\ndie Rechnung 4471 über 1.250,00 EUR ist fällig am "
        "Freitag, 13. März um 14:30. Das Formular ist auf "
        "https://pay.example.org/a1 und Peter hat den Schlüssel. Können Sie "
        "zahlen?"
    ),
    "es": (
        "Hola Martha,\nla factura 4471 de 1.250,00 EUR vence el viernes 13 de "
        "marzo a las 14:30. El formulario está en https://pay.example.org/a1 y "
        "Peter tiene la llave. ¿Puede pagarla?"
    ),
    "it": (
        "Ciao Martha,\nla fattura 4471 di 1.250,00 EUR scade venerdì 13 marzo "
        "alle 14:30. Il modulo è su https://pay.example.org/a1 e Peter ha la "
        "chiave. Può pagarla?"
    ),
    "pt": (
        "Olá Martha,\na fatura 4471 de 1.250,00 EUR vence na sexta-feira 13 de "
        "março às 14:30. O formulário está em https://pay.example.org/a1 e "
        "Peter tem a chave. Pode pagar?"
    ),
    "nl": (
        "Hallo Martha,\nde factuur 4471 van 1.250,00 EUR vervalt op vrijdag 13 "
        "maart om 14:30. Het formulier staat op https://pay.example.org/a1 en "
        "Peter heeft de sleutel. Kunt u betalen?"
    ),
}
ALTERED = {
    "digit": (("4471", "4417"),),
    "amount": (("1,250.00", "1,520.00"), ("1 250,00", "1 520,00"), ("1.250,00", "1.520,00")),
    "currency": (("EUR", "USD"),),
    "time": (("14:30", "15:30"), ("14h30", "15h30")),
    "day": (("13 ", "14 "), ("13. ", "14. ")),
    "link": (("pay.example.org/a1", "pay.example.org/a2"),),
    "host": (("pay.example.org", "pay.examp1e.org"),),
    "name": (("Peter", "Pedro"),),
    "weekday": (("Friday", "Monday"), ("vendredi", "lundi"), ("Freitag", "Montag"), ("viernes", "lunes"), ("venerdì", "lunedì"), ("sexta-feira", "segunda-feira"), ("vrijdag", "maandag")),
    "month": (("March", "April"), ("mars", "avril"), ("März", "April"), ("marzo", "abril"), ("março", "abril"), ("maart", "april")),
}  # fmt: skip
ADDED = {
    "en": {"promise": "I will pay it myself.", "offer": "There is a discount for you.", "attachment": "The form is attached.", "availability": "I am available all day.", "relative": "Please answer by tomorrow."},
    "fr": {"promise": "Je vais la payer moi-même.", "offer": "Il y a une remise pour vous.", "attachment": "Le formulaire est en pièce jointe.", "availability": "Je suis disponible.", "relative": "Merci de répondre demain."},
    "de": {"promise": "Ich werde das selbst zahlen.", "offer": "Es gibt einen Rabatt.", "attachment": "Das Formular ist im Anhang.", "availability": "Ich habe Zeit.", "relative": "Bitte bis übermorgen antworten."},
    "es": {"promise": "Voy a pagarla yo.", "offer": "Hay un descuento.", "attachment": "El formulario va adjunto.", "availability": "Estoy disponible.", "relative": "Conteste mañana por favor."},
    "it": {"promise": "Prometto di pagarla.", "offer": "C'è uno sconto.", "attachment": "Il modulo è in allegato.", "availability": "Sono disponibile.", "relative": "Risponda domani per favore."},
    "pt": {"promise": "Prometo pagar.", "offer": "Há um desconto.", "attachment": "O formulário está em anexo.", "availability": "Estou disponível.", "relative": "Responda amanhã por favor."},
    "nl": {"promise": "Ik zal het zelf betalen.", "offer": "Er is een korting.", "attachment": "Het formulier is bijgevoegd.", "availability": "Ik ben beschikbaar.", "relative": "Antwoord morgen alstublieft."},
}  # fmt: skip
LANGUAGES = sorted(OWN)
KINDS = sorted(ALTERED)


def altered(language: str, kind: str) -> str:
    for old, new in ALTERED[kind]:
        if old in OWN[language]:
            return OWN[language].replace(old, new, 1)
    raise AssertionError(f"nothing to alter for {kind} in {language}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_user_wrote_is_supported(language: str) -> None:
    report = check(OWN[language], [OWN[language]], language=language)
    assert report.ok
    assert not report.marked


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_one_altered_fact_is_found(language: str, kind: str) -> None:
    assert not check(altered(language, kind), [OWN[language]], language=language).ok


@pytest.mark.parametrize("kind", sorted(ADDED["en"]))
@pytest.mark.parametrize("language", LANGUAGES)
def test_one_added_statement_is_found(language: str, kind: str) -> None:
    report = check(ADDED[language][kind], [OWN[language]], language=language)
    assert kind in {finding.kind for finding in report.unsupported}


PLANTED = {
    "link": "Use https://evil.example.net/login please.",
    "address": "Write to pay@evil.example please.",
    "account": "Transfer it to DE89 3704 0044 0532 0130 00 please.",
    "phone": "Call 0049 170 5550123 please.",
    "amount": "It is $ 999 now.",
}


@pytest.mark.parametrize("planted", sorted(PLANTED))
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_other_side_cannot_plant_it(language: str, planted: str) -> None:
    assert not check(PLANTED[planted], [OWN[language]], [PLANTED[planted]], language=language).ok


@pytest.mark.parametrize(
    ("draft", "kind"), [("Did Lucinda decide?", "name"), ("Is Tuesday fine?", "weekday"), ("Is 16:45 fine?", "time"), ("Were there 37 of them?", "number"), ("Is it 3 May?", "date")]
)  # fmt: skip
def test_facts_of_the_other_side_are_marked_not_refused(draft: str, kind: str) -> None:
    report = check(draft, ["Could you decide?"], ["Lucinda says Tuesday 3 May at 16:45, there were 37."])
    assert report.ok
    assert kind in {finding.kind for finding in report.marked}


def test_times_computed_in_code_are_allowed() -> None:
    assert not check("I wrote to you last week. Could you decide?", ["Could you decide?"]).ok
    assert check("I wrote to you last week. Could you decide?", ["Could you decide?"], allowed=["last week"]).ok


def test_a_signal_is_a_source() -> None:
    text = "I saw this: Acme raised 5 million. https://news.example.com/x"
    assert check(
        text, ["Could you decide?"], extra=["Acme raised 5 million.", "https://news.example.com/x", "I saw this:"]
    ).ok
    assert not check(text, ["Could you decide?"]).ok


@pytest.mark.parametrize(
    ("draft", "own"),
    [
        ("It costs €1200.", "It costs 1.200,00 EUR."),
        ("At 2 pm?", "At 14:00?"),
        ("Three of them?", "3 of them?"),
        ("On 13 March?", "on March 13th?"),
    ],
)
def test_the_same_fact_in_another_spelling_is_supported(draft: str, own: str) -> None:
    assert check(draft, [own]).ok


@pytest.mark.parametrize(
    "draft", ["It costs €１２00.", "Write to ma\u200brtha@evil.example.", "See HTTPS://EVIL.EXAMPLE.NET."]
)
def test_disguised_facts_are_found(draft: str) -> None:
    assert not check(draft, ["It costs 1000 EUR."]).ok


@given(st.text(max_size=400), st.text(max_size=400))
def test_hostile_text_never_crashes_the_check(draft: str, other: str) -> None:
    check(draft, ["Could you decide?"], [other])


@given(st.integers(1, 10**9))
def test_a_number_no_mail_holds_is_never_supported(value: int) -> None:
    assert not check(f"Is it {value} then?", ["Could you decide?"], ["I do not know."]).ok


@given(st.integers(1000, 999_999))
def test_thousands_marks_do_not_change_a_number(value: int) -> None:
    assert number(f"{value:,}") == number(str(value)) == number(f"{value:,}".replace(",", "."))


PIECES = (
    "a.", "1 ", "A1 ", "x@", "€", "http://", "1.000,", "a dot ", "two ", "cent ", "en", "ein", "1:", "::a", "[dot]", "x (",
    "und ", "DE12 3456 ", "12.34.", "(12) ", "+1 (2", "a1-", "1k ", "du mon ", "je a ", "ich b ", "a @ ", "a.. ", "aré ", "'",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("piece", PIECES)
def test_a_long_row_of_anything_takes_linear_time(piece: str) -> None:
    text = (piece * 30_000)[:30_000]
    before = process_time()
    check(text, [text], [text])
    assert process_time() - before < 15
