"""Rules that end a plan: what one entry asks for, and what is refused in the config."""

from __future__ import annotations

import pytest

from agent.decide.plans.parsing import built_in, parse_plan
from agent.decide.plans.plans import ExitMail, Plan
from agent.decide.plans.rehearsal import rehearse

TOUCHES = [{"after": "2 workdays", "job": "ask"}]


def plan(*rules: dict[str, str], **more: object) -> Plan:
    return parse_plan("own", {"touches": TOUCHES, "exit_when": list(rules), **more})


def test_entries_of_one_key_count_alone_and_those_of_several_together() -> None:
    alone = plan({"sender": "crm@"}, {"subject": "won"})
    assert alone.exits(ExitMail("crm@x.example")) == 'sender "crm@"'
    both = plan({"sender": "crm@", "subject": "won"})
    assert both.exits(ExitMail("crm@x.example", "Lost")) == ""
    assert both.exits(ExitMail("crm@x.example", "Deal WON")) == 'sender "crm@" and subject "won"'


@pytest.mark.parametrize(
    ("rule", "mail"),
    [
        ({"body": "contract signed"}, ExitMail(body="We have the contract\n  signed.")),
        ({"label": "won"}, ExitMail(labels=("Deals/Won",))),
        ({"mentions": "{person}"}, ExitMail(names_person=True)),
        ({"mentions": "order 7"}, ExitMail(subject="Your Order 7")),
    ],
)
def test_each_key_looks_at_its_own_part(rule: dict[str, str], mail: ExitMail) -> None:
    assert plan(rule).exits(mail) and not plan(rule).exits(ExitMail("a@x.example", "Hello", "Nothing."))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"exit_when": [{"text": "x"}]}, "exit_when knows sender, subject, body, label, mentions"),
        ({"exit_when": [{"body": "  "}]}, "with some text"),
        ({"exit_when": [{}]}, "must be a list"),
        ({"exit_when": [{"mentions": "{name}"}]}, "mentions takes a text"),
        ({"organisation": "stop"}, "organisation must be"),
        ({"organisation": 1.5}, "organisation must be"),
    ],
)
def test_what_is_wrong_is_said(table: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        parse_plan("own", {"touches": TOUCHES, **table})


@pytest.mark.parametrize(("said", "found"), [(True, "hold"), (False, ""), ("end", "end"), ("hold", "hold")])
def test_the_organisation_holds_or_ends(said: object, found: str) -> None:
    assert plan(organisation=said).organisation == found


def test_a_rehearsal_plays_every_rule_and_what_comes_from_others() -> None:
    own = plan({"mentions": "{person}", "sender": "crm@"}, {"body": "signed"}, organisation=True, on={"booked": "hold"})
    played = {one.what: one.does for one in rehearse(own)}
    assert [does for what, does in played.items() if what.startswith("A mail comes")] == ["ends (exit_rule)"] * 2
    assert played["A service says that they booked, paid or signed"] == "waits for you (booked)"
    assert played["Somebody else at their organisation answers you elsewhere"] == "waits for you (organisation)"


def test_the_rules_of_the_built_in_plans_are_single() -> None:
    assert all(len(rule.parts) == 1 for found in built_in().values() for rule in found.exit_when)
