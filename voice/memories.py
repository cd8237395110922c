"""Small dated notes on what the user changed in a draft before sending it;
each can be listed and deleted, none holds a mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from voice.pack import pack
from voice.parts import split
from voice.text import folded, sentences, words

LONGEST = 120
OFTEN = 2
"""One cut is an accident."""
_GREETS = re.compile(r"Greets with “(.{1,80})”\.$")
_SIGNS = re.compile(r"Signs off with “(.{1,160})”\.$")
_REMOVED = re.compile(r"Removed “(.{1,120})”$")
MOST_A_PERSON = 12


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


@dataclass(frozen=True, slots=True)
class Wishes:
    """What notes ask of the next draft; None where they say nothing."""

    greeting: str | None = None
    signoff: str | None = None
    shorter: bool = False
    removed: tuple[str, ...] = ()


def wishes(notes: Sequence[str]) -> Wishes:
    """What a writer without a model can do about notes, the newest first."""
    greeting = [found.group(1) for note in notes if (found := _GREETS.match(note))]
    signoff = [found.group(1).replace(" / ", "\n") for note in notes if (found := _SIGNS.match(note))]
    return Wishes(
        greeting="" if "Leaves out the greeting." in notes else next(iter(greeting), None),
        signoff="" if "Leaves out the sign-off." in notes else next(iter(signoff), None),
        shorter=sum(note.startswith("Shortened from ") for note in notes) >= OFTEN,
        removed=tuple(found.group(1) for note in notes if (found := _REMOVED.match(note))),
    )


def learn(
    draft: str, sent: str, at: datetime, language: str, *, person: str = "", circle: str = ""
) -> tuple[Memory, ...]:
    """What changed between a draft and the mail that left."""
    if folded(draft) == folded(sent):
        return ()
    known = pack(language)
    old, new = split(draft, known), split(sent, known)
    found: list[tuple[str, str]] = []
    if old.greeting.pattern != new.greeting.pattern:
        found.append(
            (
                "greeting",
                f"Greets with “{new.greeting.pattern}”." if new.greeting.pattern else "Leaves out the greeting.",
            )
        )
    if folded(old.signoff) != folded(new.signoff):
        found.append(
            (
                "signoff",
                f"Signs off with “{' / '.join(new.signoff.splitlines())}”."
                if new.signoff
                else "Leaves out the sign-off.",
            )
        )
    found += _length(len(words(old.body)), len(words(new.body)))
    found += _sentences(old.body, new.body)
    return tuple(_memory(kind, text, at, person, circle) for kind, text in found)


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


def _memory(kind: str, text: str, at: datetime, person: str, circle: str) -> Memory:
    key = f"{at.isoformat()} {kind} {text} {person}"
    return Memory(sha256(key.encode()).hexdigest()[:12], at, kind, text, person.lower(), circle.lower())


def relevant(memories: Iterable[Memory], person: str, circle: str = "") -> tuple[Memory, ...]:
    """Those for this person, then for their circle, newest first."""
    listed = list(memories)
    near = [memory for memory in listed if memory.person == person.lower()]
    circled = [memory for memory in listed if circle and memory.circle == circle.lower() and memory not in near]
    return tuple(
        sorted(near, key=lambda memory: memory.at, reverse=True)
        + sorted(circled, key=lambda memory: memory.at, reverse=True)
    )[:MOST_A_PERSON]


def without(memories: Sequence[Memory], key: str) -> tuple[Memory, ...]:
    """All but the deleted one."""
    return tuple(memory for memory in memories if memory.id != key)
