"""The lines around a screen: what is said in how much room, and what goes along to the next screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.tui import seeds
from tests.tui.conftest import press, settled, shown
from tests.tui.scripted import ScriptedDoor
from tui.app import GUIDE, Relance
from tui.parts import bars

BESIDE = replace(seeds.STATUS, demo=True, daemon=False, beside=True, synced_at=seeds.NOW - timedelta(minutes=59))


@pytest.mark.parametrize("status", [BESIDE, replace(BESIDE, beside=False), replace(BESIDE, demo=False), seeds.STATUS])
@pytest.mark.parametrize("counts", [{}, {"review": 18, "outbox": 7, "watching": 41}])
def test_the_truths_are_said_in_fewer_words_before_they_are_cut(status: bars.Status, counts: dict[str, int]) -> None:
    room = 120 - 3 - bars.tabs("review", counts, narrow=False).cell_length
    said = bars.truths(status, seeds.NOW, room)
    assert said.cell_length <= room
    assert status.level.upper() in said.plain
    assert said.plain.endswith("ago")


async def test_words_that_belong_to_a_screen_stay_there_and_what_can_be_undone_goes_along(door: ScriptedDoor) -> None:
    door.state = BESIDE
    app = Relance(door, dwell=0, poll=0)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        assert GUIDE in shown(app)
        await press(pilot, "c")
        assert "Copied." in shown(app)
        await press(pilot, "2")
        assert "Copied." not in shown(app)
        assert GUIDE in shown(app)
        await press(pilot, "1", "a", "2")
        assert "Queued for Anna Weiss" in shown(app)
