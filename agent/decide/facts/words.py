"""Numbers, money, months and times in words, in seven languages; data only, folded, matched as whole words."""

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
    0: "zero nought zéro null nul cero",
    2: "two deux zwei zwo dos due dois duas twee",
    3: "three trois drei tres tre três drie",
    4: "four quatre vier cuatro quattro quatro",
    5: "five cinq fünf cinco cinque vijf",
    6: "six sechs seis sei zes",
    7: "seven sept sieben siete sette sete zeven",
    8: "eight huit acht ocho otto oito",
    9: "nine neuf neun nueve nove negen",
    10: "ten dix zehn diez dieci dez tien",
    11: "eleven onze elf once undici",
    12: "twelve dozen douze zwölf doce dodici doze twaalf",
    13: "thirteen treize dreizehn trece tredici treze dertien",
    14: "fourteen quatorze vierzehn catorce quattordici catorze veertien",
    15: "fifteen quinze fünfzehn quince quindici vijftien",
    16: "sixteen seize sechzehn dieciséis sedici dezasseis dezesseis zestien",
    17: "seventeen siebzehn diecisiete diciassette dezassete dezessete zeventien",
    18: "eighteen achtzehn dieciocho diciotto dezoito achttien",
    19: "nineteen neunzehn diecinueve diciannove dezanove dezenove negentien",
    20: "twenty vingt vingts zwanzig veinte venti vinte twintig",
    21: "veintiuno veintiún ventuno",
    22: "veintidós",
    23: "veintitrés",
    24: "veinticuatro",
    25: "veinticinco",
    26: "veintiséis",
    27: "veintisiete",
    28: "veintiocho ventotto",
    29: "veintinueve",
    30: "thirty trente dreißig dreissig treinta trenta trinta dertig",
    40: "forty fourty quarante vierzig cuarenta quaranta quarenta veertig",
    50: "fifty cinquante fünfzig cincuenta cinquanta cinquenta vijftig",
    60: "sixty soixante sechzig sesenta sessanta sessenta zestig",
    70: "seventy septante siebzig setenta settanta zeventig",
    80: "eighty huitante octante achtzig ochenta ottanta oitenta tachtig",
    90: "ninety nonante neunzig noventa novanta negentig",
    100: "hundred hundreds cent cents hundert cien ciento cento cem honderd",
    200: "doscientos doscientas duzentos duzentas",
    300: "trescientos trescientas trezentos trezentas",
    400: "cuatrocientos cuatrocientas quatrocentos quatrocentas",
    500: "quinientos quinientas quinhentos quinhentas",
    600: "seiscientos seiscientas seiscentos seiscentas",
    700: "setecientos setecientas setecentos setecentas",
    800: "ochocientos ochocientas oitocentos oitocentas",
    900: "novecientos novecientas novecentos novecentas",
}
SCALES = {
    1_000: "thousand thousands mille tausend mil mila duizend",
    1_000_000: "million millions millionen millón millones milione milioni milhão milhões miljoen",
    1_000_000_000: "billion milliard milliards milliarde milliarden miliardo miliardi miljard",
}
ONES = frozenset(["one", "un", "une", "ein", "eine", "einen", "einem", "eins", "uno", "una", "um", "uma", "een", "één"])
"""Numbers only beside another number or money; alone they are articles."""
JOINERS = frozenset(["and", "und", "et", "y", "e", "en"])
CUT = {1: "uno un", 20: "vent", 30: "trent", 40: "quarant", 50: "cinquant", 60: "sessant", 70: "settant",
       80: "ottant", 90: "novant", 100: "cent"}  # fmt: skip
"""Numbers as they stand inside an Italian word."""
SHORTEST_COMPOUND = 7
CURRENCIES = {
    "EUR": "€ eur euro euros euro's",
    "USD": "$ usd dollar dollars dólares dolares dólar dollari dollaro us$ usdt usdc bucks grand",
    "GBP": "£ gbp pound pounds livres libras sterline pfund sterling ponden quid",
    "CHF": "chf franken francs franchi franc sfr",
    "JPY": "¥ jpy yen yens",
    "BRL": "r$ brl reais real",
    "MXN": "mxn peso pesos",
    "SEK": "sek kronor", "NOK": "nok kroner", "DKK": "dkk", "RUB": "₽ rub rubles roubles rubel", "ETH": "eth ether",
    "PLN": "pln zł", "INR": "₹ inr rupees", "CAD": "cad", "AUD": "aud", "CNY": "cny rmb yuan",
    "BTC": "btc bitcoin bitcoins ₿",
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


def by_word(table: dict[int, str]) -> dict[str, int]:
    """Word -> number."""
    return {word: number for number, line in table.items() for word in line.split()}


CURRENCY_OF = {word: code for code, line in CURRENCIES.items() for word in line.split()}
MONTH_OF = by_word(MONTHS)
WEEKDAY_OF = by_word(WEEKDAYS)
NUMBER_OF = by_word(NUMBERS)
SCALE_WORDS = by_word(SCALES)
SHORT = {"k": 1_000, "m": 1_000_000, "mio": 1_000_000, "mln": 1_000_000, "mrd": 1_000_000_000, "bn": 1_000_000_000}
"""Count only behind digits; some are everyday words elsewhere."""
SCALE_OF = {**SCALE_WORDS, **SHORT}
PARTS = dict(
    sorted(
        [
            *((word, value) for word, value in (NUMBER_OF | SCALE_WORDS).items() if len(word) > 2 and value),
            *((word, value) for word, value in by_word(CUT).items() if word not in NUMBER_OF or value == 100),
            *((word, 1) for word in ("ein", "een", "eins", "eine")),
            *((word, 0) for word in ("und", "en", "ën", "e")),
        ],
        key=lambda part: -len(part[0]),
    )
)
"""What a compound of German, Dutch or Italian is made of; a joining word counts nothing."""
