"""Says which words of a mail its machine's mark does not explain; a mark decides only where there are none."""

from __future__ import annotations

import re
from functools import lru_cache

from agent.decide.reading.signs import MailWords
from agent.decide.reading.wording import BOILER, CONTACT, conditional, greeting, is_bare_no, opens_with_yes, signoff
from voice.languages import packs
from voice.languages.lexicon import LETTER, MOST_WORDS, Phrases, kinds
from voice.languages.quoted import fields
from voice.languages.sentences import Sentence
from voice.languages.tongues import listed

REPORTS = frozenset({"delivery", "read", "complaint"})
RECALL, INVITATION = frozenset({"recall"}), frozenset({"invitation"})
ANSWERING = frozenset({"agree", "decline", "opt_out", "booking", "booked"})
FORM = BOILER | {"receipt", "courtesy", "chain"}
"""What form letters are made of: a question or a yes in such a sentence is theirs."""
COURTESY = frozenset({"thanks", "closing", "courtesy"})
MOST_COURTEOUS, MOST_OF_A_YES = 3, 12
"""Words of a sentence of mere manners, and of one in which a yes is believed; longer ones say more."""
FIRST = 8
"""Sentences within which a server says what it writes about."""
CODE = re.compile(r"(?<!\d)[245]\d\d[ -]|(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])|\bsmtp\b")
OPT_OUT = frozenset({"opt_out"})
SPACED_IF = (" si ", " se ")
"""A yes in one language, a condition in another."""


def answering(said: MailWords) -> str:
    """The first sentence that answers, refuses or asks as no form letter does."""
    return next((s.text[:200] for s, found in _sentences(said) if answers(s, found)), "")


def beyond(said: MailWords, talk: frozenset[str]) -> str:
    """The first sentence that is neither such a machine's own nor courtesy, and whether it answers or not."""
    return next((s.text[:200] for s, found in _sentences(said) if not _own(s, found, talk)), "")


def foreign(said: MailWords, talk: frozenset[str]) -> str:
    """The first sentence that is not a server's, where a server does not say at once what it writes about."""
    for sentence, found in _sentences(said)[:FIRST]:
        if standard(sentence.plain) & talk:
            return ""
        if answers(sentence, found):
            return sentence.text[:200]
        if CODE.search(sentence.plain):
            return ""
    return next((s.text[:200] for s, _ in _sentences(said)), "")


def answers(sentence: Sentence, found: frozenset[str]) -> bool:
    """Whether a sentence says yes or no, or asks what no form letter asks."""
    if found & FORM and not found & {"decline", "agree"}:
        return False
    if sentence.asks and not CONTACT.search(sentence.text[:300]):
        return True
    if conditional(sentence):
        return False
    return bool(found & ANSWERING) or _says_yes(sentence, found) or is_bare_no(sentence)


def _says_yes(sentence: Sentence, found: frozenset[str]) -> bool:
    """A yes in a language of the mail, or in front and set off in any."""
    heard_here = "yes" in found and not any(word in f" {sentence.plain} " for word in SPACED_IF)
    return opens_with_yes(sentence.plain) or (heard_here and len(sentence.plain.split()) <= MOST_OF_A_YES)


def _own(sentence: Sentence, found: frozenset[str], talk: frozenset[str]) -> bool:
    plain = sentence.plain
    if not LETTER.search(CONTACT.sub("", plain)) or fields().match(sentence.text[:60]):
        return True
    # A number of three digits is a server's word only where nobody says yes, no or asks around it.
    if CODE.search(plain):
        return not answers(sentence, found)
    manners = greeting().match(plain) or signoff().match(plain) or found & COURTESY
    polite = manners and not found - COURTESY and len(plain.split()) <= MOST_COURTEOUS
    return bool(polite or standard(plain) & talk) and not answers(sentence, found)


def _sentences(said: MailWords) -> list[tuple[Sentence, frozenset[str]]]:
    """The sentences; in a short mail a wish to hear no more is heard in another language than the rest, too."""
    brief = len(said.text.split(" ")) <= MOST_WORDS
    spoken = [(sentence, found) for sentence, found in said.sentences if LETTER.search(sentence.plain)]
    return [(s, found | (kinds(s.plain, None, OPT_OUT) if brief else frozenset())) for s, found in spoken]


@lru_cache(maxsize=4096)
def standard(plain: str) -> frozenset[str]:
    """What kinds of machines write this, in any language."""
    return _machines().kinds(plain, frozenset())


@lru_cache(maxsize=1)
def _machines() -> Phrases:
    usual: list[tuple[str, str, str]] = []
    cjk: list[tuple[str, str]] = []
    for language in packs.having("machines"):
        for kind, phrase in listed(packs.table(language, "machines")):
            if packs.one(language, "reading", "script") == "cjk":
                cjk.append((kind, phrase))
            else:
                usual.append((kind, phrase, ""))
    return Phrases(usual, cjk)
