"""A draft is in the language of its thread, or there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.drafting.draft import learn_voice, profile_of
from tests.agent.small import BO, small_home, the_draft
from tests.conftest import Ticking
from voice.languages.detect import language_of, named, spoken
from voice.languages.pack import LANGUAGES

AUTOPILOT = '\n[gate]\nlevel = "autopilot"\n'
UNWRITTEN = {
    "pl": (
        ("Cześć Ado,\n\nplan jest dobry, zacząłbym od dachu.\n\nPozdrawiam\nNoor",
         "Dzień dobry,\n\nw zeszłym tygodniu wysłałem liczby do banku.\n\nPozdrawiam\nNoor"),
        "Cześć Bo,\n\nzebrałem obie oferty na taras w jednej tabeli. Którą z nich mamy wybrać?\n\nPozdrawiam\nNoor",
        "Którą z nich mamy wybrać?",
    ),
    "cs": (
        ("Ahoj Ado,\n\nplán je v pořádku, začal bych střechou.\n\nS pozdravem\nNoor",
         "Dobrý den,\n\nminulý týden jsem poslal čísla do banky.\n\nS pozdravem\nNoor"),
        "Ahoj Bo,\n\ndal jsem obě nabídky na terasu do jedné tabulky. Kterou z nich máme vzít?\n\nS pozdravem\nNoor",
        "Kterou z nich máme vzít?",
    ),
    "ru": (
        ("Привет, Ада,\n\nплан хороший, я бы начал с крыши.\n\nС уважением\nНоор",),
        "Здравствуйте, Бо,\n\nя свёл оба предложения по террасе в одну таблицу. Какое из них нам выбрать?\n\nНоор",
        "Какое из них нам выбрать?",
    ),
    "sv": (
        ("Hej Ada,\n\nplanen är bra, jag skulle börja med taket.\n\nHälsningar\nNoor",
         "Hej,\n\njag skickade siffrorna till banken förra veckan.\n\nHälsningar\nNoor"),
        "Hej Bo,\n\njag har lagt båda offerterna för terrassen i en tabell. Vilken av dem ska vi ta?\n\nHälsningar\nNoor",
        "Vilken av dem ska vi ta?",
    ),
    "da": (
        ("Hej Ada,\n\nplanen er god, jeg ville begynde med taget.\n\nMed venlig hilsen\nNoor",),
        "Hej Bo,\n\njeg har samlet begge tilbud på terrassen i en tabel. Hvilket af dem skal vi tage?\n\nHilsen\nNoor",
        "Hvilket af dem skal vi tage?",
    ),
    "fi": (
        ("Hei Ada,\n\nsuunnitelma on hyvä, aloittaisin katosta.\n\nTerveisin\nNoor",),
        "Hei Bo,\n\nkokosin molemmat terassitarjoukset yhteen taulukkoon. Kumman niistä valitsemme?\n\nTerveisin\nNoor",
        "Kumman niistä valitsemme?",
    ),
    "ja": (
        ("山田様\n\nお世話になっております。計画に問題ありません。屋根から始めたいと思います。\n\nよろしくお願いいたします。\nノール",),
        "ボー様\n\nお世話になっております。テラスの見積もりを二つ表にまとめました。どちらにしましょうか？\n\nノール",
        "どちらにしましょうか？",
    ),
    "zh": (
        ("艾达你好,\n\n计划没有问题,我会先从屋顶开始。\n\n祝好\n诺尔",),
        "博你好,\n\n我把露台的两份报价放在一张表里了。我们选哪一份？\n\n祝好\n诺尔",
        "我们选哪一份？",
    ),
    "hu": (
        ("Szia Ada,\n\na terv jó, a tetővel kezdeném.\n\nÜdvözlettel\nNoor",),
        "Szia Bo,\n\negy táblázatba tettem a két ajánlatot a teraszra. Melyiket válasszuk?\n\nÜdvözlettel\nNoor", "",
    ),
    "ko": (
        ("아다님 안녕하세요,\n\n계획은 좋습니다. 지붕부터 시작하겠습니다.\n\n감사합니다\n누르",),
        "보님 안녕하세요,\n\n테라스 견적 두 개를 표로 정리했습니다. 어느 것으로 할까요?\n\n감사합니다\n누르", "",
    ),
    "el": (
        ("Γεια σου Άντα,\n\nτο σχέδιο είναι καλό, θα ξεκινούσα από τη στέγη.\n\nΧαιρετισμούς\nΝουρ",),
        "Γεια σου Μπο,\n\nέβαλα τις δύο προσφορές σε έναν πίνακα. Ποια από τις δύο να πάρουμε;\n\nΧαιρετισμούς\nΝουρ", "",
    ),
}  # fmt: skip
WRITTEN = {
    "en": "Hi Bo,\n\nI have put the two offers for the terrace in one table. Which of the two should we take?\n\nBest\nNoor",
    "de": "Hallo Bo,\n\nich habe beide Angebote für die Terrasse in eine Tabelle gesetzt. Welches sollen wir nehmen?\n\nGruß\nNoor",
    "fr": "Bonjour Bo,\n\nj'ai mis les deux offres pour la terrasse dans un tableau. Laquelle devons-nous prendre ?\n\nNoor",
    "es": "Hola Bo:\n\nhe puesto las dos ofertas de la terraza en una tabla. ¿Cuál de las dos cogemos?\n\nUn saludo\nNoor",
    "it": "Ciao Bo,\n\nho messo le due offerte per la terrazza in una tabella. Quale delle due prendiamo?\n\nA presto\nNoor",
    "pt": "Olá Bo,\n\npus as duas propostas para o terraço numa tabela. Qual das duas devemos escolher?\n\nCumprimentos\nNoor",
    "nl": "Hoi Bo,\n\nik heb beide offertes voor het terras in één tabel gezet. Welke van de twee nemen we?\n\nGroet\nNoor",
}


@pytest.mark.parametrize("language", [code for code in UNWRITTEN if code not in LANGUAGES])
def test_in_a_language_nobody_here_writes_there_is_no_draft_and_the_question_is_shown(
    private_home: Path, clock: Ticking, language: str
) -> None:
    own, quiet, question = UNWRITTEN[language]
    home = small_home(private_home, clock, AUTOPILOT, quiet=quiet, own=own)
    assert the_draft(home).id == 0
    learn_voice(home)
    assert not profile_of(home).tongues, "none of it was taken for another language"
    if question:
        with home.store.read() as connection:
            state, hold = connection.exec_driver_sql("SELECT state, hold FROM followup WHERE person = ?", (BO,)).one()
        assert (state, hold) == ("asked", f"I cannot write {named(language)} yet. Your question was: {question}")
    home.close()


@pytest.mark.parametrize("language", WRITTEN)
def test_in_each_language_that_is_written_the_draft_is_in_it(private_home: Path, clock: Ticking, language: str) -> None:
    own = [text.replace("Bo", "Ada") for tongue, text in WRITTEN.items() if tongue != language]
    home = small_home(private_home, clock, AUTOPILOT, quiet=WRITTEN[language], own=own)
    body = the_draft(home).body
    assert language_of(body, fallback="") in {language, ""}
    home.close()


@pytest.mark.parametrize("language", UNWRITTEN)
def test_few_words_are_in_the_language_of_the_words_around_them(language: str) -> None:
    _, quiet, _ = UNWRITTEN[language]
    assert spoken([quiet, "OK?"]) == spoken(["OK?"], [quiet]) == language
    assert spoken(["OK?"], usual="de") == "de"


def test_a_name_or_a_word_of_another_script_makes_no_other_language() -> None:
    assert language_of("The letter to 山田太郎 about the offer has come back, can you look?") == "en"
    assert language_of("Please use the word Здравствуйте at the beginning of the letter to them.") == "en"
