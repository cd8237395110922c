"""Guesses where somebody lives from the clock of their mails, with evidence; UTC offsets of servers prove nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from agent.decide.values import Me

COUNTRIES = {
    "fr": ("Europe/Paris", "FR"),
    "de": ("Europe/Berlin", "DE"),
    "at": ("Europe/Vienna", "AT"),
    "ch": ("Europe/Zurich", "CH"),
    "es": ("Europe/Madrid", "ES"),
    "it": ("Europe/Rome", "IT"),
    "pt": ("Europe/Lisbon", "PT"),
    "nl": ("Europe/Amsterdam", "NL"),
    "be": ("Europe/Brussels", "BE"),
    "se": ("Europe/Stockholm", "SE"),
    "no": ("Europe/Oslo", "NO"),
    "dk": ("Europe/Copenhagen", "DK"),
    "fi": ("Europe/Helsinki", "FI"),
    "pl": ("Europe/Warsaw", "PL"),
    "cz": ("Europe/Prague", "CZ"),
    "uk": ("Europe/London", "GB"),
    "ie": ("Europe/Dublin", "IE"),
    "jp": ("Asia/Tokyo", "JP"),
    "in": ("Asia/Kolkata", "IN"),
    "nz": ("Pacific/Auckland", "NZ"),
    "br": ("America/Sao_Paulo", "BR"),
    "kr": ("Asia/Seoul", "KR"),
    "cn": ("Asia/Shanghai", "CN"),
    "sg": ("Asia/Singapore", "SG"),
    "il": ("Asia/Jerusalem", "IL"),
    "tr": ("Europe/Istanbul", "TR"),
    "gr": ("Europe/Athens", "GR"),
    "ro": ("Europe/Bucharest", "RO"),
    "hu": ("Europe/Budapest", "HU"),
}
LIKELY = (
    "Europe/Paris",
    "Europe/London",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "Europe/Helsinki",
    "Europe/Istanbul",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
    "America/Sao_Paulo",
    "Pacific/Auckland",
    "Asia/Dubai",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A zone, a country for holidays, and what they were guessed from."""

    zone: str
    country: str = ""
    evidence: str = ""


def guess(dates: Iterable[datetime], address: str, fallback: str, *, country: str = "") -> Place:
    """Where a person lives: the zone that fits most of their Date headers, else their domain's country, else ours."""
    told = [at for at in dates if at.utcoffset()]
    ending = address.rpartition(".")[2].lower()
    home = COUNTRIES.get(ending)
    choices = dict.fromkeys(((home[0],) if home else ()) + (fallback,) + LIKELY)
    scores = Counter(
        {name: sum(at.astimezone(ZoneInfo(name)).utcoffset() == at.utcoffset() for at in told) for name in choices}
    )
    best = max(choices, key=lambda name: scores[name])
    if told and scores[best]:
        return Place(best, country or _country(best), f"{scores[best]} of {len(told)} Date headers")
    if home:
        return Place(home[0], country or home[1], f"the address ends in .{ending}")
    return Place(fallback, country, "nothing known, yours is used")


def _country(zone: str) -> str:
    """The country of a zone where only one has it."""
    found = {code for name, code in COUNTRIES.values() if name == zone}
    return found.pop() if len(found) == 1 and zone != "Europe/Paris" else ""


def country_of(me: Me, person: str) -> str:
    """Holidays the user named for this person or their domain."""
    named: Mapping[str, str] = dict(me.holidays_for)
    return named.get(person) or named.get(person.rpartition("@")[2]) or ""
