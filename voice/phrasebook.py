"""The writer without a model: own frames, own asks, computed time;
it restates and never adds a fact, or says why it does not write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from zlib import crc32

from voice import asks, flavour, layout
from voice.address import Frame, frame
from voice.brief import Brief, Drafted, Job, Phrase
from voice.checks import COPIED_RUN, problems
from voice.first import write_first
from voice.habits import Habits
from voice.language import language_of
from voice.memories import wishes
from voice.ngrams import Likeness, background
from voice.pack import LANGUAGES, Pack, pack
from voice.parts import Parts, split
from voice.profile import Profile, Tongue
from voice.quotes import typed
from voice.register import address_of
from voice.text import folded, words
from voice.when import spans
from voice.wishing import FORMAL, INFORMAL, LONGER, SHORTER, Wished, known_wishes, understood

NAME = "phrasebook"
CLOSE_CALL = 1
"""Among this many wordings nearest to the user, the thread decides."""
FEWEST_OPENING = 5
FEWEST_AGREE = 4
OWN_SHARE = 0.66
"""A draft says something beside the repeated question, else it is a copy."""
LONGEST_NAMED = 9
LONGEST_QUOTED = 24
OFTEN = 3
SPARE = 3
"""A wording may be so many words longer than it must."""
TRIES = 48


@dataclass(frozen=True, slots=True)
class Piece:
    """One sentence of a draft and where it came from."""

    text: str
    source: str
    detail: str = ""
    fixed: tuple[str, ...] = ()
    """What of it stands in the neutral wording, without the matter."""
    apart: bool = False
    """Begins a paragraph of its own."""


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
    stated: str
    whens: tuple[str, ...]
    likeness: Likeness
    seed: int

    @property
    def wished(self) -> Wished:
        return understood(f"{self.brief.instruction} {self.brief.say}")

    @property
    def shorter(self) -> bool:
        return SHORTER in self.wished or (LONGER not in self.wished and wishes(self.brief.memories).shorter)

    @property
    def longer(self) -> bool:
        return LONGER in self.wished


class Phrasebook:
    """Writes from the user's own sentences and, where those are missing, from neutral ones."""

    def write(self, brief: Brief, profile: Profile) -> Drafted:
        """A draft, or the reason why there is none."""
        if brief.job is Job.FIRST:
            return write_first(brief, profile)
        if not brief.own:
            return _abstain("there is no mail of yours in this thread to follow up on")
        language = brief.language or language_of(typed(brief.own[-1].text), LANGUAGES, profile.usual_language)
        if language not in LANGUAGES:
            return _abstain(f"the phrasebook does not know the language “{language[:20]}”")
        desk = _desk(brief, profile, language)
        for tried, pieces in enumerate(_plans(desk)):
            drafted = _set(desk, pieces)
            own = [*(item.text for item in brief.own), desk.thing]
            core = folded(_core(pieces))
            if any(folded(line) in core for line in wishes(brief.memories).removed) or _stale(desk, drafted.body):
                continue
            if not problems(drafted.body, _core(pieces), own, brief.last_touches, desk.known):
                return _noted(drafted, profile, desk)
            if tried >= TRIES:
                break
        if brief.seen:
            return _abstain(f"there is no other{_than(desk)} wording of it without a model")
        return _abstain("every wording would repeat what you already wrote in this thread")


def _stale(desk: Desk, body: str) -> bool:
    """Whether it is a text the user has seen and did not want, or no nearer to what they asked for."""
    seen = desk.brief.seen
    if not seen or folded(body) in {folded(text) for text in seen}:
        return bool(seen)
    now, before = len(words(body)), len(words(seen[-1]))
    wished = understood(desk.brief.say)
    return (SHORTER in wished and now >= before) or (LONGER in wished and now <= before)


def _than(desk: Desk) -> str:
    """Which kind of wording is missing."""
    wished = understood(desk.brief.say)
    return ", shorter" if SHORTER in wished else ", longer" if LONGER in wished else ""


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
        thing=flavour.quoted(asks.thing_of(brief.subject or last.subject, known), tongue.habits, known),
        stated=asks.statement(quiet.body, known),
        whens=spans(last.at, brief.now, known),
        likeness=Likeness(tongue.letters, background(language).joined(tongue.others)),
        seed=crc32(last.text.encode()),
    )


