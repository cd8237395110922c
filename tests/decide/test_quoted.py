"""What a writer typed is told from the history a mail program put below or above it."""

from __future__ import annotations

import pytest

from tests.judgement.dressing import STYLES, WROTE, dressed
from voice.languages.quoted import typed

BODY = "We have read it twice.\n\nThe second page is wrong, could you change it?"


@pytest.mark.parametrize("language", sorted(WROTE))
@pytest.mark.parametrize("style", ["gmail", "outlook", "ios", "bottom"])
def test_history_in_any_language_and_place_is_left_out(style: str, language: str) -> None:
    assert (
        typed(dressed(BODY, style, language)).replace("\n\n", " ").startswith("We have read it twice. The second page")
    )
    assert "stop writing" not in typed(dressed(BODY, style, language))


@pytest.mark.parametrize("style", ["html", "htmlo"])
def test_history_of_mails_that_are_html_alone_is_left_out(style: str) -> None:
    assert set(STYLES) >= {style}
    assert "stop writing" not in typed(dressed(BODY, style, "en"))
    assert "second page" in typed(dressed(BODY, style, "en"))


def test_answers_between_the_quoted_lines_are_kept() -> None:
    text = "On Tue, Mar 10, 2026 at 10:30 Sam <sam@mine.example> wrote:\n> Which colour?\n\nBlue.\n\n> And the size?\n\nLarge."
    assert typed(text).split() == ["Blue.", "Large."]


def test_a_line_that_only_names_an_address_and_a_time_is_no_history() -> None:
    text = "At 10:30 we got this from bob@other.example:\nthe door is stuck\nand nobody can enter."
    assert "nobody can enter" in typed(text)
