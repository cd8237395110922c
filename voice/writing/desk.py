"""Lays out everything one draft is written from: the quiet mail in parts, what it asked, and the user's manner;
it reads and never writes."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

from voice.brief import Brief
from voice.languages.ago import spans
from voice.languages.pack import Pack, pack
from voice.languages.quotes import typed
from voice.languages.text import folded
from voice.learning.memories import wishes
from voice.learning.ngrams import Likeness, background
from voice.learning.parts import Parts, split
from voice.learning.profile import Profile, Tongue
from voice.writing import asks, flavour
from voice.writing.address import Frame, frame
from voice.writing.passages import Passage, restated
from voice.writing.wishing import LONGER, SHORTER, Wished, understood


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """One sentence of a draft and where it came from."""

    text: str
    source: str
    detail: str = ""
    fixed: tuple[str, ...] = ()
    """What of it stands in the neutral wording, without the matter."""
    apart: bool = False
    """Begins a paragraph of its own."""


@dataclass(frozen=True, slots=True)
class WritingDesk:
    """Everything one draft is written from."""

    brief: Brief
    known: Pack
    tongue: Tongue
    quiet: Parts
    frame: Frame
    passages: tuple[Passage, ...]
    thing: str
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


def laid_out(brief: Brief, profile: Profile, language: str) -> WritingDesk:
    """The desk for a brief with at least one mail of the user's."""
    known, tongue, last = pack(language), profile.tongue(language), brief.own[-1]
    tails = {folded(line) for block in tongue.manner.signoffs for line in block.split("\n") if line.strip()}
    quiet = split(typed(last.text), known, tails)
    thing = flavour.quoted(asks.thing_of(brief.subject or last.subject, known), tongue.habits, known)
    return WritingDesk(
        brief=brief,
        known=known,
        tongue=tongue,
        quiet=quiet,
        frame=frame(brief, profile, language, quiet, known),
        passages=tuple(restated(quiet.body, brief.ask, known)),
        thing=thing,
        whens=spans(last.at, brief.now, known),
        likeness=Likeness(tongue.letters, background(language).joined(tongue.others)),
        seed=crc32(last.text.encode()),
    )
