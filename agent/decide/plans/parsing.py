"""Reads a plan from the table of a file; a ValueError says what is wrong with it, and nothing is guessed right."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import time
from functools import cache
from pathlib import Path

from agent.decide.plans.beginnings import begin_rules
from agent.decide.plans.branches import branches
from agent.decide.plans.plans import LEVELS, NAMED_PERSON, ExitRule, Plan, Touch, Wait
from agent.preferred_times import days_of, hours_of
from voice.jobs import FIELD, FIELDS
from voice.languages.pack import LANGUAGES

UNITS = {"workday": "workdays", "business day": "workdays", "day": "days", "week": "weeks", "month": "months"}
LENGTH = re.compile(r"(\d{1,3})\s*(workday|business day|day|week|month)s?")
EXIT_KEYS = ("sender", "subject", "body", "label", "mentions")
ORGANISATION = {False: "", True: "hold", "hold": "hold", "end": "end"}
TOUCH_KEYS = {"after", "before", "job", "level", "kind", "instruction", "say", "facts", "ask", "tone"}
PLAN_KEYS = {
    "touches",
    "on",
    "exit_when",
    "level",
    "labels",
    "description",
    "organisation",
    "begin_when",
    "prefer_days",
    "prefer_hours",
    "priority",
}
TONES = ("formal", "informal", "short")
LONGEST_SAY, LONGEST_FACT, MOST_FACTS = 1_000, 300, 12
"""A letter may have 1,200 characters; what comes around the text needs room."""
MOST_PRIORITY = 100
"""More steps than anybody has plans."""
DIGITS = 3
"""Of a wait: 999 weeks are nineteen years, and a day has to be found for each."""
FAMILIES = Path(__file__).parent / "families"


@cache
def built_in() -> dict[str, Plan]:
    """The plans that come with relance, one file each."""
    files = sorted(FAMILIES.glob("*.toml"), key=lambda file: (file.stem != "nudge", file.stem))
    return {file.stem: parse_plan(file.stem, tomllib.loads(file.read_text(encoding="utf-8"))) for file in files}


def text_of(name: str) -> str:
    """The file of a built-in plan, to begin one's own with."""
    return (FAMILIES / f"{name}.toml").read_text(encoding="utf-8")


def parse_wait(text: str) -> Wait:
    """ "3 workdays", "2 weeks" and the like."""
    match = LENGTH.fullmatch(str(text).strip().lower())
    if match is None:
        raise ValueError(f'"{text}" is no length of time; write for example "3 workdays" or "2 weeks"')
    if len(match[1]) > DIGITS:
        raise ValueError(f'"{text}" is longer than any plan; write for example "3 workdays" or "2 weeks"')
    return Wait(int(match[1]), UNITS[match[2]])


def parse_plan(name: str, table: Mapping[str, object]) -> Plan:
    """A plan of the user's own; a ValueError says what is wrong with it."""
    _known(name, table, PLAN_KEYS)
    touches = table.get("touches")
    if not isinstance(touches, list) or not 1 <= len(touches) <= 12:
        raise ValueError(f'plan "{name}" needs a list "touches" with 1 to 12 entries')
    ceiling = _level(name, table.get("level", "autopilot"))
    parsed = tuple(_touch(f'{name}", touch "{number}', entry, ceiling) for number, entry in enumerate(touches, 1))
    exits, said = _exits(name, table.get("exit_when", [])), _plain(name, table, "description")
    organisation = _organisation(name, table.get("organisation", False))
    on, texts = branches(name, table.get("on", {}))
    days, hours = _preferred(name, table)
    begins = begin_rules(name, table.get("begin_when", []))
    return Plan(name, parsed, on, exits, said, organisation, texts, days, hours, _priority(name, table), begins)


def _priority(name: str, table: Mapping[str, object]) -> int:
    value = table.get("priority", 0)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MOST_PRIORITY:
        raise ValueError(f'plan "{name}": priority must be a whole number from -{MOST_PRIORITY} to {MOST_PRIORITY}')
    return value


def _preferred(name: str, table: Mapping[str, object]) -> tuple[frozenset[int] | None, tuple[time, time] | None]:
    """The days and hours its letters leave rather."""
    try:
        return (
            days_of(table["prefer_days"]) if "prefer_days" in table else None,
            hours_of(table["prefer_hours"]) if "prefer_hours" in table else None,
        )
    except ValueError as problem:
        raise ValueError(f'plan "{name}": {problem}') from None


def _known(name: str, table: object, keys: set[str]) -> None:
    if not isinstance(table, Mapping):
        raise ValueError(f'plan "{name}" must be a table')  # noqa: TRY004 (config errors are ValueErrors)
    strange = sorted(set(table) - keys)
    if strange:
        raise ValueError(f'plan "{name}" has an unknown key "{strange[0]}"; known are {", ".join(sorted(keys))}')


def _level(name: str, value: object) -> str:
    if value not in LEVELS:
        raise ValueError(f'plan "{name}": level must be one of {", ".join(LEVELS)}, not "{value}"')
    return str(value)


