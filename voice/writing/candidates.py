"""Makes the drafts that are possible for one thread and puts the one nearest to the user first;
it chooses among sentences and never makes one up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from voice.jobs import Job
from voice.languages.register import address_of
from voice.languages.text import contains, folded, words
from voice.learning.habits import Habits
from voice.writing import asks, flavour, layout
from voice.writing.checks import COPIED_RUN
from voice.writing.desk import DraftSentence, WritingDesk
from voice.writing.passages import Passage
from voice.writing.wishing import FORMAL, INFORMAL

FEWEST_OPENING = 5
"""Words an opening may have however short the question it leads to, SPARE not counted."""
FEWEST_AGREE = 4
"""Words that the agreeing end of a draft adds of its own, so that what stands before it needs fewer."""
OWN_SHARE = 0.66
"""A draft says something beside the repeated question, else it is a copy."""
LONGEST_NAMED = 9
"""Words of a thing that can be named within a sentence."""
OFTEN = 3
"""Times; what was said less often is no habit."""
SPARE = 10
"""A wording may be so many words longer than it must."""
LONG_MAILS = 70
"""Who writes so many words a mail may end a follow-up with one sentence more."""
STEM, FEWEST_OF_WEIGHT = 5, 4
"""Letters by which words are the same in all their forms, and of words that carry meaning."""
MOST_WEIGHED = 250
"""Lines that are scored; a draft takes 32 ms with them (`python bench/voice_speed.py`)."""
MOST_OPENINGS = 12
"""The best are put together with every ending; more only take time."""
MOST_ENDINGS = 6
"""Of the user's own phrases; those said most often come first."""
MOST_WHOLE = 600
"""Drafts put together of one passage, before the best are tried: a bound on time."""
MOST_TRIED = 24
"""Of each kind of draft."""
LENGTH_POWER = 0.3
"""The smaller, the longer the drafts that win."""
WORTH_OF_ASK = 2.0
"""By so much the matter alone must sound nearer to the user before the question is not repeated."""


def plans(desk: WritingDesk) -> Iterator[list[DraftSentence]]:
    """Drafts in the order of preference: what was asked, else what was said, else the matter alone."""
    asked = [passage for passage in desk.passages if passage.kind == "ask" and (desk.thing or not passage.leaning)]
    said = [passage for passage in desk.passages if passage.kind == "statement"]
    if desk.shorter:
        asked = [replace(passage, spare=False) for passage in asked]
    clear = [one for one in asked if not one.spare and not one.leaning]
    named = [one for one in asked if not one.spare and one.leaning]
    spare = [one for one in asked if one.spare]
    groups: Iterator[Sequence[Passage | None]] = iter([clear, named, spare, said, [None]])
    if asked and _free(desk):
        alone = _group(desk, [None])
        first = next(found for group in groups if (found := _group(desk, group)) or group == [None])
        if alone and first and _nearness(desk, alone[0]) > _nearness(desk, first[0]) + WORTH_OF_ASK:
            yield from alone
        yield from first
    for group in groups:
        yield from _group(desk, group)


def _group(desk: WritingDesk, group: Sequence[Passage | None]) -> list[list[DraftSentence]]:
    """The best drafts that repeat one of these passages."""
    made = [draft for passage in group for draft in _drafts(_seat(desk, passage), passage)]
    return nearest_first(desk, made)[:MOST_TRIED]


def _free(desk: WritingDesk) -> bool:
    """Whether the matter may be named and the question not repeated, where that sounds like somebody else."""
    bound = desk.brief.ask or desk.brief.promised or desk.brief.say or desk.brief.job is not Job.ASK_AGAIN
    return bool(desk.thing) and desk.likeness.sure and not (bound or desk.shorter or desk.longer)


def _seat(desk: WritingDesk, passage: Passage | None) -> WritingDesk:
    """The desk with the form of address the repeated words have."""
    register = address_of(passage.text, desk.known.language) if passage else "neutral"
    return desk if register == "neutral" else replace(desk, frame=replace(desk.frame, register=register))


def nearest_first(desk: WritingDesk, made: list[list[DraftSentence]]) -> list[list[DraftSentence]]:
    """In the order in which they sound like this user, or by length where that was wished for."""
    if desk.shorter or desk.longer:
        return sorted(made, key=lambda pieces: (_length(pieces), _core(pieces)), reverse=desk.longer)
    return sorted(made, key=lambda pieces: (-_nearness(desk, pieces), _core(pieces)))


def _length(pieces: Iterable[DraftSentence]) -> int:
    return sum(len(piece.text) for piece in pieces)


def _core(pieces: Iterable[DraftSentence]) -> str:
    return " ".join(piece.text for piece in pieces)


def _nearness(desk: WritingDesk, pieces: Iterable[DraftSentence]) -> float:
    """How much the whole sounds like the user."""
    total = squares = 0.0
    for piece in pieces:
        likely, square = desk.likeness.weighed(piece.text)
        total, squares = total + likely, squares + square
    return float(total / max(squares, 1.0) ** LENGTH_POWER)


