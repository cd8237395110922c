"""The first frame: painted before the program is loaded, the same as the store's own word, and never an approval."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, cast

import pytest

from agent import config as configuration
from agent.errors import StoreError
from agent.paths import Places
from bench.tui import NOW, fill
from tests.tui.conftest import press, settled, shown
from tui.app import Relance
from tui.door.late import LateDoor
from tui.door.values import ScreenDoor
from tui.start import late

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("late")
    fill(folder, mails=40, followups=6)
    return folder


def door_at(folder: Path) -> LateDoor:
    where = Places(folder / "config.toml", folder / "data", folder / "state", folder / "logs")
    return late(where, configuration.load(where.config_file), lambda: NOW, beside=False, keyring=False)


def test_what_is_shown_first_is_what_the_store_says(filled: Path) -> None:
    door = door_at(filled)
    queue, preview = door.queue(), door.preview(1)
    assert not door.status().known
    assert not door.opened.is_set()
    assert preview is not None
    real = door.real()
    assert queue == real.queue()
    whole = real.preview(1)
    assert whole is not None
    assert (preview.item, preview.why, preview.versions) == (whole.item, whole.why, whole.versions)
    assert preview.digest == "", "it cannot be approved before the gate has spoken"
    assert door.status().known
    door.close()


def test_a_home_without_a_store_has_an_empty_first_frame(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_bytes((filled / "config.toml").read_bytes())
    assert door_at(tmp_path).queue() == ()


def test_a_damaged_store_is_named_before_a_screen_opens(filled: Path, tmp_path: Path) -> None:
    fill(tmp_path, mails=4, followups=1)
    (tmp_path / "data" / "relance.db").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError):
        door_at(tmp_path)


async def test_the_screen_goes_on_with_the_real_door(filled: Path) -> None:
    door = door_at(filled)
    app = Relance(cast("ScreenDoor", door), dwell=0, poll=0.2)
    async with app.run_test(size=(120, 36)) as pilot:
        end = time.monotonic() + 30
        while " gate" not in shown(app) or "reading" in shown(app) or "opening" in shown(app):
            assert time.monotonic() < end, shown(app)
            await asyncio.sleep(0.05)
        assert "6" in shown(app).split("\n")[0]
        await settled(pilot)
        await press(pilot, "a")
        await press(pilot, "a")
        mode: Any = app.mode
        assert 1 not in mode.state.items
    door.close()


FIRST = """
import asyncio, sys, threading
import bench.tui_paint as paint
from tui.door.late import LateDoor
painted, open_real = threading.Event(), LateDoor.real
def real(door):
    painted.wait(20)
    return open_real(door)
LateDoor.real = real
def say():
    print("loaded" if "sqlalchemy" in sys.modules else "not loaded")
    painted.set()
paint._say = say
asyncio.run(paint.first_paint(sys.argv[1]))
"""
"""Whoever asks the real door waits for the first draft, so that a slow machine does not decide."""


def test_the_first_draft_is_painted_before_the_store_is_loaded(filled: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST, str(filled)], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "not loaded"
