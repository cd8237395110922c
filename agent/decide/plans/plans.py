"""The sequences of touches that may follow a quiet thread; a plan is never a permission to send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

CORRECTION = "correction"
"""The plan of a letter that puts another right."""
LEVELS = ("manual", "copilot", "autopilot")
USUAL_BRANCHES = {"later": "wait", "away": "wait", "delegate": "propose", "booked": "stop"}
LABEL = "relance/"
NAMED_PERSON = "{person}"
"""In a rule: whoever is under the plan."""
MOVES = "plan:"
"""How a branch begins that leads to another plan."""


def plan_meant(choice: str) -> str:
    """The plan a branch leads to; empty where it stays with this one."""
    return choice.removeprefix(MOVES) if choice.startswith(MOVES) else ""


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
    say: Mapping[str, str] = field(default_factory=dict)
    """The user's own text for it by language, "" for any; it goes out in these words."""
    facts: tuple[str, ...] = ()
    """What a letter may state beside the user's own mails."""
    ask: str = ""
    """The question it ends with, in the user's words."""
    tone: str = ""
    """formal, informal or short."""
    instruction: str = ""
    """What the writer is told beside the job."""


@dataclass(frozen=True, slots=True)
class ExitMail:
    """What a rule may look at in one mail."""

    sender: str = ""
    subject: str = ""
    body: str = ""
    labels: tuple[str, ...] = ()
    names_person: bool = False
    """The address or full name of the person under the plan stands in it."""

    def has(self, key: str, text: str) -> bool:
        """Whether one condition of a rule is met."""
        if key == "mentions" and text == NAMED_PERSON:
            return self.names_person
        said = {"sender": (self.sender,), "subject": (self.subject,), "body": (self.body,), "label": self.labels}
        return any(_flat(text) in _flat(value) for value in said.get(key, (self.subject, self.body)))


def _flat(text: str) -> str:
    return " ".join(text.lower().split())


@dataclass(frozen=True, slots=True)
class ExitRule:
    """One entry of `exit_when`; a mail ends the plan where it meets all of it."""

    parts: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return " and ".join(f'{key} "{text}"' for key, text in self.parts)

    @property
    def keys(self) -> frozenset[str]:
        """What it looks at."""
        return frozenset(key for key, _ in self.parts)


@dataclass(frozen=True, slots=True)
class TextRule:
    """One entry of `on.text`: words in an answer of the person, and what follows when any of them stands there."""

    words: tuple[str, ...]
    then: str
    """task, stop, hold or plan:NAME."""


@dataclass(frozen=True, slots=True)
class BeginRule:
    """One entry of `begin_when`: a mail from there that says this begins the plan for somebody."""

    sender: str
    """An address, `@domain` for everybody there, or `name@` for that name at a domain of the user's own."""
    person: str
    """Where the one it begins for stands: sender, body, to or cc."""
    subject: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Touches in order, what answers do to them, and what ends them."""

    name: str
    touches: tuple[Touch, ...]
    on: Mapping[str, str] = field(default_factory=lambda: dict(USUAL_BRANCHES))
    exit_when: tuple[ExitRule, ...] = ()
    description: str = ""
    organisation: str = ""
    """What an answer of somebody else at their organisation does: hold, end, or nothing."""
    texts: tuple[TextRule, ...] = ()
    """What an answer asks for, in the order it is looked for."""
    prefer_days: frozenset[int] | None = None
    prefer_hours: tuple[time, time] | None = None
    """When its letters leave rather; without them what the config says for all."""
    priority: int = 0
    """Where two plans want the same person or thread, the higher one goes on."""
    begin_when: tuple[BeginRule, ...] = ()

    @property
    def waits(self) -> tuple[int, ...]:
        return tuple(touch.after.workdays for touch in self.touches)

    @property
    def targets(self) -> tuple[str, ...]:
        """Every plan that one of its branches leads to."""
        choices = (*self.on.values(), *(rule.then for rule in self.texts))
        return tuple(dict.fromkeys(name for choice in choices if (name := plan_meant(choice))))

    @property
    def counts_back(self) -> bool:
        """Whether somebody has to name a day for it."""
        return any(touch.before_anchor for touch in self.touches)

    def exits(self, mail: ExitMail) -> str:
        """The rule that ends the plan for a mail like this; empty when none does."""
        met = (rule for rule in self.exit_when if all(mail.has(key, text) for key, text in rule.parts))
        return str(next(met, ""))


def plan_of_label(label: str) -> str:
    """The plan a label or folder asks for; empty when it asks for none."""
    return label[len(LABEL) :].strip().lower() if label.lower().startswith(LABEL) else ""


def anchored_days(plan: Plan, anchor: date) -> tuple[date, ...]:
    """When each touch of a plan that counts back from a day is due."""
    return tuple(anchor - touch.after.span for touch in plan.touches)