def _plans(desk: Desk) -> Iterator[list[Piece]]:
    """Drafts in the order of preference."""
    led = [_led(ask, desk) for ask in desk.asks[:3] if ask.score > 0]
    alone = [ask for ask in desk.asks[:1] if ask.score > 0]
    choices: list[asks.Ask | None] = [ask for ask in led + alone if ask.lead or not _unclear(ask, desk)]
    choices.append(None)
    # The last resort repeats nothing of the mail.
    seats = [(ask, desk) for ask in choices] + ([(None, replace(desk, stated=""))] if desk.stated else [])
    for (ask, place), turn in product(seats, range(6)):
        register = address_of(ask.text, desk.known.language) if ask else "neutral"
        seat = place if register == "neutral" else replace(place, frame=replace(place.frame, register=register))
        made = [piece for piece in _pieces(seat, ask, turn) if piece.text]
        if made:
            yield _parted(made)


def _unclear(ask: asks.Ask, desk: Desk) -> bool:
    """Whether a reader without the mail at hand would not know what is asked."""
    return ask.dangling or (ask.leaning and not desk.thing)


def _led(ask: asks.Ask, desk: Desk) -> asks.Ask:
    """The ask with the sentence before it, where both together stay short."""
    lead = asks.before(ask, desk.quiet.body, desk.known)
    most = LONGEST_QUOTED * 2 if desk.longer else LONGEST_QUOTED
    if not lead or desk.shorter or len(words(lead)) + len(words(ask.text)) > most:
        return ask
    return replace(ask, lead=lead, leaning=False, dangling=False)


def _parted(pieces: Sequence[Piece]) -> list[Piece]:
    """What a colon announces stands in a paragraph of its own."""
    before = [None, *pieces]
    return [
        replace(piece, apart=piece.apart or bool(last and last.text.endswith(":")))
        for last, piece in zip(before, pieces, strict=False)
    ]


def _pieces(desk: Desk, ask: asks.Ask | None, turn: int) -> list[Piece]:
    signal = _signal(desk)
    asked = _asked(desk, ask) or _stated(desk, turn)
    job = desk.brief.job
    opening = _opening(desk, ask, turn)
    if job in (Job.CLOSE, Job.WAY_OUT, Job.EASY):
        return [*signal, *opening, *asked, replace(_line(desk, job.value, turn), apart=_breaks(desk))]
    return [*signal, *opening, *asked, *_ending(desk, ask, turn)]


def _breaks(desk: Desk) -> bool:
    return desk.tongue.habits.breaks


def _asked(desk: Desk, ask: asks.Ask | None) -> list[Piece]:
    """The open question, in a paragraph of its own for those who write short ones."""
    if ask is None:
        return []
    habits = desk.tongue.habits
    lead = Piece(_opened(ask.lead, habits), "own_thread", "what came before it", apart=_breaks(desk))
    return [lead, Piece(_opened(ask.text, habits), "own_thread", "the open question", apart=_breaks(desk))]


def _stated(desk: Desk, turn: int) -> list[Piece]:
    """Where nothing was asked: what was said, if it stands alone, and what the reader thinks of it."""
    if not desk.stated:
        return [_nudge(desk, turn)]
    said = Piece(_opened(desk.stated, desk.tongue.habits), "own_thread", "what was said")
    return [said, replace(_line(desk, "agree", turn), apart=True)]


def _opened(text: str, habits: Habits) -> str:
    """A sentence of its own begins with a capital letter, unless this user begins small."""
    first = text.split(" ", 1)[0]
    small = first.isalpha() and first.islower() and not habits.starts_lower
    return text[:1].upper() + text[1:] if small else text


def _opening(desk: Desk, ask: asks.Ask | None, turn: int) -> list[Piece]:
    if ask is None:
        if desk.stated:
            named = 1 <= len(words(desk.thing)) <= LONGEST_NAMED
            job = "said_thing" if named and desk.known.sentences("said_thing") else "said_plain"
            return _said(desk, job, turn, len(words(desk.stated)) - FEWEST_AGREE)
        return _said(desk, "sent_thing" if desk.thing else "sent_plain", turn, asks=False)
    if desk.brief.promised and desk.known.sentences("promised", desk.frame.register):
        return _promised(desk, turn)
    quoted = len(words(ask.lead)) + len(words(ask.text))
    named = bool(desk.thing) and not ask.lead and (ask.leaning or len(words(desk.thing)) <= LONGEST_NAMED)
    named = named and (ask.leaning or not asks.names(ask.text, desk.thing))
    said = bool(ask.lead) or not ask.question
    kind = ("said" if said else "ask") + ("_thing" if named else "_plain" if said else "_question")
    return _said(desk, kind, turn, quoted)


