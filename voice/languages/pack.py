"""The neutral wordings and marker words of each language, read from the `writing.toml` of its pack;
never a phrase nobody would write themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Any

from voice.languages import packs

LANGUAGES = tuple(code for code in packs.having("writing") if code in packs.having("facts"))
"""Languages a draft can be written in, and what it states be checked."""
FALLBACK = packs.USUAL
Frames = dict[str, dict[str, tuple[str, ...]]]
"""Register -> job -> sentences."""
MOST_OF_A_LINE = 48
"""Sentences that one wording with choices may stand for: chosen from by taste, so that more only take time."""
CHOICE = re.compile(r"\[([^\[\]]{0,200})\]")


@dataclass(frozen=True, slots=True)
class Pack:
    """What is known about one language."""

    language: str
    words: dict[str, frozenset[str]]
    """Marker words by use, folded."""
    vocabulary: frozenset[str]
    when: dict[str, tuple[str, ...]]
    frames: Frames
    """Register (neutral, formal, informal) -> job -> sentences."""
    contractions: tuple[tuple[str, str], ...] = field(default=())
    quote: tuple[str, str] = ('"', '"')
    plain_subjects: bool = False
    """Whether a noun phrase needs no article to stand in a sentence."""
    verb_ends: tuple[str, ...] = ()
    question_ends: tuple[str, ...] = ()
    """What a verb turned round for a question ends with."""
    verb_last: bool = False
    starters: tuple[str, ...] = ()
    """Words that may begin any sentence of a follow-up."""
    greeting_full: str = ""
    """A greeting with the whole {name}, for somebody whose title nobody knows."""
    correction: str = ""
    """Says that the last mail was a mistake, without a word that says how the two address each other."""
    small_after_comma: bool = False
    """Whether the sentence of a correction begins small after a greeting and its comma."""
    small_after_greeting: bool = False
    """Whether every wording does."""
    template: str = ""
    """A follow-up as anybody's, to be told from the user's own."""

    def marks(self, use: str) -> frozenset[str]:
        return self.words.get(use, frozenset())

    def steps(self, job: str, register: str = "neutral") -> tuple[str, ...]:
        """Wordings for a step of a plan; those of the register come with the ones that fit any register."""
        known = _steps(self.language)
        own = known.get(register, {}).get(job, ()) if register != "neutral" else ()
        return own + known.get("neutral", {}).get(job, ())

    def sentences(self, job: str, register: str = "neutral") -> tuple[str, ...]:
        """Wordings for a job; those of the register come with the ones that fit any register."""
        own = self.frames.get(register, {}).get(job, ()) if register != "neutral" else ()
        return own + self.frames.get("neutral", {}).get(job, ())


@lru_cache(maxsize=len(LANGUAGES))
def pack(language: str) -> Pack:
    """The pack of a language, English where we know none."""
    known = language if language in LANGUAGES else FALLBACK
    return _parse(known, packs.table(known, "writing"))


@lru_cache(maxsize=len(LANGUAGES))
def _steps(language: str) -> Frames:
    """What steps of plans say: read only where one is written, for it is half of all wordings."""
    return _frames(packs.table(language, "steps"))


def _frames(raw: Mapping[str, Any]) -> Frames:
    return {
        register: {
            job: tuple(dict.fromkeys(made for line in lines for made in written_out(line)))
            for job, lines in raw.get(register, {}).items()
        }
        for register in ("neutral", "formal", "informal")
    }


def _parse(language: str, raw: Mapping[str, Any]) -> Pack:
    words = {key: frozenset(value) for key, value in raw.items() if isinstance(value, list) and key != "contractions"}
    return Pack(
        language=language,
        words=words,
        vocabulary=frozenset(raw["vocabulary"].split()),
        when={key: tuple(value) for key, value in raw["when"].items()},
        frames=_frames(raw),
        quote=tuple(raw.get("quote", ['"', '"'])),
        plain_subjects=bool(raw.get("plain_subjects", False)),
        verb_ends=tuple(raw.get("verb_ends", [])),
        question_ends=tuple(raw.get("question_ends", [])),
        verb_last=bool(raw.get("verb_last", False)),
        starters=tuple(raw.get("starters", [])),
        greeting_full=str(raw.get("greeting_full", "")),
        correction=str(raw.get("correction", "")),
        small_after_comma=bool(raw.get("small_after_comma", False)),
        small_after_greeting=bool(raw.get("small_after_greeting", False)),
        template=str(raw.get("template", "")),
        contractions=tuple((long, short) for long, short in raw.get("contractions", [])),
    )


def written_out(line: str) -> tuple[str, ...]:
    """Every sentence that a wording with choices, "a [mail|note] of mine", stands for, the first choices first; at most
    so many, spread evenly."""
    parts = CHOICE.split(line)
    choices = [part.split("|") if place % 2 else [part] for place, part in enumerate(parts)]
    made = list(dict.fromkeys("".join(chosen) for chosen in product(*choices)))
    if len(made) <= MOST_OF_A_LINE:
        return tuple(made)
    return tuple(made[place * len(made) // MOST_OF_A_LINE] for place in range(MOST_OF_A_LINE))
