"""Sets sentences as one mail of this user's and says where each came from; never chooses or changes a sentence."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from voice.brief import Drafted, Phrase
from voice.languages.text import folded, words
from voice.learning.memories import wishes
from voice.learning.profile import Profile
from voice.writing import layout
from voice.writing.checks import problems
from voice.writing.desk import DraftSentence, WritingDesk
from voice.writing.wishing import LONGER, SHORTER, known_wishes, understood

NAME = "phrasebook"
OTHER_WORDS = 4
"""So many words go or come before a text is another one; "reply" for "answer" is not what a person asks for."""


def first_that_fits(
    desk: WritingDesk, candidates: Iterable[Sequence[DraftSentence]], profile: Profile, *, fine: Container[str] = ()
) -> Drafted:
    """The first of these drafts that nothing speaks against, or why there is none; `fine` problems are none here."""
    own = [*(item.text for item in desk.brief.own), desk.thing]
    for pieces in candidates:
        drafted, said = set_down(desk, pieces), core(pieces)
        unwanted = any(folded(line) in folded(said) for line in wishes(desk.brief.memories).removed)
        if unwanted or stale(desk, drafted.body):
            continue
        found = problems(drafted.body, said, own, desk.brief.last_touches, desk.known)
        if all(problem in fine for problem in found):
            return noted(drafted, profile, desk)
    if desk.brief.seen:
        return abstain(f"there is no other{than(desk)} wording of it without a model")
    return abstain("every wording would repeat what you already wrote in this thread")


def abstain(reason: str) -> Drafted:
    """Why there is no draft."""
    return Drafted(body="", writer=NAME, abstained=reason)


def core(pieces: Sequence[DraftSentence]) -> str:
    """What stands between greeting and sign-off."""
    return " ".join(piece.text for piece in pieces)


def set_down(desk: WritingDesk, pieces: Sequence[DraftSentence]) -> Drafted:
    """One mail, with every piece and its source."""
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


def _ours(piece: DraftSentence) -> bool:
    """Times from the clock and neutral wordings: a fact check need not look for them in a mail."""
    return piece.source in ("computed", "neutral")


def noted(drafted: Drafted, profile: Profile, desk: WritingDesk) -> Drafted:
    """The same with what a reader should know of it."""
    notes = [] if profile.state == "ready" else [profile.said]
    if desk.brief.say and not understood(desk.brief.say):
        notes.append(f"Your wish needs a model. {known_wishes()}")
    if not desk.tongue.mails:
        notes.append("You have not written in this language before; the wording is neutral.")
    return Drafted(drafted.body, NAME, drafted.phrases, tuple(notes), "", drafted.allowed)


def stale(desk: WritingDesk, body: str) -> bool:
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


def than(desk: WritingDesk) -> str:
    """Which kind of wording is missing."""
    wished = understood(desk.brief.say)
    return ", shorter" if SHORTER in wished else ", longer" if LONGER in wished else ""
