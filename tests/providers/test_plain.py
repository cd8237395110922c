"""Nothing that drives a terminal survives; what people write does."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.plain import plain

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
    ("a family emoji", "👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
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
        assert letter in "\n\t\u200d" + PREPENDED or unicodedata.category(letter) not in {"Cc", "Cs", "Co", "Cf"}, hex(
            ord(letter)
        )


@given(st.text(alphabet="\x1b[]0;123mP\\\x07\x9b\x9d\x9ca", max_size=60))
def test_no_arrangement_of_escapes_survives(text: str) -> None:
    shown = plain(text)
    assert "\x1b" not in shown
    assert not any("\x7f" <= letter <= "\x9f" for letter in shown)
