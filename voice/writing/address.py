"""Chooses greeting, sign-off and register toward one person from what the user wrote to them, else to others;
never a name from a guess."""

from __future__ import annotations

from dataclasses import dataclass

from voice.brief import Brief
from voice.languages.pack import Pack
from voice.languages.register import address_of
from voice.languages.text import folded, words
from voice.learning.memories import wishes
from voice.learning.parts import Parts
from voice.learning.profile import Manner, Profile
from voice.writing.wishing import FORMAL, INFORMAL, understood

ENOUGH_TO_PERSON = 3
"""Mails that show how somebody is written to; one or two may be exceptions."""
SIGNS_OFF_SHARE = 0.5
"""Who mostly ends without a sign-off, and did so in this thread, ends the follow-up without one."""
FULLER_SHARE = 0.5
"""A sign-off so much rarer than the usual one is still one of the user's."""
MOST_NAMES = 3
"""Of more words a display name is a sentence, or two people."""
USUAL_SHARE = 0.15
"""A greeting without a name that is rarer was meant for somebody in particular."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the body."""

    greeting: str
    greeting_gap: int
    greeting_source: str
    signoff: str
    signoff_gap: int
    register: str


def frame(brief: Brief, profile: Profile, language: str, quiet: Parts, known: Pack) -> Frame:
    """Greeting and sign-off for this recipient."""
    manners = _manners(brief, profile, language)
    greeting, gap, source = _greeting(brief, manners, quiet, known)
    signoff, signoff_gap = _signoff(manners, quiet)
    wished = wishes(brief.memories)
    if wished.greeting is not None:
        name = quiet.greeting.name or first_name(brief.recipient_name)
        if name or "{name}" not in wished.greeting:
            greeting, source = wished.greeting.replace("{name}", name), "own_mail (your edits)"
    signoff = signoff if wished.signoff is None else wished.signoff
    return Frame(greeting, gap, source, signoff, signoff_gap, _register(brief, manners, language))


def _manners(brief: Brief, profile: Profile, language: str) -> list[tuple[str, Manner]]:
    person = profile.people.get(brief.recipient_address.lower())
    circle = profile.circles.get(brief.circle.lower()) if brief.circle else None
    found = [("person", person), ("circle", circle), ("language", profile.tongue(language).manner)]
    return [
        (name, manner)
        for name, manner in found
        if manner
        and manner.mails >= (1 if name == "language" else ENOUGH_TO_PERSON)
        and manner.language in ("", language)
    ]


def _greeting(brief: Brief, manners: list[tuple[str, Manner]], quiet: Parts, known: Pack) -> tuple[str, int, str]:
    own = quiet.greeting
    if own.pattern:
        return own.pattern.replace("{name}", own.name), own.gap, "own_thread"
    name = first_name(brief.recipient_name)
    # "Sehr geehrter {name}" was learned from "Herr Lund": nobody new is greeted so by a first name.
    stiff = known.marks("titles") | (known.marks("formal_words") if not brief.own else frozenset())
    for source, manner in manners:
        for pattern in sorted(manner.greetings, key=lambda key: (-manner.greetings[key], key)):
            if "{name}" not in pattern:
                if manner.greetings[pattern] < USUAL_SHARE * manner.mails:
                    continue
                return pattern, manner.greeting_gap, f"own_mail ({source})"
            if name and not any(folded(word) in stiff for word in words(pattern)):
                return pattern.replace("{name}", name), manner.greeting_gap, f"own_mail ({source})"
    whole = full_name(brief.recipient_name) if not brief.own else ""
    if whole and known.greeting_full:
        # Every greeting of theirs names a title nobody knows here; to somebody new, none at all is worse.
        return known.greeting_full.replace("{name}", whole), 1, "neutral"
    return "", 1, "none"


def _signoff(manners: list[tuple[str, Manner]], quiet: Parts) -> tuple[str, int]:
    if quiet.signoff and not _is_address(quiet.signoff, manners):
        return quiet.signoff, quiet.gap
    for _, manner in manners:
        signed = {text: times for text, times in manner.signoffs.items() if text}
        if signed and sum(signed.values()) >= SIGNS_OFF_SHARE * sum(manner.signoffs.values()):
            return _fuller(signed), manner.signoff_gap
    return "", 1


def _fuller(signed: dict[str, int]) -> str:
    """The usual sign-off; who wants something says "Best, Ann" rather than "Ann" where both are usual."""
    usual = max(signed.values())
    fit = [text for text, times in signed.items() if times >= FULLER_SHARE * usual]
    return max(fit, key=lambda text: (len(words(text)), signed[text], text))


def _is_address(signoff: str, manners: list[tuple[str, Manner]]) -> bool:
    """A line of a signature: it shares no word with the ways this user really ends."""
    found = {folded(word) for word in words(signoff)}
    usual = [text for _, manner in manners for text, times in manner.signoffs.items() if text and "\n" in text]
    return (
        bool(usual)
        and "\n" not in signoff
        and not any(found & {folded(word) for word in words(text)} for text in usual)
    )


def full_name(display: str) -> str:
    """Given and family name of "Ann Lee" or "Lee, Ann"; empty where it is no name of two or three words."""
    last, comma, first = display.strip().strip("\"'").partition(",")
    named = f"{first} {last}".split() if comma else last.split()
    fine = 2 <= len(named) <= MOST_NAMES and all(
        part[:1].isupper() and part.replace("-", "").isalpha() for part in named
    )
    return " ".join(named) if fine else ""


def first_name(display: str) -> str:
    """The given name of "Ann Lee" or "Lee, Ann"; empty where the name is none."""
    name = display.strip().strip("\"'")
    if "@" in name or any(letter.isdigit() for letter in name):
        return ""
    if "," in name:
        name = name.partition(",")[2].strip() or name.partition(",")[0]
    given = words(name)[:1]
    return given[0] if given and given[0][0].isupper() and len(given[0]) > 1 else ""


def _register(brief: Brief, manners: list[tuple[str, Manner]], language: str) -> str:
    """As this person was last addressed, else as people usually are."""
    wished = understood(f"{brief.instruction} {brief.say}")
    if INFORMAL in wished or FORMAL in wished:
        return "informal" if INFORMAL in wished else "formal"
    for message in reversed(brief.own):
        address = address_of(message.text, language)
        if address != "neutral":
            return address
    for _, manner in manners:
        if manner.formal != manner.informal:
            return "formal" if manner.formal > manner.informal else "informal"
    return "neutral"
