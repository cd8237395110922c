"""Words that make a sentence a claim, in seven languages; data only, folded, matched as whole words."""

from __future__ import annotations

MONTHS = {
    1: "january jan janvier januar jänner enero gennaio janeiro januari",
    2: "february feb février fevrier februar febrero febbraio fevereiro februari",
    3: "march mar mars märz marzo março maart",
    4: "april apr avril abril aprile",
    5: "may mai mayo maggio maio mei",
    6: "june jun juin juni junio giugno junho",
    7: "july jul juillet juli julio luglio julho",
    8: "august aug août aout agosto augustus",
    9: "september sep sept septembre septiembre settembre setembro",
    10: "october oct octobre oktober octubre ottobre outubro okt",
    11: "november nov novembre noviembre novembro",
    12: "december dec décembre dezember dez diciembre dicembre dezembro",
}
WEEKDAYS = {
    1: "monday lundi montag lunes lunedì lunedi segunda-feira segunda maandag mon",
    2: "tuesday mardi dienstag martes martedì martedi terça-feira terça dinsdag tue",
    3: "wednesday mercredi mittwoch miércoles miercoles mercoledì mercoledi quarta-feira quarta woensdag wed",
    4: "thursday jeudi donnerstag jueves giovedì giovedi quinta-feira quinta donderdag thu",
    5: "friday vendredi freitag viernes venerdì venerdi sexta-feira sexta vrijdag fri",
    6: "saturday samedi samstag sonnabend sábado sabado sabato zaterdag sat",
    7: "sunday dimanche sonntag domingo domenica zondag sun",
}
NUMBERS = {
    2: "two deux zwei dos due dois duas twee",
    3: "three trois drei tres tre três drie",
    4: "four quatre vier cuatro quattro quatro",
    5: "five cinq fünf cinco cinque vijf",
    6: "six sechs seis sei zes",
    7: "seven sept sieben siete sette sete zeven",
    8: "eight huit acht ocho otto oito",
    9: "nine neuf neun nueve nove negen",
    10: "ten dix zehn diez dieci dez tien",
    11: "eleven onze elf once undici",
    12: "twelve douze zwölf doce dodici doze twaalf",
    15: "fifteen quinze fünfzehn quince quindici vijftien",
    20: "twenty vingt zwanzig veinte venti vinte twintig",
    30: "thirty trente dreißig treinta trenta trinta dertig",
    50: "fifty cinquante fünfzig cincuenta cinquanta cinquenta vijftig",
    100: "hundred cent hundert cien ciento cento cem honderd",
    1000: "thousand mille tausend mil duizend",
}
CURRENCIES = {
    "EUR": "€ eur euro euros",
    "USD": "$ usd dollar dollars dólares dolares dólar dollari us$",
    "GBP": "£ gbp pound pounds livres libras sterline pfund sterling ponden quid",
    "CHF": "chf franken francs franchi sfr",
    "JPY": "¥ jpy yen",
    "BRL": "r$ brl reais real",
    "MXN": "mxn pesos",
    "SEK": "sek kronor", "NOK": "nok kroner", "DKK": "dkk",
    "PLN": "pln zł", "INR": "₹ inr rupees", "CAD": "cad", "AUD": "aud", "CNY": "cny rmb yuan", "BTC": "btc bitcoin ₿",
}  # fmt: skip
RELATIVE = {
    "en": (
        "yesterday", "today", "tonight", "tomorrow", "last week", "last month", "last year", "next week",
        "next month", "this week", "this month", "this afternoon", "this morning", "earlier this week",
        "a few days ago", "a few weeks ago", "days ago", "weeks ago", "a week ago", "a month ago", "months ago",
        "end of the week", "end of the month", "by the end of", "weekend", "next year",
    ),
    "fr": (
        "hier", "aujourd'hui", "ce soir", "demain", "après-demain", "avant-hier", "la semaine dernière",
        "le mois dernier", "la semaine prochaine", "le mois prochain", "cette semaine", "ce mois-ci",
        "cet après-midi", "ce matin", "il y a quelques jours", "il y a quelques semaines", "fin de semaine",
        "fin du mois", "week-end", "début de semaine", "l'année dernière", "l'année prochaine",
    ),
    "de": (
        "gestern", "heute", "heute abend", "morgen früh", "übermorgen", "vorgestern", "morgen", "letzte woche",
        "letzten monat", "letztes jahr", "nächste woche", "nächsten monat", "nächstes jahr", "diese woche",
        "diesen monat", "vor ein paar tagen", "vor einigen wochen", "anfang der woche", "ende der woche",
        "ende des monats", "wochenende", "kommende woche",
    ),
    "es": (
        "ayer", "hoy", "esta noche", "mañana", "pasado mañana", "anteayer", "la semana pasada", "el mes pasado",
        "el año pasado", "la semana que viene", "la próxima semana", "el próximo mes", "el mes que viene",
        "esta semana", "este mes", "esta tarde", "hace unos días", "hace unas semanas", "fin de semana",
        "fin de mes", "principios de semana",
    ),
    "it": (
        "ieri", "oggi", "stasera", "domani", "dopodomani", "l'altro ieri", "la settimana scorsa",
        "la scorsa settimana", "il mese scorso", "la settimana prossima", "la prossima settimana",
        "il mese prossimo", "questa settimana", "questo mese", "oggi pomeriggio", "stamattina",
        "qualche giorno fa", "qualche settimana fa", "fine settimana", "fine mese", "inizio settimana",
    ),
    "pt": (
        "ontem", "hoje", "esta noite", "amanhã", "depois de amanhã", "anteontem", "na semana passada",
        "no mês passado", "na próxima semana", "na semana que vem", "no próximo mês", "esta semana", "este mês",
        "esta tarde", "esta manhã", "há alguns dias", "há algumas semanas", "fim de semana", "fim do mês",
        "início da semana",
    ),
    "nl": (
        "gisteren", "vandaag", "vanavond", "morgen", "overmorgen", "eergisteren", "vorige week", "vorige maand",
        "vorig jaar", "volgende week", "volgende maand", "deze week", "deze maand", "vanmiddag", "vanochtend",
        "een paar dagen geleden", "een paar weken geleden", "eind van de week", "einde van de maand", "weekend",
        "begin deze week",
    ),
}  # fmt: skip
ATTACHMENT = {
    "en": (
        "attached", "attachment", "attachments", "enclosed", "i attach", "i'm attaching", "i am attaching",
        "enclosing",
    ),
    "fr": (
        "ci-joint", "ci-jointe", "ci-joints", "ci-jointes", "pièce jointe", "pièces jointes", "en pj", "pj",
        "je joins", "je vous joins", "en annexe",
    ),
    "de": (
        "anbei", "im anhang", "angehängt", "anhang", "beigefügt", "beiliegend", "als anlage", "anlage",
        "anlagen", "hänge ich",
    ),
    "es": (
        "adjunto", "adjunta", "adjuntos", "adjuntas", "adjuntamos", "archivo adjunto", "anexo",
        "le envío adjunto",
    ),
    "it": ("in allegato", "allego", "allegato", "allegati", "allegata", "alleghiamo"),
    "pt": ("em anexo", "anexo", "anexos", "anexei", "anexado", "segue anexo", "anexamos"),
    "nl": ("bijgevoegd", "bijgevoegde", "bijlage", "bijlagen", "bijgaand", "als bijlage", "ik voeg"),
}  # fmt: skip
PROMISE = {
    "en": (
        "i will", "i'll", "we will", "we'll", "i promise", "we promise", "i guarantee", "guaranteed", "i commit",
        "you will have", "you'll have", "you will receive", "you'll get", "you will get", "shall send",
        "i am going to", "i'm going to", "we are going to", "we're going to", "i agree", "we agree", "agreed",
        "we accept", "i accept", "i confirm", "we confirm",
    ),
    "fr": (
        "je vais", "nous allons", "je vous promets", "je te promets", "je promets", "je garantis", "je m'engage",
        "nous nous engageons", "j'enverrai", "je vous enverrai", "je t'enverrai", "nous enverrons", "vous aurez",
        "vous recevrez", "tu recevras", "tu auras", "je ferai", "je paierai", "nous paierons", "je livrerai",
        "nous livrerons", "je confirme", "nous confirmons", "j'accepte", "nous acceptons", "je suis d'accord",
        "garanti", "je m'occuperai", "je t'appellerai", "je vous appellerai",
    ),
    "de": (
        "ich werde", "wir werden", "ich verspreche", "wir versprechen", "ich garantiere", "garantiert",
        "wir garantieren", "ich sage zu", "sie bekommen", "du bekommst", "sie erhalten", "du erhältst",
        "ich bestätige", "wir bestätigen", "ich akzeptiere", "wir akzeptieren", "einverstanden", "ich schicke",
        "ich sende", "wir liefern", "ich liefere", "ich überweise", "wir überweisen", "ich zahle", "wir zahlen",
        "ich rufe dich", "ich rufe sie", "ich kümmere mich",
    ),
    "es": (
        "voy a", "vamos a", "prometo", "prometemos", "te prometo", "le prometo", "garantizo", "garantizamos",
        "garantizado", "me comprometo", "nos comprometemos", "enviaré", "te enviaré", "le enviaré", "enviaremos",
        "recibirás", "recibirá", "tendrá", "tendrás", "pagaré", "pagaremos", "entregaré", "entregaremos",
        "confirmo", "confirmamos", "acepto", "aceptamos", "de acuerdo", "haré", "llamaré", "te llamaré",
        "le llamaré",
    ),
    "it": (
        "prometto", "promettiamo", "ti prometto", "le prometto", "garantisco", "garantiamo", "garantito",
        "mi impegno", "ci impegniamo", "invierò", "le invierò", "ti invierò", "invieremo", "manderò",
        "ti manderò", "le manderò", "riceverai", "riceverà", "avrà", "avrai", "pagherò", "pagheremo",
        "consegnerò", "consegneremo", "confermo", "confermiamo", "accetto", "accettiamo", "d'accordo", "farò",
        "chiamerò", "ti chiamerò", "la chiamerò",
    ),
    "pt": (
        "vou", "vamos", "prometo", "prometemos", "garanto", "garantimos", "garantido", "comprometo-me",
        "enviarei", "enviaremos", "receberá", "receberás", "terá", "terás", "pagarei", "pagaremos", "entregarei",
        "entregaremos", "confirmo", "confirmamos", "aceito", "aceitamos", "de acordo", "farei", "ligarei",
        "concordo",
    ),
    "nl": (
        "ik zal", "wij zullen", "we zullen", "ik beloof", "wij beloven", "we beloven", "ik garandeer",
        "gegarandeerd", "wij garanderen", "u krijgt", "je krijgt", "u ontvangt", "je ontvangt", "ik bevestig",
        "wij bevestigen", "ik accepteer", "akkoord", "ik ga akkoord", "ik stuur", "wij leveren", "we leveren",
        "ik lever", "ik betaal", "wij betalen", "we betalen", "ik bel", "ik ga",
    ),
}  # fmt: skip
OFFER = {
    "en": (
        "discount", "free of charge", "for free", "at no cost", "no charge", "refund", "special price",
        "special offer", "i can offer", "we can offer", "we offer", "i offer", "we could offer", "i could offer",
        "happy to offer", "free trial", "voucher", "upgrade", "waive", "bonus", "lower price", "happy to pay",
        "i can send", "i can help you", "we can deliver",
    ),
    "fr": (
        "remise", "réduction", "gratuit", "gratuitement", "offert", "offre spéciale", "je peux offrir",
        "nous pouvons offrir", "je vous offre", "nous vous offrons", "je vous propose", "je te propose",
        "nous vous proposons", "remboursement", "bon d'achat", "ristourne", "prix spécial", "sans frais",
    ),
    "de": (
        "rabatt", "kostenlos", "gratis", "nachlass", "sonderpreis", "sonderangebot", "ich biete", "wir bieten",
        "ich kann ihnen anbieten", "wir können ihnen anbieten", "anbieten", "erstattung", "gutschein", "skonto",
        "kostenfrei", "umsonst", "preisnachlass",
    ),
    "es": (
        "descuento", "gratis", "gratuito", "gratuitamente", "oferta especial", "puedo ofrecer",
        "podemos ofrecer", "le ofrezco", "te ofrezco", "ofrecemos", "le ofrecemos", "reembolso",
        "precio especial", "sin coste", "sin cargo", "rebaja", "vale de",
    ),
    "it": (
        "sconto", "gratis", "gratuito", "gratuitamente", "offerta speciale", "posso offrire", "possiamo offrire",
        "le offro", "ti offro", "offriamo", "le offriamo", "rimborso", "prezzo speciale", "senza costi",
        "omaggio", "buono",
    ),
    "pt": (
        "desconto", "grátis", "gratuito", "gratuitamente", "oferta especial", "posso oferecer",
        "podemos oferecer", "ofereço", "oferecemos", "reembolso", "preço especial", "sem custo", "sem custos",
        "vale-presente", "brinde",
    ),
    "nl": (
        "korting", "gratis", "kosteloos", "aanbieding", "ik kan aanbieden", "wij kunnen aanbieden", "ik bied",
        "wij bieden", "we bieden", "terugbetaling", "speciale prijs", "tegoedbon", "zonder kosten", "cadeau",
    ),
}  # fmt: skip
AVAILABILITY = {
    "en": (
        "i am available", "i'm available", "i am free", "i'm free", "we are available", "works for me",
        "i could meet", "i can meet", "let's meet", "we could meet", "call me", "i can call", "let's talk",
        "my calendar", "i have time", "i'm around", "i am around", "at your disposal", "book a",
    ),
    "fr": (
        "je suis disponible", "je suis libre", "nous sommes disponibles", "on peut se voir", "voyons-nous",
        "appelez-moi", "appelle-moi", "mon agenda", "j'ai le temps", "je peux passer", "à votre disposition",
        "ça me va", "rencontrons-nous",
    ),
    "de": (
        "ich bin verfügbar", "ich habe zeit", "ich hätte zeit", "wir haben zeit", "ich bin frei",
        "ich bin erreichbar", "rufen sie mich", "ruf mich", "mein kalender", "passt mir", "treffen wir uns",
        "wir könnten uns treffen", "stehe zur verfügung", "zur verfügung",
    ),
    "es": (
        "estoy disponible", "estoy libre", "estamos disponibles", "podemos vernos", "nos vemos", "llámame",
        "llámeme", "mi calendario", "mi agenda", "tengo tiempo", "tengo un hueco", "a su disposición",
        "me viene bien", "reunámonos",
    ),
    "it": (
        "sono disponibile", "sono libero", "sono libera", "siamo disponibili", "possiamo vederci", "vediamoci",
        "chiamami", "mi chiami", "la mia agenda", "il mio calendario", "ho tempo", "a disposizione",
        "per me va bene", "incontriamoci",
    ),
    "pt": (
        "estou disponível", "estou livre", "estamos disponíveis", "podemos encontrar-nos",
        "podemos nos encontrar", "ligue-me", "liga-me", "me ligue", "a minha agenda", "minha agenda",
        "tenho tempo", "à disposição", "para mim está bem", "tenho disponibilidade",
    ),
    "nl": (
        "ik ben beschikbaar", "ik ben vrij", "wij zijn beschikbaar", "we zijn beschikbaar", "ik heb tijd",
        "bel me", "bel mij", "mijn agenda", "laten we afspreken", "we kunnen afspreken", "komt mij goed uit",
        "schikt mij", "ik ben bereikbaar",
    ),
}  # fmt: skip


def by_word(table: dict[int, str]) -> dict[str, int]:
    """Word -> number."""
    return {word: number for number, line in table.items() for word in line.split()}


CURRENCY_OF = {word: code for code, line in CURRENCIES.items() for word in line.split()}
MONTH_OF = by_word(MONTHS)
WEEKDAY_OF = by_word(WEEKDAYS)
NUMBER_OF = by_word(NUMBERS)
