"""Whom the user wrote to says which of their mails belong together; what a stranger named and an answer repeats does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent.decide.threads.received import mails_received_by, names_for
from agent.decide.threads.summary import summarise
from agent.decide.threads.threads import Thread, assemble, families
from agent.decide.values import Me
from providers.base import Address, Mail, Origin

ME = Me(name="Sam", addresses=("sam@mine.example",), zone="Europe/Paris")
SAM = "sam@mine.example"
START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def ours(name: str, day: int, to: str, *refs: str, cc: str = "") -> Mail:
    at = START + timedelta(days=day)
    return Mail(
        name, f"<{name}>", at, at, Address(SAM), tuple(map(Address, to.split())), cc=tuple(map(Address, cc.split())),
        subject="Lamp", text=f"Could you tell me about {name}?", references=tuple(f"<{one}>" for one in refs),
        in_reply_to=tuple(f"<{one}>" for one in refs[-1:]), origin=Origin.SENT,
    )  # fmt: skip


def theirs(name: str, day: int, who: str, *refs: str) -> Mail:
    at = START + timedelta(days=day)
    return Mail(
        name, f"<{name}>", at, at, Address(who), (Address(SAM),), subject="Re: Lamp", text="Which one do you mean?",
        references=tuple(f"<{one}>" for one in refs), in_reply_to=tuple(f"<{one}>" for one in refs[-1:]),
    )  # fmt: skip


def answered_by(who: str, to: str, cc: str = "") -> Thread:
    """The user asked p1, somebody answered, and the user wrote on."""
    return assemble([ours("ask", 0, "p1@x1.example"), theirs("m", 1, who, "ask"), ours("on", 2, to, "ask", "m", cc=cc)])


@pytest.mark.parametrize(
    ("who", "to", "cc", "matters"),
    [
        ("p1@x1.example", "p1@x1.example", "", 1),
        ("p1@x1.example", "p1+shop@x1.example", "", 1),
        ("p1@x1.example", "p1@home.example", "", 1),
        ("bob@x1.example", "bob@x1.example", "", 1),
        ("bob@x2.example", "bob@x2.example p1@x1.example", "", 1),
        ("bob@x2.example", "bob@x2.example", "p1@x1.example", 1),
        ("p1@x1.example", "carl@c.example", "", 1),
        ("p1@x1.example", SAM, "", 1),
        ("bob@x2.example", "bob@x2.example", "", 2),
        ("eve@evil.example", "eve@evil.example", "", 2),
        ("eve@evil.example", "eve@evil.example", SAM, 2),
        ("eve@gmail.com", "eve@gmail.com", "", 2),
    ],
)
def test_an_answer_to_somebody_else_is_a_matter_of_its_own(who: str, to: str, cc: str, matters: int) -> None:
    thread = answered_by(who, to, cc)
    assert len(families(thread)) == matters
    assert (summarise(thread, ME).blocked == "joined") is (matters > 1)


def test_two_strangers_with_one_free_provider_are_not_one_organisation() -> None:
    mails = [
        ours("ask", 0, "p1@gmail.com"),
        theirs("m", 1, "eve@gmail.com", "ask"),
        ours("on", 2, "eve@gmail.com", "ask", "m"),
    ]
    assert len(families(assemble(mails))) == 2


@pytest.mark.parametrize(
    ("to", "cc", "known"),
    [
        ("eve@evil.example", "", ["on"]),
        ("bob@x1.example", "", ["on"]),
        ("eve@evil.example p1@x1.example", "", ["on"]),
        ("p1@x1.example", "", ["ask", "on"]),
        ("p1@x1.example", "eve@evil.example", ["ask", "on"]),
    ],
)
def test_a_letter_restates_what_everybody_it_goes_to_got(to: str, cc: str, known: list[str]) -> None:
    thread = answered_by(to.split()[0], to, cc)
    assert [mail.key for mail in mails_received_by(thread, "<on>", "", ME.keys)] == known


def test_where_the_last_letter_is_in_no_mailbox_yet_the_person_says_it() -> None:
    thread = answered_by("eve@evil.example", "eve@evil.example")
    assert [mail.key for mail in mails_received_by(thread, "<left>", "p1@x1.example", ME.keys)] == ["ask"]
    assert [mail.key for mail in mails_received_by(thread, "<left>", "eve@evil.example", ME.keys)] == ["on"]
    assert mails_received_by(thread, "<left>", "", ME.keys) == []


def test_a_name_stands_for_whom_it_was_first_written_to() -> None:
    thread = answered_by("eve@evil.example", "eve@evil.example")
    assert names_for(thread, ["p1@x1.example"]) == {"<ask>"}
    assert names_for(thread, ["eve@evil.example"]) == {"<m>", "<on>"}
    begun = assemble(
        [theirs("a", 0, "p1@x1.example"), ours("b", 1, "p1@x1.example", "a"), ours("c", 2, "carl@c.example", "a", "b")]
    )
    assert names_for(begun, ["p1@x1.example"]) == {"<a>", "<b>"}
