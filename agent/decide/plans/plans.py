"""The sequences of touches that may follow a quiet thread; a plan is never a permission to send."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

CORRECTION = "correction"
"""The plan of a letter that puts another right."""
UNITS = {"workday": "workdays", "business day": "workdays", "day": "days", "week": "weeks", "month": "months"}
LENGTH = re.compile(r"(\d{1,3})\s*(workday|business day|day|week|month)s?")
LEVELS = ("manual", "copilot", "autopilot")
BRANCHES = {
    "later": ("wait", "stop", "hold"),
    "away": ("wait", "stop", "hold"),
    "delegate": ("propose", "stop"),
    "booked": ("stop", "hold"),
}
USUAL_BRANCHES = {"later": "wait", "away": "wait", "delegate": "propose", "booked": "stop"}
EXIT_KEYS = ("sender", "subject", "label")
TOUCH_KEYS = {"after", "before", "job", "level", "kind", "instruction"}
PLAN_KEYS = {"touches", "on", "exit_when", "level", "labels", "description"}
LABEL = "relance/"


@dataclass(frozen=True, slots=True)
class Wait:
    """A length of time as people say it."""

    count: int
    unit: str = "workdays"

    def __str__(self) -> str:
        return f"{self.count} {self.unit if self.count != 1 else self.unit[:-1]}"

    @property
    def workdays(self) -> int:
        """About how many workdays that is."""
        return {
            "workdays": self.count,
            "days": -(-self.count * 5 // 7),
            "weeks": self.count * 5,
            "months": self.count * 21,
        }[self.unit]

    @property
    def span(self) -> timedelta:
        return timedelta(
            days={
                "workdays": self.count * 7 / 5,
                "days": self.count,
                "weeks": self.count * 7,
                "months": self.count * 30,
            }[self.unit]
        )


@dataclass(frozen=True, slots=True)
class Touch:
    """One follow-up with one job."""

    after: Wait
    job: str
    level: str = "autopilot"
    """The most the plan allows here; the gate may allow less."""
    kind: str = "mail"
    """mail, or task: shown to the person and never sent."""
    before_anchor: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """Touches in order, what answers do to them, and what ends them."""

    name: str
    touches: tuple[Touch, ...]
    on: Mapping[str, str] = field(default_factory=lambda: dict(USUAL_BRANCHES))
    exit_when: tuple[tuple[str, str], ...] = ()

    @property
    def waits(self) -> tuple[int, ...]:
        return tuple(touch.after.workdays for touch in self.touches)

    def exits(self, sender: str, subject: str, labels: tuple[str, ...]) -> str:
        """The rule that ends the plan for a mail like this; empty when none does."""
        have = {
            "sender": (sender.lower(),),
            "subject": (subject.lower(),),
            "label": tuple(label.lower() for label in labels),
        }
        return next(
            (f'{key} "{text}"' for key, text in self.exit_when if any(text.lower() in value for value in have[key])), ""
        )


def _plan(name: str, *touches: tuple[str, str], before: bool = False) -> Plan:
    return Plan(name, tuple(Touch(parse_wait(after), job, before_anchor=before) for after, job in touches))


def parse_wait(text: str) -> Wait:
    """ "3 workdays", "2 weeks" and the like."""
    match = LENGTH.fullmatch(str(text).strip().lower())
    if match is None:
        raise ValueError(f'"{text}" is no length of time; write for example "3 workdays" or "2 weeks"')
    return Wait(int(match[1]), UNITS[match[2]])


def parse_plan(name: str, table: Mapping[str, object]) -> Plan:
    """A plan of the user's own; a ValueError says what is wrong with it."""
    _known(name, table, PLAN_KEYS)
    touches = table.get("touches")
    if not isinstance(touches, list) or not 1 <= len(touches) <= 12:
        raise ValueError(f'plan "{name}" needs a list "touches" with 1 to 12 entries')
    ceiling = _level(name, table.get("level", "autopilot"))
    parsed = tuple(_touch(f'{name}", touch "{number}', entry, ceiling) for number, entry in enumerate(touches, 1))
    return Plan(name, parsed, _branches(name, table.get("on", {})), _exits(name, table.get("exit_when", [])))


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
    job = str(entry.get("job") or entry.get("instruction") or "").strip()
    if not job:
        raise ValueError(f'plan "{name}": each touch needs a "job", such as "ask the open question again"')
    kind = entry.get("kind", "mail")
    if kind not in {"mail", "task"}:
        raise ValueError(f'plan "{name}": kind must be "mail" or "task", not "{kind}"')
    level = min(_level(name, entry.get("level", ceiling)), ceiling, key=LEVELS.index)
    return Touch(parse_wait(str(entry.get("after", entry.get("before")))), job, level, str(kind), "before" in entry)


