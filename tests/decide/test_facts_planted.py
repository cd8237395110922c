"""Facts that were planted in a draft: each kind, in each language drafts are written in, in many wordings."""

from __future__ import annotations

import pytest

from agent.decide.facts.check import FactReport, check

OWN = {
    "en": "Hi Martha,\nI sent you the offer for the garden last week. Could you tell me what you decided?\nSam",
    "fr": "Bonjour Martha,\nJe vous ai envoyé le devis du jardin. Pouvez-vous me dire ce que vous avez décidé ?\nSam",
    "de": "Hallo Martha,\nich habe Ihnen das Angebot für den Garten geschickt. Können Sie mir sagen, was gilt?\nSam",
    "es": "Hola Martha,\nle envié el presupuesto del jardín. ¿Puede decirme qué ha decidido?\nSam",
    "it": "Ciao Martha,\nle ho inviato il preventivo del giardino. Può dirmi che cosa ha deciso?\nSam",
    "pt": "Olá Martha,\nenviei-lhe o orçamento do jardim. Pode dizer-me o que decidiu?\nSam",
    "nl": "Hallo Martha,\nik heb u de offerte voor de tuin gestuurd. Kunt u me zeggen wat u besloten hebt?\nSam",
}
CARRIER = {
    "en": "Please see {} for it.", "fr": "Merci de voir {} pour cela.", "de": "Bitte sehen Sie {} dazu an.",
    "es": "Por favor vea {} para eso.", "it": "Per favore veda {} per questo.", "pt": "Por favor veja {} para isso.",
    "nl": "Kijk alstublieft op {} daarvoor.",
}  # fmt: skip
LINKS = (
    "acme-pay.top/sam", "acme-pay.top", "acme.ru", "acme.shop", "pay.acme.zip", "acme.クリック", "аcme.com",
    "acme.xn--p1ai", "xn--cme-8cd.com", "acme-pay。top", "acme-pay．top", "acme-pay｡top/x", "hxxps://acme-pay[.]top",
    "acme-pay dot top", "acme-pay [dot] top", "acme-pay(.)top", "acme-pay .top", "acme-pay. top", "ACME-PAY.TOP",
    "http:\\\\acme.top", "ftp://acme", "tel:+4930123", "185.12.33.7", "185.12.33.7:8080/pay", "[2001:db8::17]",
    "acme.top?x=1", "acme.top:8080", "wait..acme.top", "bücher.example", "bit.ly/3x", "💩.la", "a\u200bcme.t\u200dop",
    "acme\u00ad.top", "user@acme.top/x", "acme․top", "mailto:x@acme.top",
)  # fmt: skip
ADDRESSES = (
    "pay@acme.top", "pay@acme", "pay [at] acme.top", "pay(at)acme(dot)top", "pay＠acme.top", "@acmepay", "pay @ acme.top",
)  # fmt: skip
ACCOUNTS = (
    "DE89 3704 0044 0532 0130 00", "de89 3704 0044 0532 0130 00", "DE89.3704.0044.0532.0130.00", "GB29NWBK60161331926819",
    "+33 1 23 45 67 89", "01.23.45.67.89", "(030) 1234-5678", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "five five five one two three four",
)  # fmt: skip
SCRIPTS = ("Реter", "раураl", "αcme", "Аcme")
AMOUNTS = {
    "en": ("four thousand five hundred euros", "forty-five hundred dollars", "4.5 thousand euros", "EUR 4k", "ten percent", "half a million pounds", "two grand in euros", "twenty quid", "a hundred bucks", "€ four thousand", "5 million dollars", "one euro", "twenty-five per cent"),
    "fr": ("quatre mille cinq cents euros", "quatre-vingt-dix euros", "deux millions d'euros", "dix pour cent", "mille dollars", "vingt et un euros"),
    "de": ("viertausendfünfhundert Euro", "vier Tausend Euro", "fünfundzwanzig Prozent", "zwei Millionen Euro", "einen Euro", "4,5 Mio. Euro", "dreißig Franken"),
    "es": ("cuatro mil quinientos euros", "veinticinco por ciento", "dos millones de euros", "mil dólares", "treinta y cinco euros"),
    "it": ("quattromilacinquecento euro", "quattromila euro", "venticinque per cento", "due milioni di euro", "cento dollari", "ventotto euro"),
    "pt": ("quatro mil e quinhentos euros", "vinte e cinco por cento", "dois milhões de euros", "mil dólares", "trinta reais"),
    "nl": ("vierduizendvijfhonderd euro", "vijfentwintig procent", "twee miljoen euro", "duizend dollar", "tweeëntwintig euro"),
}  # fmt: skip
PROMISES = {
    "en": ("We'll cover it.", "You have my word.", "I surely will do it.", "Count on me.", "Consider it done.", "Rest assured.", "It will be refunded.", "We shall do it.", "I guarantee it.", "Leave it with me.", "We have a deal.", "You may proceed.", "I am willing to do that.", "**We'll** cover it.", "I’ll—gladly—cover it.", "We approve."),
    "fr": ("Je vous rembourserai.", "Nous paierons le reste.", "Vous avez ma parole.", "Comptez sur moi.", "C'est promis.", "Je m'en occupe.", "Marché conclu.", "Nous prenons en charge le reste.", "Allez-y."),
    "de": ("Sie haben mein Wort.", "Verlassen Sie sich darauf.", "Ich übernehme das.", "Wir kümmern uns darum.", "Versprochen.", "Abgemacht.", "Das wird von uns bezahlt.", "Morgen werde ich das tun.", "Genehmigt."),
    "es": ("Tiene mi palabra.", "Cuente conmigo.", "Lo devolveremos todo.", "Dalo por hecho.", "Me encargo de eso.", "Trato hecho.", "Lo mandaré.", "Corre por mi cuenta."),
    "it": ("Ha la mia parola.", "Conti su di me.", "Lo restituiremo.", "Ci penso io.", "Me ne occupo.", "Affare fatto.", "Lo manderò.", "Può procedere."),
    "pt": ("Tem a minha palavra.", "Conte comigo.", "Devolveremos tudo.", "Deixe comigo.", "Negócio fechado.", "Eu trato disso.", "Mandarei isso.", "Pode avançar."),
    "nl": ("U heeft mijn woord.", "Reken op mij.", "Wij vergoeden dat.", "Komt in orde.", "Ik zorg daarvoor.", "Afgesproken.", "Dat wordt door ons betaald.", "Morgen zal ik dat doen."),
}  # fmt: skip
OFFERS = {
    "en": ("It is free of charge.", "I am happy to give you more.", "It is on the house.", "At half price.", "We can lower it.", "No strings attached.", "You get your money back.", "At our expense."),
    "fr": ("C'est offert.", "À moitié prix.", "C'est à nos frais.", "Sans frais.", "Un geste commercial est possible.", "C'est gratuit."),
    "de": ("Das ist kostenlos.", "Zum halben Preis.", "Das geht aufs Haus.", "Auf unsere Kosten.", "Es gibt Geld zurück.", "Wir kommen Ihnen entgegen."),
    "es": ("Es gratis.", "A mitad de precio.", "Invita la casa.", "Sin coste alguno.", "Podemos bajar el precio.", "Es un regalo."),
    "it": ("È gratis.", "A metà prezzo.", "Offre la casa.", "Senza spese.", "Possiamo abbassare il prezzo.", "È un regalo."),
    "pt": ("É de graça.", "Por metade do preço.", "Sem qualquer custo.", "Podemos baixar o preço.", "Devolvemos o dinheiro.", "É grátis."),
    "nl": ("Het is gratis.", "Voor de halve prijs.", "Het is van het huis.", "U krijgt uw geld terug.", "Het is kosteloos.", "We kunnen u uitstel geven."),
}  # fmt: skip
TIMES = {
    "en": ("I can do Tuesday.", "I can make it.", "Works for us.", "Give me a call.", "I am flexible.", "Let's chat."),
    "fr": ("Je suis dispo.", "Je peux mardi.", "J'ai un créneau.", "Rappelez-moi.", "Parlons-en."),
    "de": ("Ich kann am Dienstag.", "Passt uns.", "Rufen Sie an.", "Ich bin flexibel.", "Treffen wir uns."),
    "es": ("Puedo el martes.", "Tengo hueco.", "Me va bien.", "Hablemos.", "Estoy libre."),
    "it": ("Posso martedì.", "Ho un buco.", "Sentiamoci.", "Ci vediamo.", "Sono reperibile."),
    "pt": ("Posso na terça.", "Tenho vaga.", "Vamos falar.", "Ligue para mim.", "Dá-me jeito."),
    "nl": ("Ik kan dinsdag.", "Past mij.", "Bel ons.", "Laten we bellen.", "Ik heb een gaatje."),
}  # fmt: skip
STATED = {"promise": PROMISES, "offer": OFFERS, "availability": TIMES}
SHAPED = {"link": LINKS, "address": ADDRESSES, "account": ACCOUNTS, "script": SCRIPTS}


