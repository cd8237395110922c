"""Says whether a mail of ours expected an answer, with the sentence that shows it; courtesy is no question."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from agent.decide.reading.lexicon import LETTER, heard, kinds
from voice.languages.sentences import Sentence
from voice.languages.shapes import CJK, either
from voice.languages.tongues import words

QUESTION = re.compile(r"[\w.)\]\"'’”»%…]\s{0,2}[?？؟]+[?!？؟)\]\"'’”»*.]{0,4}$")
LINK = re.compile(r"://\S*$")
PLAIN_WORD = re.compile(r"^[\"'“‘«¿¡(\[*_-]{0,3}[^\W\d_]+(?:['’/-][^\W\d_]+){0,3}[\"'”’»)\]*_,;:.!?？…-]{0,4}$")
FIRM = frozenset({"request", "offer"})
ASKING = FIRM | {"hint"}
TELLING = ASKING | {"no_answer", "courtesy", "bulk", "why_not", "go_ahead", "no_rush", "closing", "fyi"}
"""All that matters in a mail of ours."""
PROSE = 0.6
"""The share of plain words below which a line is code, a table or a command."""
TO_US = re.compile(r"^\W{0,3}(?:\w+\W{1,3}){0,4}(?:me|us)(?!\w)|(?<!\w)and (?:i|we)(?:'ll| will| can)(?!\w)")
"""What is to be done for us, or what we shall do once it is done."""
IMPERATIVE = re.compile(
    r"^(?:please\s|pls\s|also\s|then\s|so\s|and\s)?(?:send|call|let|give|check|review|confirm|"
    r"forward|tell|advise|see if|get|make|find|ask|read|look (?:at|into|over)|set|put|add|take|bring|fax|print|sign|"
    r"provide|contact|email|keep|try|schedule|prepare|update|remember|note (?:it |this |that )?down|use|"
    r"complete|submit|arrange|verify|coordinate|help|resend|return|reply|respond)(?= )"
)
PLEASE = re.compile(
    r"(?<!\w)please (?!find |note |feel |accept |excuse |(?:do not|don't) (?!forget|hesitate)|see (?!if|to|whether)|"
    r"forgive |ignore |disregard |be (?:patient|careful|aware))\w|"
    r"(?<!\w)if you(?:'d| would| could) |i(?:'m| am) (?:still )?wondering"
)


@dataclass(frozen=True, slots=True)
class Expectation:
    """Whether an answer is expected, why, and how patient the writer said to be."""

    asks: bool
    evidence: str = ""
    patient: bool = False
    """"No rush", or "if I hear nothing I'll go ahead"."""
    courtesy: bool = False
    """Closing, thanks or for information."""


@lru_cache(maxsize=1)
def _pleasantry() -> re.Pattern[str]:
    """A question that is none, by which people are polite."""
    opening = either(words("pleasantry_openings"))
    return re.compile(rf"^(?:{opening})?[、,]?\s?(?:{either(words('pleasantries'))})\s?\??。?$")


def asks(sentence: Sentence, found: frozenset[str] | None = None) -> bool:
    """Whether one sentence asks for something."""
    found = kinds(sentence.plain) if found is None else found
    if found & {"no_answer", "courtesy"} and not (sentence.asks and "courtesy" not in found):
        return False
    if "bulk" in found and not found & ASKING:
        return False
    if _pleasantry().match(sentence.plain.strip()):
        return False
    if sentence.asks or "?" in sentence.text:
        return True
    return bool(found & ASKING) or bool(IMPERATIVE.match(sentence.plain) or PLEASE.search(sentence.plain))


def _firm(item: Sentence, found: frozenset[str]) -> bool:
    """Whether it asks wherever it stands: in an answer, "try this" and "you should" are advice."""
    if found & FIRM or item.asks:
        return True
    told = "hint" in found or IMPERATIVE.match(item.plain)
    return bool(PLEASE.search(item.plain) or (told and TO_US.search(item.plain)))


def _said(item: Sentence) -> bool:
    """Whether it is a sentence at all: technical mail is full of commands, links and tables that look like asking."""
    if CJK.search(item.text):
        return True
    words = item.text.split()
    plain = sum(map(bool, map(PLAIN_WORD.match, words)))
    if plain < PROSE * len(words) or LINK.search(item.text):
        return False
    return not item.asks or (plain >= 2 and bool(QUESTION.search(item.text)))


@lru_cache(maxsize=256)
def expectation(text: str, *, answering: bool = False) -> Expectation:
    """What the words of a mail of ours expect; `answering` one of theirs, it is read more strictly."""
    said = [(item, found) for item, found in heard(text, TELLING) if LETTER.search(item.plain)]
    everything = frozenset[str]().union(*(found for _, found in said)) if said else frozenset[str]()
    if "no_answer" in everything:
        evidence = next(item.text for item, found in said if "no_answer" in found)
        return Expectation(False, evidence[:200], courtesy=True)
    wanted = [
        (item, found)
        for item, found in said
        if asks(item, found) and not _courteous(item, found) and (not answering or _firm(item, found)) and _said(item)
    ]
    asking = [item for item, _ in wanted]
    if asking and all("why_not" in found for _, found in wanted):
        return Expectation(False, asking[-1].text[:200], courtesy=True)
    patient = bool(everything & {"go_ahead", "no_rush"})
    if not asking and "go_ahead" in everything:
        asking = [item for item, found in said if "go_ahead" in found]
    return Expectation(
        bool(asking), asking[-1].text[:200] if asking else "", patient, bool(everything & {"closing", "fyi"})
    )


def _courteous(item: Sentence, found: frozenset[str]) -> bool:
    """Thanks, wishes and "for your information" ask nothing, whatever else they seem to."""
    return bool(found & {"closing", "fyi"}) and not _firm(item, found)
