"""A day the other side promised and let pass is named in the draft; other days are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent.decide.threads.threads import Thread, assemble
from agent.decide.values import Me
from agent.drafting.promises import broken_promise, in_words
from agent.drafting.writing import Wish, brief_for
from providers.base import Address, Mail, Origin, Role

ME = Me(name="Sam", addresses=("sam@mine.example",), zone="UTC")
SENT = datetime(2026, 3, 10, 9, tzinfo=UTC)
ASK = "Hi Ann, could you please send me your decision on the proposal for the new office?"


def thread(*answers: str, ask: str = ASK) -> Thread:
    mails = [_mail(0, ask, mine=True), *(_mail(number, text) for number, text in enumerate(answers, 1))]
    return assemble(mails)


def _mail(number: int, text: str, *, mine: bool = False) -> Mail:
    sam, ann = Address("sam@mine.example", "Sam"), Address("ann@partner.example", "Ann Lee")
    at = SENT + timedelta(hours=number)
    return Mail(
        key=f"k{number}", message_id=f"<{number}@x.example>", date=at, received=at, sender=sam if mine else ann,
        to=(ann if mine else sam,), subject="Proposal", text=text, references=("<0@x.example>",) if number else (),
        in_reply_to=("<0@x.example>",) if number else (), role=Role.SENT if mine else Role.INBOX,
        origin=Origin.SENT if mine else Origin.OTHER,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "days", "named"),
    [
        (["I'll get back to you by Friday."], 8, "2026-03-13"),
        (["I'll get back to you by Friday."], 2, None),
        (["I'll get back to you when things calm down."], 8, None),
        (["I'll get back to you by Friday.", "Here it is, all approved."], 8, None),
        (["Looks good to me."], 8, None),
        ([], 8, None),
    ],
)
def test_only_a_promise_that_has_passed_is_named(answers: list[str], days: int, named: str | None) -> None:
    found = broken_promise(thread(*answers), ME, SENT + timedelta(days=days))
    assert (found.isoformat() if found else None) == named


def test_the_writer_gets_the_day_in_the_language_of_our_own_mail() -> None:
    now = SENT + timedelta(days=8)
    brief = brief_for(thread("I'll get back to you by Friday."), ME, now, Wish())
    assert "Friday" in brief.promised and "13" in brief.promised
    german = thread("Ich melde mich bis Freitag.", ask="Hallo Ann, könnten Sie mir bitte Ihre Entscheidung schicken?")
    assert "Freitag" in brief_for(german, ME, now, Wish()).promised


def test_a_day_is_left_out_where_our_language_cannot_be_told() -> None:
    assert in_words(SENT.date(), _mail(0, "?", mine=True), SENT) == ""
