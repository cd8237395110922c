"""Small dated notes on what the user changed in a draft before sending it;
each can be listed and deleted, none holds a mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from voice.languages.pack import pack
from voice.languages.text import folded, sentences, words
from voice.learning.parts import split

LONGEST = 120
"""Characters of a line that can be a phrase; a longer one was about its matter."""
OFTEN = 2
"""One cut is an accident."""
_GREETS = re.compile(r"Greets with “(.{1,80})”\.$")
_SIGNS = re.compile(r"Signs off with “(.{1,160})”\.$")
_REMOVED = re.compile(r"Removed “(.{1,120})”$")
MOST_A_PERSON = 12
"""The newest; more of them contradict each other or repeat."""
NO_GREETING, NO_SIGNOFF = "Leaves out the greeting.", "Leaves out the sign-off."


@dataclass(frozen=True, slots=True)
class Memory:
    """One thing learned from one edit."""

    id: str
    at: datetime
    kind: str
    """greeting, signoff, length, removed or wording."""
    text: str
    person: str = ""
    circle: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What notes ask of the next draft; None where they say nothing."""

    greeting: str | None = None
    signoff: str | None = None
    shorter: bool = False
    removed: tuple[str, ...] = ()


def wishes(notes: Sequence[str]) -> Wishes:
    """What a writer without a model can do about notes, the newest first: the first of a kind holds."""
    return Wishes(
        greeting=_first(notes, _GREETS, NO_GREETING),
        signoff=_first(notes, _SIGNS, NO_SIGNOFF),
        shorter=sum(note.startswith("Shortened from ") for note in notes) >= OFTEN,
        removed=tuple(found.group(1) for note in notes if (found := _REMOVED.match(note))),
    )


def _first(notes: Sequence[str], shape: re.Pattern[str], nothing: str) -> str | None:
    for note in notes:
        found = shape.match(note)
        if found or note == nothing:
            return found.group(1).replace(" / ", "\n") if found else ""
    return None


def learn(
    draft: str, sent: str, at: datetime, language: str, *, person: str = "", circle: str = "", about: str = ""
) -> tuple[Memory, ...]:
    """What changed between a draft and the mail that left; `about` names the matter, so that it teaches once."""
    if folded(draft) == folded(sent):
        return ()
    known = pack(language)
    old, new = split(draft, known), split(sent, known)
    found: list[tuple[str, str]] = []
    if old.greeting.pattern != new.greeting.pattern:
        pattern = new.greeting.pattern
        found.append(("greeting", f"Greets with “{pattern}”." if pattern else NO_GREETING))
    if folded(old.signoff) != folded(new.signoff):
        flat = " / ".join(new.signoff.splitlines())
        found.append(("signoff", f"Signs off with “{flat}”." if flat else NO_SIGNOFF))
    found += _length(len(words(old.body)), len(words(new.body)))
    found += _sentences(old.body, new.body)
    return tuple(
        Memory(
            _key(about or at.isoformat(), kind, text, person), at, kind, text, person.lower(), circle.lower(), language
        )
        for kind, text in found
    )


def _length(before: int, after: int) -> list[tuple[str, str]]:
    if before and after <= before * 0.7:
        return [("length", f"Shortened from {before} to {after} words.")]
    if before and after >= before * 1.4:
        return [("length", f"Lengthened from {before} to {after} words.")]
    return []


def _sentences(old: str, new: str) -> list[tuple[str, str]]:
    before, after = sentences(old), sentences(new)
    kept = {folded(line) for line in after}
    known = {folded(line) for line in before}
    gone = [("removed", f"Removed “{line}”") for line in before if folded(line) not in kept and len(line) <= LONGEST]
    added = [("wording", f"Wrote “{line}”") for line in after if folded(line) not in known and len(line) <= LONGEST]
    return (gone + added)[:4]


def _key(about: str, kind: str, text: str, person: str) -> str:
    return sha256(f"{about} {kind} {text} {person}".encode("utf-8", "replace")).hexdigest()[:12]


def relevant(memories: Iterable[Memory], person: str, circle: str = "", language: str = "") -> tuple[Memory, ...]:
    """Those for this person, then for their circle, newest first; words of another language say nothing here."""
    listed = [memory for memory in memories if not language or memory.language in ("", language)]
    near = [memory for memory in listed if memory.person == person.lower()]
    circled = [memory for memory in listed if circle and memory.circle == circle.lower() and memory not in near]
    return tuple(
        sorted(near, key=lambda memory: memory.at, reverse=True)
        + sorted(circled, key=lambda memory: memory.at, reverse=True)
    )[:MOST_A_PERSON]


def without(memories: Sequence[Memory], key: str) -> tuple[Memory, ...]:
    """All but the deleted one."""
    return tuple(memory for memory in memories if memory.id != key)
