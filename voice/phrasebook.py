"""The writer without a model: own frames, own asks, computed time;
it restates and never adds a fact, or says why it does not write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from zlib import crc32

from voice import asks, layout
from voice.address import Frame, frame
from voice.brief import Brief, Drafted, Job, Phrase
from voice.checks import problems
from voice.language import language_of
from voice.ngrams import Likeness, background
from voice.pack import LANGUAGES, Pack, pack
from voice.parts import Parts, split
from voice.profile import Profile, Tongue
from voice.quotes import typed
from voice.text import contains, folded, words
from voice.when import spans

NAME = "phrasebook"
CLOSE_CALL = 1
"""Among this many wordings nearest to the user, the thread decides."""
SHORT_DRAFT = 17
SECOND_ASK = 2.8
FEWEST_SECOND = 4
BOTH_ASKS = 22
LONGEST_NAMED = 8
"""A longer subject line would drown the question."""
TRIES = 24


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence of a draft and where it came from."""

    text: str
    source: str
    detail: str = ""
    fixed: tuple[str, ...] = ()
    """What of it stands in the neutral wording, without the matter."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything one draft is written from."""

    brief: Brief
    known: Pack
    tongue: Tongue
    quiet: Parts
    frame: Frame
    asks: tuple[asks.Ask, ...]
    thing: str
    whens: tuple[str, ...]
    likeness: Likeness
    seed: int

    @property
    def shorter(self) -> bool:
        return contains(
            self.brief.say,
            ("shorter", "short", "kürzer", "plus court", "más corto", "più corto", "mais curto", "korter"),
        )


class Phrasebook:
    """Writes from the user's own sentences and, where those are missing, from neutral ones."""

    def write(self, brief: Brief, profile: Profile) -> Drafted:
        """A draft, or the reason why there is none."""
        if not brief.own:
            return _abstain("there is no mail of yours in this thread to follow up on")
        if brief.job is Job.FIRST:
            return _abstain("a first mail needs your own words; the phrasebook only follows up")
        language = brief.language or language_of(typed(brief.own[-1].text), LANGUAGES, profile.usual_language)
        if language not in LANGUAGES:
            return _abstain(f"the phrasebook does not know the language “{language[:20]}”")
        desk = _desk(brief, profile, language)
        for tried, pieces in enumerate(_plans(desk)):
            drafted = _set(desk, pieces)
            if not problems(
                drafted.body, _core(pieces), [item.text for item in brief.own], brief.last_touches, desk.known
            ):
                return _noted(drafted, profile, desk)
            if tried >= TRIES:
                break
        return _abstain("every wording would repeat what you already wrote in this thread")


def _abstain(reason: str) -> Drafted:
    return Drafted(body="", writer=NAME, abstained=reason)


def _desk(brief: Brief, profile: Profile, language: str) -> Desk:
    known, tongue, last = pack(language), profile.tongue(language), brief.own[-1]
    tails = {folded(line) for block in tongue.manner.signoffs for line in block.split("\n") if line.strip()}
    quiet = split(typed(last.text), known, tails)
    found = tuple(asks.find(quiet.body, known))
    if brief.ask:
        found = (asks.Ask(brief.ask, brief.ask.endswith("?"), False, 9.0), *found)
    return Desk(
        brief=brief,
        known=known,
        tongue=tongue,
        quiet=quiet,
        frame=frame(brief, profile, language, quiet, known),
        asks=found,
        thing=asks.thing_of(brief.subject or last.subject, known),
        whens=spans(last.at, brief.now, known),
        likeness=Likeness(tongue.grams, background(language)),
        seed=crc32(last.text.encode()),
    )


def _plans(desk: Desk) -> Iterator[list[Piece]]:
    """Drafts in the order of preference."""
    choices: list[asks.Ask | None] = [ask for ask in desk.asks[:3] if ask.score > 0]
    choices.append(None)
    for ask, turn in product(choices, range(6)):
        made = [piece for piece in _pieces(desk, ask, turn) if piece.text]
        if made:
            yield made