def _drafts(desk: WritingDesk, passage: Passage | None) -> Iterator[list[DraftSentence]]:
    """Every opening with every ending that fits it."""
    signal, middle = of_signal(desk), _middle(desk, passage)
    openings: Sequence[DraftSentence | None] = _best(desk, _openings(desk, passage), MOST_OPENINGS) or [None]
    endings = _endings(desk, passage)
    lasts = _lasts(desk, passage)
    for opening, ending, last in list(product(openings, endings, lasts))[:MOST_WHOLE]:
        pieces = [*signal, *(piece for piece in (opening, *middle, ending) if piece and piece.text)]
        if last and _echoes(last.text, [desk.frame.signoff, *(piece.text for piece in pieces)]):
            continue
        if pieces:
            yield _parted([*pieces, *([last] if last else [])])


def _parted(pieces: Sequence[DraftSentence]) -> list[DraftSentence]:
    """What a colon announces stands in a paragraph of its own."""
    before = [None, *pieces]
    return [
        replace(piece, apart=piece.apart or bool(last and last.text.endswith(":")))
        for last, piece in zip(before, pieces, strict=False)
    ]


def _middle(desk: WritingDesk, passage: Passage | None) -> list[DraftSentence]:
    """The user's own words, in a paragraph of their own for those who write short ones."""
    if passage is None:
        return []
    habits = desk.tongue.habits
    detail = "the open question" if passage.kind == "ask" else "what was said"
    *before, last = [_opened(line, habits) for line in passage.lines]
    lead = [DraftSentence(line, "own_thread", "what came before it") for line in before]
    made = [*lead, DraftSentence(last, "own_thread", detail)]
    return [replace(made[0], apart=habits.breaks), *made[1:]]


def _opened(text: str, habits: Habits) -> str:
    """A sentence of its own begins with a capital letter, unless this user begins small."""
    first = text.split(" ", 1)[0]
    small = first.isalpha() and first.islower() and not habits.starts_lower
    return text[:1].upper() + text[1:] if small else text


def _openings(desk: WritingDesk, passage: Passage | None) -> list[DraftSentence]:
    """That the user wrote, and when."""
    if passage is None:
        return _said(desk, "sent_thing" if desk.thing else "sent_plain", asks=False)
    if passage.kind == "statement":
        named = 1 <= len(words(desk.thing)) <= LONGEST_NAMED and bool(desk.known.sentences("said_thing"))
        return _said(desk, "said_thing" if named else "said_plain", passage.size - FEWEST_AGREE)
    if desk.brief.promised and desk.known.sentences("promised", desk.frame.register):
        return _promised(desk)
    said = len(passage.lines) > 1 or not passage.question
    stem, plain = ("said", "said_plain") if said else ("ask", "ask_question")
    named = bool(desk.thing) and (passage.leaning or len(words(desk.thing)) <= LONGEST_NAMED)
    named = named and (passage.leaning or not asks.names(passage.text, desk.thing))
    pieces = _said(desk, f"{stem}_thing" if named else plain, passage.size)
    return [piece for piece in pieces if _fits(piece.text, passage, desk)] or pieces


def _fits(line: str, passage: Passage, desk: WritingDesk, marks: str = "knowing") -> bool:
    """Not "I still wonder" before "Could you sign it?": that is no question about a fact."""
    first = folded((words(passage.lines[-1]) or [""])[0])
    return first not in desk.known.marks("acting") or not contains(line, desk.known.marks(marks))


def _said(desk: WritingDesk, job: str, quoted: int = 0, *, asks: bool = True) -> list[DraftSentence]:
    """Wordings long enough that a quoted sentence does not make a copy of the draft."""
    lines = desk.known.sentences(job if desk.whens else f"{job}_now", desk.frame.register)
    # Two questions in a row sound like an inquiry.
    lines = tuple(line for line in lines if asks or not line.endswith("?"))
    if not lines:
        return []
    if "_thing" in job and len(words(desk.thing)) >= COPIED_RUN:
        quoted += len(words(desk.thing))
    least = int(quoted * (1 - OWN_SHARE) / OWN_SHARE)
    fit = [line for line in lines if least <= _added(line) <= max(least, FEWEST_OPENING) + SPARE]
    return [_filled(desk, line) for line in _worded(desk, _spread(fit) or sorted(lines, key=len)[-12:], first=True)]