def planted() -> list[tuple[str, str, str]]:
    """Kind, language, a draft that holds it."""
    shaped = [
        (kind, language, CARRIER[language].format(word))
        for kind, made in SHAPED.items() for language in OWN for word in made
    ]  # fmt: skip
    money = [("amount", language, CARRIER[language].format(word)) for language in OWN for word in AMOUNTS[language]]
    said = [(kind, language, text) for kind, table in STATED.items() for language in OWN for text in table[language]]
    return [*shaped, *money, *said]


def judged(language: str, draft: str, other: str = "") -> FactReport:
    return check(f"{OWN[language]}\n{draft}", [OWN[language]], [other], language=language)


GROUPS = sorted({(kind, language) for kind, language, _ in planted()})


def of_group(group: tuple[str, str]) -> list[str]:
    return [draft for kind, language, draft in planted() if (kind, language) == group]


@pytest.mark.parametrize("group", GROUPS, ids="-".join)
def test_a_planted_fact_bars_the_draft_even_where_the_other_side_said_it(group: tuple[str, str]) -> None:
    kind, language = group
    wanted = set(SHAPED) if kind in SHAPED else {kind}
    reports = {draft: judged(language, draft, draft) for draft in of_group(group)}
    assert [
        draft
        for draft, report in reports.items()
        if report.ok or not {finding.kind for finding in report.unsupported} & wanted
    ] == []


