"""How near a draft is to its user, with the parts of the sum and the two nearest own mails;
deterministic, and no verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from voice.languages.pack import pack
from voice.languages.tells import Tell, tells
from voice.languages.text import folded, words
from voice.learning.corpus import OwnMail
from voice.learning.habits import habits
from voice.learning.ngrams import Likeness, background
from voice.learning.parts import split
from voice.learning.profile import Profile, Tongue

WEIGHTS = {"greeting": 0.2, "sign-off": 0.2, "length": 0.1, "setting": 0.15, "words": 0.15, "letters": 0.2}
TELL_COSTS = 0.15
"""As much as one of the traits weighs: a phrase no person of this voice uses costs what a trait earns."""


@dataclass(frozen=True, slots=True)
class Score:
    """1 is like the user, 0 is like nobody they know."""

    value: float
    parts: dict[str, float]
    nearest: tuple[str, ...]
    """Ids of the two own mails most like it."""
    tells: tuple[Tell, ...]
    mails: int
    """Own mails in this language that the score rests on."""


def score(body: str, profile: Profile, language: str, mails: Sequence[OwnMail] = ()) -> Score:
    """The score of a draft against a profile."""
    tongue, known = profile.tongue(language), pack(language)
    tails = {folded(line) for block in tongue.manner.signoffs for line in block.split("\n") if line.strip()}
    parts = split(body, known, tails)
    found = tells(body, language, tongue.stock)
    values = {
        "greeting": _share(parts.greeting.pattern, tongue.manner.greetings),
        "sign-off": _share(parts.signoff, tongue.manner.signoffs),
        "length": _length(len(words(parts.body)), tongue),
        "setting": _setting(parts.body, tongue, language),
        "words": _words(parts.body, tongue),
        "letters": _letters(body, tongue, language),
    }
    total = sum(WEIGHTS[name] * value for name, value in values.items())
    rounded = {name: round(value, 3) for name, value in values.items()}
    return Score(
        round(max(0.0, total - TELL_COSTS * len(found)), 3), rounded, nearest(body, mails), found, tongue.mails
    )


def _share(seen: str, counts: dict[str, int]) -> float:
    """The commonest way counts full, a rare one by its share."""
    top = max(counts.values(), default=0)
    return min(1.0, counts.get(seen, 0) / top) if top else 0.0


def _length(count: int, tongue: Tongue) -> float:
    usual = max(tongue.habits.words_median, 1)
    return exp(-abs(log((count + 3) / (min(usual, 30) + 3)))) if tongue.mails else 0.0


def _setting(body: str, tongue: Tongue, language: str) -> float:
    seen, usual = habits([body], pack(language)), tongue.habits
    if not usual.mails:
        return 0.0
    checks = [
        seen.doubles_spaces == usual.doubles_spaces or not (seen.single_spaces + seen.double_spaces),
        seen.contracts == usual.contracts or not (seen.contracted + seen.uncontracted),
        bool(seen.exclamations) <= bool(usual.exclamations),
        bool(seen.emoji) <= bool(usual.emoji),
        bool(seen.curly) == (usual.curly > usual.straight) or not (seen.curly + seen.straight),
    ]
    return sum(checks) / len(checks)


def _letters(body: str, tongue: Tongue, language: str) -> float:
    likeness = Likeness(tongue.letters, background(language).joined(tongue.others))
    return 1 / (1 + exp(-3 * likeness.of(body))) if tongue.mails else 0.0


def _words(body: str, tongue: Tongue) -> float:
    """Share of its everyday words among the user's commonest."""
    found = [folded(word) for word in words(body)]
    return sum(word in tongue.common for word in found) / len(found) if found else 0.0


def nearest(body: str, mails: Sequence[OwnMail], most: int = 2) -> tuple[str, ...]:
    """The own mails that share most words with a text."""
    wanted = {folded(word) for word in words(body)}
    ranked = sorted(mails, key=lambda mail: (-_overlap(wanted, mail.text), mail.id))
    return tuple(mail.id for mail in ranked[:most])


def _overlap(wanted: set[str], text: str) -> float:
    seen = {folded(word) for word in words(text)}
    return len(wanted & seen) / len(wanted | seen) if wanted | seen else 0.0
