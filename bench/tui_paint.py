"""The moment the first words stand on the screen, in a fresh process that loads nothing but what it shows."""

from __future__ import annotations

import asyncio
import gc
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast


async def until(app: Any, ready: Any) -> None:
    """Wait until something holds and is painted."""
    while not ready():  # noqa: ASYNC110 (nothing tells a benchmark when)
        await asyncio.sleep(0.001)
    painted = asyncio.Event()
    app.screen.call_after_refresh(painted.set)
    await painted.wait()


def _say() -> None:
    print(time.time(), time.process_time())


async def first_paint(folder: str) -> None:
    """The first draft of a store."""
    from agent import config as configuration
    from agent.paths import Places
    from tui.app import Relance
    from tui.start import late, loaded

    gc.disable()
    root = Path(folder)
    where = Places(root / "config.toml", root / "data", root / "state", root / "logs")
    config = configuration.load(where.config_file)
    door = late(where, config, lambda: datetime(2026, 11, 18, 8, 20, tzinfo=UTC), beside=False, keyring=False)
    app = Relance(cast("Any", door), poll=0, loaded=loaded)
    async with app.run_test(size=(120, 36)):
        await until(app, lambda: app.review is not None and app.review.state.shown is not None)
        _say()
    door.close()


async def hello(folder: str) -> None:
    """The least that Textual can paint."""
    from textual.app import App, ComposeResult
    from textual.widgets import Static

    class Hello(App[None]):
        def compose(self) -> ComposeResult:
            yield Static("hello", id="hello")

    del folder
    app = Hello()
    async with app.run_test(size=(120, 36)):
        await until(app, lambda: bool(app.query("#hello")))
        _say()
