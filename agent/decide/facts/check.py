"""Holds a draft against the mails it follows: what the user never wrote is unsupported;
it cannot see wrong meaning in right words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.decide.facts import words as known
from agent.decide.facts.find import Claim, claims, plain, said, spoken
from agent.decide.threads.matter import bare_subject
from voice.languages.pack import LANGUAGES, pack
from voice.languages.text import folded, sentences, words

OWN_ONLY = frozenset(
    {"link", "address", "account", "amount", "attachment", "promise", "offer", "availability", "script"}
)
"""Never taken from the other side."""
RUN = 3
"""Words in a row that must be the user's own; any two stand together by chance."""


Titled = tuple[datetime, str]
"""When a mail was written, and its subject."""


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
    short: frozenset[tuple[str, ...]]
    """Sentences of fewer words than a run has."""


def check(
    draft: str,
    own: Sequence[str],
    other: Sequence[str] = (),
    extra: Sequence[str] = (),
    *,
    language: str = "en",
    allowed: Sequence[str] = (),
    taken: Sequence[str] = (),
) -> FactReport:
    """Every claim of a draft against its sources.

    `own`: the user's own mails of the thread, with subjects. `extra`: the instruction, the signal, the user's
    name. `allowed`: times computed in code and neutral wordings of the writer. `taken`: what the other side may
    have chosen and the user took over, such as a subject or a name; it bears no link, amount or promise.
    """
    told = language if language in LANGUAGES else "en"
    mine, theirs, carried = source([*own, *extra]), source(other), source(taken)
    open_text = _without(draft, allowed)
    found = [
        *claims(open_text),
        *_relative(open_text, told),
        *_statements(open_text, told, mine),
        *_names(open_text, told),
    ]
    unsupported, marked = [], []
    for claim in dict.fromkeys(found):
        if _has(mine, claim) or (claim.kind not in OWN_ONLY and _has(carried, claim)):
            continue
        finding = Finding(claim.kind, claim.text)
        if claim.kind not in OWN_ONLY and _has(theirs, claim):
            marked.append(finding)
        else:
            unsupported.append(finding)
    return FactReport(not unsupported, tuple(unsupported), tuple(marked))


def subjects(own: Sequence[Titled], other: Sequence[Titled]) -> tuple[list[str], list[str]]:
    """The subjects the user chose, and those that the other side wrote under before, whose words are theirs."""
    first: dict[str, datetime] = {}
    for at, subject in other:
        bare = bare_subject(subject)
        first[bare] = min(at, first.get(bare, at))
    chosen: list[str] = []
    taken: list[str] = []
    for at, subject in own:
        theirs = first.get(bare_subject(subject))
        (chosen if theirs is None or at < theirs else taken).append(subject)
    return chosen, taken


def source(texts: Sequence[str]) -> Source:
    """One side's texts, ready to look things up in."""
    joined = plain("\n".join(texts))
    keys = frozenset((claim.kind, claim.key) for claim in claims(joined))
    told = (tuple(folded(word) for word in words(one)) for one in sentences(joined.replace("\n", "\n\n")))
    short = frozenset(one for one in told if len(one) < RUN)
    return Source(keys, frozenset(folded(word) for word in words(joined)), folded(joined), joined, short)


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
        return f" {claim.key} " in spoken(side.text)
    return _wrote(side, _runs(side.folded), claim.key)


def _wrote(side: Source, known_runs: frozenset[tuple[str, ...]], sentence: str) -> bool:
    """Whether a sentence is made of runs of words of that side, or is one of its short sentences."""
    return _runs(sentence) <= known_runs or tuple(folded(word) for word in words(sentence)) in side.short


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
    phrases = said(text, known.phrases("relative", language))
    longest = [one for one in phrases if not any(one != other and one in other for other in phrases)]
    return [Claim("relative", phrase, phrase) for phrase in longest]


def _statements(text: str, language: str, mine: Source) -> list[Claim]:
    """Sentences that promise, offer, attach or give times, unless the user wrote the whole sentence."""
    found: list[Claim] = []
    known_runs = _runs(mine.folded)
    for sentence in sentences(text, pack(language).marks("abbreviations")):
        if not _wrote(mine, known_runs, sentence):
            found += [Claim(kind, phrase, sentence) for kind, phrase in _stated(sentence, language)]
    return found


def _stated(sentence: str, language: str) -> list[tuple[str, str]]:
    """What a sentence promises, offers, attaches or gives as a time, by its phrases and by the future tense."""
    found = [(kind, phrase) for kind in known.STATED for phrase in said(sentence, known.phrases(kind, language))]
    low = spoken(sentence)
    futures = [match for shape in known.futures(language) if (match := shape.search(low))]
    return found + [("promise", match.group().strip()) for match in futures]


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
    counted = known.months().keys() | known.weekdays().keys() | known.numbers().keys()
    counted |= known.scales_behind_digits().keys()
    skipped = everyday | polite | counted | known.currencies().keys()
    found = []
    for word in words(text):
        low = folded(word)
        if word[0].isupper() and len(word) > 1 and low not in skipped and low.split("'")[0] not in skipped:
            found.append(Claim("name", word, low))
    return found
