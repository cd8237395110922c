"""What one model call cost and carried away, as values to store; never the text itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Protocol

MILLION = Decimal(1_000_000)
"""Tokens, by which prices are given."""
CHARACTERS_A_TOKEN = 3
"""Cautious: English has about four, and what a call may cost must not be set too low."""
ASKING = "asking"
"""What a call is until its end is known; it counts with all it may cost."""


@dataclass(frozen=True, slots=True)
class Price:
    """Per million tokens, in the user's currency."""

    read: Decimal = Decimal(0)
    written: Decimal = Decimal(0)

    def of(self, read: int, written: int) -> Decimal:
        return (self.read * read + self.written * written) / MILLION


@dataclass(frozen=True, slots=True)
class Entry:
    """One call: written down before text leaves, completed when its end is known."""

    at: datetime
    host: str
    model: str
    what: str
    """Which texts went, by kind and count."""
    characters: int
    digest: str
    """SHA-256 of the text that went."""
    tokens_read: int
    tokens_written: int
    cost: Decimal
    redacted: int
    outcome: str = ASKING
    local: bool = True
    """Whether it stayed on this machine."""


class OverBudget(Exception):
    """The call may not be made; the message is safe to show."""


@dataclass(frozen=True, slots=True)
class Cap:
    """What may be spent, at which price; no amount is no limit."""

    most: Decimal | None = None
    price: Price = field(default_factory=Price)

    def refusal(self, spent: Decimal, worst: Decimal) -> str:
        """Why a call may not be made, judged before it is."""
        if self.most is None:
            return ""
        if not (self.price.read or self.price.written):
            return "a spend cap needs price_in and price_out"
        return "today's spend cap would be passed" if spent + worst > self.most else ""


class Ledger(Protocol):
    """Where calls are written down."""

    cap: Cap

    def begin(self, entry: Entry) -> int:
        """Before anything leaves. Raises OverBudget where it may not."""
        ...

    def end(self, number: int, entry: Entry) -> None:
        """What became of it."""
        ...


@dataclass(slots=True)
class Pocket:
    """A ledger for one run, with a limit of its own; for trials and tests."""

    cap: Cap = field(default_factory=Cap)
    entries: list[Entry] = field(default_factory=list)

    def begin(self, entry: Entry) -> int:
        spent = sum((known.cost for known in self.entries), Decimal(0))
        reason = self.cap.refusal(spent, entry.cost)
        if reason:
            raise OverBudget(reason)
        self.entries.append(entry)
        return len(self.entries) - 1

    def end(self, number: int, entry: Entry) -> None:
        self.entries[number] = entry


def tokens(text: str) -> int:
    """An estimate on the high side; what the endpoint counts replaces it."""
    return len(text) // CHARACTERS_A_TOKEN + 1


def digest(text: str) -> str:
    """By which a text can be recognised without being kept."""
    return sha256(text.encode("utf-8", "replace")).hexdigest()
