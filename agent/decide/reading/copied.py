"""Takes out of a mail of the user's what stands in an earlier mail too, whatever mark a program put above it, and tells
where another mail may begin below; it knows no phrase, and only ever leaves less of a text."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

MOST = 64_000
"""Characters that are read, as many as `quoted.py` reads of a mail; what lies behind is left as it is."""
MOST_PIECES = 3_000
"""A bound on time: each piece is sought in all of the earlier mails."""
MOST_EARLIER = 200_000
"""Letters of earlier mails that are compared."""
LEAST = 20
"""Letters in a row that nobody types again by chance."""
WRAPPED = 55
"""A line so long goes on in the next one, unless it ends a sentence."""
ENDS = re.compile(r"(?<=[.!?:;。？！：])\s+|(?<=[。？！])")
FINAL = re.compile(r"[.!?:;。？！：][\"'”’)»*_]{0,3}\s*$")
LETTERS = re.compile(r"[\W_]+")
ASKS = re.compile(r"[?？؟;]\W*$")
MARKED = (">", "|")
SHORT = 160
"""Characters of a line that may head a quote; what is longer is a paragraph."""
ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
FIELD = re.compile(r"^\W{0,4}[^\W\d_][^:：@]{0,30}[:：]\s*\S")
RULE = re.compile(r"^\s*[-_=*—–]{3,}|[-_=*—–]{3,}\s*$")
SENTENCE = re.compile(r"[.!?。？！]\s*$")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence on one line."""

    line: int
    start: int
    end: int
    sentence: int


def letters(text: str) -> str:
    """What is compared: neither case nor signs nor how lines are broken."""
    return LETTERS.sub("", text.casefold())


def without_copies(text: str, earlier: Sequence[str], own: Sequence[str] = ()) -> str:
    """A text without the sentences, alone or in a row, that stand in one of the earlier texts.

    What the user wrote before in their own mails may be said again, unless it stands among words of others.
    """
    stream = "\0".join(letters(one[:MOST]) for one in earlier)[:MOST_EARLIER]
    lines = text[:MOST].split("\n")
    if not stream:
        return text
    pieces = _pieces(lines)[:MOST_PIECES]
    sentences: dict[int, list[Piece]] = {}
    for piece in pieces:
        sentences.setdefault(piece.sentence, []).append(piece)
    whole = [" ".join(lines[one.line][one.start : one.end] for one in parts) for parts in sentences.values()]
    asked = {letters(one) for text_ in earlier for one in _questions(text_)}
    gone = _copied(whole, stream, asked, "\0".join(map(letters, own)))
    if not gone:
        return text
    drop = {piece for number, parts in enumerate(sentences.values()) if number in gone for piece in parts}
    return "\n".join(_kept(lines, pieces, drop)) + text[MOST:]


def _questions(text: str) -> list[str]:
    return [one for line in text[:MOST].split("\n") for one in ENDS.split(line.lstrip("> |\t")) if ASKS.search(one)]


def _pieces(lines: Sequence[str]) -> list[Piece]:
    found: list[Piece] = []
    sentence, goes_on = 0, False
    for number, line in enumerate(lines):
        if not line.strip() or line.lstrip().startswith(MARKED):
            goes_on = False
            continue
        edges = [0, *(match.end() for match in ENDS.finditer(line)), len(line)]
        for start, end in pairwise(edges):
            if letters(line[start:end]):
                sentence += not (goes_on and not start)
                found.append(Piece(number, start, end, sentence))
        goes_on = len(line.rstrip()) >= WRAPPED and not FINAL.search(line)
    return found


def _copied(sentences: Sequence[str], stream: str, asked: Collection[str], own: str) -> set[int]:
    """Which of the sentences are copies: rows that stand so elsewhere and are long enough, or a question as a whole."""
    bare = list(map(letters, sentences))
    gone: set[int] = set()
    place = 0
    while place < len(bare):
        end, run = place, ""
        while end < len(bare) and run + bare[end] in stream:
            run += bare[end]
            end += 1
        row = range(place, end)
        fresh = any(bare[one] not in own for one in row)
        if fresh and (len(run) >= LEAST or any(ASKS.search(sentences[one]) and bare[one] in asked for one in row)):
            gone.update(row)
        place = max(end, place + 1)
    return gone


def _kept(lines: Sequence[str], pieces: Sequence[Piece], drop: Collection[Piece]) -> list[str]:
    by_line: dict[int, list[Piece]] = {}
    for piece in pieces:
        by_line.setdefault(piece.line, []).append(piece)
    touched = {piece.line for piece in drop}
    kept: list[str] = []
    for number, line in enumerate(lines):
        left = "".join(line[one.start : one.end] for one in by_line.get(number, ()) if one not in drop)
        if number not in touched:
            kept.append(line)
        elif left.strip():
            kept.append(left.rstrip())
    return kept


def above_another(text: str, own: Collection[str], names: Collection[str], *, answers: bool) -> str | None:
    """What stands above the first line under which another mail may begin; None where there is no such line.

    `own`: the user's addresses, `names`: words of the names of the user and of those the mail went to; `answers`: it
    answers a mail that is not here, so that any line of the kind will do and not only a head of several fields.
    """
    lines = text[:MOST].split("\n")
    filled = [number for number, line in enumerate(lines) if line.strip()]
    for place, number in enumerate(filled[:-1]):
        line, below = lines[number].strip(), lines[filled[place + 1]].strip()
        if len(line) > SHORT or SENTENCE.search(line):
            continue
        above = lines[filled[place - 1]].strip() if place else ""
        foreign = any(one.lower() not in own for one in ADDRESS.findall(line))
        head = (
            foreign and bool(FIELD.match(line)) and bool(FIELD.match(below) or FIELD.match(above) or RULE.match(above))
        )
        if head or (answers and place and (foreign or RULE.search(line) or _name(line, names))):
            return "\n".join(lines[:number])
    return None


def _name(line: str, names: Collection[str]) -> bool:
    """A line that is nothing but somebody's name."""
    words = [word for word in re.split(r"[\W_]+", line.casefold()) if word]
    return bool(words) and not line.endswith(",") and all(word in names for word in words)
