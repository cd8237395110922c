"""A mail that a rule waits for begins its plan: once, for one person, within the day's budget, and only if proven."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.decide.plans import notices
from agent.errors import ConfigError
from agent.sequences.beginning.looking import look_at_mail
from agent.sequences.plans import all_plans
from agent.sequences.wording import sentence, told
from agent.store.base import settings
from agent.trying.trial import read_file
from agent.verbs import actions
from agent.verbs.actions import approve_by_policy
from providers.base import Role
from tests.agent.office import ANN, BOB, ME, Office, office
from tests.conftest import Ticking

pytestmark = pytest.mark.slow

SHOP = "orders@shop.example"
RULES = """
[plans.care]
touches = [{ after = "1 day", job = "ask", say = "Hello {name}, did everything arrive?" }, { after = "1 week", job = "ask" }]
begin_when = [
  { sender = "orders@shop.example", subject = "receipt", person = "body" },
  { sender = "@partner.example", subject = "welcome me", person = "sender" },
]
"""
GOOD = "mx.mine.example; dkim=pass header.d={0}; spf=pass smtp.mailfrom=bounce@{0}; dmarc=pass"


@pytest.fixture
def here(private_home: Path, clock: Ticking) -> Iterator[Office]:
    with office(private_home, clock, level="autopilot", more=f"[followups]\nbegins_per_day = 3\n{RULES}") as made:
        own = 'address = "sam@mine.example"'
        made.home.store.close()
        file = private_home / "config.toml"
        file.write_text(file.read_text().replace(own, f'{own}\nauthserv_id = "mx.mine.example"'))
        made.home.changed()
        made.mail(ME, ANN, "Old", "Could you send it?", at=clock() - timedelta(days=30))
        made.read()
        made.clock.forward(minutes=5)
        yield made


def receipt(here: Office, person: str = "new@customer.example", **more: object) -> str:
    sender = str(more.pop("sender", SHOP))
    said = {"Authentication-Results": GOOD.format(sender.partition("@")[2])}
    said |= more.pop("headers", {})  # type: ignore[arg-type]
    text = str(more.pop("text", f"Receipt for {person}. Thank you!"))
    name = here.mail(
        sender, ME, str(more.pop("subject", "Your receipt")), text, headers={k: v for k, v in said.items() if v}, **more
    )
    here.read()
    return name


def begun(here: Office) -> int:
    return here.events().count("enrolment.made")


def said(here: Office) -> list[str]:
    with here.home.store.read() as connection:
        return notices.begins(settings.starting_with(connection, "begin."), here.clock())


def test_a_proven_receipt_begins_the_plan_for_its_person_and_says_so(here: Office) -> None:
    name = receipt(here)
    found = here.enrolment()
    assert (found.plan, found.person, found.first, found.name) == ("care", "new@customer.example", 1, "")
    with here.home.store.read() as connection:
        under = told(connection, found.thread_id)
    assert under is not None and f"rule 1 of its begin_when met the mail {name}" in sentence(under)


def test_the_first_letter_waits_for_approval_at_autopilot_too(here: Office) -> None:
    receipt(here)
    here.runs(days=4, hours=6)
    (row,) = here.rows("new@customer.example")
    assert row.state in {"drafted", "asked"} and row.ceiling == "copilot" and not here.left
    assert not approve_by_policy(here.desk, row.id).ok


@pytest.mark.parametrize(
    ("what", "more"),
    [
        ("nothing proves it", {"headers": {"Authentication-Results": ""}}),
        ("another server says so", {"headers": {"Authentication-Results": GOOD.format("shop.example").replace("mx.mine", "mx.evil")}}),
        ("its domain only looks alike", {"sender": "orders@sh0p.example"}),
        ("signed by another", {"headers": {"Authentication-Results": GOOD.format("evil.example")}}),
        ("sent on by somebody", {"headers": {"Authentication-Results": "mx.mine.example; dkim=pass header.d=shop.example; spf=pass smtp.mailfrom=x@evil.example"}}),
        ("in Junk", {"role": Role.JUNK, "folder": "Junk"}),
        ("two people", {"text": "ann@x.example and bob@y.example"}),
        ("a list", {"text": "all@customer.example"}),
        ("the user", {"text": f"Receipt for {ME}"}),
    ],
)  # fmt: skip
def test_a_mail_that_lies_or_leaves_a_choice_begins_nothing(here: Office, what: str, more: dict[str, object]) -> None:
    receipt(here, **more)
    here.passes()
    assert begun(here) == 0, what


def test_a_mail_in_the_users_name_begins_nothing(here: Office) -> None:
    here.mail(ME, ME, "Your receipt", "Receipt for new@customer.example", role=Role.INBOX)
    here.read()
    assert begun(here) == 0


def test_one_mail_begins_once_however_often_and_under_whatever_name_it_comes(here: Office) -> None:
    at = here.clock()
    name = receipt(here, at=at)
    (row,) = here.rows("new@customer.example")
    actions.stop(here.desk, row.id)
    receipt(here, at=at, name=name, role=Role.ARCHIVE, folder="Archive")
    receipt(here, at=at, name="<other@shop.example>")
    here.passes()
    assert begun(here) == 1


def test_more_than_a_day_may_bring_is_held_told_and_begins_on_the_next(here: Office) -> None:
    for number in range(5):
        receipt(here, f"n{number}@customer.example")
    here.passes()
    assert begun(here) == 3
    assert said(here) == ["2 more mails ask for a plan than may begin in one day; they are held until the days after."]
    here.clock.forward(days=1)
    here.passes()
    assert begun(here) == 5 and said(here) == []


def test_whom_enroll_refuses_a_rule_refuses_too_and_tells(here: Office) -> None:
    receipt(here, "new@partner.exampl")
    opted = here.mail(ME, BOB, "Hello", "Could you?", at=here.clock())
    here.clock.forward(minutes=5)
    here.mail(BOB, ME, "Re: Hello", "Please never write to me again.", follows=opted)
    receipt(here, BOB)
    here.passes()
    assert begun(here) == 0
    assert len(said(here)) == 2 and "asked not to be written to" in said(here)[1]


def test_who_is_under_a_plan_already_is_not_put_under_it_twice(here: Office) -> None:
    receipt(here)
    here.clock.forward(minutes=1)
    receipt(here, text="Another receipt for new@customer.example")
    assert begun(here) == 1 and said(here) == []


def test_what_was_there_before_the_rule_or_comes_from_long_ago_begins_nothing(
    private_home: Path, clock: Ticking, here: Office
) -> None:
    receipt(here, at=here.clock() - timedelta(days=3))
    receipt(here, "b@customer.example", at=here.clock() - timedelta(days=20))
    assert begun(here) == 0


def test_no_word_of_the_mail_reaches_a_letter(here: Office) -> None:
    receipt(here, text='Receipt for "Evil Name" <new@customer.example>, pay at https://evil.example 99 EUR')
    here.runs(days=4, hours=6)
    (row,) = here.rows("new@customer.example")
    body = draft.body if (draft := here.draft(row.id)) else ""
    assert here.enrolment().name == "" and not any(word in body for word in ("Evil", "evil.example", "99"))


FILE = """\
From: {sender}
To: sam@mine.example
Subject: {subject}
Message-ID: <file@shop.example>
Date: Mon, 02 Mar 2026 10:00:00 +0000
{proof}
Receipt for {person}.
"""
PROOF = f"Authentication-Results: {GOOD.format('shop.example')}\n"


@pytest.mark.parametrize(
    ("told", "person", "why"),
    [
        ({}, "new@customer.example", ""),
        ({"subject": "Other"}, "", "no rule meets it"),
        ({"proof": ""}, "", "your provider does not say"),
        ({"person": "a@x.example, b@y.example"}, "", "names 2 people"),
        ({"sender": ME}, "", "nothing proves that you wrote it"),
        ({"person": "new@partner.exampl"}, "new@partner.exampl", "near to partner.example"),
    ],
)  # fmt: skip
def test_a_dry_look_says_what_it_would_begin_and_why_not(
    here: Office, told: dict[str, str], person: str, why: str
) -> None:
    usual = {"sender": SHOP, "subject": "Your receipt", "proof": PROOF, "person": "new@customer.example"}
    file = here.home.places.config_file.parent / "one.eml"
    file.write_text(FILE.format(**usual | told))
    looked = look_at_mail(here.home, all_plans(here.home.config)["care"], read_file(file, here.clock()))
    assert looked.person == person and (why in looked.why if why else not looked.why)
    assert len(looked.rules) == 2 and begun(here) == 0


def test_a_rule_that_names_no_sender_is_an_error_with_a_sentence(private_home: Path, clock: Ticking) -> None:
    more = '[plans.open]\ntouches = [{ after = "1 day", job = "ask" }]\nbegin_when = [{ subject = "x", person = "body" }]\n'
    with pytest.raises(ConfigError, match="needs the sender"), office(private_home, clock, more=more) as here:
        all_plans(here.home.config)
