"""Splits prose of which a draft is made into words and sentences in linear time; never understands or changes it.

What is judged is split by `sentences.py`, which joins wrapped lines and gives each sentence in the form to compare.
"""

from __future__ import annotations

import re
from collections.abc import Collection

MOST_CHARACTERS = 20_000
"""No person types a longer mail; the rest is not looked at."""

WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_STOP = re.compile(r"(?<![.!?…])[.!?…]+[\"'”’)\]»]{0,2}(?=\s|$)")
_BLANK = re.compile(r"\n[ \t]*\n")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\x00-\x08\x0b-\x1f\x7f]")


def clean(text: str) -> str:
    """Bounded text with plain line ends and without invisible characters."""
    bounded = text[:MOST_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    return _INVISIBLE.sub("", bounded)


def words(text: str) -> list[str]:
    """The words of a text as written."""
    return WORD.findall(text)


def folded(text: str) -> str:
    """For comparing: lower case, single spaces, plain apostrophes."""
    return " ".join(text.replace("’", "'").split()).lower()


def flat(text: str) -> str:
    """One line."""
    return " ".join(text.split())


def paragraphs(text: str) -> list[str]:
    """Blocks between blank lines."""
    return [block for block in _BLANK.split(text) if block.strip()]


def sentences(text: str, abbreviations: Collection[str] = ()) -> list[str]:
    """Sentences on one line each; a blank line ends a sentence, too."""
    return [piece for block in paragraphs(text) for piece in _of_block(block, abbreviations)]


def _of_block(block: str, abbreviations: Collection[str]) -> list[str]:
    found, start = [], 0
    for stop in _STOP.finditer(block):
        if stop.group().startswith(".") and _abbreviated(block[start : stop.start()], abbreviations):
            continue
        found.append(flat(block[start : stop.end()]))
        start = stop.end()
    found.append(flat(block[start:]))
    return [piece for piece in found if piece]


def _abbreviated(before: str, abbreviations: Collection[str]) -> bool:
    last = before[-12:].split()[-1:] or [""]
    tail = last[0].lower().strip("([\"'")
    return tail in abbreviations or (len(tail) == 1 and tail.isalpha() and tail != "i")


def contains(text: str, marks: Collection[str]) -> bool:
    """Whether a folded text holds one of the folded phrases as whole words."""
    padded = f" {' '.join(_bare(text))} "
    return any(f" {mark} " in padded for mark in marks)


def found_marks(text: str, marks: Collection[str]) -> list[str]:
    """The phrases a text holds as whole words."""
    padded = f" {' '.join(_bare(text))} "
    return [mark for mark in marks if f" {mark} " in padded]


def _bare(text: str) -> list[str]:
    return [tail.strip('.,;:!?…"“”«»()[]*_-–—') for tail in folded(text).split()]