def _spread(lines: Sequence[str]) -> list[str]:
    """Not more than can be weighed in time, of every kind some."""
    many = len(lines)
    return [lines[place * many // MOST_WEIGHED] for place in range(MOST_WEIGHED)] if many > MOST_WEIGHED else [*lines]


def _added(line: str) -> int:
    """Words of a wording that stand in no mail of the thread."""
    return len(words(line.replace("{thing}", "")))


def _promised(desk: WritingDesk) -> list[DraftSentence]:
    """The day the other side named, which has passed."""
    day = desk.brief.promised
    lines = desk.known.sentences("promised", desk.frame.register)
    return [DraftSentence(in_habit(desk, line.replace("{day}", day)), "computed", day) for line in lines]


def _filled(desk: WritingDesk, line: str) -> DraftSentence:
    span = desk.whens[desk.seed % len(desk.whens)] if desk.whens else ""
    timed = in_habit(desk, line.replace("{When}", span[:1].upper() + span[1:]).replace("{when}", span))
    fixed = tuple(part for part in timed.split("{thing}") if words(part))
    return DraftSentence(timed.replace("{thing}", desk.thing), "computed" if span else "neutral", span, fixed)


def _endings(desk: WritingDesk, passage: Passage | None) -> Sequence[DraftSentence | None]:
    """What closes the draft: the job of this touch, a question where nothing was asked, or the user's own thanks."""
    job = desk.brief.job
    if job in (Job.CLOSE, Job.WAY_OUT, Job.EASY):
        return [replace(piece, apart=desk.tongue.habits.breaks) for piece in _lines(desk, job.value)]
    if passage is None:
        own = [phrase for phrase in desk.tongue.phrases if phrase.kind == "nudge"][:MOST_ENDINGS]
        return [*(DraftSentence(phrase.text, "own_mail", phrase.source) for phrase in own), *_lines(desk, "nudge")]
    if passage.kind == "statement":
        return [replace(piece, apart=True) for piece in _lines(desk, "agree")]
    return [None] if desk.shorter else (_closers(desk) or (_lines(desk, Job.EASY.value) if desk.longer else [None]))


def _lasts(desk: WritingDesk, passage: Passage | None) -> Sequence[DraftSentence | None]:
    """A last sentence after the repeated words, for those who write long mails."""
    bound = desk.shorter or desk.longer or desk.brief.job is not Job.ASK_AGAIN
    if passage is None or bound or desk.tongue.habits.words_median < LONG_MAILS:
        return [None]
    lines = [piece for piece in _lines(desk, "after") if _fits(piece.text, passage, desk, "inquiring")]
    return [None, *(replace(piece, apart=desk.tongue.habits.breaks) for piece in lines)]


def _echoes(line: str, said: Iterable[str]) -> bool:
    """Whether a sentence has a word of weight that was just said: "I would appreciate" twice."""
    before = {word for text in said for word in _weighty(text)}
    return any(word in before for word in _weighty(line))


def _weighty(text: str) -> list[str]:
    """The stems of the longer words."""
    return [folded(word)[:STEM] for word in words(text) if len(word) >= FEWEST_OF_WEIGHT]


def _closers(desk: WritingDesk) -> list[DraftSentence]:
    """A last short sentence the user often writes."""
    often = [phrase for phrase in desk.tongue.phrases if phrase.kind == "closer" and phrase.count >= OFTEN]
    fit = [phrase for phrase in often if not _signs_thanks(desk, phrase.text)]
    return [DraftSentence(phrase.text, "own_mail", phrase.source) for phrase in fit[:MOST_ENDINGS]]


def _signs_thanks(desk: WritingDesk, text: str) -> bool:
    """Not "Thanks!" above "Thanks, Ann"."""
    first = folded(words(text)[0])
    return bool(words(desk.frame.signoff)) and folded(words(desk.frame.signoff)[0]) == first


def of_signal(desk: WritingDesk) -> list[DraftSentence]:
    """The reason to write now, as the user gave it."""
    signal = desk.brief.signal
    if signal is None:
        return []
    said = signal.text.strip().rstrip(".") + "."
    line = desk.known.sentences("signal", desk.frame.register)[0].replace("{signal}", said)
    return [DraftSentence(f"{line} {signal.url}".strip(), "signal", signal.text)]


def _lines(desk: WritingDesk, job: str) -> list[DraftSentence]:
    lines = _worded(desk, desk.known.sentences(job, desk.frame.register), first=False)
    return _best(desk, [DraftSentence(in_habit(desk, line), "neutral", job) for line in lines], MOST_ENDINGS)


def _worded(desk: WritingDesk, lines: Sequence[str], *, first: bool) -> list[str]:
    """Wordings that were not sent in a touch before, with the marks this user is fond of."""
    said = " ".join(folded(text) for text in desk.brief.last_touches)
    fresh = [line for line in lines if folded(line) not in said] or list(lines)
    return flavour.variants(fresh, desk.tongue.habits, desk.known, first=first)


def _best(desk: WritingDesk, pieces: Sequence[DraftSentence], most: int) -> list[DraftSentence]:
    """The nearest to the user, or the shortest or longest where that was wished for."""
    if desk.shorter or desk.longer:
        return sorted(pieces, key=lambda piece: (len(piece.text), piece.text), reverse=desk.longer)[:most]
    return sorted(pieces, key=lambda piece: (-_nearness(desk, [piece]), piece.text))[:most]


def in_habit(desk: WritingDesk, line: str) -> str:
    """A neutral wording with this user's contractions, apostrophes and spaces."""
    habits = desk.tongue.habits
    contracts = habits.contracts
    if FORMAL in desk.wished or INFORMAL in desk.wished:
        return layout.apostrophes(layout.contract(line, desk.known, INFORMAL in desk.wished), habits)
    text = layout.contract(line, desk.known, contracts) if habits.mails else line
    return flavour.spaced(layout.apostrophes(text, habits), habits)
