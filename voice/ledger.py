"""What one model call cost and carried away, as values to store; never the text itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

MILLION = Decimal(1_000_000)
CHARACTERS_A_TOKEN = 3


@dataclass(frozen=True, slots=True)
class Price:
    """Per million tokens, in the user's currency."""

    read: Decimal = Decimal(0)
    written: Decimal = Decimal(0)

    def of(self, read: int, written: int) -> Decimal:
        return (self.read * read + self.written * written) / MILLION


@dataclass(frozen=True, slots=True)
class Entry:
    """One call that left this process."""

    at: datetime
    host: str
    model: str
    what: str
    """Which texts went, by kind and count."""
    characters: int
    tokens_read: int
    tokens_written: int
    cost: Decimal
    redacted: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Budget:
    """What may still be spent today; None is no limit."""

    left: Decimal | None = None
    price: Price = Price()

    def refusal(self, characters: int, most_written: int) -> str:
        """Why a call may not be made, judged before it is."""
        if self.left is None:
            return ""
        if not (self.price.read or self.price.written):
            return "a spend cap needs price_in and price_out"
        worst = self.price.of(characters // CHARACTERS_A_TOKEN + 1, most_written)
        return "today's spend cap would be passed" if worst > self.left else ""
