"""A person or a thread under a plan: what begins, what comes next, and everything that ends or moves it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest

from agent.act import actions
from agent.act.bringing_back import bring_back
from agent.act.draft import redo
from agent.errors import UsageError
from agent.store import upkeep
from providers import mime
from providers.base import Role
from tests.act.office import ANN, BOB, ME, Office, office
from tests.conftest import Ticking

pytestmark = pytest.mark.slow

ABOUT = "Would a shorter contract for next year suit you?"
CALL = """
[plans.calls]
touches = [
  { after = "1 workday", job = "say what it is about" },
  { after = "2 workdays", job = "call her", kind = "task" },
  { after = "2 workdays", job = "ask one simple question" },
]
[plans.picky]
touches = [{ after = "1 workday", job = "ask" }, { after = "1 workday", job = "ask" }]
exit_when = [{ sender = "billing@" }, { subject = "order confirmed" }, { label = "won" }]
on = { later = "stop", away = "hold", booked = "hold", delegate = "stop" }
"""


@pytest.fixture
def here(private_home: Path, clock: Ticking) -> Iterator[Office]:
    """Ann and Bob answered once, long ago; a thread with Ann still waits."""
    with office(private_home, clock, more=CALL) as made:
        for person in (ANN, BOB):
            asked = made.mail(
                ME, person, "Old", "Hi,\n\nCould you send it?\n\nBest,\nSam", at=clock() - timedelta(days=40)
            )
            made.mail(person, ME, "Re: Old", "Here it is.", at=clock() - timedelta(days=39), follows=asked)
        made.read()
        yield made


def waiting(here: Office, days: float = 1) -> str:
    """A question of ours to Ann that nobody answered; its Message-ID."""
    text = "Hi Ann,\n\nCould you tell me whether the offer suits you?\n\nBest,\nSam"
    name = here.mail(ME, f"Ann Lee <{ANN}>", "The offer", text, at=here.clock() - timedelta(days=days))
    here.read()
    return name


def answer(here: Office, name: str, text: str, **more: object) -> None:
    here.clock.forward(minutes=5)
    here.mail(ANN, ME, "Re: The offer", text, follows=name, **more)
    here.passes()


# A first mail


def test_a_person_gets_a_first_mail_of_their_own_only_after_approval(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    assert made.ok and made.followup
    here.passes()
    row, draft = here.one(made.followup), here.draft(made.followup)
    assert row["state"] == "drafted" and row["ceiling"] == "copilot" and draft is not None
    assert ABOUT in draft["body"] and draft["subject"] == ABOUT
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
        assert here.left == [] and here.one(made.followup)["state"] == "drafted"


@pytest.mark.slow
def test_the_second_mail_continues_the_first_and_an_answer_ends_the_plan(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    actions.approve(here.desk, made.followup)
    here.runs(days=7, hours=2)
    first, second = here.rows(ANN)
    assert second["touch"] == 2 and second["state"] == "drafted" and second["thread_id"] == first["thread_id"]
    assert actions.approve(here.desk, second["id"]).ok
    here.runs(days=2, hours=2)
    sent = [mime.parse(letter.raw) for _, letter in here.left]
    assert len(sent) == 2 and sent[1].references == (sent[0].message_id,) and sent[1].subject == f"Re: {ABOUT}"
    here.mail(ANN, ME, f"Re: {ABOUT}", "Yes, gladly.", follows=sent[1].message_id)
    here.runs(days=12, hours=24)
    assert here.enrolment()["state"] == "ended" and here.enrolment()["reason"] == "answered" and len(here.left) == 2


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
    assert here.enrolment()["state"] == "ended" and len(here.left) == 1


def test_the_thread_knows_the_letter_before_it_leaves(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    actions.approve(here.desk, made.followup)
    with here.home.store.read() as connection:
        letter = connection.exec_driver_sql("SELECT message_id FROM outbox").scalar_one()
        known = connection.exec_driver_sql("SELECT thread_id FROM reference WHERE message_id = ?", (letter,)).scalar()
    assert known == here.one(made.followup)["thread_id"]


def test_without_words_the_person_is_asked_and_writes_it(here: Office) -> None:
    made = here.enroll(ANN)
    here.passes()
    row = here.one(made.followup)
    assert row["state"] == "asked" and "your own words" in row["hold"]
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
        here.runs(days=5, hours=4)
        first, second = here.rows(ANN)
        assert first["reason"] == "sent_by_hand" and second["touch"] == 2 and second["state"] == "drafted"
        assert here.enrolment()["state"] == "active"


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
    due = [here.one(made.followup)["due"].date()]
    for _ in range(2):
        actions.skip(here.desk, here.rows(ANN)[-1]["id"])
        here.read()
        due.append(max(row["due"] for row in here.rows(ANN)).date())
    assert [(day - item).days for item in due] == [90, 60, 30]


def test_a_named_day_is_the_day_of_the_first_touch(here: Office) -> None:
    made = here.enroll(ANN, "winback", on=date(2026, 12, 1), about=ABOUT)
    assert here.one(made.followup)["due"].date() == date(2026, 12, 1)
    here.passes()
    assert here.one(made.followup)["state"] == "watching"


# A thread


@pytest.mark.slow
def test_a_thread_goes_on_with_its_plan_and_silence_alone_asks_for_nothing_more(here: Office) -> None:
    name = waiting(here, days=20)
    (nudge,) = here.rows(ANN)
    assert nudge["plan"] == "nudge"
    assert here.enroll(name, "winback").ok
    here.runs(days=6, hours=6)
    assert here.one(nudge["id"])["state"] == "stopped"
    plans = {row["plan"] for row in here.rows(ANN) if row["state"] != "stopped"}
    assert plans == {"winback"}


@pytest.mark.slow
def test_a_task_is_shown_and_done_and_never_sent(here: Office) -> None:
    made = here.enroll(ANN, "calls", about=ABOUT)
    here.passes()
    actions.approve(here.desk, made.followup)
    here.runs(days=6, hours=3)
    task = next(row for row in here.rows(ANN) if row["kind"] == "task")
    draft = here.draft(task["id"])
    assert task["state"] == "drafted" and draft is not None and draft["body"] == "call her\n"
    assert actions.approve_by_policy(here.desk, task["id"]).ok is False
    assert actions.approve(here.desk, task["id"]).code == "task_done"
    assert actions.approve(here.desk, task["id"]).ok is False
    here.runs(days=4, hours=6)
    third = next(row for row in here.rows(ANN) if row["touch"] == 3)
    assert third["state"] == "drafted" and len(here.left) == 1


def test_a_plan_that_is_over_ends(here: Office) -> None:
    here.enroll(ANN, "winback", about=ABOUT)
    for _ in range(3):
        actions.skip(here.desk, here.rows(ANN)[-1]["id"])
        here.read()
    assert here.enrolment()["state"] == "done" and len(here.rows(ANN)) == 3


def test_a_plan_that_left_the_config_ends(here: Office) -> None:
    here.enroll(ANN, "calls", about=ABOUT)
    file = here.home.places.config_file
    file.write_text(file.read_text().replace("plans.calls", "plans.phones"))
    here.home.__dict__.pop("config", None)
    here.read()
    assert here.enrolment()["reason"] == "no_plan"


# Exits and moves

EXITS = [
    ("Thanks, let us do that.", "answered"),
    ("No thank you, we went with another supplier.", "declined"),
    ("Please stop writing to me. Never contact me again.", "opted_out"),
]


@pytest.mark.parametrize(("text", "code"), EXITS)
def test_an_answer_ends_it_before_anything_else(here: Office, text: str, code: str) -> None:
    name = waiting(here, days=20)
    made = here.enroll(name, "sales")
    answer(here, name, text)
    assert here.enrolment()["reason"] == code and here.one(made.followup)["state"] in {"answered", "stopped"}
    here.runs(days=8, hours=24)
    assert [row for row in here.rows(ANN) if row["state"] in {"watching", "quiet", "drafted"}] == []


@pytest.mark.slow
def test_more_time_moves_the_day_and_a_draft_goes_back(here: Office) -> None:
    name = waiting(here, days=20)
    made = here.enroll(name, "sales")
    here.runs(days=2, hours=3)
    assert here.one(made.followup)["state"] == "drafted"
    answer(here, name, "I will get back to you on 2 December.")
    row = here.one(made.followup)
    assert row["state"] == "watching" and row["due"].date() == date(2026, 12, 3)
    here.runs(days=13, hours=4)
    assert here.one(made.followup)["state"] == "drafted"
    assert actions.approve(here.desk, made.followup).ok


def test_the_branches_of_a_plan_are_its_own(here: Office) -> None:
    name = waiting(here, days=20)
    here.enroll(name, "picky")
    answer(here, name, "I will get back to you on 2 December.")
    assert here.enrolment()["state"] == "ended"


RULES = [
    {"sender": "billing@partner.example", "subject": "Invoice 7"},
    {"sender": ANN, "subject": "Your order confirmed"},
]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_of_the_plan_ends_it(here: Office, rule: dict[str, str]) -> None:
    here.enroll(ANN, "picky", about=ABOUT)
    here.clock.forward(minutes=1)
    here.mail(rule["sender"], ME, rule["subject"], "See the attached.")
    here.read()
    assert here.enrolment()["reason"] == "exit_rule"


def test_a_rule_looks_at_nobody_else(here: Office) -> None:
    here.enroll(ANN, "picky", about=ABOUT)
    here.clock.forward(minutes=1)
    here.mail("billing@else.example", ME, "Invoice 7", "See the attached.")
    here.read()
    assert here.enrolment()["state"] == "active"


def test_a_mail_by_hand_ends_it(here: Office) -> None:
    name = waiting(here, days=20)
    made = here.enroll(name, "sales")
    here.clock.forward(hours=1)
    here.mail(ME, ANN, "Re: The offer", "Hi Ann, any news?", follows=name)
    here.read()
    assert here.enrolment()["reason"] == "by_hand" and here.one(made.followup)["state"] == "stopped"


def test_a_mail_elsewhere_is_asked_about_once(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    here.clock.forward(minutes=5)
    here.mail(ANN, ME, "Something else", "Could you send me the plan of the house?")
    here.passes()
    assert here.one(made.followup)["hold"] == "maybe_answered" and here.one(made.followup)["state"] == "asked"
    actions.edit(here.desk, made.followup, "Hi Ann,\n\nAnother matter: shall we meet?\n\nSam\n", "May")
    here.runs(days=1, hours=3)
    assert here.one(made.followup)["state"] == "drafted"


def test_an_opt_out_elsewhere_stops_even_a_letter_that_waits(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    assert actions.approve(here.desk, made.followup).ok
    here.clock.forward(seconds=2)
    here.mail(ANN, ME, "Stop", "Please remove me. Never contact me again.")
    here.runs(days=1, hours=3)
    assert here.left == [] and here.enrolment()["reason"] == "opted_out"


def test_a_bounce_ends_it(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    actions.approve(here.desk, made.followup)
    here.runs(days=1, hours=3)
    ((_, letter),) = here.left
    status = (
        f"Reporting-MTA: dns; mx.partner.example\n\nFinal-Recipient: rfc822; {ANN}\nAction: failed\nStatus: 5.1.1\n"
    )
    raw = (
        f"From: mailer-daemon@mx.partner.example\r\nTo: {ME}\r\nSubject: Undelivered\r\nMessage-ID: <b@mx>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\n{status}\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {letter.message_id}\r\n--b--\r\n"
    )
    here.clock.forward(minutes=2)
    here.server.deliver(raw.encode(), role=Role.INBOX, received=here.clock())
    here.read()
    assert here.enrolment()["reason"] == "bounced"


# The verbs


def test_stop_ends_the_whole_plan_and_can_be_taken_back(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    assert actions.stop(here.desk, made.followup).ok
    assert here.enrolment()["reason"] == "stopped"
    here.runs(days=5, hours=12)
    assert [row["state"] for row in here.rows(ANN)] == ["stopped"]
    assert bring_back(here.desk, made.followup).ok and here.enrolment()["state"] == "active"


def test_enrolled_again_after_a_stop_it_begins_anew(here: Office) -> None:
    name = waiting(here, days=20)
    first = here.enroll(name, "sales")
    actions.stop(here.desk, first.followup)
    second = here.enroll(name, "sales")
    here.runs(days=2, hours=6)
    assert second.ok and second.followup != first.followup and here.one(second.followup)["state"] == "drafted"


def test_skip_goes_on_to_the_next_touch(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    actions.skip(here.desk, made.followup)
    here.read()
    second = here.rows(ANN)[-1]
    assert second["touch"] == 2 and second["ceiling"] == "copilot"


def test_a_snooze_ends_by_itself(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    actions.snooze(here.desk, made.followup, here.clock() + timedelta(days=2))
    here.runs(days=1, hours=3)
    assert here.one(made.followup)["state"] == "snoozed"
    here.runs(days=2, hours=3)
    assert here.one(made.followup)["state"] == "drafted"


def test_redo_writes_the_first_mail_again(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    here.passes()
    assert redo(here.home, here.desk, made.followup).code in {"redone", "same"}


# Signals


def test_a_signal_is_the_reason_and_stands_in_the_draft(here: Office) -> None:
    made = here.signal(ANN, "you raised a Series B", evidence="https://news.example/ann")
    here.passes()
    draft = here.draft(made.followup)
    assert draft is not None and "you raised a Series B" in draft["body"] and "https" not in draft["body"]
    with here.home.store.read() as connection:
        kept = connection.exec_driver_sql(
            "SELECT detail FROM event JOIN event_content USING (seq) WHERE event = 'signal.noted'"
        ).scalar()
    assert kept == "https://news.example/ann"
    shown = actions.approve(here.desk, made.followup)
    assert shown.ok, shown.words


def test_what_the_signal_does_not_say_is_no_fact(here: Office) -> None:
    made = here.signal(ANN, "you raised a Series B")
    here.passes()
    actions.edit(here.desk, made.followup, "Hi Ann,\n\nYou raised a Series B of 40 million euros?\n\nSam\n", "News")
    with here.home.store.read() as connection:
        seen = actions.view(connection, here.desk, made.followup)
    assert isinstance(seen, actions.Viewed)
    facts = next(check for check in seen.decision.checks if check.name == "facts")
    assert facts.verdict.value == "hold"


def test_a_signal_brings_the_next_touch_forward_and_passes_a_person(here: Office) -> None:
    name = waiting(here, days=20)
    made = here.enroll(name, "winback")
    assert here.one(made.followup)["due"].date() == date(2026, 11, 23)
    noted = here.signal(ANN, "you opened an office in Lyon")
    assert noted.followup == made.followup
    here.passes()
    row = here.one(made.followup)
    assert row["state"] == "drafted" and row["ceiling"] == "copilot" and row["signal"] == "you opened an office in Lyon"
    draft = here.draft(made.followup)
    assert draft is not None and "you opened an office in Lyon" in draft["body"]
    assert here.signal(ANN, "You opened an office in Lyon.").code == "already"


def test_a_signal_continues_the_thread_that_waits(here: Office) -> None:
    waiting(here, days=20)
    made = here.signal(ANN, "you opened an office in Lyon")
    row = here.one(made.followup)
    assert row["subject"] == "The offer" and row["basis"]


@pytest.mark.parametrize("evidence", ["javascript:alert(1)", "not a page", "https://x y", f"https://{'x' * 900}"])
def test_evidence_is_the_address_of_a_page(here: Office, evidence: str) -> None:
    with pytest.raises(UsageError):
        here.signal(ANN, "news", evidence=evidence)


def test_control_characters_stay_outside(here: Office) -> None:
    made = here.enroll(ANN, about="Would \x1b[31mred\x1b[0m suit you?\r\nBcc: eve@evil.example")
    here.passes()
    assert actions.approve(here.desk, made.followup).ok
    here.runs(days=1, hours=3)
    ((_, letter),) = here.left
    assert letter.recipients == (ANN,) and b"\x1b" not in letter.raw
    assert mime.parse(letter.raw).bcc == ()


# What is remembered


def test_every_change_has_its_event(here: Office) -> None:
    made = here.enroll(ANN, about=ABOUT)
    actions.stop(here.desk, made.followup)
    assert {"enrolment.made", "followup.planned", "enrolment.ended", "followup.stopped"} <= set(here.events())
    assert here.home.store.verify().broken_at is None


def test_who_is_forgotten_leaves_nothing_and_others_stay(here: Office) -> None:
    here.enroll(ANN, about=ABOUT)
    bob = here.enroll(BOB, about="Is the house still free in May?")
    upkeep.forget(here.home.store, ANN)
    here.passes()
    assert here.rows(ANN) == [] and here.one(bob.followup)["state"] == "drafted"
    with here.home.store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM enrolment").scalar() == 1


@pytest.mark.slow
def test_a_plan_of_five_touches_reaches_its_last_one_with_a_person_behind_each_beyond_the_third(
    private_home: Path, clock: Ticking
) -> None:
    with office(private_home, clock, level="autopilot") as here:
        here.mail(ANN, ME, "Hello", "Hello", at=clock() - timedelta(days=9))
        here.read()
        here.enroll(ANN, about=ABOUT)
        here.passes()
        for touch in range(1, 6):
            row = next(row for row in here.rows(ANN) if row["touch"] == touch)
            actions.edit(here.desk, row["id"], f"Hi Ann,\n\nNumber {touch} asks {'again ' * touch}?\n\nSam\n")
            shown = actions.approve(here.desk, row["id"])
            assert shown.ok, shown.words
            with here.home.store.read() as connection:
                seen = actions.view(connection, here.desk, row["id"])
            here.runs(days=11, hours=12)
            assert isinstance(seen, actions.Viewed) and len(here.left) == touch
            assert seen.level.value == ("autopilot" if 1 < touch <= 3 else "copilot")
        assert here.enrolment()["state"] == "done"
        assert [row for row in here.rows(ANN) if row["plan"] == "nudge"] == []
        here.runs(days=20, hours=24)
        assert len(here.left) == 5 and len(here.rows(ANN)) == 5
