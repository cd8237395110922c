"""A label named after a plan starts it and its removal ends it, in every kind of mailbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from agent.sequences.beginning.labels import unheeded
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


def day(here: Office) -> str:
    """When the first touch comes, as the store says."""
    (row,) = [row for row in here.rows(ANN) if row.state in {"watching", "quiet", "drafted"}]
    assert row.due is not None
    return f"{row.plan} {row.due:%Y-%m-%d}"


def after(here: Office, days: int) -> str:
    """That many days from now, or the workday after."""
    found = here.clock() + timedelta(days=days)
    while found.weekday() > 4:
        found += timedelta(days=1)
    return f"{found:%Y-%m-%d}"


def test_a_label_with_a_time_waits_that_long_and_then_is_a_draft(here: Office) -> None:
    here.server.flag(here.key, frozenset(), ("Relance/8d",))
    here.read()
    assert day(here) == f"nudge {after(here, 8)}"
    here.runs(days=7, hours=12)
    assert [row.state for row in here.rows(ANN)] == ["watching"]
    here.runs(days=4, hours=12)
    assert "drafted" in [row.state for row in here.rows(ANN)] and not here.left


@pytest.mark.parametrize("flag", ["relance_2w", "relance/2w", "relance-2w"])
def test_a_keyword_says_a_time_too(here: Office, flag: str) -> None:
    here.server.flag(here.key, frozenset({flag}))
    here.read()
    assert day(here) == f"nudge {after(here, 14)}"


def test_another_time_takes_the_place_of_the_first(here: Office) -> None:
    here.server.flag(here.key, frozenset(), ("relance/3d",))
    here.read()
    here.server.flag(here.key, frozenset(), ("relance/2w",))
    here.read()
    assert here.enrolment().reason == "unlabelled" and day(here) == f"nudge {after(here, 14)}"
    here.server.flag(here.key, frozenset(), ())
    here.read()
    assert here.enrolment(2).reason == "unlabelled"


def test_a_time_in_a_thread_that_was_answered_begins_nothing_and_an_answer_ends_it(here: Office) -> None:
    key = here.key
    here.server.flag(key, frozenset(), ("relance/3d",))
    here.read()
    here.clock.forward(minutes=5)
    here.mail(ANN, ME, "Re: The offer", "Yes, it does.", follows="<m1@mine.example>")
    here.read()
    assert here.enrolment().reason == "answered"
    here.server.flag(key, frozenset(), ("relance/2w",))
    here.read()
    assert here.events().count("enrolment.made") == 1 and "last word" in reports(here)[0]


def test_a_day_that_passed_and_an_unknown_time_are_told_once(here: Office) -> None:
    for word in ("relance/2020-01-01", "relance/3x7", "relance/0d"):
        here.server.flag(here.key, frozenset(), (word,))
        here.read()
        here.read()
        (said,) = reports(here)
        assert said.startswith(f"Label {word}: there is no plan") and "3d" in said
    assert here.events().count("enrolment.made") == 0


def test_a_plan_called_like_a_time_is_that_plan(private_home: Path, clock: Ticking) -> None:
    with office(private_home, clock, more='[plans.3d]\ntouches = [{ after = "1 week", job = "ask" }]\n') as here:
        here.mail(ME, ANN, "The offer", TEXT, at=clock() - timedelta(days=1))
        here.server.flag(here.key, frozenset(), ("relance/3d",))
        here.read()
        assert here.enrolment().plan == "3d"


def test_a_label_on_what_others_wrote_to_strangers_begins_nothing(here: Office) -> None:
    here.mail("eve@evil.example", ME, "Hello", "Could you tell me?", headers={"Keywords": "relance/3d"})
    here.server.flag(here.key, frozenset(), ("relance/3d",))
    here.read()
    assert here.events().count("enrolment.made") == 0
