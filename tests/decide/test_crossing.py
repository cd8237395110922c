"""A mail that crossed our last one on the way is news; what we had seen, or what was moved here, is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent.decide.threads.summary import summarise
from agent.decide.threads.threads import Thread, assemble
from agent.decide.values import Me
from providers.base import Address, Mail, Origin, Role

ME = Me(name="Sam", addresses=("sam@mine.example",), zone="UTC")
OURS = datetime(2026, 3, 10, 10, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def mail(
    name: str, written: datetime, arrived: datetime, text: str, *, mine: bool = False, refs: tuple[str, ...] = ()
) -> Mail:
    ours, theirs = Address("sam@mine.example", "Sam"), Address("ann@x.example", "Ann")
    return Mail(
        key=name, message_id=f"<{name}@x.example>", date=written, received=arrived, sender=ours if mine else theirs,
        to=(theirs if mine else ours,), subject="Plan", text=text, in_reply_to=refs, references=refs,
        role=Role.SENT if mine else Role.INBOX, origin=Origin.SENT if mine else Origin.OTHER,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("written", "arrived", "seen", "blocked"),
    [
        pytest.param(OURS - HOUR, OURS + HOUR, False, "answered", id="an hour on the way"),
        pytest.param(OURS - 3 * DAY, OURS + DAY, False, "answered", id="four days on the way"),
        pytest.param(OURS - HOUR, OURS - HOUR + DAY / 48, False, "", id="there when we wrote"),
        pytest.param(OURS - HOUR, OURS - HOUR, True, "", id="we answered it ourselves"),
        pytest.param(OURS - HOUR, OURS + HOUR, True, "answered", id="under a name we had used before it came"),
        pytest.param(OURS - 30 * DAY, OURS + DAY, False, "answered", id="a clock that is a month wrong"),
    ],
)
def test_a_mail_that_crossed_ours_is_an_answer(written: datetime, arrived: datetime, seen: bool, blocked: str) -> None:
    first = mail("a", OURS - 40 * DAY, OURS - 40 * DAY, "Here is the plan. What do you think?", mine=True)
    theirs = mail("b", written, arrived, "I like the plan, go ahead.", refs=(first.message_id,))
    known = (first.message_id, theirs.message_id) if seen else (first.message_id,)
    again = mail("c", OURS, OURS, "What do you think of the plan?", mine=True, refs=known)
    found = summarise(Thread(first.message_id, (first, theirs, again)), ME)
    assert found.blocked == blocked


@pytest.mark.parametrize(
    ("refs", "came", "blocked"),
    [
        ((), OURS + DAY, ""),
        (("<q@x.example>",), OURS + DAY, ""),
        (("<a@mine.example>",), OURS + DAY, "answered"),
        (("<c@mine.example>",), OURS + DAY, "answered"),
        (("<a@mine.example>",), OURS - 29 * DAY, ""),
    ],
)
def test_old_mail_that_is_filed_anew_is_no_answer_unless_it_names_a_mail_of_ours(
    refs: tuple[str, ...], came: datetime, blocked: str
) -> None:
    first = mail("a", OURS - 40 * DAY, OURS - 40 * DAY, "Here is the plan. What do you think?", mine=True)
    again = mail("c", OURS, OURS, "What do you think of the plan?", mine=True, refs=(first.message_id,))
    names = tuple(
        name.replace("<a@mine.example>", first.message_id).replace("<c@mine.example>", again.message_id)
        for name in refs
    )
    theirs = mail("b", OURS - 30 * DAY, came, "I like the plan, go ahead.", refs=names)
    assert summarise(assemble([first, theirs, again]), ME).blocked == blocked


def test_mail_brought_here_all_at_once_is_read_by_its_dates() -> None:
    moved = OURS + 90 * DAY
    first = mail("a", OURS - 40 * DAY, moved, "Here is the plan. What do you think?", mine=True)
    theirs = mail("b", OURS - 30 * DAY, moved + HOUR, "I like the plan, go ahead.", refs=(first.message_id,))
    again = mail("c", OURS, moved, "What do you think of the colours?", mine=True, refs=(first.message_id,))
    assert summarise(assemble([first, theirs, again]), ME).blocked == ""
