"""In six languages a draft keeps the form of address, the day words and the punctuation of the thread it continues."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.voice.someone import brief, profile
from voice.jobs import Job
from voice.languages.pack import pack
from voice.languages.register import address_of
from voice.languages.text import words
from voice.writing.asks import find, names
from voice.writing.phrasebook import Phrasebook

WRITER = Phrasebook()
THREADS = [
    ("fr", "Bonjour Bo,\n\nAs-tu pu regarder le devis ?\n\nBises,\nNoor", "As-tu pu regarder le devis ?"),
    ("fr", "Bonjour Madame Lund,\n\nPourriez-vous m'envoyer le contrat avant vendredi ?\n\nNoor", "Pourriez-vous m'envoyer le contrat ?"),
    ("fr", "Salut Bo,\n\nJ'ai fini la maquette. Tu préfères la version bleue ou la verte ?\n\nNoor", "J'ai fini la maquette. Tu préfères la version bleue ou la verte ?"),
    ("fr", "Bonjour,\n\nJe vous ai envoyé le dossier lundi. Manque-t-il une pièce ?\n\nNoor", "Manque-t-il une pièce ?"),
    ("fr", "Bonjour Bo,\n\nMerci de me confirmer la date de livraison.\n\nNoor", "Merci de me confirmer la date de livraison."),
    ("de", "Hallo Bo,\n\nhast du die Rechnung bekommen?\n\nNoor", "Hast du die Rechnung bekommen?"),
    ("de", "Sehr geehrte Frau Lund,\n\nkönnten Sie mir bis Freitag sagen, ob der Termin passt?\n\nNoor", "Könnten Sie mir sagen, ob der Termin passt?"),
    ("de", "Hallo Bo,\n\nich habe den Entwurf fertig. Welche Farbe gefällt dir?\n\nNoor", "Ich habe den Entwurf fertig. Welche Farbe gefällt dir?"),
    ("de", "Guten Tag Herr Lund,\n\nwir würden gern im April anfangen. Ist das für Sie machbar?\n\nNoor", "Wir würden gern im April anfangen. Ist das für Sie machbar?"),
    ("de", "Hallo Bo,\n\nbitte schick mir noch die Maße der Tür.\n\nNoor", "Bitte schick mir noch die Maße der Tür."),
    ("es", "Hola Bo:\n\n¿Has podido mirar el presupuesto?\n\nNoor", "¿Has podido mirar el presupuesto?"),
    ("es", "Estimada señora Lund:\n\n¿Podría enviarme el contrato antes del viernes?\n\nNoor", "¿Podría enviarme el contrato?"),
    ("es", "Hola Bo:\n\nHe terminado el boceto. ¿Qué color te gusta más?\n\nNoor", "He terminado el boceto. ¿Qué color te gusta más?"),
    ("es", "Buenos días:\n\nQuerríamos empezar en abril. ¿Le viene bien a usted?\n\nNoor", "Querríamos empezar en abril. ¿Le viene bien a usted?"),
    ("es", "Hola Bo:\n\nPor favor, mándame las medidas de la puerta.\n\nNoor", "Por favor, mándame las medidas de la puerta."),
    ("it", "Ciao Bo,\n\nhai potuto guardare il preventivo?\n\nNoor", "Hai potuto guardare il preventivo?"),
    ("it", "Gentile signora Lund,\n\npotrebbe inviarmi il contratto entro venerdì?\n\nNoor", "Potrebbe inviarmi il contratto?"),
    ("it", "Ciao Bo,\n\nho finito la bozza. Quale colore ti piace di più?\n\nNoor", "Ho finito la bozza. Quale colore ti piace di più?"),
    ("it", "Buongiorno,\n\nvorremmo iniziare ad aprile. Per Lei va bene?\n\nNoor", "Vorremmo iniziare ad aprile. Per Lei va bene?"),
    ("it", "Ciao Bo,\n\nper favore mandami le misure della porta.\n\nNoor", "Per favore mandami le misure della porta."),
    ("pt", "Olá Bo,\n\nConseguiste ver o orçamento?\n\nNoor", "Conseguiste ver o orçamento?"),
    ("pt", "Cara senhora Lund,\n\nPoderia enviar-me o contrato até sexta-feira?\n\nNoor", "Poderia enviar-me o contrato?"),
    ("pt", "Olá Bo,\n\nTerminei o esboço. De que cor gostas mais?\n\nNoor", "De que cor gostas mais?"),
    ("pt", "Bom dia,\n\nGostaríamos de começar em abril. É possível para o senhor?\n\nNoor", "É possível para o senhor?"),
    ("pt", "Olá Bo,\n\nPor favor, manda-me as medidas da porta.\n\nNoor", "Por favor, manda-me as medidas da porta."),
    ("nl", "Dag Bo,\n\nHeb je de offerte al bekeken?\n\nNoor", "Heb je de offerte al bekeken?"),
    ("nl", "Geachte mevrouw Lund,\n\nKunt u mij het contract voor vrijdag sturen?\n\nNoor", "Kunt u mij het contract sturen?"),
    ("nl", "Dag Bo,\n\nHet ontwerp is klaar. Welke kleur vind je mooier?\n\nNoor", "Het ontwerp is klaar. Welke kleur vind je mooier?"),
    ("nl", "Goedemorgen,\n\nWe willen graag in april beginnen. Komt dat u uit?\n\nNoor", "We willen graag in april beginnen. Komt dat u uit?"),
    ("nl", "Dag Bo,\n\nStuur me alsjeblieft de maten van de deur.\n\nNoor", "Stuur me alsjeblieft de maten van de deur."),
]  # fmt: skip
DAYS = {"vendredi", "lundi", "freitag", "viernes", "venerdì", "sexta-feira", "vrijdag"}


@pytest.mark.parametrize("job", [Job.ASK_AGAIN, Job.WAY_OUT])
@pytest.mark.parametrize(("language", "text", "asked"), THREADS)
def test_the_question_comes_back_in_the_form_of_address_it_was_asked_in(
    language: str, text: str, asked: str, job: Job
) -> None:
    body = " ".join(WRITER.write(brief(language, text=text, job=job), profile(language)).body.split())
    assert asked in body
    form, rest = address_of(text, language), body.replace(asked, "").removeprefix(text.split("\n")[0])
    assert address_of(rest, language) in (form, "neutral")
    assert not DAYS & {word.lower() for word in words(body)}


@pytest.mark.parametrize(
    ("language", "text", "form"),
    [
        ("it", "Gentile signora Lund,\n\nPotrebbe inviarmi il contratto?", "formal"),
        ("it", "Può mandarmi il contratto?", "formal"),
        ("it", "Puoi mandarmi il contratto?", "informal"),
        ("es", "¿Podría enviarme el contrato?", "formal"),
        ("es", "¿Puedes enviarme el contrato?", "informal"),
        ("pt", "Podes enviar-me o contrato?", "informal"),
        ("fr", "Bonjour Madame,\n\nLe contrat est prêt.", "formal"),
        ("de", "Sehr geehrte Frau Lund,\n\nder Vertrag ist fertig.", "formal"),
        ("nl", "Geachte mevrouw Lund,\n\nHet contract is klaar.", "formal"),
        ("it", "Il contratto può aspettare.", "neutral"),
    ],
)
def test_the_form_of_address_is_read_where_pronouns_are_left_out(language: str, text: str, form: str) -> None:
    assert address_of(text, language) == form


def test_a_subject_the_question_already_names_is_not_said_twice() -> None:
    asked = brief(text="Hiya Bo,\n\nWhich offer for the terrace should we take?\n\nTa,\nNoor")
    body = WRITER.write(asked, profile()).body
    assert '"Terrace"' not in body
    assert '"Garden plan"' in WRITER.write(replace(asked, subject="Garden plan"), profile()).body
    assert names("Which terrace plan?", '"Terrace plan"')
    assert not names("Which plan?", '"Terrace plan"')


@pytest.mark.parametrize("language", ["en", "fr", "de", "es", "it", "pt", "nl"])
def test_a_request_is_not_called_a_question(language: str) -> None:
    requests = {
        "en": "Please send me the measures of the door.", "fr": "Merci de m'envoyer les mesures de la porte.",
        "de": "Bitte schicken Sie mir die Maße der Tür.", "es": "Por favor, mándame las medidas de la puerta.",
        "it": "Per favore mandami le misure della porta.", "pt": "Por favor, manda-me as medidas da porta.",
        "nl": "Stuur me alsjeblieft de maten van de deur.",
    }  # fmt: skip
    asked = {"question", "asked", "frage", "gefragt", "pregunta", "pregunté", "domanda", "chiesto", "pergunta", "perguntei", "vraag", "vroeg", "demandais"}  # fmt: skip
    found = find(requests[language], pack(language))
    assert found
    assert not found[0].question
    body = WRITER.write(brief(language, text=requests[language]), profile(language)).body
    assert requests[language] in " ".join(body.split())
    assert not asked & {word.lower() for word in words(body)}
