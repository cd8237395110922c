"""Splits what is judged into sentences as people type them, wrapped lines joined; it knows no meaning.

Prose of which a draft is made is split by `text.py`, which leaves every line and letter as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from voice.languages.shapes import either
from voice.languages.tongues import files, language, normal, words

LONGEST_SENTENCE = 600
"""Characters; a bound on the time of every expression that is tried on a sentence."""
MOST_SENTENCES, LAST_SENTENCES = 400, 40
"""What is judged of a long mail: its beginning and, for a last word, its end."""
HEAD, TAIL = 17_000, 3_000
"""How much of a very long text is read: its beginning, and its end for a last word."""
WORD = re.compile(r"\w+(?:'\w+)?")
ENDS = re.compile(r"[.!?…]{1,200}+(?=\s|$)|[。!?\uff01\uff1f]+")
LONGEST_SHORT = 8
"""Letters of a shortened word with its dot, and the one before it."""
HASTY = re.compile(
    r"\b(?:(?:do|does|did|wo|ca|is|are|was|were|has|have|had|could|would|should)nt|(?:that|there|what)s|im"
    r"|(?:i|we|you|they)ve|(?:you|they)re)\b"
)
"""English written without apostrophes."""
HASTY_MARKS = (
    "dont", "doesnt", "didnt",
    "wont", "cant", "isnt", "arent", "wasnt", "werent", "hasnt", "havent", "hadnt", "couldnt",
    "wouldnt", "shouldnt", "thats", "theres", "whats", "im ", "ive ", "weve ", "youve ", "theyve", "youre", "theyre",
)  # fmt: skip
"""One of which a text must have for a closer look."""
MOST_LOOKED_AT = 800
"""Characters in which the language of the mail shows."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence as written and in the form to compare."""

    text: str
    plain: str

    @property
    def asks(self) -> bool:
        return self.plain.rstrip().endswith(("?", "؟")) or self.plain.rstrip("。. ").endswith(words("asking_ends"))


@lru_cache(maxsize=1)
def _continues() -> re.Pattern[str]:
    """A number or a shortened word, whose dot ends nothing."""
    return re.compile(rf"\d\.$|\b(?:{either(words('shortened'))})\.$", re.IGNORECASE)


@lru_cache(maxsize=1)
def _title() -> re.Pattern[str]:
    """What stands before a name."""
    return re.compile(rf"\b(?:{either(words('titles'))})\.$", re.IGNORECASE)


@lru_cache(maxsize=128)
def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text; lines a mail program wrapped are joined again."""
    found: list[str] = []
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]}\n{text[-TAIL:]}"
    for piece in _pieces(_unwrap(text)):
        if found and _goes_on(found[-1], piece):
            found[-1] = f"{found[-1]} {piece}"[:LONGEST_SENTENCE]
        else:
            found.append(piece[:LONGEST_SENTENCE])
    if len(found) > MOST_SENTENCES:
        found[MOST_SENTENCES - LAST_SENTENCES : -LAST_SENTENCES] = []
    plain = _spelled_out([normal(piece) for piece in found])
    return tuple(map(Sentence, found, plain))


def _spelled_out(plain: list[str]) -> list[str]:
    """The sentences with their apostrophes, where an English writer left them out."""
    whole = " ".join(plain)
    if not any(mark in whole for mark in HASTY_MARKS) or language(whole[:MOST_LOOKED_AT]) != "en":
        return plain
    return [HASTY.sub(_with_apostrophe, piece) for piece in plain]


def _with_apostrophe(match: re.Match[str]) -> str:
    word = match.group()
    return f"{word[:-1]}'{word[-1]}" if word.endswith(("nt", "s", "im")) else f"{word[:-2]}'{word[-2:]}"


def _goes_on(before: str, piece: str) -> bool:
    """Whether a dot ended no sentence."""
    if not before.endswith("."):
        return False
    small = piece[0].islower() or piece[0].isdigit() or _is_month(piece)
    tail = before[-LONGEST_SHORT:]
    return (small and bool(_continues().search(tail))) or bool(_title().search(tail))


def _pieces(text: str) -> Iterator[str]:
    for line in text.split("\n"):
        start = 0
        for match in ENDS.finditer(line):
            if piece := line[start : match.end()].strip():
                yield piece
            start = match.end()
        if piece := line[start:].strip():
            yield piece


def _is_month(piece: str) -> bool:
    word = WORD.match(normal(piece[:30]))
    return bool(word) and word is not None and word.group() in months()


def _unwrap(text: str) -> str:
    lines = text.replace("\r", "").split("\n")
    out = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        joined = len(line) >= 55 and after[:1].isalnum() and not line.rstrip().endswith((".", "!", "?", ":", "。"))
        out.append(line.rstrip() + (" " if joined else "\n"))
    return "".join(out)


@lru_cache(maxsize=1)
def months() -> dict[str, int]:
    """Month names of all languages."""
    found: dict[str, int] = {}
    for table in files().values():
        dates = table.get("dates")
        names = dates.get("months", []) if isinstance(dates, dict) else []
        for number, choices in enumerate(names, 1):
            for name in normal(choices).split("|"):
                found.setdefault(name, number)
    return found
