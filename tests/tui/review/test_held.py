"""What the gate holds takes a second, deliberate key; what should not wait for a good moment has a key of its own."""

from __future__ import annotations

from dataclasses import replace

from tests.tui import seeds
from tests.tui.conftest import press, settled, shown
from tests.tui.scripted import ScriptedDoor
from tui.app import Relance
from tui.door.values import CheckLine
from tui.text import Foreign


async def test_a_held_draft_shows_what_holds_it_and_takes_a_second_key(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "j", "j")
        assert "Held A death is mentioned: only you can decide whether to write." in shown(app)
        assert "so sorry to hear" in shown(app)
        await press(pilot, "a")
        assert door.calls == []
        assert "Lena Fischer: held (sensitive). a once more approves it" in shown(app)
        await press(pilot, "a")
        assert door.calls == [("approve", 13, "digest-13")]


async def test_every_key_between_asks_again(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "j", "j", "a", "k", "j", "a", "c", "a")
        assert door.calls == []


async def test_a_second_key_that_comes_at_once_is_not_deliberate(door: ScriptedDoor) -> None:
    door.matters[11] = replace(seeds.LENA, item=seeds.ITEMS[0])
    app = Relance(door, dwell=0.2, poll=0)
    async with app.run_test(size=(120, 36)) as pilot:
        while app.review is None or not app.review.state.ready:
            await pilot.pause(0.02)
        await press(pilot, "a", "a")
        assert door.calls == []


async def test_what_the_gate_refuses_is_said_by_the_door(app: Relance, door: ScriptedDoor) -> None:
    refused = CheckLine("answered", "refuse", Foreign("They answered."))
    door.matters[11] = replace(seeds.ANNA, checks=(*seeds.PASSING, *seeds.LENA.checks, refused))
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "a")
        assert door.calls == [("approve", 11, "digest-11")], "there is nothing to accept"


async def test_a_letter_need_not_wait_for_a_good_moment(app: Relance, door: ScriptedDoor) -> None:
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "exclamation_mark")
        assert door.calls == [("approve", 11, "digest-11", "at once")]


async def test_at_manual_level_there_is_nothing_to_hurry(app: Relance, door: ScriptedDoor) -> None:
    door.matters[11] = replace(seeds.ANNA, level="manual")
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "exclamation_mark")
        assert door.calls == []
        assert "At manual level nothing leaves from here" in shown(app)
