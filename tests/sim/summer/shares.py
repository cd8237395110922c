"""Deals people, plans and endings out to houses, lives them through and counts; the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from random import Random

from tests.sim.families import LANGUAGES, Person
from tests.sim.summer.boxes import Summer
from tests.sim.summer.cast import BEGIN, LAST_DAY, somebody, writers
from tests.sim.summer.endings import ENDINGS, FOR_ALL, Ending
from tests.sim.summer.letters import shown, wrong
from tests.sim.summer.play import Life, Play, broken, letters_of

Made = Callable[[Person, tuple[str, ...]], Summer]
LETTERS_BEFORE = {"memory": 99, "dovecot": 1, "gmail": 2, "graph": 2}
"""So many letters, with the one that must not leave, at most: a look at a real server takes its time."""
SHORT = BEGIN.date() + timedelta(days=50)
"""So long a house is watched in which everything was held."""


@dataclass(frozen=True)
class Share:
    """One house, who writes there, and who lives through what."""

    writer: Person
    lives: tuple[Life, ...]
    seed: int
    last: date = LAST_DAY


@dataclass
class Told:
    """What the houses of one kind of mailbox did."""

    houses: int = 0
    letters: int = 0
    plans: int = 0
    """Lived through to the last letter."""
    endings: int = 0
    kinds: set[str] = field(default_factory=set)
    families: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)

    def line(self) -> str:
        """In one line."""
        return (
            f"{self.houses} houses, {len(self.families)} families, {self.plans} plans to the last letter, {self.endings} endings of "
            f"{len(self.kinds)} kinds, {self.letters} letters, broken {len(self.broken)}"
        )  # fmt: skip


def letters_for(kind: str, families: Sequence[str], seed: int) -> list[Share]:
    """Every plan to its last letter: of everybody in memory, of one writer of each language on a server."""
    found = []
    for language in LANGUAGES:
        known = writers(language)
        chosen = known if kind == "memory" else [known[Random(f"{seed}/{language}").randrange(len(known))]]
        for writer in chosen:
            lives = tuple(
                Life(somebody(number, family, language), begun_first=family in {"sales", "recruiting"})
                for number, family in enumerate(families)
            )
            found.append(Share(writer, lives, seed))
    return found


def endings_for(kind: str, families: Sequence[str], seed: int) -> list[Share]:
    """Every ending: against each family in memory, against one that the seed chooses on a server."""
    chance = Random(f"{seed}/{kind}")
    if kind == "memory":
        dealt = [[(ending, family) for ending in ENDINGS] for family in families]
    else:
        dealt = [[(ending, families[(place + seed) % len(families)]) for place, ending in enumerate(ENDINGS)]]
    most = LETTERS_BEFORE.get(kind, LETTERS_BEFORE["memory"])
    found = [_house(pairs, chance, number + seed, most) for number, pairs in enumerate(dealt)]
    for ending in FOR_ALL:
        share = _house([(ending, family) for family in families], chance, seed, most)
        found.append(Share(share.writer, share.lives, seed, SHORT))
    return found


def _house(pairs: Sequence[tuple[Ending, str]], chance: Random, seed: int, most: int) -> Share:
    """One house of one language; beside the endings each of its families is lived through by somebody else."""
    language = LANGUAGES[seed % len(LANGUAGES)]
    writer, numbers = chance.choice(writers(language)), count()
    everybody = any(ending.everybody for ending, _ in pairs)
    lives = [
        drawn(next(numbers), ending, family, language, chance, most)
        for ending, family in pairs
        if family not in ending.without
    ]
    families = () if everybody else dict.fromkeys(family for _, family in pairs)
    lives += [Life(somebody(next(numbers), family, language)) for family in families]
    return Share(writer, tuple(lives), seed)


def drawn(number: int, ending: Ending, family: str, language: str, chance: Random, most: int) -> Life:
    """Somebody to whom something happens at a moment of their own."""
    after, moment = chance.randrange(ending.least, min(letters_of(family), most)), chance.choice(ending.moments)
    # What is answered must be there; else the plan begins with a first mail half of the time.
    may = ending.begins != "label" and ending.name != "rule: label" and after > 0
    first = may and family in {"sales", "recruiting"} and chance.random() < 0.5
    return Life(somebody(number, family, language), ending, after, moment, chance.random(), first)


def live(made: Made, share: Share, told: Told, *, show: bool = False) -> None:
    """One house from May to October; what is wrong is added to what is told."""
    plans = dict.fromkeys(
        f"{life.who.family}-{life.ending.plan}" for life in share.lives if life.ending and life.ending.plan
    )
    house = made(share.writer, tuple(plans))
    try:
        play = Play(house, share.lives, share.seed)
        play.run(share.last)
        told.broken += broken(share.lives, now=house.home.clock())
        for life in share.lives:
            if life.ending is None:
                told.broken += [f"{_named(life, share)}: {words}" for words in wrong(life, share.writer)]
    finally:
        house.close()
    told.houses += 1
    told.letters += sum(len(life.letters) for life in share.lives)
    told.families |= {life.who.family for life in share.lives}
    told.plans += sum(life.ending is None for life in share.lives)
    told.endings += sum(life.happened is not None for life in share.lives)
    told.kinds |= {life.ending.name for life in share.lives if life.ending and life.happened}
    if show:
        print("\n".join(line for life in share.lives if life.ending is None for line in shown(life, share.writer)))


def _named(life: Life, share: Share) -> str:
    return f"{share.writer.name} ({life.who.language}), {life.who.family}"
