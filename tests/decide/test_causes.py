"""What the user says to relance in a label or in Bcc is read as a day or a word, and nobody else says it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from agent.decide.plans.causes import Cause, cause_of, day_of, words_in_bcc
from agent.decide.threads.people import recipients
from agent.decide.threads.threads import assemble, families
from providers.base import Address, Mail, Origin, Role

NOW = datetime(2027, 2, 3, 10, tzinfo=UTC)
OWN = ("sam@mine.example", "sam+work@mine.example", "Alias@Other.example")


@pytest.mark.parametrize(
    ("word", "day"),
    [
        ("3d", date(2027, 2, 6)), ("2w", date(2027, 2, 17)), ("1m", date(2027, 3, 5)),
        ("2027-03-01", date(2027, 3, 1)), ("fri", date(2027, 2, 5)), ("tomorrow", date(2027, 2, 4)),
        ("0d", None), ("3h", None), ("99h", None), ("2027-02-03", None), ("2026-12-24", None), ("2027-02-30", None),
        ("999d", None), ("3days", None), ("-3d", None), ("3 d", None), ("3d 9am", None), ("2027-03-01t09:00", None),
        ("2999-01-01", None), ("", None), ("sales", None), ("٣d", date(2027, 2, 6)),
    ],
)  # fmt: skip
def test_a_word_is_a_day_to_come_or_none(word: str, day: date | None) -> None:
    assert day_of(word, NOW, UTC) == day


def mail(*bcc: str, origin: Origin = Origin.SENT, to: str = "ann@partner.example", cc: str = "") -> Mail:
    copied = (Address(cc),) if cc else ()
    return Mail(
        "k1", "<m1@mine.example>", NOW, NOW, Address("sam@mine.example"), to=(Address(to),), cc=copied,
        bcc=tuple(map(Address, bcc)), role=Role.SENT, origin=origin, text="Could you tell me?",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("bcc", "words"),
    [
        (("sam+relance-3d@mine.example",), ("3d",)),
        (("Sam+Relance-Sales@Mine.example",), ("sales",)),
        (("sam+work+relance-2w@mine.example",), ("2w",)),
        (("alias+relance-3d@other.example",), ("3d",)),
        (("bob@other.example", "sam+relance-3d@mine.example", "sam+relance-3d@mine.example"), ("3d",)),
        (("sam+relance-3d@evil.example",), ()),
        (("bob+relance-3d@mine.example",), ()),
        (("sam+other+relance-3d@mine.example",), ()),
        (("sam+relance-@mine.example",), ()),
        (("sam+relance@mine.example",), ()),
        (("sam@mine.example",), ()),
        (("sam+relance-3d@mine.example.evil.example",), ()),
    ],
)
def test_a_word_stands_in_bcc_behind_an_own_address(bcc: tuple[str, ...], words: tuple[str, ...]) -> None:
    assert words_in_bcc(mail(*bcc), OWN) == words
    assert words_in_bcc(mail(*bcc, origin=Origin.PROVEN), OWN) == words


@pytest.mark.parametrize("origin", [Origin.CLAIMED, Origin.OTHER])
def test_mail_that_is_not_known_to_be_mine_says_nothing(origin: Origin) -> None:
    assert words_in_bcc(mail("sam+relance-3d@mine.example", origin=origin), OWN) == ()


def test_to_and_cc_say_nothing() -> None:
    assert words_in_bcc(mail(to="sam+relance-3d@mine.example"), OWN) == ()
    assert words_in_bcc(mail(cc="sam+relance-3d@mine.example"), OWN) == ()


def test_such_an_address_gets_no_letter_and_counts_as_nobody() -> None:
    plain, tagged = mail(), mail("sam+relance-3d@mine.example")
    assert recipients(tagged, OWN) == recipients(plain, OWN)
    assert [one.key for one in recipients(tagged, OWN).to] == ["ann@partner.example"]


def test_one_word_in_two_mails_does_not_make_one_matter_of_them() -> None:
    word = "alias+relance-3d@other.example"
    one = mail(word)
    other = replace(mail(word, to="bob@third.example"), key="k2", message_id="<m2@mine.example>")
    joined = replace(mail(), key="k3", message_id="<x@evil.example>", sender=Address("x@evil.example"),
                     origin=Origin.OTHER, references=(one.message_id, other.message_id))  # fmt: skip
    assert len(families(assemble([one, other, joined]))) == 2


def test_a_cause_survives_its_row_and_damage_is_no_cause() -> None:
    for cause in (Cause("label", "3d"), Cause("bcc", "sales", "<m@x>"), Cause("rule", "2", "<m@x>", "ab")):
        assert cause_of(cause.packed()) == cause
        assert cause.word in cause.words
    assert cause_of("") == cause_of("{") == cause_of('{"by": 1, "no": 2}') == Cause()
