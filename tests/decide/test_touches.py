"""A letter of relance's counts as a touch, also where its restated question is taken for a quote."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent.decide.threads.summary import summarise
from agent.decide.threads.threads import Thread
from agent.decide.values import Me
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
