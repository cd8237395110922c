"""Who writes in the demo mailbox; knows names, addresses and mail programs, never what they say."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

OWN = frozenset({"sam", "sam.studio"})
"""The keys in people.toml that are the demo's own person."""


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One address and how its mails look."""

    key: str
    name: str
    email: str
    zone: str = "Europe/Paris"
    language: str = "en"
    client: str = "apple"
    signature: str = ""

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]

    @property
    def clock(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def header(self) -> str:
        """As it stands after From or To, quoted where it must be."""
        escaped = self.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}" <{self.email}>' if self.name else self.email


@cache
def script_file(name: str) -> dict[str, Any]:
    """One of the readable files beside this module."""
    return tomllib.loads(files("agent.demo").joinpath(name).read_text(encoding="utf-8"))


@cache
def people() -> dict[str, DemoPerson]:
    """Everybody, by the short name the scripts use."""
    told = {**script_file("people.toml"), **script_file("robots.toml")}
    return {key: DemoPerson(key=key, **fields) for key, fields in told.items()}


def message_id(person: DemoPerson, seed: str) -> str:
    """An id in the manner of the person's mail program; the same for the same seed."""
    digest = hashlib.sha256(seed.encode()).hexdigest()
    if person.client == "gmail":
        return f"<CA{digest[:6].upper()}={digest[8:18]}_{digest[26:34]}@mail.{person.domain}>"
    if person.client == "outlook":
        server = (
            f"AM{int(digest[:2], 16) % 10}PR{int(digest[2:6], 16) % 90 + 10}MB{int(digest[6:12], 16) % 9000 + 1000}"
        )
        return f"<{server}{digest[12:40].upper()}@{server}.eurprd.{person.domain}>"
    grouped = "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))
    return f"<{grouped.upper() if person.client == 'apple' else grouped}@{person.domain}>"
