"""Holds a draft against the mails it follows: what the user never wrote is unsupported;
it cannot see wrong meaning in right words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.decide import facts_words as known
from agent.decide.facts_find import Claim, claims, plain, said
from voice.pack import LANGUAGES, pack
from voice.text import folded, sentences, words

OWN_ONLY = frozenset({"link", "address", "account", "amount", "attachment", "promise", "offer", "availability"})
"""Never taken from the other side."""
RUN = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim and where it was not found."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class FactReport:
    """`unsupported` bars autopilot; `marked` comes from the other side and is held for a look."""

    ok: bool
    unsupported: tuple[Finding, ...] = ()
    marked: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """What one side said."""

    keys: frozenset[tuple[str, str]]
    tokens: frozenset[str]
    folded: str
    text: str


def check(
    draft: str,
    own: Sequence[str],
    other: Sequence[str] = (),
    extra: Sequence[str] = (),
    *,
    language: str = "en",
    allowed: Sequence[str] = (),
) -> FactReport:
    """Every claim of a draft against its sources.

    `own`: the user's own mails of the thread, with subjects. `extra`: the instruction, the signal, the user's
    name, the recipient's name as the user writes it. `allowed`: times computed in code
    and neutral wordings of the writer.
    """
    told = language if language in LANGUAGES else "en"
    mine, theirs = source([*own, *extra]), source(other)
    open_text = _without(draft, allowed)
    found = [
        *claims(open_text),
        *_relative(open_text, told),
        *_statements(open_text, told, mine),
        *_names(open_text, told),
    ]
    unsupported, marked = [], []
    for claim in dict.fromkeys(found):
        if _has(mine, claim):
            continue
        finding = Finding(claim.kind, claim.text)
        if claim.kind not in OWN_ONLY and _has(theirs, claim):
            marked.append(finding)
        else:
            unsupported.append(finding)
    return FactReport(not unsupported, tuple(unsupported), tuple(marked))


def source(texts: Sequence[str]) -> Source:
    """One side's texts, ready to look things up in."""
    joined = plain("\n".join(texts))
    keys = frozenset((claim.kind, claim.key) for claim in claims(joined))
    return Source(keys, frozenset(folded(word) for word in words(joined)), folded(joined), joined)


def _has(side: Source, claim: Claim) -> bool:
    if claim.kind in ("name", "promise", "offer", "availability", "attachment", "relative"):
        return _told(side, claim)
    if claim.kind == "date" and claim.key.startswith("month "):
        month = claim.key.removeprefix("month ")
        return any(kind == "date" and (key == claim.key or key.endswith(f"of {month}")) for kind, key in side.keys)
    return (claim.kind, claim.key) in side.keys


def _told(side: Source, claim: Claim) -> bool:
    if claim.kind == "name":
        return claim.key in side.tokens
    if claim.kind == "relative":
        return f" {claim.key} " in f" {' '.join(word.strip('.,;:!?()') for word in side.folded.split())} "
    return claim.key == "" or _runs(claim.key) <= _runs(side.folded)


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    tokens = [folded(word) for word in words(text)]
    size = min(RUN, len(tokens)) or 1
    return frozenset(tuple(tokens[start : start + size]) for start in range(len(tokens) - size + 1))


def _without(draft: str, allowed: Sequence[str]) -> str:
    """The draft without what code put there."""
    text = " ".join(plain(draft).split(" "))
    for span in sorted((" ".join(item.split()) for item in allowed if item.strip()), key=len, reverse=True):
        flat = " ".join(text.split()) if "\n" in text and span not in text else text
        text = flat.replace(span, " ; ").replace(span[:1].upper() + span[1:], " ; ")
    return text


def _relative(text: str, language: str) -> list[Claim]:
    phrases = said(text, known.RELATIVE, language)
    longest = [one for one in phrases if not any(one != other and one in other for other in phrases)]
    return [Claim("relative", phrase, phrase) for phrase in longest]


def _statements(text: str, language: str, mine: Source) -> list[Claim]:
    """Sentences that promise, offer, attach or give times, unless the user wrote the whole sentence."""
    tables = (
        ("attachment", known.ATTACHMENT),
        ("promise", known.PROMISE),
        ("offer", known.OFFER),
        ("availability", known.AVAILABILITY),
    )
    found = []
    for sentence in sentences(text, pack(language).marks("abbreviations")):
        own_words = _runs(sentence) <= _runs(mine.folded)
        for kind, table in tables:
            found += [Claim(kind, phrase, sentence) for phrase in said(sentence, table, language) if not own_words]
    return found


def _names(text: str, language: str) -> list[Claim]:
    """Capital letters in the middle of a sentence, and in front of one where the word is not an everyday word."""
    ordinary = pack(language)
    everyday = (
        ordinary.vocabulary | ordinary.marks("question_starts") | ordinary.marks("leaning") | ordinary.marks("leaders")
    )
    polite = {
        folded(word)
        for use in ("greetings", "closings", "titles", "everyone")
        for mark in ordinary.marks(use)
        for word in words(mark)
    }
    skipped = everyday | polite | set(known.MONTH_OF) | set(known.WEEKDAY_OF) | set(known.NUMBER_OF)
    found = []
    for word in words(text):
        low = folded(word)
        if word[0].isupper() and len(word) > 1 and low not in skipped and low.split("'")[0] not in skipped:
            found.append(Claim("name", word, low))
    return found