@pytest.mark.parametrize("group", GROUPS, ids="-".join)
def test_what_the_user_wrote_that_way_is_theirs(group: tuple[str, str]) -> None:
    language = group[1]
    drafts = of_group(group)
    assert [draft for draft in drafts if not check(draft, [OWN[language], draft], language=language).ok] == []


def test_there_are_many_of_them() -> None:
    found = planted()
    assert len(found) >= 580
    assert {kind for kind, *_ in found} == {*SHAPED, *STATED, "amount"}


@pytest.mark.parametrize(
    "text",
    ["Is it fine, e.g. or i.e. for you?", "Das gilt z.B. auch hier, u.a. heute?", "At 5 p.m. or a.m.?", "Is v1.2 fine?",
     "Was it well... or not?", "Is 2.5kg fine?", "Am 12.Mai oder so?", "And/or that?", "It's \"done\".Thanks"],
)  # fmt: skip
def test_dots_that_make_no_link(text: str) -> None:
    kinds = {finding.kind for finding in check(text, [""], language="de" if "z.B" in text else "en").unsupported}
    assert "link" not in kinds


EVERYDAY = [
    ("fr", "Un grand merci."), ("fr", "Un point info ?"), ("it", "Ha visto il mio messaggio?"),
    ("it", "A questo punto io aspetto?"), ("nl", "Is op dit punt de klant aan zet?"), ("en", "Is it there. Link it?"),
    ("en", "Is that the point at all?"), ("en", "Is it, at this point, info or not?"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), EVERYDAY)
def test_everyday_words_are_no_link_and_no_number(language: str, text: str) -> None:
    kinds = {finding.kind for finding in check(text, [""], language=language).unsupported}
    assert not kinds & {"link", "number", "amount"}


@pytest.mark.parametrize("text", ["Is it ten grand?", "Are it 5 mio EUR?", "Is it acme punkt de?", "Is it acme. top?"])
def test_the_same_words_count_where_they_mean_money_or_a_place(text: str) -> None:
    assert {finding.kind for finding in check(text, [""]).unsupported} & {"link", "amount"}


def test_a_sentence_without_a_space_is_judged_by_what_the_user_wrote() -> None:
    assert check("It is done.Thanks for that?", ["It is done.Thanks for that"]).ok
    assert not check("It is done.Thanks for that?", ["It is done. Thanks for that"]).ok


@pytest.mark.parametrize(
    ("draft", "own"),
    [
        ("аcme.com", "acme.com"), ("acme.com", "аcme.com"), ("acme.co", "acme.com"), ("acme.com.top", "acme.com"),
        ("acme.com/b", "acme.com/a"), ("acme.com@evil.top", "acme.com"), ("аcme", "acme"),
    ],
)  # fmt: skip
def test_a_look_alike_is_never_the_real_one(draft: str, own: str) -> None:
    assert not check(f"Is {draft} right?", [f"Is {own} right?"]).ok


@pytest.mark.parametrize(
    ("language", "draft", "own"),
    [
        ("en", "Is it four thousand five hundred euros?", "Is it 4,500 EUR?"),
        ("en", "Is it 4.5k EUR?", "Is it four thousand five hundred euros?"),
        ("de", "Sind es viertausendfünfhundert Euro?", "Sind es 4.500 €?"),
        ("fr", "Est-ce quatre-vingt-dix euros ?", "Est-ce 90 euros ?"),
        ("es", "¿Son treinta y cinco euros?", "¿Son 35 euros?"),
        ("it", "Sono quattromilacinquecento euro?", "Sono 4500 euro?"),
        ("pt", "São quatro mil e quinhentos euros?", "São 4.500 euros?"),
        ("nl", "Is het vijfentwintig procent?", "Is het 25%?"),
        ("en", "Is it acme-pay dot top?", "Is it https://www.acme-pay.top/?"),
    ],
)
def test_the_same_value_in_words_and_digits_is_the_same(language: str, draft: str, own: str) -> None:
    assert check(draft, [own], language=language).ok


def test_a_name_or_subject_of_the_other_side_bears_a_name_but_no_link_or_promise() -> None:
    carried = ["Martha acme-pay.top/sam", "I will pay it myself", "Re: Lisbon for 500 EUR"]
    assert check("Is Lisbon fine for Martha?", ["Is it fine?"], taken=carried).ok
    for draft in ("See acme-pay.top/sam please.", "I will pay it myself.", "Is 500 EUR fine?"):
        assert not check(draft, ["Is it fine?"], taken=carried).ok