def _choices(key: str) -> str:
    known = BRANCHES.get(key)
    return f"choose {', '.join(known)}" if known else f"known are {', '.join(BRANCHES)}"


def _branches(name: str, table: object) -> Mapping[str, str]:
    if not isinstance(table, Mapping):
        raise ValueError(f'plan "{name}": "on" must be a table')  # noqa: TRY004
    for key, value in table.items():
        if value not in BRANCHES.get(str(key), ()):
            raise ValueError(f'plan "{name}": on.{key} = "{value}" is not possible; {_choices(str(key))}')
    return {**USUAL_BRANCHES, **{str(key): str(value) for key, value in table.items()}}


def _exits(name: str, rules: object) -> tuple[tuple[str, str], ...]:
    entries = [rules] if isinstance(rules, Mapping) else rules
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise ValueError(f'plan "{name}": exit_when must be a list such as [{{ sender = "billing@" }}]')
    found = [(str(key), str(value)) for entry in entries for key, value in entry.items()]
    for key, value in found:
        if key not in EXIT_KEYS or not value.strip():
            raise ValueError(f'plan "{name}": exit_when knows {", ".join(EXIT_KEYS)} with some text, not "{key}"')
    return tuple(found)


BUILT_IN = {
    plan.name: plan
    for plan in (
        _plan("nudge", ("3 workdays", "ask the open question again"), ("5 workdays", "offer an easy way out")),
        _plan(
            "sales",
            ("1 workday", "say what it is about in one sentence"),
            ("2 workdays", "ask one simple question"),
            ("4 workdays", "give one reason to look at it"),
            ("7 workdays", "ask whether somebody else should hear about it"),
            ("7 workdays", "say that this is the last mail about it"),
        ),
        _plan(
            "onboarding",
            ("1 workday", "ask whether the start worked"),
            ("2 workdays", "point to the next step"),
            ("2 workdays", "ask what is missing"),
            ("3 workdays", "offer a short call"),
            ("2 workdays", "ask how it went"),
        ),
        _plan(
            "nurture",
            ("1 week", "share what is new"),
            ("1 week", "ask how their project goes"),
            ("2 weeks", "recall what they cared about"),
            ("2 weeks", "ask about timing"),
            ("3 weeks", "offer help"),
            ("4 weeks", "ask whether to stay in touch"),
        ),
        _plan(
            "winback",
            ("3 workdays", "ask what changed"),
            ("1 week", "offer to pick it up again"),
            ("2 weeks", "close kindly"),
        ),
        _plan(
            "renewal",
            ("90 days", "mention the date"),
            ("60 days", "ask about their plans"),
            ("30 days", "ask for the decision"),
            before=True,
        ),
    )
}


def plan_of_label(label: str) -> str:
    """The plan a label or folder asks for; empty when it asks for none."""
    return label[len(LABEL) :].strip().lower() if label.lower().startswith(LABEL) else ""


def anchored_days(plan: Plan, anchor: date) -> tuple[date, ...]:
    """When each touch of a plan that counts back from a day is due."""
    return tuple(anchor - touch.after.span for touch in plan.touches)
