"""The words of one mail, taken up once, and the signs they show, each with its sentence; it weighs nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from agent.decide.values import Meaning
from voice.languages.sentences import Sentence


@dataclass(frozen=True, slots=True)
class MailWords:
    """What one mail says, in every form that is asked for later: nobody who judges it goes back to its letters."""

    text: str
    """What its writer typed, without quotes and signature."""
    sentences: tuple[tuple[Sentence, frozenset[str]], ...]
    """Each with the kinds of phrases in it."""
    writer: frozenset[str] = frozenset()
    """The words of the writer's name and address."""
    name: frozenset[str] = frozenset()
    """The words of the name alone."""
    month_first: bool = False
    """Whether 3/12 is the twelfth of March."""
    reply_of_machine: bool = False
    """Whether its subject begins as that of an automatic reply."""
    booked: str = ""
    """Its subject, where that says that something is signed, paid or booked."""


@dataclass(slots=True)
class Reading:
    """What was found, each with the sentence that shows it."""

    said: MailWords
    first: str = ""
    empty: bool = True
    emoji: str = ""
    verdict: Meaning = Meaning.REPLY
    hard: Meaning | None = None
    hard_words: str = ""
    loose: bool = False
    """Nothing but a family of phrases shows what is hard."""
    left: str = ""
    absent: str = ""
    returns: str = ""
    until: date | None = None
    delegate: str = ""
    pointing: str = ""
    """Somebody else is named for it, in words that say as much of other things."""
    handover: str = ""
    """It is yours now, said to whoever is named."""
    settled: str = ""
    receipt: str = ""
    automatic: str = ""
    later: str = ""
    later_day: date | None = None
    thanked: str = ""
    other: str = ""
    """The first sentence that says something no machine would."""
    others: int = 0
    offers: str = ""
    """A sentence that is away on one day and names another instead."""
    boilerplate: bool = False
    personal: bool = False
    agreed: str = ""
    recalls: bool = False
    automatic_mail: bool = False
    signs: str = ""
    """Somebody waits for our signature."""
    bare_no: str = ""
    refusal: str = ""
    """No words of refusal, but the shape of one."""
    wants: str = ""
    """What shows that the writer goes on with a part, or with another day."""
    asked: bool = False
    """Something is asked that belongs to no form letter."""
    asks_back: bool = False
    """A sentence that defers nothing asks us something, so the matter is with us."""
    booking: str = ""
    """The writer says that a time is set."""
    waits: bool = False
    """Nothing but "not yet", which answers a question."""
    any_day: date | None = None
    """A day of return named anywhere, to be believed only in an automatic reply."""
    acknowledges: int = 0
    """Sentences a ticket system or an automatic acknowledgement would write."""
