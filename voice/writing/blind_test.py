"""The blind test: the user's own mail, a draft and a template side by side, and what the picks say;
never tells which is which before."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt

from voice.brief import Brief, Drafted, Message
from voice.languages.pack import pack
from voice.languages.text import contains, words
from voice.learning.corpus import OwnMail
from voice.learning.profile import Profile

WAITED = timedelta(days=7)
"""As a person would have waited before asking again."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Three mails in random order; exactly one is the user's own."""

    texts: tuple[str, str, str]
    kinds: tuple[str, str, str]
    mail_id: str


@dataclass(frozen=True, slots=True)
class Result:
    """How often the draft was taken for the user's own."""

    trials: int
    own: int
    draft: int
    template: int
    low: float
    high: float
    """95 % interval of the share of picks that fell on the draft; a half would be perfect."""


def trials(
    mails: Sequence[OwnMail], profile: Profile, write: Callable[[Brief, Profile], Drafted], seed: int, most: int = 12
) -> tuple[Trial, ...]:
    """Trials from the user's own short asks."""
    pick = random.Random(seed)  # noqa: S311 - order of a quiz
    fit = [mail for mail in mails if 6 <= len(words(mail.body)) <= 60 and _asks(mail)]
    made = []
    for mail in pick.sample(fit, min(len(fit), most)):
        brief = Brief(
            now=mail.at + WAITED,
            own=(Message(mail.at, mail.text, mail.subject),),
            recipient_name=mail.to_name,
            language=mail.language,
        )
        drafted = write(brief, profile)
        if drafted.body:
            three = [("own", mail.text), ("draft", drafted.body), ("template", pack(mail.language).template)]
            pick.shuffle(three)
            made.append(Trial(_three([text for _, text in three]), _three([kind for kind, _ in three]), mail.id))
    return tuple(made)


def _three(items: Sequence[str]) -> tuple[str, str, str]:
    first, second, third = items
    return first, second, third


def _asks(mail: OwnMail) -> bool:
    return "?" in mail.body or contains(mail.body, pack(mail.language).marks("request_marks"))


def result(done: Sequence[Trial], picks: Sequence[int]) -> Result:
    """The picks counted."""
    kinds = [trial.kinds[pick] for trial, pick in zip(done, picks, strict=True)]
    low, high = wilson(kinds.count("draft"), len(kinds))
    return Result(len(kinds), kinds.count("own"), kinds.count("draft"), kinds.count("template"), low, high)


def wilson(hits: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Interval of a share; everything is possible where nothing was seen."""
    if total == 0:
        return 0.0, 1.0
    share, square = hits / total, z * z
    middle = (share + square / (2 * total)) / (1 + square / total)
    wide = z * sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
    return max(0.0, middle - wide), min(1.0, middle + wide)
