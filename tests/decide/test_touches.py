"""A letter of relance's counts as a touch, also where its restated question is taken for a quote."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from agent.config import Config
from agent.decide.plans.exits import standing
from agent.decide.threads.quiet import WaitHabits, judge
from agent.decide.threads.summary import summarise
from agent.decide.threads.threads import Thread
from agent.decide.values import Me
from agent.sequences.plans import plan_named
from providers.base import Address, Mail, Origin, Role

ME = Me(name="Sam", addresses=("sam@y.example",), zone="UTC")
ASKED = datetime(2026, 3, 10, 10, tzinfo=UTC)
QUESTION = "Could you tell me whether it works for you?"


def ours(name: str, days: int, text: str, *, marked: bool) -> Mail:
    at = ASKED + timedelta(days=days)
    return Mail(
        key=name, message_id=f"<{name}@y.example>", date=at, received=at, sender=Address("sam@y.example", "Sam"),
        to=(Address("kim@x.example", "Kim"),), subject="Offer", text=text, role=Role.SENT,
        origin=Origin.SENT,
        in_reply_to=("<ask@y.example>",) if days else (), references=("<ask@y.example>",) if days else (),
        headers={"x-relance-id": ("abc",)} if marked else {},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "marked", "days", "touches"),
    [
        (f"Hi Kim,\n\nI haven't had an answer about the offer yet:\n\n{QUESTION}\n\nBest,\nSam", True, 5, 1),
        ("Here is the list I forgot.", True, 5, 1),
        ("Here is the list I forgot.", False, 5, 0),
        ("Did you have a chance to look?", False, 5, 1),
        ("Did you have a chance to look?", True, 0, 1),
        ("Did you have a chance to look?", False, 0, 0),
    ],
)
def test_what_counts_as_a_touch(text: str, marked: bool, days: int, touches: int) -> None:
    ask = ours("ask", 0, f"Hi Kim,\n\nhere is our offer.\n{QUESTION}\n\nBest,\nSam", marked=False)
    found = summarise(Thread("t", (ask, ours("next", days, text, marked=marked))), ME)
    assert (found.touches, found.asks) == (touches, True)


def test_a_mail_read_only_in_part_holds_a_thread_in_which_it_came_last() -> None:
    ask = ours("ask", 0, f"Hi Kim,\n\nhere is our offer.\n{QUESTION}\n\nBest,\nSam", marked=False)
    at = ASKED + timedelta(days=2)
    away = Mail(
        key="away", message_id="<away@x.example>", date=at, received=at, sender=Address("kim@x.example", "Kim"),
        to=(Address("sam@y.example"),), subject="Automatic reply: Offer", text="I am out of the office until 13 March.",
        in_reply_to=("<ask@y.example>",), headers={"auto-submitted": ("auto-replied",)}, half_read=True,
    )  # fmt: skip
    for half_read in (True, False):
        found = summarise(Thread("t", (ask, replace(away, half_read=half_read))), ME)
        assert (found.half_read, found.problem, found.meaning) == (half_read, False, "away")
        later = datetime(2026, 4, 1, 10, tzinfo=UTC)
        verdict = judge(found, WaitHabits(zone="UTC", max_age_days=90), later)
        assert (verdict.quiet, verdict.reason) == ((False, "unreadable") if half_read else (True, "due"))
        assert standing(found, plan_named(Config(), "sales")).hold == ("unsure" if half_read else "")
    assert not summarise(Thread("t", (ask, away, ours("next", 5, QUESTION, marked=False))), ME).half_read
