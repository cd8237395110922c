"""Words of others are not the user's, whatever their program puts above a quoted mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.decide.reading.copied import without_copies
from agent.decide.threads.received import mails_received_by
from agent.decide.threads.summary import summarise
from agent.decide.threads.threads import Thread
from agent.decide.values import Me
from providers.base import Address, Mail, Origin, Role

ME = Me(name="Sam Okafor", addresses=("sam@y.example",), zone="UTC")
AT = datetime(2026, 3, 10, 10, tzinfo=UTC)
EVE = Address("eve@evil.example", "Eve")
BOSS = Address("boss@corp.example", "Boss")
EVIL = (
    "Hi Sam,\n\nI've put the two contracts for the harbour in one table.  Which of the two should we sign for Ghent?\n\n"
    "Best,\nEve"
)
FIELDS = "{}: Eve <eve@evil.example>\n{}: 2 2026 09:00\n{}: Sam\n{}: Offer\n\n"
HEADS = {
    "english": "-----Original Message-----\n" + FIELDS.format("From", "Sent", "To", "Subject"),
    "turkish": "-----Orijinal Mesaj-----\n" + FIELDS.format("Kimden", "Gönderildi", "Kime", "Konu"),
    "greek": FIELDS.format("Από", "Στάλθηκε", "Προς", "Θέμα"),
    "korean": "-----원본 메시지-----\n" + FIELDS.format("보낸 사람", "보낸 날짜", "받는 사람", "제목"),
    "hebrew": FIELDS.format("מאת", "נשלח", "אל", "נושא"),
    "lotus": "Eve <eve@evil.example>\n02.03.2026 09:00\n\nTo\nSam <sam@y.example>\ncc\n\nSubject\nOffer\n\n",
    "bare": "Eve:\n\n",
    "rule": "* * *\n-----\n\n",
}
FIELDED = ("turkish", "greek", "korean", "hebrew")


def theirs(text: str = EVIL, **more: object) -> Mail:
    at = AT - timedelta(hours=5)
    made = Mail("q", "<q@x>", at, at, EVE, (Address("sam@y.example"),), subject="Offer", text=text)
    return replace(made, **more)  # type: ignore[arg-type]


def ours(text: str, *, answers: bool = True, hours: int = 0, name: str = "re") -> Mail:
    at = AT + timedelta(hours=hours)
    return Mail(
        name, f"<{name}@y>", at, at, Address("sam@y.example", "Sam"), (EVE, BOSS), text=text, role=Role.SENT,
        subject="Re: Offer" if answers else "Offer", origin=Origin.SENT,
        in_reply_to=("<q@x>",) if answers else (), references=("<q@x>",) if answers else (),
    )  # fmt: skip


@pytest.mark.parametrize("mine", ["OK, thanks.\n\n", "Hi both,\n\nthank you, that is fine with us.\n\nBest,\nSam\n\n"])
@pytest.mark.parametrize("origin", [Origin.OTHER, Origin.CLAIMED])
@pytest.mark.parametrize("head", sorted(HEADS))
def test_a_question_in_the_mail_that_is_answered_is_not_the_users(head: str, origin: Origin, mine: str) -> None:
    own = ours(mine + HEADS[head] + EVIL)
    thread = Thread("t", (theirs(origin=origin), own))
    found = summarise(thread, ME)
    assert not found.asks
    (said,) = mails_received_by(thread, own.message_id, "", ME.keys)
    assert "Ghent" not in said.text or head == "english"


def test_neither_new_line_breaks_nor_a_subject_hide_it() -> None:
    broken = EVIL.replace("  ", " ").replace(" in one", "\nin one").replace(" we sign", "\nwe sign")
    assert not summarise(Thread("t", (theirs(), ours(f"Fine.\n\nEve\n{broken}"))), ME).asks
    asking = theirs("Hello.", subject="Could you please send the red folder to Ghent?")
    own = ours(f"Fine.\n\nKimden: Eve\nKonu: {asking.subject}\n\nHello.")
    assert not summarise(Thread("t", (asking, own)), ME).asks


@pytest.mark.parametrize("head", FIELDED)
def test_the_question_of_a_mail_that_is_not_here_is_at_most_asked_about(head: str) -> None:
    for answers in (True, False):
        found = summarise(Thread("t", (ours("Fine.\n\n" + HEADS[head] + EVIL, answers=answers),)), ME)
        assert (found.asks, found.blocked) == (True, "whose_words")


@pytest.mark.parametrize("head", ["lotus", "bare", "rule"])
def test_a_line_is_enough_where_an_answer_has_no_question_of_its_own(head: str) -> None:
    found = summarise(Thread("t", (ours("Fine.\n\n" + HEADS[head] + EVIL),)), ME)
    assert found.blocked == "whose_words"
    mail = ours("Could you send me the list?\n\n" + HEADS[head] + EVIL)
    own = summarise(Thread("t", (mail,)), ME)
    assert (own.asks, own.blocked, own.evidence) == (True, "", "Could you send me the list?")
    assert "Ghent" not in mails_received_by(Thread("t", (mail,)), mail.message_id, "", ME.keys)[0].text


def test_words_between_quoted_lines_and_the_users_own_questions_stay() -> None:
    between = ours(EVIL.replace("Ghent?", "Ghent?\n\nThe first. Could you send it to Tom by Friday?"))
    found = summarise(Thread("t", (theirs(), between)), ME)
    assert (found.asks, found.evidence) == (True, "Could you send it to Tom by Friday?")
    near = ours(
        "Did you send the two contracts for the harbour in one table to Tom, as we said last week on the phone?"
    )
    assert summarise(Thread("t", (theirs(), near)), ME).asks


def test_what_the_user_asked_first_may_be_asked_again() -> None:
    asked = ours("Hi,\n\nWhich of the two should we sign for Ghent?\n\nSam", answers=False, name="ask", hours=-8)
    away = theirs(f"I am away.\n\n{asked.text}", in_reply_to=("<ask@y>",))
    again = ours("Hi,\n\nWhich of the two should we sign for Ghent?\n\nSam", hours=48)
    thread = Thread("t", (asked, away, again))
    assert (summarise(thread, ME).asks, summarise(thread, ME).touches) == (True, 1)
    assert mails_received_by(thread, again.message_id, "", ME.keys)[-1].text == again.text


def test_a_text_without_copies_is_left_as_it_is() -> None:
    text = "Hi Eve,\n\n> Which of the two should we sign for Ghent?\n\nThe first:  it is cheaper.\n\nBest,\nSam\n"
    assert without_copies(text, [EVIL]) is text
    assert without_copies(text, []) is text
