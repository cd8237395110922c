"""Scopes and levels as tables of cases and as laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.decide.levels import (
    DEFAULT,
    Ceiling,
    Kind,
    Level,
    Place,
    Rule,
    Scope,
    covers,
    is_raise,
    lower,
    merged,
    one_down,
    parse_scope,
    resolve,
)

PLACE = Place("work", ("Clients", "VIP"), "nudge", "ann@mail.acme.example", "<root@x>")
MANUAL, COPILOT, AUTOPILOT = Level


def rule(kind: Kind, value: str, level: Level) -> Rule:
    return Rule(Scope(kind, value), level)


CASES = [
    ([], MANUAL),
    ([rule(Kind.DEFAULT, "", COPILOT)], COPILOT),
    ([rule(Kind.DEFAULT, "", AUTOPILOT), rule(Kind.ACCOUNT, "work", COPILOT)], COPILOT),
    ([rule(Kind.ACCOUNT, "home", AUTOPILOT)], MANUAL),
    ([rule(Kind.ACCOUNT, "work", MANUAL), rule(Kind.DOMAIN, "acme.example", AUTOPILOT)], AUTOPILOT),
    ([rule(Kind.DOMAIN, "acme.example", AUTOPILOT), rule(Kind.PERSON, "ann@mail.acme.example", MANUAL)], MANUAL),
    ([rule(Kind.PERSON, "ann@mail.acme.example", MANUAL), rule(Kind.THREAD, "<root@x>", COPILOT)], COPILOT),
    ([rule(Kind.LABEL, "clients", AUTOPILOT), rule(Kind.LABEL, "vip", COPILOT)], COPILOT),
    ([rule(Kind.LABEL, "vip", COPILOT), rule(Kind.PLAN, "nudge", AUTOPILOT)], AUTOPILOT),
    ([rule(Kind.DOMAIN, "notacme.example", AUTOPILOT)], MANUAL),
]


@pytest.mark.parametrize(("rules", "level"), CASES)
def test_the_most_specific_rule_wins_and_a_tie_is_careful(rules: list[Rule], level: Level) -> None:
    assert resolve(rules, PLACE).level is level


def test_a_ceiling_caps_and_is_named() -> None:
    top = [rule(Kind.THREAD, "<root@x>", AUTOPILOT)]
    found = resolve(top, PLACE, [Ceiling(COPILOT, "first_mail"), Ceiling(MANUAL, "sensitive")])
    assert found.level is MANUAL
    assert found.ceiling == Ceiling(MANUAL, "sensitive")
    assert resolve(top, PLACE, [Ceiling(AUTOPILOT, "none")]).ceiling is None


SCOPES = st.one_of(
    st.just(DEFAULT),
    st.builds(Scope, st.sampled_from([kind for kind in Kind if kind is not Kind.DEFAULT]), st.sampled_from(
        ["work", "clients", "nudge", "acme.example", "mail.acme.example", "ann@mail.acme.example", "<root@x>"])),
)  # fmt: skip
RULES = st.lists(st.builds(Rule, SCOPES, st.sampled_from(Level)), max_size=8)


@given(RULES, st.sampled_from(Level))
def test_a_ceiling_never_raises_and_order_never_matters(rules: list[Rule], cap: Level) -> None:
    plain = resolve(rules, PLACE).level
    assert resolve(rules[::-1], PLACE).level is plain
    assert resolve(rules, PLACE, [Ceiling(cap, "x")]).level is lower(plain, cap)


@given(RULES, SCOPES)
def test_a_more_careful_rule_for_the_same_scope_never_raises(rules: list[Rule], scope: Scope) -> None:
    known = [item for item in rules if item.scope == scope]
    careful = resolve([*rules, Rule(scope, MANUAL)], PLACE).level
    if known:
        assert not is_raise(resolve(rules, PLACE).level, careful)


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("default", DEFAULT),
        ("person:Ann@X.example", Scope(Kind.PERSON, "ann@x.example")),
        ("Ann@X.example", Scope(Kind.PERSON, "ann@x.example")),
        ("acme.example", Scope(Kind.DOMAIN, "acme.example")),
        ("account:work", Scope(Kind.ACCOUNT, "work")),
        ("<a@b>", Scope(Kind.THREAD, "<a@b>")),
        ("thread:<a@b>", Scope(Kind.THREAD, "<a@b>")),
        ("label:Big Clients", Scope(Kind.LABEL, "Big Clients")),
        ("planet:mars", None),
        ("", None),
        ("person:", None),
        ("two words", None),
    ],
)
def test_scopes_are_read_as_people_write_them(text: str, scope: Scope | None) -> None:
    assert parse_scope(text) == scope
    if scope is not None:
        assert parse_scope(str(scope)) == scope


def test_chosen_levels_replace_those_of_the_config() -> None:
    config = [Rule(DEFAULT, AUTOPILOT), rule(Kind.DOMAIN, "x.example", COPILOT)]
    assert merged(config, [Rule(DEFAULT, MANUAL)]) == (config[1], Rule(DEFAULT, MANUAL))


def test_one_key_lowers_and_manual_is_the_floor() -> None:
    assert [one_down(level) for level in Level] == [MANUAL, MANUAL, COPILOT]
    assert not covers(Scope(Kind.PERSON, ""), Place())
