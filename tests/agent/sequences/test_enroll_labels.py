"""A label named after a plan starts it and its removal ends it, in every kind of mailbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.sequences.labels import unheeded
from agent.verbs import actions
from providers.base import Role
from tests.agent.office import ANN, ME, Office, office
from tests.conftest import Ticking

pytestmark = pytest.mark.slow

TEXT = "Hi Ann,\n\nCould you tell me whether the offer suits you?\n\nBest,\nSam"


@pytest.fixture
def here(private_home: Path, clock: Ticking) -> Iterator[Office]:
    with office(private_home, clock) as made:
        made.mail(ME, ANN, "The offer", TEXT, at=clock() - timedelta(days=1))
        made.read()
        yield made


def reports(here: Office) -> list[str]:
    with here.home.store.read() as connection:
        return unheeded(connection)


def test_a_label_starts_the_plan_and_its_removal_ends_it(here: Office) -> None:
    here.server.flag(here.key, frozenset({"seen"}), ("Relance/Sales",))
    here.read()
    (row,) = [row for row in here.rows(ANN) if row.plan == "sales"]
    assert row.state == "watching" and here.enrolment().trigger == "label"
    here.server.flag(here.key, frozenset({"seen"}), ())
    here.read()
    assert here.one(row.id).state == "stopped" and here.enrolment().reason == "unlabelled"
    here.server.flag(here.key, frozenset({"seen"}), ("relance/sales",))
    here.read()
    assert here.enrolment(2).state == "active"


def test_a_keyword_or_a_folder_does_the_same(here: Office) -> None:
    here.server.flag(here.key, frozenset({"seen", "relance_winback"}))
    here.read()
    assert here.enrolment().plan == "winback"
    here.server.flag(here.key, frozenset({"seen"}))
    here.read()
    here.server.move(here.key, Role.OTHER, "INBOX.relance.nurture")
    here.read()
    assert here.enrolment(2).plan == "nurture"
    here.server.move(here.key, Role.SENT, "Sent")
    here.read()
    assert here.enrolment(2).state == "ended"


def test_a_mail_that_left_the_folder_counts_no_more(here: Office) -> None:
    here.mail(ME, ANN, "The offer", TEXT, name="<m1@mine.example>", role=Role.OTHER, folder="relance/sales")
    here.read()
    assert here.enrolment().state == "active"
    here.server.remove(here.key)
    here.read()
    assert here.enrolment().reason == "unlabelled"


def test_what_a_person_touched_stays_when_the_label_goes(here: Office) -> None:
    here.server.flag(here.key, frozenset(), ("relance/sales",))
    here.runs(days=3, hours=12)
    (row,) = [row for row in here.rows(ANN) if row.plan == "sales"]
    actions.edit(here.desk, row.id, "Hi Ann,\n\nDoes it suit you?\n\nSam\n")
    here.server.flag(here.key, frozenset(), ())
    here.read()
    assert here.one(row.id).state == "drafted" and here.enrolment().state == "ended"


def test_an_unknown_plan_is_reported_once_and_nothing_is_done(here: Office) -> None:
    here.server.flag(here.key, frozenset(), ("relance/sails",))
    here.read()
    here.read()
    assert reports(here) == ["Label relance/sails: there is no plan 'sails'; did you mean 'sales'?"]
    here.server.flag(here.key, frozenset(), ())
    here.read()
    assert reports(here) == [] and here.events().count("enrolment.made") == 0


def test_a_label_where_they_wrote_last_waits_until_you_answered(here: Office) -> None:
    here.clock.forward(minutes=5)
    here.mail(ANN, ME, "Re: The offer", "Which day would suit you?", follows="<m1@mine.example>")
    here.server.flag(here.key, frozenset(), ("relance/sales",))
    here.read()
    assert "last word" in reports(here)[0] and here.events().count("enrolment.made") == 0
    here.clock.forward(minutes=5)
    here.mail(ME, ANN, "Re: The offer", "Could we meet on Friday?", follows="<m2@partner.example>")
    here.read()
    assert reports(here) == [] and here.enrolment().plan == "sales"


def test_who_stopped_a_labelled_thread_is_not_overruled_by_the_label(here: Office) -> None:
    here.server.flag(here.key, frozenset(), ("relance/sales",))
    here.read()
    (row,) = [row for row in here.rows(ANN) if row.plan == "sales"]
    actions.stop(here.desk, row.id)
    here.server.flag(here.key, frozenset({"flagged"}), ("relance/sales",))
    here.read()
    assert here.events().count("enrolment.made") == 1


def test_a_word_in_the_mail_itself_starts_nothing(here: Office) -> None:
    here.clock.forward(minutes=5)
    headers = {"X-Gmail-Labels": "relance/sales", "Keywords": "relance/sales", "X-Keywords": "relance/sales"}
    here.mail(ME, ANN, "relance/sales", "relance/sales", headers=headers)
    here.read()
    assert here.events().count("enrolment.made") == 0 and reports(here) == []


def test_a_plan_that_needs_a_day_says_so(here: Office) -> None:
    here.server.flag(here.key, frozenset(), ("relance/renewal",))
    here.read()
    assert "--on" in reports(here)[0]


def test_a_label_that_a_plan_names_ends_it_whenever_it_is_set(private_home: Path, clock: Ticking) -> None:
    more = """
[plans.picky]
touches = [{ after = "5 workdays", job = "ask" }]
exit_when = [{ label = "won" }]
"""
    with office(private_home, clock, more=more) as here:
        name = here.mail(ME, ANN, "The offer we won", TEXT, at=clock() - timedelta(days=1))
        here.read()
        assert here.enroll(name, "picky").ok
        here.server.flag(here.key, frozenset({"seen"}))
        here.read()
        assert here.enrolment().state == "active"
        here.server.flag(here.key, frozenset({"seen"}), ("Deals/Won",))
        here.read()
        assert here.enrolment().reason == "exit_rule"
