"""A learned profile as the page of the voice screen, and what it says of a draft; never changes anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from agent.common.home import Home
from tui.door.values import VoiceOf, VoiceSheet
from tui.text import Foreign
from voice.learning.profile import Profile, Tongue

MOST = 10
"""Examples on the sheet: to recognise oneself, not to read everything."""
Phrases = tuple[tuple[Foreign, int], ...]


def measured(home: Home, body: str) -> VoiceOf:
    """A text against the profile: the parts of its figure, the own mails nearest to it, what gives a machine away."""
    from agent.drafting.draft import own_mails, profile_of
    from voice.languages.detect import language_of
    from voice.writing.score import score

    profile = profile_of(home)
    if not profile.tongues:
        return VoiceOf()
    mails = own_mails(home)
    found = score(body, profile, language_of(body, sorted(profile.tongues)), mails)
    near = {mail.id: mail for mail in mails}
    nearest = tuple(Foreign(near[name].text) for name in found.nearest if name in near)
    marks = tuple(Foreign(f"{tell.name}: {tell.span}") for tell in found.tells)
    return VoiceOf(found.value, tuple(found.parts.items()), nearest, marks, found.mails)


def sheet(profile: Profile, learned: Sequence[str] = ()) -> VoiceSheet:
    """The most used language first."""
    tongues = sorted(profile.tongues.items(), key=lambda pair: -pair[1].mails)
    lists = [found for name, tongue in tongues for found in _lists(tongue, name if len(tongues) > 1 else "")]
    samples = tuple(Foreign(phrase.text) for _, tongue in tongues for phrase in tongue.phrases if phrase.kind == "sent")
    taught = tuple(Foreign(text) for text in learned)
    return VoiceSheet(profile.state, profile.mails, _figures(tongues), tuple(lists), samples[:MOST], taught)


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
