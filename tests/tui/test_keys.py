"""The table of keys: one source for bindings, help, the page in docs and what a user may change."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import ConfigError
from tests.tui.conftest import painted, press, settled
from tests.tui.scripted import ScriptedDoor
from tui import keys
from tui.app import Relance

PAGE = Path(__file__).parents[2] / "docs" / "keys.md"


def test_the_page_in_docs_is_made_of_the_table(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--accept", default=False):
        PAGE.write_text(keys.as_markdown(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == keys.as_markdown()


def test_no_key_means_two_things_in_one_place() -> None:
    assert keys.keymap({}) == {}


@pytest.mark.parametrize("place", [place for place in keys.TITLES if place not in {keys.EVERYWHERE, "editing"}])
async def test_every_key_of_the_table_does_something(place: str, app: Relance) -> None:
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, str(list(app.MODES).index(place) + 1))
        for key in keys.of_place(place):
            assert hasattr(app.mode, f"action_{key.name}_now"), key.id
        for key in keys.of_place(keys.EVERYWHERE):
            assert hasattr(app, f"action_{key.name}_now"), key.id


async def test_a_key_can_be_changed_by_its_name(door: ScriptedDoor) -> None:
    app = Relance(door, dwell=0, poll=0, chosen={"review.approve": "y"})
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "a")
        assert door.calls == []
        await press(pilot, "y")
        assert door.calls == [("approve", 11, "digest-11")]


def test_a_wrong_name_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(ConfigError, match="review.approve"):
        keys.keymap({"review.aprove": "y"})


def test_a_key_that_is_taken_is_refused() -> None:
    with pytest.raises(ConfigError, match="both"):
        keys.keymap({"review.approve": "e"})


async def test_the_line_at_the_bottom_fits_eighty_columns(app: Relance) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for mode in "12345":
            await press(pilot, mode)
            await painted(pilot, "? Help", at_the_bottom=True)
