"""A word in Bcc of the user's own mail begins a plan; nobody else can say it, and it never becomes a recipient."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.sequences.beginning.labels import unheeded
from agent.sequences.wording import sentence, told
from agent.verbs import actions
from providers.base import Role
from tests.agent.office import ANN, ME, Office, office
from tests.conftest import Ticking

pytestmark = pytest.mark.slow

TEXT = "Hi Ann,\n\nCould you tell me whether the offer suits you?\n\nBest,\nSam"
TAG = "sam+relance-{}@mine.example"


@pytest.fixture
def here(private_home: Path, clock: Ticking) -> Iterator[Office]:
    with office(private_home, clock) as made:
        yield made


def wrote(here: Office, word: str = "3d", **more: object) -> str:
    headers = more.pop("headers", {"Bcc": TAG.format(word)})
    name = here.mail(ME, ANN, "The offer", TEXT, headers=headers, **more)
    here.read()
    return name


def reports(here: Office) -> list[str]:
    with here.home.store.read() as connection:
        return unheeded(connection)


def begun(here: Office) -> int:
    return here.events().count("enrolment.made")


def test_a_time_begins_the_usual_plan_on_that_day(here: Office) -> None:
    wrote(here, "2027-03-01" if here.clock().year < 2027 else "8d")
    found = here.enrolment()
    assert (found.plan, found.trigger, found.labelled) == ("nudge", "date", 0)
    with here.home.store.read() as connection:
        under = told(connection, found.thread_id)
    assert under is not None and "+relance-" in sentence(under) and "in Bcc" in sentence(under)


def test_a_plan_begins_with_its_own_wait(here: Office) -> None:
    wrote(here, "sales")
    assert here.enrolment().plan == "sales"
    assert here.enrolment().begins == f"{here.clock():%Y-%m-%d}"


def test_the_letter_goes_to_them_alone(here: Office) -> None:
    wrote(here)
    here.runs(days=6, hours=6)
    (row,) = [row for row in here.rows(ANN) if row.state == "drafted"]
    assert actions.approve(here.desk, row.id).ok
    here.runs(days=3, hours=1)
    (_, letter) = here.left[0]
    assert letter.recipients == (ANN,) and b"relance-3d" not in letter.raw


def test_the_copy_that_comes_in_is_one_mail_with_the_sent_one(here: Office) -> None:
    name = wrote(here)
    here.mail(ME, ANN, "The offer", TEXT, name=name, role=Role.INBOX)
    here.read()
    here.passes()
    assert begun(here) == 1 and here.enrolment().state == "active"


@pytest.mark.parametrize("origin", ["inbox", "cc", "to", "other address", "forged with bcc"])
def test_who_lies_begins_nothing(here: Office, origin: str) -> None:
    tag = TAG.format("3d")
    match origin:
        case "inbox":
            here.mail("eve@evil.example", ME, "The offer", TEXT, headers={"Bcc": tag})
        case "cc":
            here.mail(ME, ANN, "The offer", TEXT, headers={"Cc": tag})
        case "to":
            here.mail(ME, f"{ANN}, {tag}", "The offer", TEXT)
        case "other address":
            here.mail(ME, ANN, "The offer", TEXT, headers={"Bcc": "eve+relance-3d@evil.example"})
        case _:
            here.mail(ME, ANN, "The offer", TEXT, headers={"Bcc": tag}, role=Role.INBOX)
    here.read()
    here.passes()
    assert begun(here) == 0


def test_an_unknown_word_is_told_once(here: Office) -> None:
    wrote(here, "sails")
    here.passes()
    assert reports(here) == ["Bcc +relance-sails: there is no plan 'sails'; did you mean 'sales'?"]
    assert begun(here) == 0


def test_what_was_answered_before_it_was_read_begins_nothing(here: Office) -> None:
    name = here.mail(ME, ANN, "The offer", TEXT, at=here.clock() - timedelta(days=3), headers={"Bcc": TAG.format("1d")})
    here.mail(ANN, ME, "Re: The offer", "Yes.", at=here.clock() - timedelta(days=2), follows=name)
    here.read()
    assert begun(here) == 0 and reports(here) == []


def test_a_mail_too_old_to_ask_about_begins_nothing(here: Office) -> None:
    wrote(here, at=here.clock() - timedelta(days=90))
    assert begun(here) == 0


def test_who_stopped_it_is_not_overruled(here: Office) -> None:
    wrote(here)
    (row,) = [row for row in here.rows(ANN) if row.plan == "nudge" and row.state == "watching"]
    actions.stop(here.desk, row.id)
    here.server.flag(here.key, frozenset({"flagged"}))
    here.read()
    assert begun(here) == 1 and here.enrolment().state == "ended"


def test_the_next_mail_with_a_word_takes_the_place_of_the_first(here: Office) -> None:
    name = wrote(here)
    here.clock.forward(days=1)
    wrote(here, "2w", follows=name)
    here.passes()
    assert here.enrolment().reason == "by_hand" and here.enrolment(2).state == "active"


def test_mail_without_a_word_is_no_different_from_before(here: Office) -> None:
    wrote(here, headers={"Bcc": "bob@other.example"})
    assert begun(here) == 0 and reports(here) == []
