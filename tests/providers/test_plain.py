"""Nothing that drives a terminal survives; what people write does."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.mail.plain import in_cell, in_json, plain, written

CASES = [
    ("a colour", "\x1b[31mred\x1b[0m", "red"),
    ("a clipboard write", "a\x1b]52;c;AAAA\x07b", "ab"),
    ("a window title", "\x1b]0;owned\x1b\\x", "x"),
    ("an unfinished sequence", "x\x1b]0;owned", "x"),
    ("eight-bit sequences", "x\x9b31my\x9d0;t\x9cz", "xyz"),
    ("a device control string", "\x1bP1$r\x1b\\ok", "ok"),
    ("a terminal reset", "\x1bcx", "x"),
    ("backspaces and bells", "safe\x08\x07", "safe"),
    ("reversed text", "\u202eexe.pdf", "exe.pdf"),
    ("hidden letters", "pay\u200bpal\u2060", "paypal"),
    ("tag letters", "hi\U000e0041\U000e0042", "hi"),
    ("other line ends", "a\r\nb\rc\u2028d", "a\nb\nc\nd"),
    ("a family emoji", "👨\u200d👩\u200d👧", "👨👩👧"),
    ("a heart", "\u2764\ufe0f", "\u2764"),
    ("a joiner between letters", "a\u200db", "ab"),
    ("letters with marks", "e\u0301", "é"),
    ("a tower of marks", "a" + "\u0335" * 40, "a" + "\u0335" * 3),
    ("markup stays text", "[@click=app.quit]x[/]", "[@click=app.quit]x[/]"),
    ("tabs and lines", "a\tb\n", "a\tb\n"),
]


@pytest.mark.parametrize(("name", "given_text", "shown"), CASES, ids=[case[0] for case in CASES])
def test_each_kind_of_text(name: str, given_text: str, shown: str) -> None:
    assert plain(given_text) == shown


PREPENDED = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
"""Visible signs that Unicode files under format characters."""


@given(st.text())
def test_no_control_character_survives_and_twice_is_once(text: str) -> None:
    shown = plain(text)
    assert plain(shown) == shown
    for letter in shown:
        assert letter in "\n\t" + PREPENDED or unicodedata.category(letter) not in {"Cc", "Cs", "Co", "Cf"}, hex(
            ord(letter)
        )


@given(st.text(alphabet="\x1b[]0;123mP\\\x07\x9b\x9d\x9ca", max_size=60))
def test_no_arrangement_of_escapes_survives(text: str) -> None:
    shown = plain(text)
    assert "\x1b" not in shown
    assert not any("\x7f" <= letter <= "\x9f" for letter in shown)


IGNORABLE = (
    (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F),
    (0x202A, 0x202E), (0x2060, 0x206F), (0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip


def test_nothing_that_is_never_seen_is_printed() -> None:
    every = "".join(chr(code) for first, last in IGNORABLE for code in range(first, last + 1))
    for around in ("a", "\U0001f600", "\u2764", "\u0915", "\u1820"):
        text = "".join(around + letter for letter in every)
        assert plain(text) == around * len(every)
        for shown in (in_json(text), in_cell(text)):
            assert not set(shown) & set(every)
        assert not set(written(text)) & set(every) - set("\u200c\u200d\u180b\u180c\u180d\u180f\ufe0e\ufe0f")


@pytest.mark.parametrize(("typed", "kept"), [
    ("\u2764\ufe0f", "\u2764\ufe0f"),
    ("\u2764\ufe0f\ufe0e\ufe0f", "\u2764\ufe0f"),
    ("\U0001f468\u200d\u2764\ufe0f\u200d\U0001f468", "\U0001f468\u200d\u2764\ufe0f\u200d\U0001f468"),
    ("1\ufe0f\u20e3", "1\ufe0f\u20e3"),
    ("1\ufe0f2", "12"),
    ("a\ufe0fb\ufe01c\U000e0101d\u2800e", "abcde"),
    ("\u1820\u180b\u180c", "\u1820\u180b"),
])  # fmt: skip
def test_in_a_letter_a_selector_stays_where_an_emoji_or_a_script_needs_it(typed: str, kept: str) -> None:
    assert written(typed) == kept


@given(st.text(alphabet="a1\u0915\u1820\u2764\U0001f468\u200c\u200d\ufe0e\ufe0f\u180b\u20e3\u034f \n", max_size=30))
def test_what_a_letter_may_carry_stays_as_it_is(text: str) -> None:
    assert written(written(text)) == written(text)