def _touch(name: str, entry: object, ceiling: str) -> Touch:
    _known(name, entry, TOUCH_KEYS)
    assert isinstance(entry, Mapping)
    if ("after" in entry) == ("before" in entry):
        raise ValueError(f'plan "{name}": say when, with either "after" or "before"')
    job = _plain(name, entry, "job") or _plain(name, entry, "instruction")
    if not job:
        raise ValueError(f'plan "{name}": each touch needs a "job", such as "ask the open question again"')
    kind = entry.get("kind", "mail")
    if not isinstance(kind, str) or kind not in {"mail", "task"}:
        raise ValueError(f'plan "{name}": kind must be "mail" or "task", not "{kind}"')
    level = min(_level(name, entry.get("level", ceiling)), ceiling, key=LEVELS.index)
    return Touch(
        _wait(name, entry.get("after", entry.get("before"))), job, level, str(kind), "before" in entry,
        say=_say(name, entry.get("say", "")), facts=facts(name, entry.get("facts", [])),
        ask=words(name, "ask", entry.get("ask", "")), tone=_tone(name, entry.get("tone", "")),
        instruction=_plain(name, entry, "instruction") if entry.get("job") else "",
    )  # fmt: skip


def _wait(name: str, value: object) -> Wait:
    try:
        return parse_wait(str(value))
    except ValueError as problem:
        raise ValueError(f'plan "{name}": {problem}') from None


def _plain(name: str, entry: Mapping[str, object], key: str) -> str:
    """A text in which nothing is filled in."""
    value = entry.get(key, "")
    if not isinstance(value, str):
        raise ValueError(f'plan "{name}": {key} must be a text')  # noqa: TRY004 (config errors are ValueErrors)
    return value.strip()


def _say(name: str, value: object) -> Mapping[str, str]:
    """One text, or one for each language it is needed in."""
    if not isinstance(value, Mapping):
        text = words(name, "say", value)
        return {"": text} if text else {}
    strange = next((str(key) for key in value if key not in LANGUAGES), "")
    if strange:
        raise ValueError(f'plan "{name}": say is for a language of {", ".join(LANGUAGES)}, not "{strange}"')
    return {str(key): text for key, text in ((key, words(name, "say", text)) for key, text in value.items()) if text}


def words(name: str, key: str, value: object) -> str:
    """A text of the user's for a step, with no field nobody fills."""
    if not isinstance(value, str):
        raise ValueError(f'plan "{name}": {key} must be a text')  # noqa: TRY004 (config errors are ValueErrors)
    text = value.strip()
    if len(text) > LONGEST_SAY:
        raise ValueError(f'plan "{name}": {key} is longer than {LONGEST_SAY} characters')
    strange = next((field for field in FIELD.findall(text) if field not in FIELDS), None)
    if strange is not None or text.count("{") != text.count("}"):
        known = ", ".join(f"{{{field}}}" for field in FIELDS)
        raise ValueError(f'plan "{name}": {key} knows the fields {known}, not "{{{strange or ""}}}"')
    return text


def facts(name: str, value: object) -> tuple[str, ...]:
    """What letters may state."""
    fine = isinstance(value, list) and len(value) <= MOST_FACTS and all(isinstance(item, str) for item in value)
    if not isinstance(value, list) or not fine or any(len(item) > LONGEST_FACT for item in value):
        raise ValueError(f'plan "{name}": facts must be a list of up to {MOST_FACTS} short texts')
    return tuple(item.strip() for item in value if item.strip())


def _tone(name: str, value: object) -> str:
    if not isinstance(value, str) or value not in {"", *TONES}:
        raise ValueError(f'plan "{name}": tone must be one of {", ".join(TONES)}, not "{value}"')
    return str(value)


def _organisation(name: str, value: object) -> str:
    if not isinstance(value, bool | str) or value not in ORGANISATION:
        raise ValueError(f'plan "{name}": organisation must be true, false or "end", not "{value}"')
    return ORGANISATION[value]


def _exits(name: str, rules: object) -> tuple[ExitRule, ...]:
    entries = [rules] if isinstance(rules, Mapping) else rules
    if not isinstance(entries, list) or not all(map(_of_texts, entries)):
        raise ValueError(f'plan "{name}": exit_when must be a list such as [{{ sender = "billing@" }}]')
    return tuple(_rule(name, entry) for entry in entries)


def _of_texts(entry: object) -> bool:
    return isinstance(entry, Mapping) and bool(entry) and all(isinstance(value, str) for value in entry.values())


def _rule(name: str, entry: Mapping[str, object]) -> ExitRule:
    parts = tuple((str(key), str(value).strip()) for key, value in entry.items())
    for key, text in parts:
        if key not in EXIT_KEYS or not text:
            raise ValueError(f'plan "{name}": exit_when knows {", ".join(EXIT_KEYS)} with some text, not "{key}"')
        if key == "mentions" and "{" in text and text != NAMED_PERSON:
            raise ValueError(f'plan "{name}": mentions takes a text or "{NAMED_PERSON}", not "{text}"')
    return ExitRule(parts)
