"""A person or a thread under a plan: what begins, who is refused, and on which day."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.errors import UsageError
from agent.verbs import actions
from providers.mail import mime
from tests.agent.enrolled import ABOUT, answer, enrolled, waiting
from tests.agent.office import ANN, BOB, ME, Office, office
from tests.conftest import Ticking

pytestmark = pytest.mark.slow


@pytest.fixture
def here(private_home: Path, clock: Ticking) -> Iterator[Office]:
    with enrolled(private_home, clock) as made:
        yield made


# A first mail


def test_a_person_gets_a_first_mail_of_their_own_only_after_approval(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    assert made.ok and made.followup
    here.passes()
    row, draft = here.one(made.followup), here.draft(made.followup)
    assert row.state == "drafted" and row.ceiling == "copilot" and draft is not None
    assert ABOUT in draft.body and draft.subject == ABOUT
    assert actions.approve(here.desk, made.followup).ok
    here.runs(days=1, hours=2)
    ((_, letter),) = here.left
    mail = mime.parse(letter.raw)
    assert letter.recipients == (ANN,) and mail.subject == ABOUT and not mail.in_reply_to and not mail.references
    assert mail.sender is not None and mail.sender.name == "Sam Okafor"


@pytest.mark.slow
def test_a_first_mail_never_leaves_by_itself_whatever_the_level(private_home: Path, clock: Ticking) -> None:
    with office(private_home, clock, level="autopilot") as here:
        here.mail(ANN, ME, "Hello", "Hello", at=clock() - timedelta(days=9))
        here.read()
        made = here.enroll(ANN, about=ABOUT)
        here.runs(days=6, hours=4)
        assert here.left == [] and here.one(made.followup).state == "drafted"


@pytest.mark.slow
def test_the_second_mail_continues_the_first_and_an_answer_ends_the_plan(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    actions.approve(here.desk, made.followup)
    here.runs(days=7, hours=2)
    first, second = here.rows(ANN)
    assert second.touch == 2 and second.state == "drafted" and second.thread_id == first.thread_id
    assert actions.approve(here.desk, second.id).ok
    here.runs(days=2, hours=2)
    sent = [mime.parse(letter.raw) for _, letter in here.left]
    assert len(sent) == 2 and sent[1].references == (sent[0].message_id,) and sent[1].subject == f"Re: {ABOUT}"
    here.mail(ANN, ME, f"Re: {ABOUT}", "Yes, gladly.", follows=sent[1].message_id)
    here.runs(days=12, hours=24)
    assert here.enrolment().state == "ended" and here.enrolment().reason == "answered" and len(here.left) == 2


@pytest.mark.slow
def test_an_answer_ends_it_even_when_the_sent_copy_never_shows(here: Office) -> None:
    here.server.files_sent = False
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    actions.approve(here.desk, made.followup)
    here.runs(days=1, hours=3)
    ((_, letter),) = here.left
    here.mail(ANN, ME, f"Re: {ABOUT}", "No, thank you.", follows=letter.message_id)
    here.runs(days=12, hours=24)
    assert here.enrolment().state == "ended" and len(here.left) == 1


def test_the_thread_knows_the_letter_before_it_leaves(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    actions.approve(here.desk, made.followup)
    with here.home.store.read() as connection:
        letter = connection.exec_driver_sql("SELECT message_id FROM outbox").scalar_one()
        known = connection.exec_driver_sql("SELECT thread_id FROM reference WHERE message_id = ?", (letter,)).scalar()
    assert known == here.one(made.followup).thread_id


def test_without_words_the_person_is_asked_and_writes_it(here: Office) -> None:
    made = here.enroll(ANN)
    here.passes()
    row = here.one(made.followup)
    assert row.state == "asked" and "your own words" in row.hold
    assert actions.edit(here.desk, made.followup, "Hi Ann,\n\nShall we meet in May?\n\nSam\n").ok
    assert "subject" in actions.approve(here.desk, made.followup).words
    actions.edit(here.desk, made.followup, "Hi Ann,\n\nShall we meet in May?\n\nSam\n", "May")
    assert actions.approve(here.desk, made.followup).ok


@pytest.mark.slow
def test_handed_over_by_hand_counts_as_the_touch(private_home: Path, clock: Ticking) -> None:
    with office(private_home, clock, level="manual") as here:
        here.mail(ANN, ME, "Hello", "Hello", at=clock() - timedelta(days=9))
        here.read()
        made = here.enroll(ANN, about=ABOUT)
        here.passes()
        assert actions.approve(here.desk, made.followup).code == "handed_over"
        here.clock.forward(hours=1)
        here.mail(ME, ANN, ABOUT, ABOUT)
        here.runs(days=8, hours=4)
        first, second = here.rows(ANN)
        assert first.reason == "sent_by_hand" and second.touch == 2 and second.state == "drafted"
        assert here.enrolment().state == "active"


# Who is refused


@pytest.mark.parametrize(
    ("whom", "code"),
    [
        (ME, "to_myself"), ("sam+x@mine.example", "to_myself"), ("no-reply@shop.example", "no_reply"),
        ("dev-list@lists.example.org", "list"), ("notifications@github.example", "robot"),
        ("stranger@nowhere.example", "unknown"),
    ],
)  # fmt: skip
def test_nobody_who_is_no_person_is_enrolled(here: Office, whom: str, code: str) -> None:
    made = here.enroll(whom, about=ABOUT)
    assert not made.ok and made.code == code and here.rows() == []


def test_a_stranger_needs_a_word_and_a_near_name_is_offered(here: Office) -> None:
    waiting(here)
    assert "Did you mean ann@partner.example" in here.enroll("anne@partner.example").words
    assert here.enroll("stranger@nowhere.example", about=ABOUT, new=True).ok


@pytest.mark.parametrize("whom", ["nobody", "<gone@x>", "999", "", "  ", "%", "ann@", "a" * 5000])
def test_who_is_not_found_is_said_so(here: Office, whom: str) -> None:
    with pytest.raises(UsageError):
        here.enroll(whom)


def test_a_name_is_enough_where_it_means_one_person(here: Office) -> None:
    waiting(here)
    assert here.enroll("Ann Lee", about=ABOUT).ok and here.rows(ANN)
    here.mail(ME, "Ann Berg <berg@partner.example>", "Other", "Could you help?")
    here.read()
    with pytest.raises(UsageError, match="could be 2 people"):
        here.enroll("ann")


def test_an_unknown_plan_names_the_nearest(here: Office) -> None:
    with pytest.raises(UsageError) as caught:
        here.enroll(ANN, "sails")
    assert "sales" in caught.value.hint


def test_who_opted_out_is_never_enrolled_again(here: Office) -> None:
    answer(here, waiting(here), "Please stop writing to me. Never contact me again.")
    assert here.enroll(ANN, about=ABOUT).code == "opted_out"


def test_the_same_words_go_to_one_person_only(here: Office) -> None:
    assert here.enroll(ANN, about=ABOUT).ok
    made = here.enroll(BOB, about=f"  {ABOUT.upper()} ")
    assert made.code == "same_to_many" and "mailing tool" in made.words
    assert here.signal(BOB, ABOUT).code == "same_to_many"


def test_nor_do_the_words_a_person_typed_later(here: Office) -> None:
    body = "Hi {},\n\nWe have a new brochure for you.\n\nSam\n"
    first, second = here.enroll(ANN, about="the roof"), here.enroll(BOB, about="the cellar")
    here.passes()
    actions.edit(here.desk, first.followup, body.format("Ann"))
    actions.edit(here.desk, second.followup, body.format("Bob"))
    refused = actions.approve(here.desk, second.followup)
    assert refused.code == "same_to_many" and "mailing tool" in refused.words
    actions.edit(here.desk, second.followup, body.format("Bob").replace("brochure", "price"))
    assert actions.approve(here.desk, second.followup).ok


def test_news_from_them_before_a_first_mail_holds_it(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    here.clock.forward(minutes=1)
    here.mail(ANN, ME, "Before you ask", "Could you call me about the contract?")
    here.read()
    actions.edit(here.desk, made.followup, f"Hi Ann,\n\n{ABOUT}\n\nSam\n")
    with here.home.store.read() as connection:
        seen = actions.view(connection, here.desk, made.followup)
    assert isinstance(seen, actions.Viewed)
    assert {check.name for check in seen.decision.checks if check.verdict.value == "hold"} >= {"elsewhere"}


def test_twice_is_once(here: Office) -> None:
    first, again = here.enroll(ANN, about=ABOUT), here.enroll(ANN, about=ABOUT)
    assert again.code == "already" and again.followup == first.followup and len(here.rows()) == 1
    assert here.enroll(ANN, "winback", about=ABOUT).code == "other_plan"


def test_two_who_enroll_at_once_make_one(here: Office) -> None:
    with ThreadPoolExecutor(4) as crowd:
        made = list(crowd.map(lambda _: here.enroll(ANN, about=ABOUT), range(4)))
    assert len({answer.followup for answer in made}) == 1 and len(here.rows()) == 1
    assert sorted(answer.code for answer in made) == ["already", "already", "already", "enrolled"]


def test_a_thread_with_their_word_last_is_not_continued(here: Office) -> None:
    name = waiting(here)
    answer(here, name, "I have a question first: which day?")
    assert here.enroll(name).code == "their_word"


def test_a_day_in_the_past_is_refused(here: Office) -> None:
    with pytest.raises(UsageError):
        here.enroll(ANN, on=date(2026, 11, 1), about=ABOUT)
    with pytest.raises(UsageError):
        here.enroll(ANN, "renewal", about=ABOUT)
    with pytest.raises(UsageError):
        here.enroll(ANN, "renewal", on=here.clock().date() + timedelta(days=5), about=ABOUT)
    assert here.rows() == []


# When


def test_a_renewal_comes_at_ninety_sixty_and_thirty_days(here: Office) -> None:
    day = date(2027, 3, 7)
    made = here.enroll(ANN, "renewal", on=day, about=ABOUT)
    due = [here.one(made.followup).due.date()]
    for _ in range(2):
        actions.skip(here.desk, here.rows(ANN)[-1].id)
        here.read()
        due.append(max(row.due for row in here.rows(ANN)).date())
    assert [(day - item).days for item in due] == [90, 60, 30]


def test_a_named_day_is_the_day_of_the_first_touch(here: Office) -> None:
    made = here.enroll(ANN, "winback", on=date(2026, 12, 1), about=ABOUT)
    assert here.one(made.followup).due.date() == date(2026, 12, 1)
    here.passes()
    assert here.one(made.followup).state == "watching"
