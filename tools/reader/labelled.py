"""Opens the labelled answers of the packs and says which of them may be looked at; it changes none."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from voice.languages import packs

FOLDER = "answers"
MEANINGS = (
    "reply", "decline", "opt_out", "later", "delegate", "away", "left", "booked", "receipt", "list", "unsure",
)  # fmt: skip
CARRIERS = frozenset({"automatic", "ticket", "group", "phone"})
KEYS = frozenset({"means", "text", "asked", "date", "until", "delegate", "looks_like", "carrier", "subject"})
TRAIN, CALIBRATE, SEALED = "train", "calibrate", "sealed"
TENTHS = (TRAIN,) * 6 + (CALIBRATE,) * 2 + (SEALED,) * 2
"""Three fifths teach, a fifth sets thresholds, and a fifth is scored and never looked at."""
NEAR = 0.7
"""Share of words (pairs of characters where nothing parts words) from which on two answers are one told twice."""
UNPARTED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
WORD = re.compile(r"\w+")
FEWEST = 5
"""Words below which two answers may be alike: there are only so many ways to say yes."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One answer as it arrived, with what it means."""

    key: str
    language: str
    means: str
    text: str
    asked: str = ""
    subject: str = ""
    carrier: str = ""
    looks_like: str = ""
    delegate: str = ""
    written: date | None = None
    until: date | None = None

    @property
    def trap(self) -> bool:
        """Whether it has the words of another meaning."""
        return bool(self.looks_like)

    @property
    def part(self) -> str:
        """Which part of the split it belongs to; a word more or less moves it, its place in a file does not."""
        plain = " ".join(WORD.findall(unicodedata.normalize("NFKC", self.text).casefold()))
        return TENTHS[int(hashlib.sha256(plain.encode()).hexdigest()[:8], 16) % len(TENTHS)]


def files() -> list[Path]:
    """Every file of labelled answers."""
    return sorted(packs.FOLDER.glob(f"*/{FOLDER}/*.toml"))


def every() -> list[Labelled]:
    """All labelled answers of all languages, in the order of their files."""
    return [found for path in files() for found in of_file(path)]


def of_file(path: Path) -> Iterator[Labelled]:
    """The answers of one file."""
    language = path.parent.parent.name
    for number, entry in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["mail"], 1):
        yield Labelled(
            f"{language}/{path.stem}:{number}", language, entry["means"], entry["text"].strip("\n"),
            entry.get("asked", ""), entry.get("subject", ""), entry.get("carrier", ""), entry.get("looks_like", ""),
            entry.get("delegate", ""), _day(entry.get("date")), _day(entry.get("until")),
        )  # fmt: skip


def twins(answers: Iterable[Labelled]) -> Iterator[tuple[Labelled, Labelled]]:
    """Answers that say nearly the same in the same words, of which one is too many."""
    seen: list[tuple[Labelled, frozenset[str]]] = []
    for one in answers:
        words = _words(one.text)
        if len(words) < FEWEST:
            continue
        for other, theirs in seen:
            if other.language == one.language and len(words & theirs) > NEAR * len(words | theirs):
                yield other, one
                break
        seen.append((one, words))


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _words(text: str) -> frozenset[str]:
    plain = text.lower()
    if UNPARTED.search(plain):
        return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))
    return frozenset(WORD.findall(plain))
