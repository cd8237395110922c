"""What a mail of ours expects: a question wherever it stands, advice and commands only where nobody asked before."""

from __future__ import annotations

import pytest

from agent.decide.reading.expects import expectation

ALWAYS = (
    "Could you send me the contract by Friday?",
    "Hi Ann,\n\nplease confirm the date.\n\nBest,\nSam",
    "Call me when you are back.",
    "A is the small one, B the large. Pick one and I'll place the order.",
    "Attached is our proposal for the second phase.",
    "Hallo Frau Lang, passt Ihnen der Termin am 12.?",
    "Tu en penses quoi ?",
    "明日のご都合はいかがでしょうか。",
    "Is the date on https://example.org/plan right for you?",
)
WHEN_NOBODY_ASKED = (
    "Send the signed contract to Ann and put the VAT number on it.",
    "You should check the second page before it is printed.",
    "I wonder if the blue one is the better choice.",
    "Make sure the printer has the new logo.",
)
NEVER = (
    "Thanks, that is all I needed.",
    "?read.table\n?subset",
    "See https://search.example.org/lookup?",
    "make: *** [all] Error 2",
    "x <- read(file, TRUE) ? y : z; help(expand.grid)",
    "How are you?",
    "Please note that the office is closed on Monday.",
)

NOTHING_MORE = {
    "de": (
        "Ich erinnere mich gern an unser Treffen.", "Vielen Dank für den Vorschlag, so machen wir es.",
        "Die Rechnung liegt bei.", "Wir freuen uns auf die Zusammenarbeit.", "Das Angebot habe ich erhalten, danke.",
        "Anbei die gewünschten Unterlagen.", "Ich habe die Datei gestern hochgeladen.",
        "Bitte sehr, gern geschehen.", "Damit haben Sie alles.", "Wenn Sie Fragen haben, melden Sie sich gerne.",
        "Wie besprochen ist der Termin am Montag.", "Ihre Antwort hat mir sehr geholfen.",
        "Ich warte auf den Bus und schreibe dir kurz.", "Danke für deine Rückmeldung!", "Bis Montag!",
        "Wir haben Ihre Rückmeldung eingearbeitet.", "Ich melde mich nächste Woche.",
    ),
    "fr": (
        "Merci de votre retour.", "Voici le devis signé.", "Merci pour votre réponse rapide.",
        "Notre proposition est acceptée, merci.", "Je vous souhaite une bonne semaine.",
        "Je reviens vers vous lundi.", "N'hésitez pas à me contacter si besoin.", "Bien reçu, merci.",
        "Votre avis m'a beaucoup aidé.", "Nous avons bien noté quelles dates vous conviennent.",
        "Veuillez trouver ci-joint la facture.", "Je vous confirme le rendez-vous de jeudi.",
        "Merci de m'avoir répondu.", "Avec plaisir, à lundi.",
    ),
    "es": (
        "Gracias por su respuesta.", "Adjunto la factura.", "Quedo a su disposición.",
        "Ya puede entrar en el sistema.", "Le confirmo la cita del jueves.", "Nos vemos el lunes.",
        "Puede contar conmigo.", "Su opinión nos ayudó mucho.", "Espero que esté bien.", "Recibido, gracias.",
        "Te mando las fotos como quedamos.",
    ),
    "it": (
        "Grazie della risposta.", "In allegato la fattura.", "Resto a disposizione.", "Ci vediamo lunedì.",
        "Le confermo l'appuntamento.", "Possiamo dire che è fatta.", "Ho ricevuto la Sua opinione, grazie.",
    ),
    "nl": (
        "Bedankt voor je reactie.", "Hierbij de factuur.", "Tot maandag!", "Dat past prima.",
        "Je feedback heb ik verwerkt.", "Graag gedaan.", "Het is mogelijk dat ik wat later ben.",
    ),
    "pt": (
        "Obrigado pela resposta.", "Segue a fatura em anexo.", "Pode contar comigo.", "Fico à disposição.",
        "Até segunda!", "Confirmo a reunião de quinta.",
    ),
    "sv": (
        "Tack för ditt svar.", "Här kommer fakturan.", "Vi ses på måndag.", "Det passar bra.", "Jag har din adress.",
        "Du kan ringa när som helst.",
    ),
    "pl": (
        "Dziękuję za odpowiedź.", "W załączeniu faktura.", "Do zobaczenia w poniedziałek.", "Możesz na mnie liczyć.",
        "Potwierdzam termin.",
    ),
    "en": (
        "Thanks for your feedback.", "Attached is the invoice.", "See you Monday.", "Happy to help.",
        "You can count on me.", "Your comments were very helpful.", "I've sent you the file.",
        "As discussed, the meeting is on Thursday.", "We should be fine.", "I can send you the file tomorrow.",
        "Let me know if you have any questions.", "I will remind her.", "Just so you know, I'm out on Friday.",
        "Looking forward to seeing you on Monday.", "Sounds good, let's do that.", "Here is the info you asked for.",
        "Hope you are well.", "We agreed on the offer yesterday.", "I told them what we need.",
        "I'll call you tomorrow.", "The estimate was accepted.", "No need to reply.",
    ),
    "ja": (
        "よろしくお願いします。", "ありがとうございます。", "添付いたします。", "承知しました。",
    ),
}  # fmt: skip
"""What people write last, in answer to an answer."""
ASKED = (
    "Anbei unser Angebot für die zweite Phase.", "Anbei finden Sie unser Angebot.",
    "Ich freue mich auf Ihre Rückmeldung.", "Bitte geben Sie mir bis Freitag Bescheid.",
    "Könnten Sie mir die Datei schicken?", "Ich bräuchte noch Ihre Rückmeldung bis Freitag.",
    "Sagen Sie mir einfach, welcher Termin passt.", "Meld dich, wenn du mehr weißt.",
    "Schick mir dann bitte die Rechnung.", "Über eine kurze Rückmeldung würde ich mich freuen.",
    "Ich warte auf Ihre Freigabe.", "Was meinst du?", "Dans l'attente de votre retour.",
    "Voici notre devis pour la phase 2.", "Vous trouverez ci-joint notre proposition.",
    "Merci de me dire si cela vous convient.", "Tiens-moi au courant.", "Peux-tu regarder le fichier ?",
    "J'attends votre accord pour lancer la production.", "Dites-moi ce que vous en pensez.",
    "Merci de confirmer la date.", "Quedo a la espera de sus noticias.", "Adjunto nuestra propuesta.",
    "¿Te parece bien el jueves?", "Dime qué opinas.", "Espero tu respuesta.", "Avísame cuando lo sepas.",
    "Necesito tu confirmación antes del viernes.", "¿Me puedes enviar el archivo?", "In attesa di un Suo riscontro.",
    "Allego la nostra offerta.", "Fammi sapere.", "Mi confermi la data per favore.", "Aspetto una tua risposta.",
    "Attendo conferma.", "Ik hoor graag wat je ervan vindt.", "Hierbij ons voorstel.", "Laat me weten of het past.",
    "Kun je me de cijfers sturen?", "Ik wacht op je akkoord.", "Aguardo o seu retorno.", "Segue nossa proposta.",
    "Me diga o que acha.", "Pode me enviar o arquivo?", "Fico no aguardo.", "Hör av dig när du vet mer.",
    "Kan du skicka filen?", "Återkom gärna.", "Bifogar vårt förslag.", "Jag väntar på ditt besked.",
    "Czekam na odpowiedź.", "Proszę o potwierdzenie.", "W załączeniu przesyłam naszą ofertę.", "Daj znać.",
    "Czy możesz to sprawdzić?", "ご確認ください。", "ご返信をお待ちしております。", "ご検討のほどよろしくお願いいたします。", "Жду вашего ответа.",
    "Сообщите, пожалуйста.", "Jeg ser frem til dit svar.", "I look forward to your reply.",
    "Attached is our proposal.", "Here is the quote you asked for.", "I'd love to hear what you think.",
    "Let me know what you think.", "Waiting for your go-ahead.", "I just need your signature on page 2.",
    "Tell me which one you prefer.", "Could you check and get back to me?", "I'd need an answer by Friday.",
    "Happy to jump on a call this week.", "Please find attached the offer; looking forward to your feedback.",
    "Would Tuesday work?", "We still need the logo from you.", "I can come by on Tuesday if that suits you.",
    "How does Thursday sound?",
)  # fmt: skip
"""What they write when they want something, with and without a question mark."""


