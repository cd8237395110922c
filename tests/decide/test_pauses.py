"""Where several pauses meet, nothing is due before the last of them ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from agent.decide.dates.pauses import Said, governing
from agent.decide.threads.quiet import WaitHabits, due_day
from agent.decide.threads.summary import summarise
from agent.decide.threads.threads import Thread
from agent.decide.values import Answer, Me, Meaning
from providers.base import Address, Mail, Origin, Role

ASKED = datetime(2026, 3, 2, 10, tzinfo=UTC)
"""A Monday."""


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ([], None),
        ([("reply", None)], None),
        # An absence outlasts a promise made in it, and a promise an absence that ends before.
        ([("away", 14), ("later", 8)], 0),
        ([("later", 14), ("away", 8)], 0),
        ([("later", 8), ("away", 14)], 1),
        # A newer word of the same kind replaces the older one, also where it names an earlier day.
        ([("later", 14), ("later", 8)], 1),
        ([("away", 14), ("away", 8)], 1),
        # Without a day: ten workdays for a promise, five for an absence, none for a delay.
        ([("later", None), ("away", 9)], 0),
        ([("away", None), ("later", 4)], 0),
        ([("delay", None), ("later", 8)], 1),
        ([("later", 8), ("delay", None)], 0),
        # What has passed holds up nothing that came after it.
        ([("later", 1), ("receipt", None), ("receipt", None), ("delay", None)], 3),
        ([("away", 1), ("away", 0), ("later", 1)], 2),
    ],
)
def test_the_pause_that_ends_last_holds(said: list[tuple[str, int | None]], place: int | None) -> None:
    """Each mail comes a day after the one before; days are counted from the first one."""
    read = [
        Said(
            Answer(Meaning(word), "", None if day is None else ASKED.date() + timedelta(days=day)),
            ASKED + timedelta(days=at),
        )
        for at, (word, day) in enumerate(said)
    ]
    assert governing(read) == place


@pytest.mark.parametrize(
    ("said", "place"),
    [
        # Somebody else's absence or promise shortens nobody's.
        ([("away", 60, "ann"), ("away", 3, "bob")], 0),
        ([("later", 60, "ann"), ("later", 3, "bob")], 0),
        ([("away", 3, "ann"), ("away", 60, "bob")], 1),
        # Their own newer word does, and leaves the other's as it is.
        ([("away", 60, "ann"), ("away", 3, "bob"), ("away", 4, "ann")], 2),
        ([("away", 60, "ann"), ("away", 20, "bob"), ("away", 4, "ann")], 1),
        ([("away", 60, "ann"), ("away", 4, "ann"), ("away", 3, "bob")], 1),
    ],
)
def test_only_their_own_word_shortens_a_pause(said: list[tuple[str, int, str]], place: int) -> None:
    read = [
        Said(Answer(Meaning(word), "", ASKED.date() + timedelta(days=day)), ASKED, f"{writer}@x.example")
        for word, day, writer in said
    ]
    assert governing(read) == place


def test_a_stranger_who_is_away_briefly_ends_nobodys_absence() -> None:
    ask = _mail("ask", 0, "Hi Kim,\n\nhere is our offer. Could you tell me whether it works for you?\n\nSam", mine=True)
    away = _mail("in1", 1, ABSENT, mine=False)
    other = replace(
        _mail("in2", 2, "I am out of the office until 5 March 2026.", mine=False), sender=Address("bob@z.example")
    )
    found = summarise(Thread("t", (ask, away, other)), Me(name="Sam", addresses=("sam@y.example",), zone="UTC"))
    assert found.until == "2026-03-17"


ABSENT, PROMISED = "I am out of the office until 16 March 2026.", "I will get back to you on Tuesday, 10 March 2026."


@pytest.mark.parametrize("texts", [(ABSENT, PROMISED), (PROMISED, ABSENT)])
def test_nothing_is_due_in_an_absence_because_of_a_promise(texts: tuple[str, str]) -> None:
    ask = _mail("ask", 0, "Hi Kim,\n\nhere is our offer. Could you tell me whether it works for you?\n\nSam", mine=True)
    theirs = [_mail(f"in{day}", day, text, mine=False) for day, text in enumerate(texts, 1)]
    found = summarise(Thread("t", (ask, *theirs)), Me(name="Sam", addresses=("sam@y.example",), zone="UTC"))
    day, _ = due_day(found, WaitHabits())
    assert found.asks
    assert day >= date(2026, 3, 17)


def _mail(name: str, days: int, text: str, *, mine: bool) -> Mail:
    at = ASKED + timedelta(days=days)
    sam, kim = Address("sam@y.example", "Sam"), Address("kim@x.example", "Kim")
    return Mail(
        key=name, message_id=f"<{name}@y.example>", date=at, received=at, sender=sam if mine else kim,
        to=(kim if mine else sam,), subject="Offer", text=text, role=Role.SENT if mine else Role.INBOX,
        origin=Origin.SENT if mine else Origin.OTHER,
        in_reply_to=("<ask@y.example>",) if days else (), references=("<ask@y.example>",) if days else (),
        headers={"auto-submitted": ("auto-replied",)} if text == ABSENT else {},
    )  # fmt: skip
