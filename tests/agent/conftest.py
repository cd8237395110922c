"""A home with the demo mailbox in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from agent.common.home import Home
from agent.demo import mailbox as demo
from agent.paths import places
from providers.local.memory import MemoryServer
from tests.agent.small import small_home
from tests.conftest import Ticking

CONFIG = f"""
[me]
name = "{demo.NAME}"
timezone = "{demo.ZONE}"
[[account]]
name = "demo"
provider = "memory"
address = "{demo.ADDRESS}"
aliases = {list(demo.ALIASES)!r}
"""


@pytest.fixture
def demo_home(private_home: Path, clock: Ticking) -> Iterator[Home]:
    private_home.mkdir(parents=True, exist_ok=True)
    (private_home / "config.toml").write_text(CONFIG)
    home = Home(places(), clock=clock, keyring=False)
    server = MemoryServer(clock)
    for mail in demo.build(clock()):
        server.deliver(mail.raw, role=mail.role, folder=mail.folder, flags=mail.flags, received=mail.received)
    home.servers["demo"] = server
    yield home
    home.close()


@pytest.fixture
def home_with(private_home: Path, clock: Ticking) -> Iterator[Callable[..., Home]]:
    made: list[Home] = []

    def build(extra: str = "", **more: str) -> Home:
        made.append(small_home(private_home, clock, extra, **more))
        return made[-1]

    yield build
    for home in made:
        home.close()
