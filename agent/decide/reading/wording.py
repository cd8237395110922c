"""Reads the words of one mail, sentence by sentence; which of them decides is not settled here."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from itertools import pairwise

from agent.decide.dates.date_words import names_day
from agent.decide.dates.named_days import named_days, promised_day, return_day
from agent.decide.reading.contrasts import announced, objects, stated, turns
from agent.decide.reading.signs import MailWords, Reading
from agent.decide.reading.whose_absence import own_absence
from agent.decide.values import Meaning
from voice.languages import packs
from voice.languages.lexicon import LETTER, kinds
from voice.languages.sentences import Sentence
from voice.languages.shapes import either
from voice.languages.tongues import files, language, normal, word_set
from voice.languages.tongues import words as of_packs

SAYING = frozenset({"opt_out", "decline", "received", "left", "absent", "delegate", "later", "booking", "recall"})
"""What makes a greeting or a sign-off more than that."""
MOST_REFUSING = 45
"""Words of a mail whose mere shape may refuse; a longer one says what it means."""
MOST_PARTING = 60
"""Words of a mail that may be nothing but leave-taking."""
MOST_STANDBY = 6
"""Words of a whole mail that says "not yet"; with more beside it something else is said."""
MOST_BESIDE, MOST_BESIDE_A_DAY = 35, 90
"""Words beside a deferral, without and with a day named."""
MOST_IMPERSONAL = 10
"""Words up to which a sentence may leave out who speaks; a longer one without the speaker is about others."""
PUTTING_OFF = frozenset({"later", "answering", "thanks", "closing", "regret", "courtesy", "received"})
OPEN = frozenset(
    {"later", "answering", "agree", "yes", "absent", "return", "left", "delegate", "receipt", "booked", "booking",
     "wants", "opt_out"}
)  # fmt: skip
"""What speaks against leave-taking."""
WORDS = re.compile(r"\w+")
OPENING = re.compile(r"(\w{1,12})\s?(?:[,.!]|\s[-–—]\s)")
CONTACT = re.compile(r"@[\w-]{1,60}\.\w|https?://|(?<![\d.-])\+?\d[\d ()]{5,20}\d(?![\d.-])")
"""An address, a page or a telephone number."""
BOILER = frozenset({"absent", "return", "standin", "auto_body", "left", "footer", "auto_subject"})
SIGNS = (
    ("left", "left", True, True),
    ("absent", "absent", True, True),
    ("return", "returns", True, False),
    ("delegate", "delegate", False, False),
    ("chain", "delegate", False, False),
    ("pointing", "pointing", True, True),
    ("booked", "settled", True, False),
    ("receipt", "receipt", True, False),
    ("auto_body", "automatic", False, False),
    ("later", "later", False, False),
    ("signrequest", "signs", False, False),
    ("handover", "handover", False, True),
)
"""A kind of phrase, where its first sentence is kept, and whether a question or a condition voids it."""
NOT_BACK = frozenset({"receipt", "later", "courtesy", "request", "hint"})
"""A question with one of these does not put the matter back into our hands."""
NO_CONTENT = frozenset({"thanks", "closing"})
SETTLING = frozenset({"agree", "yes", "wants", "decline", "opt_out", "received", "booked"})


@lru_cache(maxsize=1)
def greeting() -> re.Pattern[str]:
    """A line that greets and says little else."""
    said, honorific = either(of_packs("greetings")), either(of_packs("honorifics"))
    return re.compile(rf"^(?:{said}|.{{0,12}}(?:{honorific}))\b.{{0,40}}$")


@lru_cache(maxsize=1)
def signoff() -> re.Pattern[str]:
    """A line that takes leave."""
    return re.compile(rf"^(?:best|kind|warm|many)?\s?(?:{either(of_packs('signoffs'))})\b.{{0,30}}$")


def read_words(words: MailWords, base: date, workdays: frozenset[int], *, automatic: bool = False) -> Reading:
    """Every sign in the words of one mail."""
    reading = Reading(words, automatic_mail=automatic)
    meant = ((s, _stepped_back(k)) for s, k in words.sentences if LETTER.search(s.plain))
    said = [(s, k if automatic else own_absence(s, k, words.writer)) for s, k in meant]
    reading.empty = not said
    if not said:
        reading.emoji = words.text.strip()[:12]
        return reading
    body = [(s, k) for s, k in said if k & SAYING or not (greeting().match(s.plain) or signoff().match(s.plain))]
    reading.first = (body or said)[0][0].text[:200]
    reading.personal = bool(greeting().match(said[0][0].plain)) or len(said) > 2
    for sentence, found in body or said:
        _signs(reading, sentence, found)
    _scope(reading, body or said)
    _bare(reading, body or said)
    _refusal(reading, body or said)
    _days(reading, body or said, base, workdays, words.month_first)
    _beside(reading, body or said)
    _contents(reading, body or said)
    reading.verdict = _verdict(reading)
    return reading


def _stepped_back(found: frozenset[str]) -> frozenset[str]:
    """Whoever is no longer in charge of it hands it over; that is no departure."""
    return (found - {"left"}) | {"delegate"} if "stepped_back" in found else found


def _signs(reading: Reading, sentence: Sentence, found: frozenset[str]) -> None:
    words, asks, iffy = sentence.text[:200], sentence.asks, conditional(sentence)
    _hard_signs(reading, sentence, found, iffy=iffy)
    agrees = "agree" in found or ("yes" in found and len(sentence.plain.split()) <= 3)
    for kind, name, unless_asked, unless_iffy in SIGNS:
        voided = (
            (unless_asked and asks) or (unless_iffy and iffy) or (kind == "left" and agrees and turns(sentence.plain))
        )
        if kind in found and not voided and not getattr(reading, name):
            setattr(reading, name, words)
    if agrees and not asks and not iffy and not found & {"absent", "receipt"}:
        reading.agreed = reading.agreed or words
    reading.asks_back = reading.asks_back or (asks and not found & (BOILER | NOT_BACK))
    reading.asked = reading.asked or (asks and not found & (BOILER | {"receipt", "courtesy"}))
    reading.acknowledges += bool(found & {"receipt", "auto_body"})
    reading.recalls = reading.recalls or "recall" in found
    if "wants" in found and not iffy:
        reading.wants = reading.wants or words
    if "booking" in found and not asks and not iffy:
        reading.booking = reading.booking or words
    reading.boilerplate = reading.boilerplate or bool(found & {"auto_body", "standin"})


def _hard_signs(reading: Reading, sentence: Sentence, found: frozenset[str], *, iffy: bool) -> None:
    """Refusals: a condition or a question in front takes the firmness out of them."""
    words, asks = sentence.text[:200], sentence.asks
    firm = asks or not iffy or "please" in sentence.plain or "spam" in sentence.plain
    if "opt_out" in found and not found & {"footer", "chain"} and firm:
        reading.hard, reading.hard_words, reading.loose = Meaning.OPT_OUT, words, "loose_opt_out" in found
    # Whoever left has not refused, and whoever names the day of an answer has not either.
    otherwise = "left" in found or ({"later", "answering"} <= found and names_day(sentence.plain))
    if "decline" in found and not asks and not iffy and not otherwise and reading.hard is None:
        reading.hard, reading.hard_words, reading.loose = Meaning.DECLINE, words, "loose_decline" in found


def _scope(reading: Reading, body: list[tuple[Sentence, frozenset[str]]]) -> None:
    """A refusal of one option or one day, where the writer goes on with another, refuses nothing."""
    if reading.hard is not Meaning.DECLINE:
        return
    refusing = [(s, k) for s, k in body if "decline" in k]
    days = all("slot" in k and names_day(s.plain) for s, k in refusing)
    goes_on = days and (bool(reading.agreed) or any(names_day(s.plain) for s, k in body if "decline" not in k))
    # "No, thank you!" with a question after it is manners.
    manners = reading.asks_back and all(is_bare_no(s) for s, _ in refusing)
    if reading.wants or goes_on or manners:
        reading.hard, reading.hard_words = None, ""
        reading.wants = reading.wants or reading.first


def _refusal(reading: Reading, body: list[tuple[Sentence, frozenset[str]]]) -> None:
    """A short mail that thanks or regrets and then denies, asks nothing and names no obstacle, is a refusal."""
    everything = frozenset[str]().union(*(k for _, k in body))
    told = sum(len(s.plain.split()) for s, _ in body)
    _parting(reading, body, everything, told)
    denying = next(
        (s for s, k in body if "negation" in k and not k & {"practical", "courtesy"} and not _waves(s)), None
    )
    polite = "regret" in everything or ("thanks" in everything and any(turns(s.plain) for s, _ in body))
    stands = everything & {"later", "agree", "yes", "absent", "return", "left", "delegate", "receipt", "booked"}
    if denying is None or not polite or stands or told > MOST_REFUSING or any(s.asks for s, _ in body):
        return
    if reading.hard is None and not any(names_day(s.plain) for s, _ in body):
        reading.refusal = denying.text[:200]


def _waves(sentence: Sentence) -> bool:
    """Whether a doubled no begins it: manners, which refuse nothing."""
    words = WORDS.findall(sentence.plain)
    return len(words) > 3 and words[0] == words[1] and words[0] in bare_noes()


def _parting(
    reading: Reading, body: list[tuple[Sentence, frozenset[str]]], everything: frozenset[str], told: int
) -> None:
    """Who takes leave and asks, agrees or promises nothing has refused, whatever the words."""
    parting = next((s for s, k in body if "farewell" in k), None)
    if parting is None or told > MOST_PARTING or reading.hard is not None or reading.wants:
        return
    if not everything & (OPEN | {"promise"}) and not any(s.asks for s, _ in body):
        first = next((s for s, k in body if not k & {"thanks", "closing"}), parting)
        reading.refusal = first.text[:200]


def _bare(reading: Reading, body: list[tuple[Sentence, frozenset[str]]]) -> None:
    """A whole mail that is nothing but a no."""
    spoken = [(s, k) for s, k in body if not k & {"thanks", "closing"} or "decline" in k]
    if reading.hard is not None or not spoken:
        return
    if len(spoken) > 1:
        _last_word(reading, spoken)
        return
    sentence, found = spoken[0]
    reading.waits = "standby" in found and len(sentence.plain.split()) <= MOST_STANDBY and not sentence.asks
    if not sentence.asks and is_bare_no(sentence):
        reading.bare_no = sentence.text[:200]


def _last_word(reading: Reading, spoken: list[tuple[Sentence, frozenset[str]]]) -> None:
    """A no at the end, where nothing was asked, promised or agreed before."""
    everything = frozenset[str]().union(*(k for _, k in spoken))
    if is_bare_no(spoken[-1][0]) and not everything & OPEN and not any(s.asks for s, _ in spoken):
        reading.bare_no = spoken[-1][0].text[:200]


def is_bare_no(sentence: Sentence) -> bool:
    """Whether a sentence is nothing but a no."""
    words = WORDS.findall(sentence.plain)
    return (
        " ".join(words) in bare_noes()
        or " ".join(word for word in words if word not in word_set("fillings")) in bare_noes()
    )


def opens_with_yes(plain: str) -> bool:
    """Whether a yes stands in front, set off from the rest, in any language."""
    opening = OPENING.match(plain)
    return opening is not None and opening[1] in _yeses()


@lru_cache(maxsize=1)
def _yeses() -> frozenset[str]:
    tables = [table.get("yes") for table in files().values()]
    return frozenset(normal(word) for table in tables if isinstance(table, dict) for word in table.get("say", ()))


@lru_cache(maxsize=1)
def bare_noes() -> frozenset[str]:
    """Every way to say nothing but no, in all languages."""
    lists = [table.get("bare_no") for table in files().values()]
    words = [word for entry in lists if isinstance(entry, dict) for word in entry.get("say", ())]
    return frozenset(" ".join(WORDS.findall(normal(word))) for word in words)


def _days(
    reading: Reading,
    body: list[tuple[Sentence, frozenset[str]]],
    base: date,
    workdays: frozenset[int],
    month_first: bool,
) -> None:
    for sentence in (s for s, k in body if "absent" in k and not k & {"return", "auto_body"}):
        days = named_days(sentence, base, month_first=month_first)
        apart = any(_apart(sentence.plain[before.end : item.place]) for before, item in pairwise(days))
        if apart and len({item.day for item in days}) > 1 and all(item.how == "day" for item in days):
            reading.offers = reading.offers or sentence.text[:200]
    away = [(s, "return" in k) for s, k in body if "return" in k] + [(s, False) for s, k in body if "absent" in k]
    for sentence, returns in away:
        reading.until = reading.until or return_day(sentence, base, returns, month_first=month_first, workdays=workdays)
    reading.any_day = reading.until or next(
        (
            day
            for s, k in body
            if reading.automatic_mail
            and reading.until is None
            and (day := return_day(s, base, "return" in k, month_first=month_first, workdays=workdays))
        ),
        None,
    )
    deferring = [s for s, k in body if "later" in k] + [s for s, k in body if "later" not in k and not s.asks]
    if not reading.later:
        _promise(reading, body, base, workdays, month_first)
    if reading.later:
        for sentence in deferring:
            reading.later_day = reading.later_day or promised_day(
                sentence, base, month_first=month_first, workdays=workdays
            )


def _apart(between: str) -> bool:
    """Whether two days are told of different things: "not on Tuesday, come on Thursday"."""
    words = len(WORDS.findall(between))
    return words > 2 or bool(words and ("," in between or ";" in between))


def _promise(
    reading: Reading,
    body: list[tuple[Sentence, frozenset[str]]],
    base: date,
    workdays: frozenset[int],
    month_first: bool,
) -> None:
    """An answer announced for a day to come is a deferral, whatever the verb."""
    for sentence, found in body:
        answers = "yes" in found and " si " not in f" {sentence.plain} "
        proposes = "wants" in found and "later" not in found
        if "answering" in found and not (answers or proposes or sentence.asks or conditional(sentence)):
            day = promised_day(sentence, base, month_first=month_first, workdays=workdays)
            if day is not None and day > base:
                reading.later, reading.later_day = sentence.text[:200], day
                return


def _beside(reading: Reading, body: list[tuple[Sentence, frozenset[str]]]) -> None:
    """Who says a good deal besides has answered; and whoever puts an answer off speaks of themselves or of a day."""
    if reading.later and reading.later_day is None:
        later = Sentence(reading.later, normal(reading.later))
        reading.later = "" if _of_others(later.plain) or _announces(later) else reading.later
    told = sum(len(sentence.plain.split()) for sentence, found in body if not found & PUTTING_OFF)
    if told > (MOST_BESIDE_A_DAY if reading.later_day else MOST_BESIDE):
        reading.later, reading.later_day = "", None


def _of_others(plain: str) -> bool:
    """Whether a sentence of some length, in a language that names the speaker, does not."""
    words = WORDS.findall(plain)
    speaks = language(plain) in packs.by_language("reading", "speakers")
    return len(words) > MOST_IMPERSONAL and speaks and word_set("speakers").isdisjoint(words)


def _contents(reading: Reading, body: list[tuple[Sentence, frozenset[str]]]) -> None:
    """Whether anything is said beyond absence, receipt and courtesy."""
    opens = bool(body[0][1] & {"absent", "thanks"}) and bool(reading.absent)
    for sentence, found in body:
        contact = opens and not found & SETTLING and CONTACT.search(sentence.text[:300])
        machine = contact or found & (BOILER | {"receipt", "delegate"})
        courtesy = (found & NO_CONTENT or signoff().match(sentence.plain)) and len(sentence.plain.split()) <= 9
        name = len(sentence.plain) < 30 and not stated(sentence.plain) and not opens_with_yes(sentence.plain)
        short = name and not found and not sentence.asks and sentence is not body[0][0]
        if _goes_on(reading, sentence, found) or not (machine or courtesy or short):
            reading.other = reading.other or sentence.text[:200]
            reading.others += 1
    received = next((s for s, k in body if "received" in k), None)
    if received is not None and len(body) <= 3 and all(_only_received(s, k) for s, k in body):
        reading.thanked = received.text[:200]


def _goes_on(reading: Reading, sentence: Sentence, found: frozenset[str]) -> bool:
    """Whether a sentence of absence or receipt says something to the matter as well."""
    wants_of_us = bool(found & {"hint", "request", "wants"}) and not found & {"standin", "auto_body", "return"}
    offers = reading.offers == sentence.text[:200]
    if "absent" in found and not reading.automatic_mail and (offers or wants_of_us or _announces(sentence)):
        return True
    if "absent" in found and found & {"agree", "wants"} and not reading.automatic_mail:
        return True
    if "absent" in found and "yes" in found and " si " not in f" {sentence.plain} " and not reading.automatic_mail:
        return True
    machine = found & {"absent", "receipt", "auto_body"} and not found & {"standin", "return"}
    return bool(machine) and turns(sentence.plain)


def _announces(sentence: Sentence) -> bool:
    """Whether something to the matter follows a colon: "on the train, so quickly: the first one, please"."""
    told = announced(sentence.plain)
    return bool(told) and not names_day(told) and not CONTACT.search(told) and not kinds(told) & BOILER


def _only_received(sentence: Sentence, found: frozenset[str]) -> bool:
    """Whether a sentence says that something came, or thanks, and no more."""
    short = len(sentence.plain.split()) <= 6 and len(sentence.plain) <= 60 and not sentence.asks
    plainly = found & {"received", "thanks", "closing"} and "negation" not in found
    return short and bool(plainly) and not objects(sentence.plain)


@lru_cache(maxsize=1)
def _openings() -> tuple[str, ...]:
    """Words that open a condition in any language."""
    lists = [table.get("if", ()) for table in files().values()]
    return tuple({f"{word} " for words in lists if isinstance(words, list) for word in words})


def conditional(sentence: Sentence) -> bool:
    """Whether the sentence begins with a condition."""
    if not sentence.plain.startswith(_openings()):
        return False
    opening = files().get(language(sentence.plain), {}).get("if", ())
    return isinstance(opening, list) and sentence.plain.startswith(tuple(f"{word} " for word in opening))


def _verdict(reading: Reading) -> Meaning:
    if reading.hard is not None:
        return reading.hard
    if reading.left:
        return Meaning.LEFT
    if reading.delegate:
        return Meaning.DELEGATE
    return Meaning.LATER if reading.later else Meaning.REPLY
