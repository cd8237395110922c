"""A learned profile as the page of the voice screen; never learns and never scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from tui.door import VoiceSheet
from tui.text import Foreign
from voice.profile import Profile, Tongue

MOST = 10
Phrases = tuple[tuple[Foreign, int], ...]


def sheet(profile: Profile) -> VoiceSheet:
    """The most used language first."""
    tongues = sorted(profile.tongues.items(), key=lambda pair: -pair[1].mails)
    lists = [found for name, tongue in tongues for found in _lists(tongue, name if len(tongues) > 1 else "")]
    samples = tuple(Foreign(phrase.text) for _, tongue in tongues for phrase in tongue.phrases if phrase.kind == "sent")
    return VoiceSheet(profile.state, profile.mails, _figures(tongues), tuple(lists), samples[:MOST])


def _figures(tongues: list[tuple[str, Tongue]]) -> tuple[tuple[str, str], ...]:
    rows = []
    for name, tongue in tongues:
        habits = tongue.habits
        rows.append((f"mails in {name}", str(tongue.mails)))
        rows.append((f"words a mail, {name}", f"{habits.words_median} ({habits.words_low}–{habits.words_high})"))
    return tuple(rows)


def _lists(tongue: Tongue, name: str) -> list[tuple[str, Phrases]]:
    after = f" ({name})" if name else ""
    nudges = {phrase.text: phrase.count for phrase in tongue.phrases if phrase.kind == "nudge"}
    never = {text: 0 for text, seen in tongue.stock.items() if not seen}
    found = [
        (f"Greetings{after}", _top(tongue.manner.greetings)),
        (f"Sign-offs{after}", _top(tongue.manner.signoffs)),
        (f"Your own nudges{after}", _top(nudges)),
        (f"Stock phrases you never write{after}", _top(never)),
    ]
    return [pair for pair in found if pair[1]]


def _top(counts: Mapping[str, int]) -> Phrases:
    return tuple((Foreign(text), seen) for text, seen in Counter(counts).most_common(MOST))