def _pieces(desk: Desk, ask: asks.Ask | None, turn: int) -> list[Piece]:
    signal = _signal(desk)
    asked = _asked(desk, ask)
    job = desk.brief.job
    if job is Job.CLOSE:
        return [*signal, *_opening(desk, ask, turn), *_asked_again(desk, ask, turn), _line(desk, "close", turn)]
    if job is Job.WAY_OUT:
        return [*signal, *_opening(desk, ask, turn), *asked, _line(desk, "way_out", turn)]
    if job is Job.EASY:
        return [*signal, *_opening(desk, ask, turn), *(asked or [_nudge(desk, turn)]), _line(desk, "easy", turn)]
    return [*signal, *_opening(desk, ask, turn), *(asked or [_nudge(desk, turn)]), *_ending(desk, ask, turn)]


def _asked(desk: Desk, ask: asks.Ask | None) -> list[Piece]:
    """The open question, with a second short one of the same mail where both stand alone."""
    if ask is None:
        return []
    more = [
        other
        for other in desk.asks
        if ask.question
        and other.question
        and other.text != ask.text
        and not other.leaning
        and other.score >= SECOND_ASK
        and len(words(other.text)) > FEWEST_SECOND
    ]
    both = [ask, *more[:1]] if more and len(words(ask.text + " " + more[0].text)) <= BOTH_ASKS else [ask]
    own = folded(desk.brief.own[-1].text)
    both.sort(key=lambda one: own.find(folded(one.text)[:30]))
    return [Piece(one.text, "own_thread", "the open question") for one in both]


def _asked_again(desk: Desk, ask: asks.Ask | None, turn: int) -> list[Piece]:
    return [Piece(ask.text, "own_thread", "the open question")] if ask else [_nudge(desk, turn)]


def _opening(desk: Desk, ask: asks.Ask | None, turn: int) -> list[Piece]:
    if ask and ask.question and (not ask.leaning or not desk.thing):
        named = (
            desk.thing and len(words(desk.thing)) <= LONGEST_NAMED and desk.known.sentences("ask_thing") and desk.whens
        )
        return _said(desk, "ask_thing" if named else "ask_question", turn)
    return _sent(desk, turn, about=ask is None or ask.leaning)


def _sent(desk: Desk, turn: int, *, about: bool) -> list[Piece]:
    """That the user wrote, when, and about what."""
    return _said(desk, "sent_thing" if about and desk.thing else "sent_plain", turn)


def _said(desk: Desk, job: str, turn: int) -> list[Piece]:
    lines = desk.known.sentences(job if desk.whens else f"{job}_now", desk.frame.register)
    chosen = _choose(desk, lines, turn)
    return [_filled(desk, chosen, turn)] if chosen else []


def _filled(desk: Desk, line: str, turn: int) -> Piece:
    span = _choose(desk, desk.whens, turn) if desk.whens else ""
    timed = _habit(desk, line.replace("{When}", span[:1].upper() + span[1:]).replace("{when}", span))
    fixed = tuple(part for part in timed.split("{thing}") if words(part))
    return Piece(timed.replace("{thing}", desk.thing), "computed" if span else "neutral", span, fixed)


def _nudge(desk: Desk, turn: int) -> Piece:
    own = [phrase for phrase in desk.tongue.phrases if phrase.kind == "nudge"]
    if own and turn < len(own):
        return Piece(own[turn].text, "own_mail", own[turn].source)
    return _line(desk, "nudge", turn)


