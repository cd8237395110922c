"""The writer without a model: own frames, own asks, computed time;
it restates and never adds a fact, or says why it does not write."""

from __future__ import annotations

import re
from collections.abc import Sequence

from voice.brief import Brief, Drafted, Job, Phrase, language_of_brief
from voice.languages.detect import named
from voice.languages.pack import LANGUAGES
from voice.languages.quotes import typed
from voice.languages.text import folded, words
from voice.learning.memories import wishes
from voice.learning.profile import Profile
from voice.writing import layout
from voice.writing.candidates import plans
from voice.writing.checks import problems
from voice.writing.desk import Desk, Piece, laid_out
from voice.writing.first import write_first
from voice.writing.wishing import LONGER, SHORTER, known_wishes, understood

NAME = "phrasebook"
QUESTION = re.compile(r"[^.!?。！？؟\n]{1,160}[?？؟]")
OTHER_WORDS = 4
"""So many words go or come before a text is another one; "reply" for "answer" is not what a person asks for."""


class Phrasebook:
    """Writes from the user's own sentences and, where those are missing, from neutral ones."""

    def write(self, brief: Brief, profile: Profile) -> Drafted:
        """A draft, or the reason why there is none."""
        if brief.job is Job.FIRST:
            return write_first(brief, profile)
        if not brief.own:
            return _abstain("there is no mail of yours in this thread to follow up on")
        language = language_of_brief(brief, profile)
        if language not in LANGUAGES:
            return _abstain(unwritable(language, brief))
        desk = laid_out(brief, profile, language)
        for pieces in plans(desk):
            drafted = _set(desk, pieces)
            own = [*(item.text for item in brief.own), desk.thing]
            core = folded(_core(pieces))
            if any(folded(line) in core for line in wishes(brief.memories).removed) or _stale(desk, drafted.body):
                continue
            if not problems(drafted.body, _core(pieces), own, brief.last_touches, desk.known):
                return _noted(drafted, profile, desk)
        if brief.seen:
            return _abstain(f"there is no other{_than(desk)} wording of it without a model")
        return _abstain("every wording would repeat what you already wrote in this thread")


def _stale(desk: Desk, body: str) -> bool:
    """Whether it is a text the user has seen and did not want, or no nearer to what they asked for."""
    seen, wished = desk.brief.seen, understood(desk.brief.say)
    if not seen or folded(body) in {folded(text) for text in seen}:
        return bool(seen)
    now, before = len(words(body)), len(words(seen[-1]))
    if SHORTER in wished or LONGER in wished:
        return (SHORTER in wished and now >= before) or (LONGER in wished and now <= before)
    return not wished and any(_alike(body, text) for text in seen)


def _alike(one: str, other: str) -> bool:
    """Whether two texts say it in the same words, one or two apart."""
    here, there = set(words(folded(one))), set(words(folded(other)))
    return max(len(here - there), len(there - here)) < OTHER_WORDS


def _than(desk: Desk) -> str:
    """Which kind of wording is missing."""
    wished = understood(desk.brief.say)
    return ", shorter" if SHORTER in wished else ", longer" if LONGER in wished else ""


def unwritable(language: str, brief: Brief) -> str:
    """Why there is no draft in a language nobody here writes, with what the user had asked."""
    asked = open_question(typed(brief.own[-1].text)) if brief.own else ""
    return f"I cannot write {named(language)} yet" + (f". Your question was: {asked}" if asked else "")


def open_question(text: str) -> str:
    """The last sentence that ends like a question, in any script."""
    found = QUESTION.findall(text)
    return " ".join(found[-1].split()) if found else ""


def _abstain(reason: str) -> Drafted:
    return Drafted(body="", writer=NAME, abstained=reason)


def _core(pieces: Sequence[Piece]) -> str:
    return " ".join(piece.text for piece in pieces)


def _set(desk: Desk, pieces: Sequence[Piece]) -> Drafted:
    habits, around = desk.tongue.habits, desk.frame
    blocks: list[list[str]] = []
    for place, piece in enumerate(pieces):
        after_comma = place == 0 and desk.known.small_after_greeting and around.greeting.endswith(",")
        text = piece.text if piece.source.startswith("own") else layout.in_case(piece.text, habits, small=after_comma)
        if piece.apart or not blocks:
            blocks.append([])
        blocks[-1].append(text)
    set_up = [layout.block(block, habits) for block in blocks]
    body = layout.assemble(around.greeting, around.greeting_gap, set_up, around.signoff, around.signoff_gap)
    phrases = [Phrase(piece.text, piece.source, piece.detail) for piece in pieces]
    if around.greeting:
        phrases.insert(0, Phrase(around.greeting, around.greeting_source.split(" ")[0], around.greeting_source))
    if around.signoff:
        phrases.append(Phrase(around.signoff, "own_mail", "sign-off"))
    ours = [part for piece in pieces if _ours(piece) for part in (piece.fixed or (piece.text,))]
    allowed = (*ours, *(part[:1].lower() + part[1:] for part in ours), *filter(None, [around.signoff]))
    return Drafted(body=body, writer=NAME, phrases=tuple(phrases), allowed=allowed)


def _ours(piece: Piece) -> bool:
    """Times from the clock and neutral wordings: a fact check need not look for them in a mail."""
    return piece.source in ("computed", "neutral")


def _noted(drafted: Drafted, profile: Profile, desk: Desk) -> Drafted:
    notes = [] if profile.state == "ready" else [profile.said]
    if desk.brief.say and not understood(desk.brief.say):
        notes.append(f"Your wish needs a model. {known_wishes()}")
    if not desk.tongue.mails:
        notes.append("You have not written in this language before; the wording is neutral.")
    return Drafted(drafted.body, NAME, drafted.phrases, tuple(notes), "", drafted.allowed)
