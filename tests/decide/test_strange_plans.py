"""Whatever stands in the file of a plan, it is a plan or a sentence that names it; nothing else comes of it."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from agent.decide.plans.branches import wrong_targets
from agent.decide.plans.parsing import PLAN_KEYS, parse_plan
from agent.decide.plans.plans import Plan
from agent.decide.plans.rehearsal import rehearse

TOUCH_KEYS = ("after", "before", "job", "say", "ask", "facts", "tone", "level", "kind", "instruction")
RULE_KEYS = ("sender", "subject", "body", "label", "mentions", "person", "words", "then")
WORDS = some.sampled_from((
    "", " ", "1 day", "-1 day", "0 days", "99999999999 weeks", "plan:mine", "plan:", "plan:../up", "task", "stop", "tue",
    "fri", "9-11", "25-99", "11-9", "manual", "autopilot", "hold", "end", "body", "sender", "shop@", "@", "@example.org",
    "a@b.example", "{person}", "{name}", "{nme}", "{", "%s", "*", ".*", "\x00", "\u202e", "a" * 5000, "1 Tag", "٣ days",
))  # fmt: skip
ODD = some.sampled_from(
    (0, 1, -1, 10**30, 1.5, math.inf, math.nan, True, False, [], {}, [[]], [{}], {"": ""}, date(2026, 2, 28))
)
PLAIN = WORDS | ODD | some.text(max_size=20)
LISTS = some.lists(PLAIN, max_size=4)
TABLES = some.dictionaries(some.sampled_from(RULE_KEYS) | some.text(max_size=5), PLAIN | LISTS, max_size=4)
ON = some.dictionaries(
    some.sampled_from(("later", "away", "booked", "delegate", "text", "reply")), PLAIN | some.lists(TABLES, max_size=3), max_size=4
)  # fmt: skip
ANYTHING = PLAIN | LISTS | TABLES | some.lists(TABLES, max_size=3)
TOUCH = some.dictionaries(some.sampled_from(TOUCH_KEYS), PLAIN | LISTS | TABLES, max_size=5)
SOUND = {"after": "1 day", "job": "say what it is about in one sentence"}
TOUCHES = some.lists(TOUCH.map(lambda odd: {**SOUND, **odd}) | TOUCH | ANYTHING, max_size=3) | ANYTHING


@given(
    touches=TOUCHES, on=ON | ANYTHING,
    others=some.dictionaries(some.sampled_from(sorted(PLAN_KEYS - {"touches", "on"})), ANYTHING, max_size=4),
)  # fmt: skip
@settings(max_examples=400, deadline=None)
def test_it_is_a_plan_or_a_sentence(touches: object, on: object, others: dict[str, object]) -> None:
    for table in ({"touches": touches}, {"touches": [SOUND], "on": on}, {"touches": [SOUND], **others}):
        read(table)


def read(table: dict[str, object]) -> Plan | None:
    try:
        plan = parse_plan("mine", table)
    except ValueError as problem:
        assert "mine" in str(problem) and type(problem) is ValueError
        return None
    assert plan.touches and isinstance(wrong_targets({"mine": plan}), str) and rehearse(plan)
    return plan


@pytest.mark.parametrize("key", sorted(PLAN_KEYS))
@pytest.mark.parametrize("value", [0, -1, 1.5, math.nan, True, "x", [], [[]], [0], {}, {"x": {}}, date(2026, 2, 28)])
def test_a_value_of_another_kind_is_named_or_harmless(key: str, value: object) -> None:
    read({"touches": [SOUND], key: value})


def test_sound_ones_are_read() -> None:
    assert read({"touches": [SOUND]}) is not None
    assert read({"touches": [SOUND], "on": {"text": [{"words": ["price"], "then": "task"}]}, "priority": 3}) is not None
