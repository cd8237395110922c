"""Silence belongs to a matter: what is said or settled elsewhere holds a thread, what is about something else does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.decide.plans.parsing import built_in
from agent.decide.threads.matter import bare_subject, matter_words, shares
from agent.decide.threads.quiet import Reason, Verdict
from agent.decide.threads.robots import settles
from agent.decide.threads.summary import summarise
from agent.decide.threads.threads import gather
from agent.decide.threads.waits import own_habit
from agent.decide.values import Me
from agent.judging.many_threads import judge_all
from providers.base import Address, Mail, Origin, Part, Role

ME = Me(name="Sam Okafor", addresses=("sam@mine.example",), zone="Europe/Paris")
SAM, ANN = Address("sam@mine.example", "Sam Okafor"), Address("ann@partner.example", "Ann Lee")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOW = START + timedelta(days=9)
ASKED = "Could you send me the drawings for the Lisbon warehouse?"


def mail(number: int, day: float, sender: Address, subject: str, text: str, **more: object) -> Mail:
    at = START + timedelta(days=day)
    made = Mail(
        key=str(number), message_id=f"<{number}@x.example>", date=at, received=at, sender=sender,
        to=(SAM,) if sender != SAM else (ANN,), subject=subject, text=text,
        role=Role.SENT if sender == SAM else Role.INBOX, origin=Origin.SENT if sender == SAM else Origin.OTHER,
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


FIRST = mail(1, 0, SAM, "Lisbon warehouse", ASKED)


def verdict(*others: Mail) -> Verdict:
    judged = judge_all(gather([FIRST, *others]), ME, built_in()["nudge"], NOW)
    return next(found.verdict for found in judged if FIRST in found.thread.mails)


def test_without_news_the_thread_is_quiet() -> None:
    assert verdict().quiet


def test_an_answer_from_a_machine_with_a_wrong_clock_is_an_answer() -> None:
    arrived = {"received": START + timedelta(days=3), "in_reply_to": (FIRST.message_id,)}
    assert verdict(mail(2, -10, ANN, "Re: Lisbon warehouse", "Here they are.", **arrived)).reason is Reason.ANSWERED


@pytest.mark.parametrize(
    ("subject", "text", "quiet"),
    [
        ("Lunch on Friday", "Shall we say one o'clock?", True),
        ("Lisbon warehouse", "Thanks for the call. As agreed, no need for the drawings.", False),
        ("Warehouse plans", "We found the drawings ourselves.", False),
        ("Christmas party", "The drawings for Lisbon arrived, by the way. Will you join the party?", False),
    ],
)
def test_an_own_later_mail_counts_only_when_it_is_about_the_matter(subject: str, text: str, quiet: bool) -> None:
    assert verdict(mail(2, 3, SAM, subject, text)).quiet is quiet


def test_their_new_mail_holds_whatever_it_is_about() -> None:
    found = verdict(mail(2, 3, ANN, "Something else", "Hi Sam, can you call me?"))
    assert (found.quiet, found.hold) == (False, "maybe_answered")


def test_their_answer_to_another_mail_of_ours_holds_only_when_it_touches_the_matter() -> None:
    other = mail(2, 1, SAM, "Invoice 4711", "Did you get the invoice?")
    tied = {"references": ("<2@x.example>",), "in_reply_to": ("<2@x.example>",)}
    assert verdict(other, mail(3, 3, ANN, "Re: Invoice 4711", "Yes, paid on Monday.", **tied)).quiet
    both = mail(3, 3, ANN, "Re: Invoice 4711", "Paid. The Lisbon drawings follow.", **tied)
    assert verdict(other, both).hold == "maybe_answered"


def test_another_address_of_the_person_holds() -> None:
    private = Address("ann.lee@home.example", "Ann Lee")
    assert verdict(mail(2, 3, private, "From my phone", "Here you go.")).hold == "maybe_answered"
    stranger = Address("bob.ray@home.example", "Bob Ray")
    assert verdict(mail(2, 3, stranger, "From my phone", "Here you go.")).quiet


ROBOT = Address("no-reply@slots.example", "Slots")
AUTO = {"headers": {"auto-submitted": ("auto-generated",)}}


@pytest.mark.parametrize(
    ("subject", "text", "quiet"),
    [
        ("New booking", "A new meeting has been booked.\nInvitee: Ann Lee", False),
        ("Completed: Lisbon warehouse", "All parties have signed.", False),
        ("Payment received", "You received a payment from ann@partner.example.", False),
        ("New booking", "A new meeting has been booked.\nInvitee: Bob Ray", True),
        ("Parcel", "Your parcel for Ann Lee is on its way.", True),
    ],
)
def test_a_robot_settles_a_matter_only_when_it_names_it(subject: str, text: str, quiet: bool) -> None:
    found = verdict(mail(2, 3, ROBOT, subject, text, **AUTO))
    assert found.quiet is quiet
    assert quiet or (found.reason, found.hold) == (Reason.BOOKED, "maybe_answered")


def test_a_person_who_writes_of_a_signature_is_no_robot() -> None:
    words = matter_words(FIRST.subject, FIRST.text)
    booked = mail(2, 3, ANN, "Completed: Lisbon warehouse", "All parties have signed.")
    assert settles(booked, ("ann@partner.example",), "Ann Lee", words) == ""
    assert settles(replace(booked, sender=ROBOT), ("ann@partner.example",), "Ann Lee", words)


def bounce(*failed: str) -> Mail:
    status = "\n\n".join(f"Final-Recipient: rfc822; {name}\nAction: failed\nStatus: 5.1.1" for name in failed)
    return mail(
        2, 0.1, Address("mailer-daemon@mx.example"), "Undelivered", "failed", references=(FIRST.message_id,),
        in_reply_to=(FIRST.message_id,), failed=failed, parts=(Part("message/delivery-status", status),),
    )  # fmt: skip


def test_one_failed_recipient_of_two_leaves_the_other() -> None:
    bob = Address("bob@partner.example", "Bob Ray")
    both = replace(FIRST, to=(bob, ANN))
    one = summarise(gather([both, bounce("bob@partner.example")])[0], ME)
    assert (one.person, one.people, one.blocked) == ("ann@partner.example", ("ann@partner.example",), "")
    none = summarise(gather([both, bounce("bob@partner.example", "ann@partner.example")])[0], ME)
    assert none.blocked == "bounced"


def test_follow_ups_by_hand_show_a_habit_after_three() -> None:
    def chased(number: int) -> Mail:
        tied = {"references": (f"<{number}@x.example>",), "in_reply_to": (f"<{number}@x.example>",)}
        return mail(number + 50, 14 + number, SAM, f"Re: Matter {number}", "Any news on this?", **tied)

    asked = [mail(number, number, SAM, f"Matter {number}", ASKED) for number in range(10, 13)]
    summaries = [summarise(thread, ME) for thread in gather([*asked, *(chased(number) for number in range(10, 13))])]
    assert [summary.waits for summary in summaries] == [(10,)] * 3
    waits = [summary.waits for summary in summaries]
    assert own_habit(waits) == 10 and own_habit(waits[:2]) == 0


def test_prefixes_are_no_part_of_a_subject_and_years_no_references() -> None:
    assert bare_subject("RE: AW: Fwd: [x] Lisbon") == "[x] lisbon"
    assert "2026" not in matter_words("Plan 2026", "")
    assert shares(matter_words("Hello", "about INV-2031"), matter_words("Bonjour", "facture INV-2031"))
    assert not shares(matter_words("Question", "Could you call me?"), matter_words("Question", "Where are you?"))
