"""Keys that reach the program together, on the real screen: each acts on the row that stood there when it was pressed."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.events import Key

from tests.tui import seeds
from tests.tui.conftest import press, settled, shown
from tests.tui.scripted import ScriptedDoor
from tui.app import Relance
from tui.door.values import ShownMatter

pytestmark = pytest.mark.slow


class LateTexts(ScriptedDoor):
    """A door that reads the third draft only when told to."""

    def __init__(self, scratch: Path) -> None:
        super().__init__(scratch)
        self.go = threading.Event()

    def matter(self, number: int) -> ShownMatter | None:
        if number == 13:
            self.go.wait(30)
        return super().matter(number)


def burst(app: Relance, keys: str) -> None:
    """All in one read of the terminal."""
    for letter in keys:
        app.post_message(Key("space" if letter == " " else letter, letter))


@pytest.mark.parametrize("verb", ["a", "x", "s", "z", "r", "e", " "])
async def test_a_verb_typed_ahead_of_its_text_does_nothing_and_says_so(verb: str, tmp_path: Path) -> None:
    door = LateTexts(tmp_path / "scratch")
    app = Relance(door, dwell=0, poll=0)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press_together(pilot, app, f"jj{verb}")
        assert "Still reading what goes to Lena Fischer" in shown(app)
        assert door.calls == []
        assert len(app.screen_stack) == 1
        door.go.set()
        await settled(pilot)
        assert "Draft to lena@fischer.example" in shown(app)
        await press(pilot, "s")
        assert door.calls == [("skip", 13)]


async def press_together(pilot: Any, app: Relance, keys: str) -> None:
    burst(app, keys)
    for _ in range(5):
        await pilot.pause(0.01)


@pytest.mark.parametrize("keys", ["ja", "jx", "jjs", "jjjx", "xx", "aa", "kx", "jkx"])
async def test_of_a_burst_only_what_stood_there_is_acted_on(keys: str, app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press_together(pilot, app, keys)
        await settled(pilot)
        assert [call[1] for call in door.calls] == ([11] if keys[0] in "axk" else []), "Anna's was the one in sight"


async def test_a_key_typed_on_another_screen_does_nothing_to_the_draft_behind_it(
    app: Relance, door: ScriptedDoor
) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "2")
        await press_together(pilot, app, "1x")
        await settled(pilot)
        assert door.calls == []
        await press(pilot, "x")
        assert door.calls == [("stop", 11)]


async def test_random_bursts_while_rows_come_and_go_name_only_the_row_in_sight(tmp_path: Path) -> None:
    chance = random.Random(11)
    door = ScriptedDoor(tmp_path / "scratch")
    many = [replace(seeds.ITEMS[0], number=number) for number in range(1, 200)]
    door.matters = {item.number: replace(seeds.ANNA, item=item, digest=f"digest-{item.number}") for item in many}
    door.items = many[:8]
    app = Relance(door, dwell=0, poll=0)
    async with app.run_test(size=(100, 30)) as pilot:
        for turn in range(40):
            await settled(pilot)
            assert app.review is not None
            seen, before = app.review.state.cursor, len(door.calls)
            if chance.random() < 0.3:
                door.items = [item for item in door.items if chance.random() < 0.8] + many[8 + turn : 9 + turn]
                app.review.refill()
            burst(app, "".join(chance.choice("jkjkaxs") for _ in range(chance.randrange(1, 6))))
            await settled(pilot)
            assert {call[1] for call in door.calls[before:]} <= {seen}
    assert len(door.calls) > 5


async def test_what_was_marked_goes_only_as_it_was_when_marked(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "space", "space")
        door.matters[12] = replace(seeds.TOM, digest="of another text")
        await press(pilot, "A", "A")
        assert door.calls == [("approve", 11, "digest-11")]
        assert "1 draft approved. 1 draft kept back: the text is another one since." in shown(app)


async def test_a_second_press_before_the_names_stood_there_approves_nothing(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "space")
        await press_together(pilot, app, "AA")
        await settled(pilot)
        assert door.calls == []
        await press(pilot, "A")
        assert door.calls == [("approve", 11, "digest-11")]
