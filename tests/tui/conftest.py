"""Runs the screens without a terminal, and compares what they paint with what was accepted before."""

from __future__ import annotations

import asyncio
import difflib
import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tui.scripted import ScriptedDoor
from tui.app import Relance

SNAPSHOTS = Path(__file__).parent / "snapshots"
NAMED = re.compile(r"terminal-\d+")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write what the screens paint now as the new snapshots")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A test that is a coroutine is run as one."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in wanted}))
    return True


@pytest.fixture
def door(tmp_path: Path) -> ScriptedDoor:
    return ScriptedDoor(tmp_path / "scratch")


@pytest.fixture
def app(door: ScriptedDoor) -> Relance:
    return Relance(door, dwell=0, poll=0)


async def settled(pilot: Any) -> None:
    """Wait until every thread has answered and every answer is painted."""
    calm = 0
    while calm < 3:
        for pump in (pilot.app, pilot.app.screen):
            reached = asyncio.Event()
            pump.call_later(reached.set)
            await asyncio.wait_for(reached.wait(), 30)
        await pilot._wait_for_screen()
        busy = any(not worker.is_finished for worker in pilot.app.workers)
        busy = busy or (isinstance(pilot.app, Relance) and still_busy(pilot.app)) or to_be_painted(pilot.app.screen)
        calm = 0 if busy else calm + 1
        await asyncio.sleep(0.003 if busy else 0)
    pilot.app.screen._on_timer_update()


def still_busy(app: Relance) -> bool:
    """Whether the door has something to say, or a draft that came was not painted yet."""
    review = app.review
    unseen = review is not None and review is app.screen and bool(review.state.token) and review.state.painted is None
    return app.asking.busy or unseen


def to_be_painted(screen: Any) -> bool:
    """Whether a widget has said that its place or its content is new, and was not heard yet."""
    every = (screen, *screen.walk_children(with_self=False))
    return any(widget._layout_required or widget._repaint_required for widget in every)


async def press(pilot: Any, *keys: str) -> None:
    """Press keys as slowly as a person; `type:words` are typed in one go."""
    for key in keys:
        told, typed = key.partition("type:")[1:]
        if told:
            for letter in typed:
                pilot.app.simulate_key(letter)
        else:
            pilot.app.simulate_key(key)
        await settled(pilot)


async def painted(pilot: Any, words: str, *, at_the_bottom: bool = False) -> None:
    """Wait until these words stand on the screen; a bar may be put together a breath after the rest."""
    for _ in range(400):
        text = shown(pilot.app)
        if words in (text.split("\n")[-1] if at_the_bottom else text):
            return
        await asyncio.sleep(0.02)
        await settled(pilot)
    raise AssertionError(f"{words!r} is not on the screen:\n{shown(pilot.app)}")


def shown(app: Any) -> str:
    """Everything on the screen as text."""
    from rich.segment import Segment

    lines = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in Segment.filter_control(strip)) for strip in lines)


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Callable[[Any, str], None]:
    """`snapshot(app, name)` fails when the screen is not painted as accepted."""

    def compare(app: Any, name: str) -> None:
        made = NAMED.sub("terminal", app.export_screenshot(title="relance"))
        file = SNAPSHOTS / f"{name}.svg"
        if request.config.getoption("--accept", default=False):
            file.parent.mkdir(exist_ok=True)
            file.write_text(made, encoding="utf-8")
        kept = file.read_text(encoding="utf-8") if file.exists() else ""
        if made != kept:
            lines = difflib.unified_diff(kept.splitlines(), made.splitlines(), lineterm="", n=0)
            changed = "\n".join(line[:200] for line in list(lines)[:12])
            pytest.fail(f"{name} is painted differently; look at it and run with --accept.\n{changed}")

    return compare
