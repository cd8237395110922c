"""Says which service an address belongs to, from `services.toml`; that a mail claims to be from one proves nothing."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "services.toml"
SETTLES = frozenset({"books", "signs", "pays"})
DOES = SETTLES | {"tickets"}


@dataclass(frozen=True, slots=True)
class KnownService:
    """A service that writes about what people did with it."""

    name: str
    does: frozenset[str]

    @property
    def settles(self) -> bool:
        """Whether it signs, books or takes payments between people."""
        return bool(self.does & SETTLES)


def service_of(address: str) -> KnownService | None:
    """The service that an address is one of; None for everybody else."""
    known, key = _known(), address.lower()
    domain = key.rpartition("@")[2]
    while domain:
        if domain in known:
            return known[domain]
        domain = domain.partition(".")[2]
    return known.get(key)


@cache
def _known() -> dict[str, KnownService]:
    """By domain or address."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))["service"]
    services = [(entry["from"], KnownService(entry["name"], frozenset(entry["does"]))) for entry in entries]
    return {place: service for places, service in services for place in places}
