"""Says what a profile knows in lines a person can read, each with its count and evidence; never a whole mail."""

from __future__ import annotations

from dataclasses import asdict

from voice.learning.habits import Habits
from voice.learning.profile import Manner, Profile, Tongue

MOST_PEOPLE, MOST_PATTERNS, MOST_PHRASES, MOST_WORDS = 12, 5, 12, 15
"""How many of each the report lists, the most frequent first: it is read at a glance."""


def lines(profile: Profile) -> list[str]:
    """The profile, readable: state, each language, the people written to most, what was left out."""
    made = [profile.said]
    for name in sorted(profile.tongues, key=lambda key: (-profile.tongues[key].mails, key)):
        made += ["", f"{name}: {_mails(profile.tongues[name].mails)}", *_indented(_tongue(profile.tongues[name]))]
    made += _group("Circles", profile.circles)
    made += _group("People", profile.people)
    left = [f"{reason} {count}" for reason, count in sorted(profile.left_out.items()) if count]
    return [*made, "", "Left out: " + ", ".join(left)] if left else made


def as_json(profile: Profile) -> dict[str, object]:
    """The same for a program; letter counts stay in the store."""
    said = {"state": profile.state, "said": profile.said, "autopilot": profile.autopilot}
    tongues = {name: _without_letters(tongue) for name, tongue in profile.tongues.items()}
    return {"schema": 1, **said, **profile.to_json(), "tongues": tongues}


def _without_letters(tongue: Tongue) -> dict[str, object]:
    return {name: value for name, value in asdict(tongue).items() if name not in {"letters", "others"}}


def _tongue(tongue: Tongue) -> list[str]:
    made = [*_manner(tongue.manner), *_habits(tongue.habits)]
    for kind, title in (("nudge", "Asks again"), ("closer", "Closes"), ("sent", "Says it wrote")):
        of_kind = [phrase for phrase in tongue.phrases if phrase.kind == kind][:MOST_PHRASES]
        made += [f"{title}: “{phrase.text}” ({phrase.count}×, last in {phrase.source})" for phrase in of_kind]
    if tongue.stock:
        made.append("Stock phrases that are really yours: " + _counted(tongue.stock))
    if tongue.common:
        made.append("Commonest words: " + ", ".join(list(tongue.common)[:MOST_WORDS]))
    if tongue.others.texts:
        made.append(f"Compared with letters counted in {_mails(tongue.others.texts)} you received; no word is kept")
    return made


def _manner(manner: Manner) -> list[str]:
    made = []
    if manner.greetings:
        made.append("Greets: " + _counted(manner.greetings))
    if manner.signoffs:
        made.append("Signs off: " + _counted(manner.signoffs))
    if manner.formal or manner.informal:
        made.append(f"Address: formal in {manner.formal}, informal in {manner.informal} of {_mails(manner.mails)}")
    return made


def _habits(habits: Habits) -> list[str]:
    if not habits.mails:
        return []
    half = f"half of all {habits.words_low} to {habits.words_high}"
    return [
        f"Length: {habits.words_median} words, {half}, {habits.sentences_median} sentences ({_mails(habits.mails)})",
        f"Contractions: {habits.contracted} of {habits.contracted + habits.uncontracted}",
        f"Two spaces after a full stop: {habits.double_spaces} of {habits.double_spaces + habits.single_spaces}",
        f"Small letter after a full stop: {habits.lower_starts} of {habits.lower_starts + habits.upper_starts}",
        f"Wrapped paragraphs: {habits.wrapped} of {habits.wrappable}"
        + (f", at {habits.wrap_width} columns" if habits.wraps else ""),
        f"Paragraphs of one sentence: {habits.lone} of {habits.paragraphs}",
        f"Marks: ! {habits.exclamations}, ? {habits.questions}, dashes {habits.dashes}, smileys {habits.emoji}",
    ]


def _group(title: str, manners: dict[str, Manner]) -> list[str]:
    most = sorted(manners, key=lambda key: (-manners[key].mails, key))[:MOST_PEOPLE]
    made: list[str] = ["", f"{title}: {len(manners)}"] if most else []
    for key in most:
        made += [f"  {key}: {_mails(manners[key].mails)}", *_indented(_indented(_manner(manners[key])))]
    return made


def _counted(counts: dict[str, int]) -> str:
    ranked = sorted(counts, key=lambda key: (-counts[key], key))[:MOST_PATTERNS]
    return ", ".join(f"{_shown(key)} {counts[key]}×" for key in ranked)


def _shown(text: str) -> str:
    return f"“{' / '.join(line for line in text.split(chr(10)) if line.strip())}”" if text.strip() else "nothing"


def _mails(count: int) -> str:
    return f"{count} mail" if count == 1 else f"{count} mails"


def _indented(rows: list[str]) -> list[str]:
    return [f"  {row}" for row in rows]
