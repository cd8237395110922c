"""Chooses which of the user's own sentences a follow-up repeats: what was asked, with the sentence it leans on;
never a word changed, and nothing left out between two sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from voice.languages.pack import Pack
from voice.languages.text import folded, paragraphs, sentences, words
from voice.writing import asks
from voice.writing.asks import Ask

LONGEST_LED = 24
"""Words of an ask together with the sentence before it, so that the ask stays in view."""
LONGEST = 34
"""Words of two sentences together."""
MOST_ASKS = 3
"""The best; a worse one is repeated in no draft."""
NEARLY = 1.5
"""An ask so much worse than the best is not repeated instead of it."""
MOST_STATEMENTS = 6
"""Enough to choose from; each makes drafts of its own that take time."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Sentences that stood side by side."""

    lines: tuple[str, ...]
    question: bool
    """The last line asks."""
    leaning: bool
    """Needs the matter named in front."""
    score: float
    kind: str = "ask"
    """ask or statement."""
    spare: bool = False
    """An ask without the sentence that helps the reader to understand it."""

    @property
    def text(self) -> str:
        return " ".join(self.lines)

    @property
    def size(self) -> int:
        return len(words(self.text))


def restated(body: str, given: str, known: Pack) -> list[Passage]:
    """What may be repeated of a mail; `given` is the open question where the caller knows it."""
    if given:
        return [Passage((given,), given.endswith("?"), False, 9.0), *_asked(body, known)]
    return [*_asked(body, known), *_stated(body, known)]


def _asked(body: str, known: Pack) -> Iterator[Passage]:
    """The best asks, each alone where it stands alone, and with a neighbour."""
    blocks = [_lines(block, known) for block in paragraphs(body)]
    found = [ask for ask in asks.find(body, known)[:MOST_ASKS] if ask.score > 0]
    for ask in [ask for ask in found if ask.score > found[0].score - NEARLY]:
        lead = asks.before(ask, body, known)
        led = bool(lead) and len(words(lead)) + len(words(ask.text)) <= LONGEST_LED
        if led:
            yield Passage((lead, ask.text), ask.question, False, ask.score)
        if not ask.dangling:
            yield Passage((ask.text,), ask.question, ask.leaning, ask.score, spare=led)
        for block in blocks:
            yield from _with_neighbours(ask, block, known)


def _with_neighbours(ask: Ask, block: Sequence[str], known: Pack) -> Iterator[Passage]:
    """The ask after the sentence before it, and before the one after it."""
    for first, second in pairwise(block):
        if len(words(first)) + len(words(second)) > LONGEST:
            continue
        if _same(second, ask) and asks.leads(first, known):
            yield Passage((first, ask.text), ask.question, False, ask.score)
        if _same(first, ask) and not ask.dangling and asks.follows(second, known):
            yield Passage((ask.text, second), second.endswith("?"), ask.leaning, ask.score)


def _stated(body: str, known: Pack) -> list[Passage]:
    """Sentences that say the matter, alone or two in a row; those of the user's own doing first."""
    made, blocks = [], [_lines(block, known) for block in paragraphs(body)]
    for lines in blocks:
        made += [Passage((line,), False, False, 0.0, "statement") for line in lines if asks.states(line, known)]
        for first, second in pairwise(lines):
            fits = asks.states(first, known) and asks.follows(second, known) and not second.endswith("?")
            if fits and len(words(first)) + len(words(second)) <= LONGEST:
                made.append(Passage((first, second), False, False, 0.0, "statement"))
    return made[:MOST_STATEMENTS]


def _lines(block: str, known: Pack) -> list[str]:
    return sentences(block, known.marks("abbreviations"))


def _same(line: str, ask: Ask) -> bool:
    """Whether a sentence is the one an ask was read from."""
    tail = folded(ask.text)[-24:].rstrip("?!.\"') ")
    return folded(line).rstrip("?!.\"') ").endswith(tail)
