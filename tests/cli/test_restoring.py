"""What the commands say and do about a restored store and a log without its anchor."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.common.home import Home
from agent.paths import places
from agent.store.base.audit import Event
from agent.store.work import budgets
from tests.cli.run import Ran, relance

pytestmark = pytest.mark.slow

CONFIG = """
[me]
name = "Sam"
timezone = "Europe/Paris"
[[account]]
name = "work"
provider = "memory"
address = "sam@example.org"
"""


@pytest.fixture
def configured(private_home: Path) -> Path:
    private_home.mkdir(parents=True, exist_ok=True)
    (private_home / "config.toml").write_text(CONFIG)
    return private_home


def said() -> dict[str, object]:
    return dict(json.loads(relance("status", "--json").out))


def written(word: str) -> None:
    with Home(places()) as here, here.store.write() as change:
        change.record(Event(word))


def paused() -> list[str]:
    with Home(places()) as here, here.store.read() as connection:
        return [str(scope) for scope, _ in budgets.pauses(connection)]


def test_restore_really_pauses_and_one_word_each_lifts_it(configured: Path, tmp_path: Path) -> None:
    written("one")
    copy = tmp_path / "copy.db"
    assert relance("backup", "--to", str(copy)).code == 0
    assert said()["restored"] is None
    ran = relance("restore", str(copy), "--yes")
    assert (ran.code, said()["paused"]) == (0, True)
    assert "resume restored" in ran.err
    assert "HELD: this store was restored or copied" in relance("status").out
    resumed = relance("resume")
    assert (resumed.code, paused()) == (0, [])
    assert "Still held, for it may have left already" in resumed.out + resumed.err
    relance("run", "--once")
    assert paused() == []
    assert relance("resume", "restored").code == 0
    assert said()["restored"] is None
    assert relance("resume", "restored").code != 0


def older(configured: Path, tmp_path: Path) -> None:
    """A database from before is laid over the one that went on."""
    written("one")
    relance("run", "--once")
    kept = (configured / "data" / "relance.db").read_bytes()
    written("two")
    relance("run", "--once")
    for suffix in ("-wal", "-shm"):
        (configured / "data" / f"relance.db{suffix}").unlink(missing_ok=True)
    (configured / "data" / "relance.db").write_bytes(kept)


@pytest.mark.parametrize("gone", [("audit-anchor.json",), ("audit-anchor.json", "generation")])
def test_an_older_database_without_what_lay_beside_it_is_noticed_and_never_complete(
    configured: Path, tmp_path: Path, gone: tuple[str, ...]
) -> None:
    older(configured, tmp_path)
    for name in gone:
        (configured / "state" / name).unlink()
    before = relance("audit", "verify")
    assert (before.code, "Complete" in before.out) == (1, False)
    assert "not anchored" in before.out
    ran = relance("run", "--once")
    assert ran.code == 6
    assert "restored or copied" in ran.err
    after = relance("audit", "verify")
    assert (after.code, "Complete" in after.out) == (1, False)
    assert paused() == ["default"]


def test_a_home_that_lost_nothing_is_complete(configured: Path) -> None:
    written("one")
    ran: Ran = relance("run", "--once")
    assert "restored" not in ran.err
    verified = relance("audit", "verify")
    assert (verified.code, "Complete" in verified.out) == (0, True)
