"""A person under a plan books, pays, signs or asks for help, and a service writes of it: no letter leaves after that."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import pytest

from agent.mailboxes.sync import sync_account
from agent.running.desk_setup import desk_for
from agent.sending import outbox
from agent.sequences.wording import lines, told
from agent.verbs import actions
from providers.base import Role
from tests.agent.enrolled import ABOUT, enrolled, waiting
from tests.agent.office import ANN, ME, PARIS, Office
from tests.conftest import Ticking

MAILS = Path(__file__).parents[2] / "decide" / "robots"
CODES = {
    "ends": ("ended", ""),
    "ticket": ("active", "ticket"),
    "holds": ("active", "undone"),
    "nothing": ("active", ""),
}


@pytest.fixture
def here(private_home: Path, clock: Ticking) -> Iterator[Office]:
    with enrolled(private_home, clock) as made:
        yield made


def of_file(name: str, does: str) -> dict[str, object]:
    """The first mail of a service that names Ann by name or address and does this."""
    table = tomllib.loads((MAILS / f"{name}.toml").read_text(encoding="utf-8"))
    mails = ({**table, **entry} for entry in table["mail"] if entry["does"] == does)
    return next(mail for mail in mails if "calendar" not in mail and (does == "nothing" or named(mail)))


def named(mail: dict[str, object]) -> bool:
    return any(word in f"{mail['subject']} {mail['text']}" for word in ("Ann Lee", ANN))


def bytes_of(mail: dict[str, object], here: Office) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = mail["from"], ME, mail["subject"]
    message["Message-ID"], message["Date"] = "<robot@service.example>", format_datetime(here.clock().astimezone(PARIS))
    headers = mail.get("headers", {})
    assert isinstance(headers, dict)
    for key, value in headers.items():
        message[key] = value
    message.set_content(str(mail["text"]))
    return message.as_bytes()


def comes(here: Office, service: str, does: str) -> None:
    here.clock.forward(minutes=1)
    here.server.deliver(bytes_of(of_file(service, does), here), role=Role.INBOX, received=here.clock())


SERVICES = (
    "adobe_sign", "cal_com", "calendly", "docusign", "dropbox_sign", "google_calendar", "hubspot", "microsoft", "paypal",
    "stripe", "zoom",
)  # fmt: skip
HELP = ("freshdesk", "hubspot", "intercom_and_help_scout", "jira", "zendesk")
MATRIX = [
    *((service, does) for service in SERVICES for does in ("ends", "holds", "nothing")),
    *((service, does) for service in HELP for does in ("ticket", "nothing")),
]


@pytest.mark.slow
@pytest.mark.parametrize(("service", "does"), MATRIX)
def test_a_plan_ends_holds_or_goes_on(here: Office, service: str, does: str) -> None:
    name = waiting(here, days=20)
    made = here.enroll(name, "sales")
    comes(here, service, does)
    here.read()
    row = here.one(made.followup)
    assert (here.enrolment().state, row.hold) == CODES[does]
    assert here.enrolment().reason == ("booked" if does == "ends" else "")
    assert does == "nothing" or " says: " in row.evidence


def test_what_came_is_said_by_service_and_sentence(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    comes(here, "calendly", "ends")
    here.read()
    words = here.one(made.followup).evidence
    assert words == 'Calendly says: "New Event: Ann Lee - 10:00am Tue, Mar 10, 2026 - 30 Minute Meeting"'


def test_a_plan_may_have_a_booking_asked_about(here: Office) -> None:
    made = here.enroll(waiting(here, days=20), "picky")
    comes(here, "calendly", "ends")
    here.read()
    row = here.one(made.followup)
    assert (here.enrolment().state, row.state, row.hold) == ("active", "asked", "booked")


@pytest.mark.parametrize(("service", "does"), [("calendly", "ends"), ("zendesk", "ticket"), ("stripe", "holds")])
def test_no_letter_leaves_that_was_approved_and_waits(here: Office, service: str, does: str) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    assert actions.approve(here.desk, made.followup).ok
    here.clock.forward(seconds=2)
    comes(here, service, does)
    here.runs(days=8, hours=6)
    assert here.left == []
    assert here.enrolment().reason == ("booked" if does == "ends" else "")


def test_a_letter_leaves_where_the_service_means_somebody_else(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    assert actions.approve(here.desk, made.followup).ok
    here.clock.forward(seconds=2)
    comes(here, "adobe_sign", "nothing")
    here.runs(days=1, hours=3)
    assert len(here.left) == 1


def test_what_came_before_the_plan_began_ends_nothing(here: Office) -> None:
    name = waiting(here, days=20)
    comes(here, "calendly", "ends")
    here.read()
    here.clock.forward(minutes=5)
    here.enroll(name, "sales")
    here.read()
    assert here.enrolment().state == "active"


def test_a_ticket_holds_a_quiet_thread_too(here: Office) -> None:
    waiting(here, days=20)
    (nudge,) = here.rows(ANN)
    comes(here, "zendesk", "ticket")
    here.passes()
    assert (here.one(nudge.id).state, here.one(nudge.id).hold) == ("asked", "ticket")


# Rules and colleagues

HOUSE = """
[plans.house]
touches = [{ after = "1 workday", job = "ask" }]
organisation = true
[plans.over]
touches = [{ after = "1 workday", job = "ask" }]
organisation = "end"
exit_when = [{ body = "contract signed" }, { mentions = "{person}", sender = "crm@" }]
[plans.won]
touches = [{ after = "1 workday", job = "ask" }]
exit_when = [{ label = "won" }]
"""
RULES = [
    ("crm@mine-tools.example", "Deal won", f"The deal with {ANN} is won.", True),
    ("crm@mine-tools.example", "Deal won", "The deal with joann@partner.example is won.", False),
    ("other@mine-tools.example", "Deal won", f"The deal with {ANN} is won.", False),
    ("bob@partner.example", "News", "We have the contract\nsigned at last.", True),
    ("bob@else.example", "News", "We have the contract signed at last.", False),
    ("bob@else.example", "News", "Ann Lee has the contract signed at last.", True),
]


@pytest.fixture
def house(private_home: Path, clock: Ticking) -> Iterator[Office]:
    with enrolled(private_home, clock, more=HOUSE) as made:
        yield made


@pytest.mark.parametrize(("sender", "subject", "text", "ends"), RULES)
def test_a_rule_wants_all_of_an_entry(house: Office, sender: str, subject: str, text: str, *, ends: bool) -> None:
    house.enroll(waiting(house, days=20), "over")
    house.clock.forward(minutes=1)
    house.mail(sender, ME, subject, text)
    house.read()
    assert house.enrolment().reason == ("exit_rule" if ends else "")


COLLEAGUES = [
    ("house", "bob@partner.example", True, ("active", "organisation")),
    ("over", "bob@mail.partner.example", True, ("ended", "")),
    ("house", "bob@elsewhere.example", True, ("active", "")),
    ("house", "bob@partner.example", False, ("active", "")),
    ("sales", "bob@partner.example", True, ("active", "")),
]


@pytest.mark.parametrize(("plan", "colleague", "asked", "found"), COLLEAGUES)
def test_an_answer_of_a_colleague(
    house: Office, plan: str, colleague: str, found: tuple[str, str], *, asked: bool
) -> None:
    made = house.enroll(waiting(house, days=20), plan)
    house.clock.forward(minutes=1)
    own = house.mail(ME, colleague, "The roof", "Hi Bob,\n\nIs the roof done?\n\nSam") if asked else ""
    house.clock.forward(minutes=1)
    house.mail(colleague, ME, "Re: The roof", "Yes, it was done on Monday.", follows=own)
    house.read()
    assert (house.enrolment().state, house.one(made.followup).hold) == found
    assert house.enrolment().reason == ("organisation" if found[0] == "ended" else "")


def approved(house: Office, number: int) -> None:
    """Its day has come, the user wrote it, and it waits to leave."""
    house.runs(days=1, hours=12)
    assert actions.edit(house.desk, number, "Hi Ann,\n\nHave you had a look at the offer?\n\nBest,\nSam\n").ok
    assert actions.approve(house.desk, number, at_once=True).ok
    house.clock.forward(seconds=5)


def bob_answers(house: Office) -> None:
    house.mail("bob@partner.example", ME, "Re: The roof", "Yes, it was done on Monday.", follows=house.roof)


WHILE_IT_WAITS = {
    "colleague": ("house", bob_answers, "organisation", "bob@partner.example of the same organisation answered you"),
    "colleague ends": ("over", bob_answers, "organisation", "somebody else at their organisation answered you"),
    "rule": ("over", lambda house: house.mail("bob@partner.example", ME, "News", "The contract signed, at last."),
             "exit_rule", "a rule of the plan ended it"),
    "label": ("won", lambda house: house.server.flag(house.offer, frozenset(("seen",)), ("won",)),
              "exit_rule", "a rule of the plan ended it"),
    "by hand": ("won", lambda house: house.mail(ME, ANN, "The offer", "Hi Ann,\n\nlet us take the first one.\n\nSam"),
                "by_hand", "You wrote to them about it yourself."),
}  # fmt: skip


@pytest.mark.parametrize("case", WHILE_IT_WAITS)
@pytest.mark.parametrize("way", ["the last look alone", "a whole pass"])
def test_what_a_plan_looks_for_keeps_a_letter_that_waits(house: Office, case: str, way: str) -> None:
    plan, comes_now, reason, words = WHILE_IT_WAITS[case]
    name = waiting(house, days=20)
    house.offer = house.key
    house.roof = house.mail(ME, "bob@partner.example", "The roof", "Hi Bob,\n\nIs the roof done?\n\nSam")
    made = house.enroll(name, plan)
    approved(house, made.followup)
    comes_now(house)
    house.clock.forward(minutes=2)
    outbox.pump(house.desk) if way == "the last look alone" else house.passes()
    assert house.left == []
    house.runs(days=6, hours=12)
    assert house.left == []
    assert house.enrolment().reason == ("" if plan == "house" else reason)
    with house.home.store.read() as connection:
        found = told(connection, house.enrolment().thread_id)
    assert found is not None and words in " ".join(lines(found))


def test_a_letter_leaves_where_nothing_that_the_plan_looks_for_came(house: Office) -> None:
    made = house.enroll(waiting(house, days=20), "over")
    approved(house, made.followup)
    house.mail("bob@else.example", ME, "News", "We have the contract signed at last.")
    house.clock.forward(minutes=2)
    outbox.pump(house.desk)
    assert len(house.left) == 1


def test_a_letter_does_not_leave_for_a_plan_that_is_gone(house: Office) -> None:
    made = house.enroll(waiting(house, days=20), "over")
    approved(house, made.followup)
    house.home.config.plans.clear()
    house.desk.judgement = desk_for(house.home).judgement
    house.clock.forward(minutes=2)
    outbox.pump(house.desk)
    assert house.left == []


def test_what_a_look_stored_and_no_plan_has_met_keeps_a_letter(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    comes(here, "calendly", "ends")
    sync_account(here.home, here.home.config.account[0])
    assert actions.approve(here.desk, made.followup, at_once=True).ok
    here.clock.forward(minutes=2)
    outbox.pump(here.desk)
    assert here.left == []


def test_what_holds_a_plan_is_said_where_it_is_asked_why(here: Office) -> None:
    here.enroll(waiting(here, days=20), "sales")
    comes(here, "zendesk", "ticket")
    here.read()
    with here.home.store.read() as connection:
        found = told(connection, here.enrolment().thread_id)
    assert found is not None
    assert "They filed a ticket since" in " ".join(lines(found))
