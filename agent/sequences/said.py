"""What the user said for the steps of a plan, in the plan and for one person; what is said for one goes first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from agent.decide.plans.plans import Plan, Touch
from agent.store.base.values import KeptEnrolment
from voice.brief import StepText


def kept(texts: Mapping[int, str], facts: tuple[str, ...]) -> str:
    """As it lies in the row of an enrolment; empty where nothing was said."""
    said = {"say": {str(touch): text for touch, text in sorted(texts.items())}, "facts": list(facts)}
    return json.dumps(said, ensure_ascii=False) if texts or facts else ""


def step_for(plan: Plan, number: int, enrolment: KeptEnrolment | None) -> tuple[Touch, StepText]:
    """A touch of a plan as the writer knows it; without an enrolment it is silence alone that asks for it."""
    if enrolment is None:
        touch, step = step_of(plan, number)
        return touch, replace(step, last=False)
    anchor = date.fromisoformat(enrolment.anchor) if enrolment.anchor else None
    return step_of(plan, number, said=enrolment.said, anchor=anchor)


def step_of(plan: Plan, number: int, *, said: str = "", anchor: date | None = None) -> tuple[Touch, StepText]:
    """A touch of a plan with what was said for one person."""
    touch = plan.touches[min(number, len(plan.touches)) - 1]
    found = json.loads(said) if said else {}
    own = str(found.get("say", {}).get(str(number), ""))
    return touch, StepText(
        touch.job, {"": own} if own else touch.say, (*touch.facts, *map(str, found.get("facts", []))), touch.ask,
        touch.tone, anchor, last=number == len(plan.touches),
    )  # fmt: skip
