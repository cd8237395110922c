"""Who lives through the summer: invented people, their matters, and the plans the user made beside the built-in ones."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from random import Random

from agent.decide.plans.parsing import built_in, text_of
from tests.sim import families
from tests.sim.families import Person

BEGIN = datetime(2026, 5, 4, 8, tzinfo=UTC)
"""A Monday that has passed: what a real server dates itself is later than everything here, and so is never believed."""
RUNS_OUT = date(2026, 9, 1)
LAST_DAY = date(2026, 10, 9)
"""The longest plan has made its last touch by then."""
FAMILIES = tuple(built_in())
WORDS = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
FIRST = (
    "Ida", "Nils", "Rosa", "Piet", "Vera", "Luca", "Edda", "Bram", "Cleo", "Joris", "Mira", "Timo", "Alba", "Oskar",
    "Runa", "Felix", "Gwen", "Hanno", "Ilse", "Kaspar",
)  # fmt: skip
LAST = (
    "Brandt", "Okoye", "Moreau", "Silva", "Kovac", "Lindgren", "Bianchi", "Vermeer", "Novak", "Dubois", "Hartmann", "Torres",
    "Ferrari", "Jansen", "Keller", "Ramos", "Fontaine", "Sorensen", "Petit", "Castro", "Winkler", "Rossi", "Vogel", "Marin",
    "Haugen",
)  # fmt: skip
PLACES = (
    "Arnhem", "Bilbao", "Colmar", "Dresden", "Esbjerg", "Ferrol", "Girona", "Husum", "Ieper", "Jena", "Kiel", "Lugano",
    "Mons", "Namur", "Olten", "Padua", "Quimper", "Rouen", "Siena", "Trento", "Ulm", "Vigo", "Worms", "Xanten", "Ypres",
    "Zwolle", "Aarau", "Bregenz", "Celje", "Deventer", "Evora", "Faro", "Gorizia", "Hasselt", "Imola", "Jaca", "Konstanz",
    "Leiden", "Maribor", "Novara", "Orense", "Pirna", "Ravenna", "Speyer", "Tilburg", "Udine", "Venlo", "Weimar",
)  # fmt: skip
RULES = """exit_when = [
  { sender = "billing@" }, { subject = "order confirmed" }, { body = "contract signed" },
  { mentions = "{person}", sender = "crm@" }, { label = "won" },
]
"""
MORE = {"rules": RULES, "house": "organisation = true\n", "over": 'organisation = "end"\n', "gone": ""}


def _own_plan(family: str, more: str) -> str:
    """A built-in plan as the user's own, with something added."""
    kept = [line for line in text_of(family).splitlines() if not line.startswith(("exit_when", "#"))]
    return f"[plans.{family}-{more}]\n" + "\n".join(kept) + f"\n{MORE[more]}"


PLANS = {f"{family}-{more}": _own_plan(family, more) for family in FAMILIES for more in MORE}


@dataclass(frozen=True)
class Somebody:
    """One person under one plan."""

    number: int
    family: str
    language: str
    subject: str
    body: str
    """What the user wrote to them, or what the first mail is to be about."""

    @property
    def name(self) -> str:
        """No two have the same."""
        number = self.number
        return f"{FIRST[number % len(FIRST)]} {LAST[(number // len(FIRST) + number) % len(LAST)]}"

    @property
    def firm(self) -> str:
        """Where they work; nobody else here does."""
        return f"firm{self.number}.example"

    @property
    def address(self) -> str:
        """Where they read mail."""
        return f"{self.name.split()[0].lower()}@{self.firm}"

    @property
    def private(self) -> str:
        """Where they also write from."""
        return f"{self.name.lower().replace(' ', '.')}@home{self.number}.example"

    @property
    def asked(self) -> str:
        """The Message-ID of the user's own mail to them."""
        return f"<asked{self.number}@y.example>"

    @property
    def first(self) -> bool:
        """Whether the plan begins with a first mail."""
        return self.family in {"sales", "recruiting"}


@cache
def _matters(language: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = families._data(language)["matter"]
    return found


def somebody(number: int, family: str, language: str) -> Somebody:
    """A person with a matter that nobody else has."""
    matter, words = _matters(language)[family], WORDS[language]
    chance = Random(number)
    thing, place = (
        words["things"][number % len(words["things"])],
        PLACES[(number + number // len(PLACES)) % len(PLACES)],
    )
    own = str(matter.get("own") or matter.get("about"))
    told = words["about"].format(thing=thing, place=place)
    one = Somebody(number, family, language, f"{matter['subject']}, {place} {chance.randrange(100, 999)}", "")
    called = one.name.split()[0]
    text = f"{told} {own}" if family in {"sales", "recruiting", "nudge"} else f"{own} {told}"
    return Somebody(number, family, language, one.subject.replace("Bo", called), text.replace(" Bo.", f" {called}."))


def writers(language: str) -> list[Person]:
    """The three users who write this language."""
    return families.people(language)


def greeted(writer: Person, one: Somebody, body: str) -> str:
    """A mail of the user's to somebody, as they set it."""
    titled = families.named(writer.greeting) != "Bo"
    called = one.name.split()[-1 if titled else 0]
    return f"{writer.greeting.replace('{name}', called)}\n\n{body}\n\n{writer.signoff}\n"
