"""The sign-off is the one this user would end such a mail with, and none where they mostly use none."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.voice.someone import BODIES, START, brief
from voice.learning.corpus import Corpus, SentMail
from voice.learning.profile import Profile, build
from voice.writing.phrasebook import Phrasebook


def ending(endings: dict[str, int]) -> Profile:
    """A user who ends so many mails in each of these ways."""
    every = [text for text, times in endings.items() for _ in range(times)]
    made = Corpus()
    for number, text in enumerate(every):
        body = f"Hiya Ada,\n\n{BODIES['en'][number % 5]} ({number})\n\n{text}".rstrip()
        made.add([SentMail(f"<{number}@x>", START + timedelta(hours=number), body, "Garden", ("a@b.c",), "Ada")])
    return build(made)


@pytest.mark.parametrize(
    ("endings", "expected"),
    [
        ({"Ta,\nNoor": 30}, "Ta,\nNoor"),
        ({"": 20, "Ta,\nNoor": 10}, ""),
        ({"": 10, "Ta,\nNoor": 20}, "Ta,\nNoor"),
        ({"Noor": 20, "Best,\nNoor": 12}, "Best,\nNoor"),
        ({"Noor": 25, "Best,\nNoor": 5}, "Noor"),
    ],
)
def test_a_thread_without_a_sign_off_gets_the_one_this_user_usually_ends_with(
    endings: dict[str, int], expected: str
) -> None:
    quiet = "Hiya Bo,\n\nWhich of the two offers for the terrace should we take?"
    body = Phrasebook().write(brief(text=quiet), ending(endings)).body
    assert body.endswith(f"\n\n{expected}") if expected else not body.endswith("Noor")


def test_the_sign_off_of_the_thread_comes_before_any_habit() -> None:
    assert Phrasebook().write(brief(), ending({"": 30, "Best,\nNoor": 2})).body.endswith("Ta,\nNoor")