@pytest.mark.parametrize("text", ALWAYS)
@pytest.mark.parametrize("answering", [False, True])
def test_a_question_or_a_request_expects_an_answer(text: str, answering: bool) -> None:
    assert expectation(text, answering=answering).asks


@pytest.mark.parametrize("text", WHEN_NOBODY_ASKED)
def test_advice_in_an_answer_expects_none(text: str) -> None:
    assert expectation(text).asks
    assert not expectation(text, answering=True).asks


@pytest.mark.parametrize("text", NEVER)
@pytest.mark.parametrize("answering", [False, True])
def test_commands_links_and_courtesy_expect_nothing(text: str, answering: bool) -> None:
    assert not expectation(text, answering=answering).asks


@pytest.mark.parametrize("language", NOTHING_MORE)
def test_nobody_is_chased_about_a_last_word(language: str) -> None:
    assert [text for text in NOTHING_MORE[language] if expectation(text, answering=True).asks] == []


def test_a_request_is_heard_in_an_answer_in_every_language() -> None:
    assert [text for text in ASKED if not expectation(text, answering=True).asks] == []


@pytest.mark.parametrize("text", ["¿Cuál prefiere?", "¿Qué dice?", "He puesto las dos en una tabla. ¿Cuál prefieres?"])
def test_a_question_of_two_words_is_one_where_its_mark_stands_in_front_too(text: str) -> None:
    assert expectation(f"Hola Ana:\n\n{text}\n\nUn saludo,\nNora").asks
