"""Between a key and the store's word: the next draft is there at once, and nothing a person decided is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tui.conftest import press, settled, shown
from tests.tui.scripted import ScriptedDoor
from tui.app import Relance
from tui.door.values import Hear, Over, Told
from tui.text import Foreign

pytestmark = pytest.mark.slow


class SlowDoor(ScriptedDoor):
    """A store that answers when told to."""

    def __init__(self, scratch: Path) -> None:
        super().__init__(scratch)
        self.go = threading.Event()

    def approve(self, number: int, digest: str, *, at_once: bool = False) -> Told:
        assert self.go.wait(30)
        return super().approve(number, digest, at_once=at_once)


@pytest.fixture
def slow(tmp_path: Path) -> SlowDoor:
    return SlowDoor(tmp_path / "scratch")


async def until(pilot: object, said: Callable[[], bool]) -> None:
    for _ in range(500):
        if said():
            return
        await pilot.pause(0.01)  # type: ignore[attr-defined]
    raise AssertionError("it never came")


async def test_the_next_draft_is_there_before_the_store_has_answered(slow: SlowDoor) -> None:
    app = Relance(slow, dwell=0, poll=0)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("a")
        await until(pilot, lambda: "Draft to tom@harbour.example" in shown(app))
        assert "DECIDED" in shown(app)
        assert "Approving for Anna Weiss" in shown(app)
        assert not slow.calls
        await pilot.press("u")
        slow.go.set()
        await settled(pilot)
        assert [call[0] for call in slow.calls] == ["approve", "undo"], "in the order of the keys"
        assert "DECIDED" not in shown(app)
        await press(pilot, "g", "a")
        assert slow.calls[-1] == ("approve", 11, "digest-11"), "what came back can be approved again"


async def test_what_the_store_refuses_comes_back_with_whose_it_is(slow: SlowDoor) -> None:
    slow.answers["approve"] = Told(False, "answered", Foreign("They answered meanwhile."))
    app = Relance(slow, dwell=0, poll=0)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("a")
        await until(pilot, lambda: "Draft to tom@harbour.example" in shown(app))
        slow.go.set()
        await settled(pilot)
        assert "Anna Weiss: They answered meanwhile." in shown(app)
        assert "DECIDED" not in shown(app)
        assert 11 in {item.number for item in slow.items}


async def test_the_only_draft_stays_in_sight_and_takes_no_second_decision(slow: SlowDoor) -> None:
    del slow.items[1:]
    app = Relance(slow, dwell=0, poll=0)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("a", "s")
        await until(pilot, lambda: "Decided; it goes as soon as the store has it." in shown(app))
        slow.go.set()
        await settled(pilot)
        assert [call[0] for call in slow.calls] == ["approve"]
        assert "Nothing to review" in shown(app)


async def test_leaving_waits_for_what_was_decided(slow: SlowDoor) -> None:
    app = Relance(slow, dwell=0, poll=0)
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("a")
        await until(pilot, lambda: app.review is not None and app.review.state.ready)
        await pilot.press("s", "q")
        assert app.is_running
        slow.go.set()
        await until(pilot, lambda: not app.is_running)
    assert [call[0] for call in slow.calls] == ["approve", "skip"]


async def test_a_word_about_a_dead_key_passes_and_undo_still_means_the_last_decision(
    door: ScriptedDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.app.HINT", 0.01)
    app = Relance(door, dwell=0, poll=0)
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await press(pilot, "a", "right_square_bracket")
        await until(pilot, lambda: "Queued for Anna Weiss" in shown(app))
        monkeypatch.setattr("tui.app.HINT", 60)
        await press(pilot, "right_square_bracket")
        assert "This is the newest version." in shown(app)
        await press(pilot, "u")
        assert door.calls[-1] == ("undo", 11)
        await press(pilot, "right_square_bracket", "2")
        assert "This is the newest version." not in shown(app)


async def test_leaving_does_not_wait_for_a_text_that_is_being_written(door: ScriptedDoor) -> None:
    told_to_stop = threading.Event()

    def stream(say: str, hear: Hear, over: Over) -> str:
        del say, hear
        for _ in range(3_000):
            if over():
                told_to_stop.set()
                break
            time.sleep(0.01)
        return "Hi"

    door.stream = stream
    app = Relance(door, dwell=0, poll=0)
    async with app.run_test() as pilot:
        await settled(pilot)
        await press(pilot, "r")
        await pilot.press("enter", "q")
        await until(pilot, lambda: not app.is_running)
    assert told_to_stop.wait(10)
