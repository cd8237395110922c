"""Counts how a person sets text: spacing, case, contractions, wrapping, length; counts only, never a judgement."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from voice.languages.pack import Pack
from voice.languages.text import paragraphs, sentences, words

_DOUBLE = re.compile(r"[.!?]  (?=\S)")
_SINGLE = re.compile(r"[.!?] (?=[A-Z\u00c0-\u00de])")
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]|[:;]-?[)D(]")
_LOWER_START = re.compile(r"[.!?] {1,2}[a-z\u00e0-\u00ff]")
_LINE_END = re.compile(r"[.!?]\n(?=[A-Z\u00c0-\u00de])")
_SPACED_MARK = re.compile(r"\w [?!:](?=\s|$)", re.MULTILINE)
_TIGHT_MARK = re.compile(r"\w[?!:](?=\s|$)", re.MULTILINE)
_ELLIPSIS = re.compile(r"\w ?(?:\.\.\.|…)(?=\s|$)", re.MULTILINE)
QUOTES = {
    "double": ('"', '"'),
    "single": ("'", "'"),
    "curly": ("“", "”"),
    "low": ("„", "“"),
    "angle": ("« ", " »"),
    "tight angle": ("«", "»"),
}
_QUOTED = {
    "double": re.compile(r'"[^"\n]{2,60}"'),
    "single": re.compile(r"(?<!\w)[`'][^'`\n]{2,60}'(?!\w)"),
    "curly": re.compile(r"“[^”“\n]{2,60}”"),
    "low": re.compile(r"„[^“”\n]{2,60}[“”]"),
    "angle": re.compile(r"« [^»\n]{2,60}»"),
    "tight angle": re.compile(r"«[^ »\n][^»\n]{1,60}»"),
}
NARROWEST_WRAP, WIDEST_WRAP = 50, 100
"""Columns between which people have their mail programs wrap; outside of them lines end for another reason."""
RAGGED = 6
"""Columns by which a wrapped line may miss its edge, about a short word."""


@dataclass(frozen=True, slots=True)
class Habits:
    """Each number is a count over `mails` mails; wrapping is counted over long paragraphs."""

    mails: int = 0
    words_median: int = 0
    words_low: int = 0
    words_high: int = 0
    sentences_median: int = 0
    single_spaces: int = 0
    double_spaces: int = 0
    lower_starts: int = 0
    upper_starts: int = 0
    contracted: int = 0
    uncontracted: int = 0
    exclamations: int = 0
    questions: int = 0
    spaced_marks: int = 0
    emoji: int = 0
    curly: int = 0
    straight: int = 0
    dashes: int = 0
    wrapped: int = 0
    wrappable: int = 0
    wrap_width: int = 0
    indented: int = 0
    indent: int = 0
    paragraphs: int = 0
    lone: int = 0
    """Paragraphs of one sentence."""
    tight_marks: int = 0
    line_ends: int = 0
    """Sentences that end with their line, in the middle of a paragraph."""
    ellipses: int = 0
    all_sentences: int = 0
    quotes: dict[str, int] = field(default_factory=dict)
    """How often each kind of quotation marks was typed."""
    starts: dict[str, int] = field(default_factory=dict)
    """How often a sentence began with each of the words that may begin any."""

    @property
    def breaks(self) -> bool:
        return self.paragraphs >= 10 and self.lone * 2 > self.paragraphs

    @property
    def doubles_spaces(self) -> bool:
        return self.double_spaces > self.single_spaces

    @property
    def lines_apart(self) -> bool:
        """Each sentence begins a line."""
        return self.line_ends >= 10 and self.line_ends > self.single_spaces + self.double_spaces

    @property
    def contracts(self) -> bool:
        return self.contracted >= self.uncontracted

    @property
    def wraps(self) -> bool:
        return self.wrappable >= 3 and self.wrapped * 2 > self.wrappable

    @property
    def indents(self) -> bool:
        return self.mails >= 5 and self.indented * 2 > self.mails

    @property
    def starts_lower(self) -> bool:
        return self.lower_starts > self.upper_starts and self.lower_starts >= 5


def habits(bodies: Sequence[str], pack: Pack) -> Habits:
    """The habits these bodies show."""
    if not bodies:
        return Habits()
    lengths = sorted(len(words(body)) for body in bodies)
    joined = "\n\n".join(bodies)
    blocks = [block for body in bodies for block in paragraphs(body) if words(block)]
    long = [block for block in blocks if len(block) > WIDEST_WRAP]
    widths = sorted(width for width in map(_wrapped_at, long) if width)
    indents = [len(body) - len(body.lstrip(" ")) for body in bodies]
    spoken = [sentence for body in bodies for sentence in sentences(body[:4000])]
    return Habits(
        mails=len(bodies),
        words_median=int(median(lengths)),
        words_low=lengths[len(lengths) // 4],
        words_high=lengths[len(lengths) * 3 // 4],
        sentences_median=int(median(len(sentences(body[:4000])) for body in bodies)),
        all_sentences=len(spoken),
        quotes={name: len(form.findall(joined)) for name, form in _QUOTED.items()},
        starts={start: _begun(spoken, start) for start in pack.starters},
        **_marks(joined, pack),
        paragraphs=len(blocks),
        lone=sum(len(sentences(block[:2000])) == 1 for block in blocks),
        wrapped=len(widths),
        wrappable=len(long),
        wrap_width=widths[int(len(widths) * 0.9)] if widths else 0,
        indented=sum(2 <= indent <= 8 for indent in indents),
        indent=int(median([indent for indent in indents if 2 <= indent <= 8] or [0])),
    )


def _begun(spoken: Sequence[str], start: str) -> int:
    return sum(sentence.startswith(f"{start} ") for sentence in spoken)


def _marks(joined: str, pack: Pack) -> dict[str, int]:
    low = joined.lower().replace("’", "'")
    return {
        "single_spaces": len(_SINGLE.findall(joined)),
        "double_spaces": len(_DOUBLE.findall(joined)),
        "lower_starts": len(_LOWER_START.findall(joined)),
        "upper_starts": len(_SINGLE.findall(joined)) + len(_DOUBLE.findall(joined)),
        "contracted": sum(low.count(short.lower()) for _, short in pack.contractions),
        "uncontracted": sum(low.count(long.lower()) for long, _ in pack.contractions),
        "exclamations": joined.count("!"),
        "questions": joined.count("?"),
        "spaced_marks": len(_SPACED_MARK.findall(joined)),
        "line_ends": len(_LINE_END.findall(joined)),
        "tight_marks": len(_TIGHT_MARK.findall(joined)),
        "ellipses": len(_ELLIPSIS.findall(joined)),
        "emoji": len(_EMOJI.findall(joined)),
        "curly": joined.count("’"),
        "straight": joined.count("'"),
        "dashes": joined.count(" - ") + joined.count(" -- ") + joined.count("—"),
    }


def _wrapped_at(block: str) -> int:
    """The width a paragraph is wrapped at; 0 where its lines end for another reason."""
    lines = [line.rstrip() for line in block.strip("\n").split("\n")]
    widest = max(map(len, lines))
    if len(lines) < 2 or not NARROWEST_WRAP <= widest <= WIDEST_WRAP:
        return 0
    forced = sum(
        len(line) + 1 + len(after.split(" ", 1)[0]) > widest - RAGGED for line, after in pairwise(lines) if after
    )
    return widest if forced * 2 > len(lines) - 1 else 0
