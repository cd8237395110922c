"""Scopes and levels as tables of cases and as laws."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.decide.gate.levels import (
    DEFAULT,
    Ceiling,
    Kind,
    Level,
    Rule,
    Scope,
    ScopePlace,
    concerns,
    covers,
    is_raise,
    kept_scope,
    level_before_change,
    lower,
    merged,
    one_down,
    parse_scope,
    resolve,
    same_scope,
)

PLACE = ScopePlace("work", ("Clients", "VIP"), "nudge", "ann@mail.acme.example", "<root@x>")
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
        ("<ann@x.example>", Scope(Kind.THREAD, "<ann@x.example>")),
        ("thread:t2@y.example", Scope(Kind.THREAD, "<t2@y.example>")),
        ("thread:< t2@y.example >", Scope(Kind.THREAD, "<t2@y.example>")),
        ("@X.example", Scope(Kind.DOMAIN, "x.example")),
        ("*@x.example", Scope(Kind.DOMAIN, "x.example")),
        ("domain:@x.example", Scope(Kind.DOMAIN, "x.example")),
        ("domain:x.example.", Scope(Kind.DOMAIN, "x.example.")),
        ("person:<Ann@x.example>", Scope(Kind.PERSON, "ann@x.example")),
        ('"ann"@x.example', Scope(Kind.PERSON, "ann@x.example")),
        ("PERSON: ann@x.example", Scope(Kind.PERSON, "ann@x.example")),
        ("domain:*.x.example", None),
        ("domain:ann@x.example", None),
        ("x.example/", None),
        ("ann@x.example,bob@x.example", None),
        ("person:ann@x.example, bob@x.example", None),
        ("person:Ann Lee", None),
        ("person:Ann <ann@x.example>", None),
        ("person:mailto:ann@x.example", None),
        ("mailto:ann@x.example", None),
        ("ann@", None),
        ("@", None),
        ("thread:", None),
        ("thread:<a b>", None),
        ("<a@b> <c@d>", None),
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


@pytest.mark.parametrize("text", ["person:Ann Lee", "domain:*.x.example", "thread:<a b>"])
def test_what_the_store_holds_from_before_stays_what_it_was(text: str) -> None:
    found = kept_scope(text)
    assert parse_scope(text) is None and found is not None and str(found) == text
    assert kept_scope("nobody can read this") is None


def test_an_address_kept_as_the_name_of_a_thread_still_holds_that_person_back() -> None:
    scope = Scope(Kind.THREAD, "<ann@x.example>")
    assert concerns(scope, ScopePlace(person="ann@x.example")) and not covers(scope, ScopePlace(person="ann@x.example"))
    assert not concerns(scope, ScopePlace(person="bob@x.example")) and not concerns(scope, ScopePlace())


def test_chosen_levels_replace_those_of_the_config() -> None:
    config = [Rule(DEFAULT, AUTOPILOT), rule(Kind.DOMAIN, "x.example", COPILOT)]
    assert merged(config, [Rule(DEFAULT, MANUAL)]) == (config[1], Rule(DEFAULT, MANUAL))


def test_one_key_lowers_and_manual_is_the_floor() -> None:
    assert [one_down(level) for level in Level] == [MANUAL, MANUAL, COPILOT]
    assert not covers(Scope(Kind.PERSON, ""), ScopePlace())


SAME, NEAR, NEITHER = "the same", "near", "neither"
SPELLINGS = [
    ("person:ann@x.example", "Ann@X.example", SAME),
    ("person:Ann@X.EXAMPLE", "ann@x.example", SAME),
    ("person:ann@x.example", "ann@x.example.", SAME),
    ("person:ann@münchen.example", "ann@xn--mnchen-3ya.example", SAME),
    ("person:ann@XN--MNCHEN-3YA.example", "ann@MÜNCHEN.example", SAME),
    ("person:ann@x.example", "ann+shop@x.example", NEAR),
    ("person:ann+shop@x.example", "Ann@x.example", NEAR),
    ("person:ann+a@münchen.example", "ann+b@xn--mnchen-3ya.example.", NEAR),
    ("person:ann.lee@gmail.com", "annlee@gmail.com", NEAR),
    ("person:annlee@gmail.com", "a.n.n.lee+x@googlemail.com", NEAR),
    ("person:ann.lee@x.example", "annlee@x.example", NEITHER),
    ("person:ann@x.example", "ann@mail.x.example", NEITHER),
    ("person:ann@x.example", "joann@x.example", NEITHER),
    ("person:ann@strasse.example", "ann@straße.example", NEITHER),
    ("domain:münchen.example", "ann@xn--mnchen-3ya.example", SAME),
    ("domain:xn--mnchen-3ya.example", "ann@mail.MÜNCHEN.example", SAME),
    ("domain:x.example", "ann@x.example.", SAME),
    ("domain:x.example.", "ann@mail.x.example", SAME),
    ("domain:X.Example", "ann+shop@x.example", SAME),
    ("domain:gmail.com", "ann@googlemail.com", NEAR),
    ("domain:x.example", "ann@notx.example", NEITHER),
    ("domain:strasse.example", "ann@straße.example", NEITHER),
    ("domain:mail.x.example", "ann@x.example", NEITHER),
]


@pytest.mark.parametrize(("scope", "person", "found"), SPELLINGS)
def test_a_mailbox_in_another_spelling_may_be_held_back_and_never_let_go(scope: str, person: str, found: str) -> None:
    named, place = parse_scope(scope), ScopePlace(person=person)
    assert named is not None
    assert covers(named, place) is (found == SAME)
    assert concerns(named, place) is (found != NEITHER)
    usual = Rule(DEFAULT, COPILOT)
    assert resolve([usual, Rule(named, AUTOPILOT)], place).level is (AUTOPILOT if found == SAME else COPILOT)
    assert resolve([usual, Rule(named, MANUAL)], place).level is (COPILOT if found == NEITHER else MANUAL)


def test_what_is_said_of_the_thread_still_comes_before_what_is_said_of_a_person() -> None:
    rules = [rule(Kind.PERSON, "ann@x.example", MANUAL), rule(Kind.THREAD, "<root@x>", AUTOPILOT)]
    for person in ("ann@x.example", "ann+shop@x.example"):
        assert resolve(rules, ScopePlace(person=person, thread="<root@x>")).level is AUTOPILOT


ANNS = st.sampled_from(["ann@x.example", "Ann@X.example.", "ann+shop@x.example", "ann+b@x.example"])
DOMAINS = st.sampled_from(["x.example", "X.example.", "example", "gmail.com"])
OF_ANN = st.one_of(
    st.builds(Scope, st.just(Kind.PERSON), ANNS),
    st.builds(Scope, st.just(Kind.DOMAIN), DOMAINS),
    st.sampled_from([DEFAULT, Scope(Kind.THREAD, "<root@x>")]),
)


@given(st.lists(st.builds(Rule, OF_ANN, st.sampled_from(Level)), max_size=8), ANNS, ANNS, st.sampled_from(Level))
def test_a_rule_for_another_spelling_never_raises(rules: list[Rule], person: str, other: str, level: Level) -> None:
    place = ScopePlace(person=person, thread="<root@x>")
    added = Rule(Scope(Kind.PERSON, other), level)
    if not covers(added.scope, place):
        assert not is_raise(resolve(rules, place).level, resolve([*rules, added], place).level)
        assert resolve([*rules, added][::-1], place).level is resolve([*rules, added], place).level


def test_one_scope_in_two_spellings_is_one() -> None:
    shown, wire = Scope(Kind.DOMAIN, "münchen.example"), Scope(Kind.DOMAIN, "xn--mnchen-3ya.example")
    assert same_scope(shown, wire)
    assert not same_scope(Scope(Kind.PERSON, "ann@x.example"), Scope(Kind.PERSON, "ann+shop@x.example"))
    assert merged([Rule(shown, AUTOPILOT)], [Rule(wire, MANUAL)]) == (Rule(wire, MANUAL),)


def test_raising_one_spelling_above_another_is_a_raise() -> None:
    rules = [Rule(DEFAULT, AUTOPILOT), rule(Kind.PERSON, "ann@x.example", MANUAL)]
    assert level_before_change(rules, Scope(Kind.PERSON, "ann+shop@x.example")) is MANUAL
