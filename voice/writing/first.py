"""Writes the first mail to somebody from the user's own words about it and the user's own manner;
it adds no fact, or says why it does not write."""

from __future__ import annotations

from voice.brief import Brief, Drafted, Phrase
from voice.languages.detect import language_of, named
from voice.languages.pack import LANGUAGES, Pack, pack
from voice.languages.register import address_of
from voice.languages.text import sentences, words
from voice.learning.parts import Greeting, Parts, split
from voice.learning.profile import Profile
from voice.writing import layout
from voice.writing.address import frame

NAME = "phrasebook"
NOTHING_SAID = (
    "a first mail needs your own words: say what it is about when you enroll them, or write it yourself with `edit`"
)
WHOLE = 4
"""A text of fewer words is what the mail is about, not the mail."""


def write_first(brief: Brief, profile: Profile) -> Drafted:
    """What the user said it is about, set like the user's own mails."""
    signal = brief.signal.text.strip() if brief.signal else ""
    if not brief.about.strip() and not signal:
        return _abstain(NOTHING_SAID)
    language = language_of_first(brief, profile)
    if language not in LANGUAGES:
        return _abstain(f"I cannot write {named(language)} yet")
    known = pack(language)
    said = _split(brief.about, known)
    around = frame(brief, profile, language, said, known)
    register = address_of(brief.about, language)
    pieces = [_signal(signal, known, register), *_about(said.body, known, register)]
    kept = [piece for piece in pieces if piece.text]
    habits = profile.tongue(language).habits
    texts = [piece.text for piece in kept]
    texts[0] = layout.after_greeting(texts[0], around.greeting, known)
    blocks = [layout.paragraph(text, habits) for text in texts]
    body = layout.assemble(around.greeting, around.greeting_gap, blocks, around.signoff, around.signoff_gap)
    around_it = [Phrase(around.greeting, around.greeting_source.split(" ")[0], around.greeting_source)]
    end = [Phrase(around.signoff, "own_mail", "sign-off")]
    phrases = [phrase for phrase in (*around_it, *kept, *end) if phrase.text]
    # Of a neutral sentence only what stands around the user's words was not theirs.
    neutral = [phrase.detail for phrase in kept if phrase.detail]
    neutral += [part[:1].lower() + part[1:] for part in neutral]
    allowed = tuple(part for part in (around.greeting, *neutral, around.signoff) if part)
    notes = () if profile.state == "ready" else (profile.said,)
    return Drafted(body, NAME, tuple(phrases), notes, "", allowed)


def language_of_first(brief: Brief, profile: Profile) -> str:
    """The language the user's words are in; the usual one where they are too few to tell."""
    said = f"{brief.about} {brief.signal.text if brief.signal else ''}"
    return brief.language or language_of(said, LANGUAGES, profile.usual_language)


def _abstain(reason: str) -> Drafted:
    return Drafted(body="", writer=NAME, abstained=reason)


def _split(about: str, known: Pack) -> Parts:
    """The user may have typed the whole mail, greeting and all."""
    text = about.strip()
    return split(text, known) if "\n" in text else Parts(Greeting(""), text, "")


def _signal(signal: str, known: Pack, register: str) -> Phrase:
    lines = known.sentences("signal", register)
    return _filled(lines[0], "signal", signal) if signal and lines else Phrase("", "signal")


def _about(text: str, known: Pack, register: str) -> list[Phrase]:
    """Sentences stay as they were typed; a few words become the end of a neutral one."""
    if not text:
        return []
    if is_text(text, known):
        return [Phrase(block.strip("\n"), "instruction") for block in text.split("\n\n") if block.strip()]
    lines = known.sentences("first", register)
    return [_filled(lines[0], "thing", text)] if lines else [Phrase(text, "instruction")]


def _filled(line: str, key: str, said: str) -> Phrase:
    """A neutral sentence around the user's words; its detail is the neutral part."""
    around = line.replace(f"{{{key}}}", "").rstrip(" .")
    end = "" if said.rstrip()[-1:] in ".!?" else "."
    return Phrase(line.rstrip(".").replace(f"{{{key}}}", said.rstrip()) + end, "signal", around)


def is_text(text: str, known: Pack) -> bool:
    """Whether it reads as a mail: it has a sentence that ends like one."""
    ended = text.rstrip()[-1:] in ".!?" or len(sentences(text, known.marks("abbreviations"))) > 1
    return "\n" in text or (ended and len(words(text)) >= WHOLE)
