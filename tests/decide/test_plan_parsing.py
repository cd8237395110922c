"""What a plan in a file may say, and the sentence for what it may not."""

from __future__ import annotations

from typing import Any

import pytest

from agent.decide.plans.parsing import built_in, parse_plan, text_of


def plan(**touch: Any) -> dict[str, Any]:
    return {"touches": [{"after": "2 days", "job": "offer help", **touch}]}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (plan(say=3), "say must be a text"),
        (plan(say={"xx": "Hello."}), 'not "xx"'),
        (plan(say={"de": 4}), "say must be a text"),
        (plan(say="Dear {nmae},"), 'not "{nmae}"'),
        (plan(say="Dear {name"), "knows the fields"),
        (plan(say="x" * 1001), "longer than 1000"),
        (plan(ask="{link}?"), 'not "{link}"'),
        (plan(facts="a price"), "facts must be a list"),
        (plan(facts=["x" * 301]), "facts must be a list"),
        (plan(facts=["a"] * 13), "facts must be a list"),
        (plan(facts=[1]), "facts must be a list"),
        (plan(tone="rude"), "tone must be one of"),
        (plan(color="red"), "unknown key"),
        (plan() | {"priority": "high"}, "priority must be a whole number"),
        (plan() | {"priority": True}, "priority must be a whole number"),
        (plan() | {"priority": 1.5}, "priority must be a whole number"),
        (plan() | {"priority": 101}, "from -100 to 100"),
    ],
)
def test_a_wrong_touch_is_refused_with_what_is_wrong(table: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_plan("mine", table)


def test_everything_a_touch_may_say_is_kept() -> None:
    made = parse_plan("mine", {
        "description": "Mine", **plan(say={"en": " Hello. ", "de": "Hallo."}, ask="Well?", facts=["12 EUR", " "], tone="short"),
    })  # fmt: skip
    touch = made.touches[0]
    assert (made.description, dict(touch.say)) == ("Mine", {"en": "Hello.", "de": "Hallo."})
    assert (touch.ask, touch.facts, touch.tone) == ("Well?", ("12 EUR",), "short")
    assert dict(parse_plan("mine", plan(say="Hello.")).touches[0].say) == {"": "Hello."}


def test_the_built_in_plans_are_files_that_anybody_may_begin_with() -> None:
    assert next(iter(built_in())) == "nudge"
    for name, known in built_in().items():
        assert known.description
        assert text_of(name).startswith("#")
    assert all(touch.level != "autopilot" for touch in built_in()["invoice"].touches)