def _said(desk: Desk, job: str, turn: int, quoted: int = 0, *, asks: bool = True) -> list[Piece]:
    """That the user wrote, and when; long enough that a quoted sentence does not make a copy of the draft."""
    lines = desk.known.sentences(job if desk.whens else f"{job}_now", desk.frame.register)
    # Two questions in a row sound like an inquiry.
    lines = tuple(line for line in lines if asks or not line.endswith("?"))
    if not lines:
        return []
    if "_thing" in job and len(words(desk.thing)) >= COPIED_RUN:
        quoted += len(words(desk.thing))
    least = int(quoted * (1 - OWN_SHARE) / OWN_SHARE)
    fit = [line for line in lines if least <= _added(line) <= max(least, FEWEST_OPENING) + SPARE]
    chosen = _choose(desk, fit or sorted(lines, key=len)[-12:], turn, first=True)
    return [_filled(desk, chosen, turn)] if chosen else []


def _added(line: str) -> int:
    """Words of a wording that stand in no mail of the thread."""
    return len(words(line.replace("{thing}", "")))


def _promised(desk: Desk, turn: int) -> list[Piece]:
    """The day the other side named, which has passed."""
    line = _choose(desk, desk.known.sentences("promised", desk.frame.register), turn)
    text = _habit(desk, line.replace("{day}", desk.brief.promised))
    return [Piece(text, "computed", desk.brief.promised)]


def _filled(desk: Desk, line: str, turn: int) -> Piece:
    span = desk.whens[turn % len(desk.whens)] if desk.whens else ""
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
    if desk.shorter or not ask:
        return []
    closer = [
        phrase
        for phrase in desk.tongue.phrases
        if phrase.kind == "closer" and phrase.count >= OFTEN and not _signs_thanks(desk, phrase.text)
    ]
    if closer:
        best = _choose(desk, [phrase.text for phrase in closer[:6]], turn)
        return [Piece(best, "own_mail", next(phrase.source for phrase in closer if phrase.text == best))]
    return [_line(desk, Job.EASY.value, turn)] if desk.longer else []


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


def _choose(desk: Desk, lines: Sequence[str], turn: int, *, first: bool = False) -> str:
    """The wording nearest to the user; near ties are settled by the thread, later turns go down the list."""
    if not lines:
        return ""
    said = " ".join(folded(text) for text in desk.brief.last_touches)
    if desk.shorter or desk.longer:
        return sorted(lines, key=lambda line: (len(line), line), reverse=desk.longer)[turn % len(lines)]
    fresh = [line for line in lines if folded(line) not in said] or list(lines)
    ranked = sorted(
        flavour.variants(fresh, desk.tongue.habits, desk.known, first=first),
        key=lambda line: (-desk.likeness.of(_habit(desk, line)), line),
    )
    start = desk.seed % min(CLOSE_CALL, len(ranked))
    return ranked[(start + turn) % len(ranked)]


def _habit(desk: Desk, line: str) -> str:
    habits = desk.tongue.habits
    contracts = habits.contracts
    if FORMAL in desk.wished or INFORMAL in desk.wished:
        return layout.apostrophes(layout.contract(line, desk.known, INFORMAL in desk.wished), habits)
    text = layout.contract(line, desk.known, contracts) if habits.mails else line
    return flavour.spaced(layout.apostrophes(text, habits), habits)


def _core(pieces: Sequence[Piece]) -> str:
    return " ".join(piece.text for piece in pieces)


def _set(desk: Desk, pieces: Sequence[Piece]) -> Drafted:
    habits, around = desk.tongue.habits, desk.frame
    blocks: list[list[str]] = []
    for place, piece in enumerate(pieces):
        after_comma = place == 0 and desk.known.language == "de" and around.greeting.endswith(",")
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
    allowed = (*ours, *(part[:1].lower() + part[1:] for part in ours))
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
