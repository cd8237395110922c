"""The user's own mails as material: what they typed, in parts, with its language;
never a foreign line and never a robot's mail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from voice.languages.detect import language_of, named
from voice.languages.pack import LANGUAGES, pack
from voice.languages.quotes import typed
from voice.languages.register import address_of
from voice.languages.text import folded, words
from voice.learning.parts import LONGEST_SIGNOFF_LINE, Parts, split, tail_lines

FEWEST_TAILS = 3
"""Twice may be chance, in however few mails."""
TAIL_SHARE, MOTTO_SHARE = 0.03, 0.2
"""Of all mails: a line that so many end with is no prose; a long one may be a sentence the user likes."""
FEWEST_DIGITS = 6
"""The shortest telephone numbers that are given to others."""
SAME_TEXT_TOO_OFTEN = 3
"""The same body to more people than this is a template, not prose."""
KEY_LENGTH = 200
"""Characters at the end by which two mails are the same: a template differs in its greeting."""


@dataclass(frozen=True, slots=True)
class SentMail:
    """One mail of the user's Sent folder, as far as a voice can learn from it."""

    id: str
    at: datetime
    text: str
    """Raw text; quotes and signature may still be in it."""
    subject: str = ""
    to: tuple[str, ...] = ()
    to_name: str = ""
    parent_text: str = ""
    """The mail it answers, to find lines quoted without a mark."""
    automatic: bool = False
    """Vacation replies, calendar answers, list and bulk mail: not typed for anybody."""


@dataclass(frozen=True, slots=True)
class OwnMail:
    """What the user typed in one mail."""

    id: str
    at: datetime
    to: tuple[str, ...]
    to_name: str
    subject: str
    language: str
    text: str
    parts: Parts
    address: str = "neutral"
    length: int = 0

    @property
    def body(self) -> str:
        return self.parts.body


@dataclass(frozen=True, slots=True)
class Typed:
    """A mail before its parts are known; kept so that new mail can be added without reading the old again."""

    mail: SentMail
    text: str
    language: str


class Corpus:
    """Grows by mails; gives the user's own prose."""

    def __init__(self, languages: Sequence[str] = LANGUAGES) -> None:
        self._languages = tuple(languages)
        self._typed: dict[str, Typed] = {}
        self.left_out: Counter[str] = Counter()
        self._last = self._languages[0]
        """Short texts count as the language of the mail before."""

    def add(self, mails: Iterable[SentMail]) -> int:
        """How many of them were new and hold something the user typed."""
        before = len(self._typed)
        for mail in mails:
            if mail.id not in self._typed:
                self._add(mail)
        return len(self._typed) - before

    def _add(self, mail: SentMail) -> None:
        if mail.automatic:
            self.left_out["automatic"] += 1
            return
        text = typed(mail.text, mail.parent_text)
        if not words(text):
            self.left_out["nothing typed"] += 1
            return
        language = language_of(text, self._languages, self._last)
        self._last = language
        if language not in self._languages:
            self.left_out[f"in {named(language)}"] += 1
            return
        self._typed[mail.id] = Typed(
            SentMail(mail.id, mail.at, "", mail.subject, mail.to, mail.to_name), text, language
        )

    def mails(self) -> list[OwnMail]:
        """All of them in parts, oldest first, templates left out."""
        kept = self._without_templates()
        tails = frequent_tails([item.text for item in kept])
        made = [_own(item, tails) for item in kept]
        return sorted(made, key=lambda mail: (mail.at, mail.id))

    def _without_templates(self) -> list[Typed]:
        seen = Counter(_key(item) for item in self._typed.values())
        limit = SAME_TEXT_TOO_OFTEN
        kept = [item for item in self._typed.values() if seen[_key(item)] <= limit or len(words(item.text)) < 12]
        self.left_out["template"] = len(self._typed) - len(kept)
        return kept


def _key(item: Typed) -> str:
    """Mails that differ in the greeting only share it."""
    return folded(item.text)[-KEY_LENGTH:]


def frequent_tails(texts: Sequence[str]) -> frozenset[str]:
    """Lines that end so many mails that they must be a sign-off."""
    counts = Counter(line for text in texts for line in set(tail_lines(text)))
    return frozenset(line for line, count in counts.items() if count >= _least(line, len(texts)) and _says(line))


def _says(line: str) -> bool:
    """A line of marks says nothing, a line of many digits is a telephone."""
    return bool(words(line)) or sum(letter.isdigit() for letter in line) >= FEWEST_DIGITS


def _least(line: str, mails: int) -> int:
    """So many mails must end with a line; more for a long one, which may be a sentence the user likes."""
    share = MOTTO_SHARE if len(line) > LONGEST_SIGNOFF_LINE else TAIL_SHARE
    return max(FEWEST_TAILS, int(mails * share))


def _own(item: Typed, tails: frozenset[str]) -> OwnMail:
    mail = item.mail
    parts = split(item.text, pack(item.language), tails)
    return OwnMail(
        id=mail.id,
        at=mail.at,
        to=mail.to,
        to_name=mail.to_name,
        subject=mail.subject,
        language=item.language,
        text=item.text,
        parts=parts,
        address=address_of(item.text, item.language),
        length=len(words(parts.body)),
    )
