"""Texts made to keep the reader of quotes busy for ever, read in no time to speak of."""

from __future__ import annotations

import random
import time

import pytest

from voice.languages.quoted import typed
from voice.languages.quotes import typed as typed_by_voice
from voice.languages.replies import new_text

MOST_SECONDS = 1.0
PIECES = (
    *("\n", *">|-_=<>@:.,()*xéİß\\\t\xa0"), "\n\n", "> ", "On ", "On\n", "wrote:", "From: a",
    "From: a@b\n", "Sent: x\n", "To: ", "Subject: ", "Date: ", "Name:", "--", "----------", "Original Message", "-- \n",
    "Best,\n", "Ann\n", "Cheers, ", "Am ", "schrieb ", "<a@b>", "2026 ", "12:30", "年", "のメール:", "Le ", "a écrit",
    "word ", "eight words of a line that stand here ", "发件人:", "主题:", "|",
)  # fmt: skip
COUNTS = (1, 3, 30, 120, 300, 1000, 3000, 20_000)
RELATIVES = {
    "measured": ("x " + "On " * 1200 + "\n> h\n", ""),
    "froze the daemon": ("x " + "On " * 20_000 + "\n> h\n", ""),
    "rules": (("a\n " + "-" * 3900 + "\n") * 16, ""),
    "underscores": (("a\n " + "_" * 3900 + "\n") * 16, ""),
    "many words after few": ("x " + "On " * 100 + "a" * 100 + "\n" + ("word " * 12 + "\n") * 900, ""),
    "heads": ("\n".join(["From: x"] * 1500), ""),
    "heads with an address": ("\n".join(["From: x@y", "b"] * 700) + "\n> h", ""),
    "verbs": ("\n".join(["Am " + "schrieb " * 480] * 16), ""),
    "spaces": ((" " * 3900 + "x\n") * 16, ""),
    "echoes of the parent": (
        "> h\n" + "\n".join(f"a\nx{number}" for number in range(300)),
        "\n".join(f"a\ny{number}" for number in range(300)),
    ),
    "rare among many": ("> h\n" + "a a a a b a a a a\n" * 600, "a " * 32_000),
}


@pytest.mark.parametrize("name", RELATIVES)
@pytest.mark.parametrize("read", [new_text, typed, typed_by_voice])
def test_a_text_that_was_made_to_hang_is_read_at_once(read: object, name: str) -> None:
    assert callable(read)
    begun = time.process_time()
    read(*RELATIVES[name])
    assert time.process_time() - begun < MOST_SECONDS


def pumped(chance: random.Random) -> str:
    """A few pieces of what mail programs write, repeated far too often."""
    blocks = []
    for _ in range(chance.randint(1, 4)):
        piece = "".join(chance.choices(PIECES, k=chance.randint(1, 4))) + "\n" * (chance.random() < 0.4)
        blocks.append(piece * chance.choice(COUNTS))
    return "".join(blocks)[:64_000]


@pytest.mark.parametrize("seed", range(150))
def test_whatever_is_repeated(seed: int) -> None:
    chance = random.Random(seed)
    text, parent = pumped(chance), chance.choice(("", pumped(chance)))
    for read in (typed, typed_by_voice):
        begun = time.process_time()
        read(text, parent)
        assert time.process_time() - begun < MOST_SECONDS