def _ending(desk: Desk, ask: asks.Ask | None, turn: int) -> list[Piece]:
    """A last short sentence, the user's own where there is one."""
    if desk.shorter or not ask or (desk.thing and ask.question):
        return []
    closer = [
        phrase for phrase in desk.tongue.phrases if phrase.kind == "closer" and not _signs_thanks(desk, phrase.text)
    ]
    if closer:
        best = _choose(desk, [phrase.text for phrase in closer[:6]], turn)
        return [Piece(best, "own_mail", next(phrase.source for phrase in closer if phrase.text == best))]
    if len(words(ask.text)) < SHORT_DRAFT - 11:
        return [_line(desk, "after", turn)]
    return []


def _signs_thanks(desk: Desk, text: str) -> bool:
    """Not "Thanks!" above "Thanks, Ann"."""
    first = folded(words(text)[0])
    return bool(words(desk.frame.signoff)) and folded(words(desk.frame.signoff)[0]) == first


def _signal(desk: Desk) -> list[Piece]:
    signal = desk.brief.signal
    if signal is None:
        return []
    said = signal.text.strip().rstrip(".") + "."
    line = desk.known.sentences("signal", desk.frame.register)[0].replace("{signal}", said)
    return [Piece(f"{line} {signal.url}".strip(), "signal", signal.text)]


def _line(desk: Desk, job: str, turn: int) -> Piece:
    lines = desk.known.sentences(job, desk.frame.register)
    return Piece(_habit(desk, _choose(desk, lines, turn)), "neutral", job)


def _choose(desk: Desk, lines: Sequence[str], turn: int) -> str:
    """The wording nearest to the user; near ties are settled by the thread, later turns go down the list."""
    if not lines:
        return ""
    said = " ".join(folded(text) for text in desk.brief.last_touches)
    if desk.shorter:
        return sorted(lines, key=lambda line: (len(line), line))[turn % len(lines)]
    fresh = [line for line in lines if folded(line) not in said] or list(lines)
    ranked = sorted(fresh, key=lambda line: (-desk.likeness.of(_habit(desk, line)), line))
    start = desk.seed % min(CLOSE_CALL, len(ranked))
    return ranked[(start + turn) % len(ranked)]


def _habit(desk: Desk, line: str) -> str:
    habits = desk.tongue.habits
    text = layout.contract(line, desk.known, habits.contracts) if habits.mails else line
    return layout.apostrophes(text, habits)


def _core(pieces: Sequence[Piece]) -> str:
    return " ".join(piece.text for piece in pieces)


def _set(desk: Desk, pieces: Sequence[Piece]) -> Drafted:
    habits, around = desk.tongue.habits, desk.frame
    text = layout.joined([layout.in_case(piece.text, habits) for piece in pieces], habits)
    block = layout.paragraph(text, habits)
    body = layout.assemble(around.greeting, around.greeting_gap, [block], around.signoff, around.signoff_gap)
    phrases = [Phrase(piece.text, piece.source, piece.detail) for piece in pieces]
    if around.greeting:
        phrases.insert(0, Phrase(around.greeting, around.greeting_source.split(" ")[0], around.greeting_source))
    if around.signoff:
        phrases.append(Phrase(around.signoff, "own_mail", "sign-off"))
    allowed = tuple(part for piece in pieces if _ours(piece) for part in (piece.fixed or (piece.text,)))
    return Drafted(body=body, writer=NAME, phrases=tuple(phrases), allowed=allowed)


def _ours(piece: Piece) -> bool:
    """Times from the clock and neutral wordings: a fact check need not look for them in a mail."""
    return piece.source in ("computed", "neutral")


def _noted(drafted: Drafted, profile: Profile, desk: Desk) -> Drafted:
    notes = [] if profile.state == "ready" else [profile.said]
    if desk.brief.say and not desk.shorter and "formal" not in folded(desk.brief.say):
        notes.append(
            "The phrasebook can only make a draft shorter, more or less formal; your other wish needs a model."
        )
    if not desk.tongue.mails:
        notes.append("You have not written in this language before; the wording is neutral.")
    return Drafted(drafted.body, NAME, drafted.phrases, tuple(notes), "", drafted.allowed)
