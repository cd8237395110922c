"""A table of people as spreadsheets write it, and the slips of the hand in their addresses."""

from __future__ import annotations

import pytest

from agent.decide.gate.typos import meant_domain, one_edit
from agent.decide.plans.listed_people import MOST_ROWS, decoded, people_in

HEAD = "address,plan,about,date,name,say\n"


def test_commas_quotes_and_texts_of_several_lines() -> None:
    rows = people_in(
        HEAD
        + 'ann@x.example,sales,"Two days, from May?\nOr three?",2026-12-01,"Lee, Ann",2=Any news?\n\nb@x.example,winback\n'
    )
    first, second = rows
    assert (
        first.about == "Two days, from May?\nOr three?" and first.name == "Lee, Ann" and first.texts == {2: "Any news?"}
    )
    assert (first.row, second.row, second.plan, second.about, second.texts) == (2, 4, "winback", "", {})


def test_semicolons_capitals_and_other_orders() -> None:
    (row,) = people_in("Plan ; ADDRESS;say\nsales;ann@x.example;Hello, you\n")
    assert (row.plan, row.address, row.texts) == ("sales", "ann@x.example", {1: "Hello, you"})


@pytest.mark.parametrize(
    ("raw", "text", "encoding"),
    [
        ("é,plan".encode(), "é,plan", "utf-8-sig"), (b"\xef\xbb\xbfaddress", "address", "utf-8-sig"),
        ("Zoë".encode("latin-1"), "Zoë", "cp1252"), ("it’s 5 €".encode("cp1252"), "it’s 5 €", "cp1252"),
        (b"a\x81\xe9", "a\x81é", "latin-1"),
    ],
)  # fmt: skip
def test_the_encoding_is_told_by_what_fails(raw: bytes, text: str, encoding: str) -> None:
    assert decoded(raw) == (text, encoding)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"), ("\n \n", "is empty"), ("ann@x.example,sales\n", "has no header"), ("address,about\n", "no column 'plan'"),
        ("plan\nsales\n", "no column 'address'"), ("address,plan,abuot\n", "did you mean 'about'"),
        ("address,plan,plan\n", "twice"), (HEAD + 'a@x.example,"sales\n', "row 2"),
        (HEAD + "a@x.example,sales\n" * (MOST_ROWS + 1), "more than 2,000 rows"),
        (HEAD + "a@x.example,sales," + "x" * 200_000, "row 2"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_where_and_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        people_in(text)


@pytest.mark.parametrize("raw", ["address".encode("utf-16"), b"PK\x03\x04\x00\x00"])
def test_what_is_no_text_is_said_so(raw: bytes) -> None:
    with pytest.raises(ValueError, match="save it as CSV"):
        decoded(raw)


def test_a_row_with_too_many_cells_is_a_row_that_says_so() -> None:
    (row,) = people_in("address,plan\na@x.example,sales,Hello,you\n")
    assert "more cells than the header" in row.wrong
    assert people_in("address,plan\na@x.example,sales,,\n")[0].wrong == ""


KNOWN = ("partner.example", "hp.com", "museum.fr")


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"), ("gmail.con", "gmail.com"), ("gmal.com", "gmail.com"), ("gmaill.com", "gmail.com"),
        ("hotmial.com", "hotmail.com"), ("outlok.com", "outlook.com"), ("yaho.com", "yahoo.com"), ("gamil.com", "gmail.com"),
        ("partnr.example", "partner.example"), ("patrner.example", "partner.example"), ("PARTNERS.example", "partner.example"),
        ("gmail.com", ""), ("mail.com", ""), ("ymail.com", ""), ("partner.example", ""), ("bp.com", ""), ("museum.de", ""),
        ("museum.br", ""), ("museum.it", ""), ("other.example", ""), ("gmx.net", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_slip_of_the_hand_names_what_was_meant(domain: str, meant: str) -> None:
    assert meant_domain(domain, KNOWN) == meant


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("ab", "ab", False), ("ab", "a", True), ("ab", "ba", True), ("abc", "acb", True), ("abc", "xbc", True),
        ("abc", "abd", True), ("abc", "cab", False), ("abcd", "badc", False), ("a", "b", True), ("", "a", True),
        ("abc", "abcde", False), ("abcx", "acb", False),
    ],
)  # fmt: skip
def test_one_edit_is_one(one: str, other: str, near: bool) -> None:
    assert one_edit(one, other) is near and one_edit(other, one) is near
