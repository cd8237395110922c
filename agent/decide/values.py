"""What judgement takes and gives, as plain values; it decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum


class Meaning(StrEnum):
    """What an incoming mail means for the matter."""

    REPLY = "reply"
    DECLINE = "decline"
    OPT_OUT = "opt_out"
    LATER = "later"
    DELEGATE = "delegate"
    AWAY = "away"
    LEFT = "left"
    BOUNCE = "bounce"
    DELAY = "delay"
    RECEIPT = "receipt"
    BOOKED = "booked"
    LIST = "list"
    OWN = "own"
    UNSURE = "unsure"


class Certainty(StrEnum):
    """How firm a verdict is."""

    SURE = "sure"
    LIKELY = "likely"
    UNSURE = "unsure"


STOPPING = frozenset(
    {Meaning.REPLY, Meaning.DECLINE, Meaning.OPT_OUT, Meaning.DELEGATE, Meaning.LEFT, Meaning.BOUNCE, Meaning.BOOKED}
)
HUMAN = frozenset({Meaning.REPLY, Meaning.DECLINE, Meaning.OPT_OUT, Meaning.LATER, Meaning.DELEGATE})
SPEAKS = HUMAN | {Meaning.BOOKED, Meaning.UNSURE, Meaning.LEFT}
"""Mails of a person in another thread that may be about this matter."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The meaning of one mail, with the words that show it."""

    meaning: Meaning
    evidence: str = ""
    until: date | None = None
    certainty: Certainty = Certainty.LIKELY
    delegate: str | None = None
    failed: tuple[str, ...] = ()

    @property
    def stops(self) -> bool:
        """Whether nothing more may go out on this matter."""
        return self.meaning in STOPPING


@dataclass(frozen=True, slots=True)
class Me:
    """The person relance writes for."""

    name: str = ""
    addresses: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    zone: str = "UTC"
    workdays: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    starts: time = time(9)
    ends: time = time(18)
    holidays: str = ""
    holidays_for: tuple[tuple[str, str], ...] = ()

    @property
    def keys(self) -> frozenset[str]:
        """Every own address in the form to compare by."""
        return frozenset(address.lower() for address in self.addresses + self.aliases)
