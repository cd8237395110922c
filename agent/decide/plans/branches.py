"""Reads what an answer does to a plan, as the user wrote it down, and finds the words it asks for; a mail can cause a
branch and never choose one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from agent.decide.plans.plans import MOVES, USUAL_BRANCHES, Plan, TextRule, plan_meant
from voice.languages.sentences import sentences
from voice.languages.shapes import standing
from voice.languages.tongues import normal

BRANCHES = {
    "later": ("wait", "stop", "hold"),
    "away": ("wait", "stop", "hold"),
    "delegate": ("propose", "stop"),
    "booked": ("stop", "hold"),
}
TEXT_DOES = ("task", "stop", "hold")
TEXT_KEYS = frozenset({"words", "then"})
MOST_RULES, MOST_WORDS = 12, 20
"""More would be a judge of its own; each word is looked for in every answer."""
SHORTEST_WORD, LONGEST_WORD = 2, 60
"""Characters: one letter stands in everything, and a sentence is never written twice in the same way."""


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What an answer asks for: the branch the user wrote down for it, and the sentence it stands in."""

    then: str
    sentence: str


def branches(name: str, table: object) -> tuple[Mapping[str, str], tuple[TextRule, ...]]:
    """What each kind of answer does, and what words in one do; a ValueError says what is wrong."""
    if not isinstance(table, Mapping):
        raise ValueError(f'plan "{name}": "on" must be a table')  # noqa: TRY004 (config errors are ValueErrors)
    chosen = {str(key): value for key, value in table.items() if key != "text"}
    for key, value in chosen.items():
        if value not in BRANCHES.get(key, ()) and not (key in BRANCHES and _leads(value)):
            raise ValueError(f'plan "{name}": on.{key} = "{value}" is not possible; {_choices(key)}')
    kept = {**USUAL_BRANCHES, **{key: str(value) for key, value in chosen.items()}}
    return kept, _texts(name, table.get("text", []))


def _leads(value: object) -> bool:
    return isinstance(value, str) and bool(plan_meant(value))


def _choices(key: str) -> str:
    known = BRANCHES.get(key)
    return f"choose {', '.join(known)} or {MOVES}NAME" if known else f"known are {', '.join(BRANCHES)}, text"


def _texts(name: str, entries: object) -> tuple[TextRule, ...]:
    fine = isinstance(entries, list) and all(isinstance(entry, Mapping) for entry in entries)
    if not isinstance(entries, list) or not fine or len(entries) > MOST_RULES:
        raise ValueError(
            f'plan "{name}": on.text must be a list of up to {MOST_RULES} entries such as '
            '[{ words = ["price", "cost"], then = "task" }]'
        )
    return tuple(_text(name, entry) for entry in entries)


def _text(name: str, entry: Mapping[str, object]) -> TextRule:
    if set(entry) != TEXT_KEYS:
        raise ValueError(f'plan "{name}": an entry of on.text has "words" and "then", and nothing else')
    words, then = entry["words"], entry["then"]
    if not isinstance(words, list) or not 1 <= len(words) <= MOST_WORDS:
        raise ValueError(f'plan "{name}": words of on.text must be a list of 1 to {MOST_WORDS} texts')
    for word in words:
        size = len(normal(word).strip()) if isinstance(word, str) else 0
        if not SHORTEST_WORD <= size <= LONGEST_WORD or not re.search(r"\w", word):
            wanted = f"{SHORTEST_WORD} to {LONGEST_WORD} characters with a letter among them"
            raise ValueError(f'plan "{name}": each of the words of on.text has {wanted}, not "{word}"')
    if then not in TEXT_DOES and not _leads(then):
        raise ValueError(
            f'plan "{name}": on.text: then = "{then}" is not possible; choose {", ".join(TEXT_DOES)} or {MOVES}NAME'
        )
    return TextRule(tuple(" ".join(word.split()) for word in words), str(then))


def asked_in(plan: Plan, text: str) -> AskedFor | None:
    """The first entry of `on.text` that a sentence of an answer meets, in the order the user wrote them."""
    said = sentences(text) if plan.texts else ()
    for rule in plan.texts:
        look = _look(rule.words)
        found = next((sentence.text for sentence in said if look.search(" ".join(normal(sentence.text).split()))), "")
        if found:
            return AskedFor(rule.then, found)
    return None


@lru_cache(maxsize=256)
def _look(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the words as whole words; a star would be one like any other mark."""
    plain = [" ".join(normal(word).split()) for word in words]
    return re.compile(standing(word for word in plain if "*" not in word))


def wrong_targets(plans: Mapping[str, Plan]) -> str:
    """What is wrong with where branches lead: to nothing, without a day, or in a circle; empty when nothing is."""
    for plan in plans.values():
        for name in plan.targets:
            if name not in plans:
                return f'plan "{plan.name}" leads to "{name}", and there is no plan of that name'
            if plans[name].counts_back and not plan.counts_back:
                return f'plan "{plan.name}" leads to "{name}", which counts back from a day that nobody names there'
    clear: set[str] = set()
    circle = next((found for name in plans if (found := _circle(plans, (name,), clear))), ())
    return f"the plans {' -> '.join(circle)} lead in a circle" if circle else ""


def _circle(plans: Mapping[str, Plan], way: tuple[str, ...], clear: set[str]) -> tuple[str, ...]:
    """A way that comes back to where it was; `clear`: plans from which none does."""
    for name in plans[way[-1]].targets:
        if name in way:
            return (*way[way.index(name) :], name)
        found = () if name in clear else _circle(plans, (*way, name), clear)
        if found:
            return found
    clear.add(way[-1])
    return ()
