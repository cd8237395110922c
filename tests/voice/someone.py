"""Mail of people who do not exist, for tests of the voice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from voice.brief import Brief, Message
from voice.jobs import Job
from voice.learning.corpus import Corpus, SentMail
from voice.learning.profile import Profile, build

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
BODIES = {
    "en": ["The plan is fine.  I'd start with the roof.", "I sent the numbers to the bank.  Have you had time to look?", "No rain here, so we painted the gate.", "That's a good price.  Let's take it.", "I don't mind either way."],
    "fr": ["Le plan me va bien. Je commencerais par le toit.", "J'ai appelé la banque ce matin. Vous aviez raison.", "Pas de pluie ici, nous avons peint le portail.", "C'est un bon prix, je pense que nous devrions accepter.", "Je préfère votre première idée."],
    "de": ["Der Plan passt. Ich würde mit dem Dach anfangen.", "Ich habe heute mit der Bank gesprochen. Sie hatten recht.", "Hier kein Regen, wir haben das Tor gestrichen.", "Das ist ein guter Preis, wir sollten zusagen.", "Ihre erste Idee gefällt mir besser."],
    "es": ["El plan me parece bien. Yo empezaría por el tejado.", "He hablado con el banco esta mañana. Usted tenía razón.", "Aquí no llueve, hemos pintado la puerta.", "Es un buen precio, creo que debemos aceptarlo.", "Prefiero su primera idea."],
    "it": ["Il piano va bene. Io comincerei dal tetto.", "Ho parlato con la banca questa mattina.", "Qui non piove, abbiamo dipinto il cancello.", "È un buon prezzo, penso che dovremmo accettare.", "Preferisco la tua prima idea."],
    "pt": ["O plano está bem. Eu começaria pelo telhado.", "Falei com o banco esta manhã e está tudo certo.", "Aqui não chove, pintámos o portão.", "É um bom preço, acho que devemos aceitar.", "Prefiro a sua primeira ideia."],
    "nl": ["Het plan is goed. Ik zou met het dak beginnen.", "Ik heb vanochtend met de bank gesproken.", "Hier geen regen, we hebben het hek geverfd.", "Dat is een goede prijs, we moeten het doen.", "Ik vind je eerste idee beter."],
}  # fmt: skip
GREETING = {
    "en": "Hiya {name},",
    "fr": "Bonjour {name},",
    "de": "Hallo {name},",
    "es": "Hola {name}:",
    "it": "Ciao {name},",
    "pt": "Olá {name},",
    "nl": "Dag {name},",
}
SIGNOFF = {
    "en": "Ta,\nNoor",
    "fr": "Bien à vous,\nNoor",
    "de": "Viele Grüße\nNoor",
    "es": "Un saludo,\nNoor",
    "it": "Un saluto,\nNoor",
    "pt": "Um abraço,\nNoor",
    "nl": "Groetjes,\nNoor",
}
QUIET = {
    "en": (
        "Hiya Bo,\n\nI've put the two offers for the terrace in one table.  "
        "Which of the two should we take?\n\nTa,\nNoor"),
    "fr": (
        "Bonjour Bo,\n\nJ'ai mis les deux offres pour la terrasse dans un "
        "tableau. Pouvez-vous me dire laquelle vous préférez ?\n\nBien à "
        "vous,\nNoor"),
    "de": (
        "Hallo Bo,\n\nich habe die beiden Angebote für die Terrasse verglichen. "
        "Können Sie mir sagen, welches Sie nehmen möchten?\n\nViele Grüße\nNoor"),
    "es": "Hola Bo:\n\nHe comparado las dos ofertas para la terraza. ¿Puede decirme cuál prefiere?\n\nUn saludo,\nNoor",
    "it": (
        "Ciao Bo,\n\nho messo a confronto le due offerte per la terrazza. Puoi "
        "dirmi quale preferisci?\n\nUn saluto,\nNoor"),
    "pt": "Olá Bo,\n\nComparei as duas propostas para o terraço. Pode dizer-me qual delas prefere?\n\nUm abraço,\nNoor",
    "nl": (
        "Dag Bo,\n\nik heb de twee offertes voor het terras vergeleken. Kun je "
        "me zeggen welke je wilt?\n\nGroetjes,\nNoor"),
}  # fmt: skip


def sent(language: str = "en", many: int = 30) -> list[SentMail]:
    """Mails one person sent."""
    made = []
    for number in range(many):
        body = BODIES[language][number % 5]
        text = f"{GREETING[language].format(name='Ada')}\n\n{body} ({number})\n\n{SIGNOFF[language]}"
        made.append(
            SentMail(
                f"<{language}{number}@x>",
                START + timedelta(days=number),
                text,
                "Garden",
                ("ada@example.org",),
                "Ada Ek",
            )
        )
    return made


def corpus(language: str = "en", many: int = 30) -> Corpus:
    made = Corpus()
    made.add(sent(language, many))
    return made


def profile(language: str = "en", many: int = 30) -> Profile:
    return build(corpus(language, many))


def brief(language: str = "en", *, days: int = 7, job: Job = Job.ASK_AGAIN, text: str = "", **more: object) -> Brief:
    """A thread that went quiet on a Thursday."""
    at = datetime(2026, 3, 5, 10, 0, tzinfo=UTC)
    own = (Message(at, text or QUIET[language], "Terrace"),)
    return Brief(
        now=at + timedelta(days=days),
        own=own,
        subject="Terrace",
        recipient_name="Bo Lund",
        recipient_address="bo@example.org",
        job=job,
        fence="f3a9c1",
        **more,
    )  # type: ignore[arg-type]
