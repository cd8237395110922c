"""A private home for every test; no test ever sees this machine's keyring, config or mail."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.paths import Places, places
from agent.secrets import Vault, database_key
from agent.store.base.engine import Store

NOW = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)


class Ticking:
    """A clock that moves only when told, or a second a look."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **steps: float) -> None:
        self.now += timedelta(**steps)


def pytest_configure() -> None:
    """The contracts are no test module by their name, and their assertions should say as much as those of others."""
    pytest.register_assert_rewrite("providers.kits")


def pytest_collection_finish() -> None:
    """The tests stay until the end; looking through all of them for things to throw away took a fifth of the time."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True)
def private_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RELANCE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return tmp_path / "home"


@pytest.fixture
def where(private_home: Path) -> Places:
    return places()


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
def store(where: Places, clock: Ticking) -> Iterator[Store]:
    opened = Store(where, database_key(Vault(where, keyring=False)) or "", clock=clock)
    yield opened
    opened.close()
