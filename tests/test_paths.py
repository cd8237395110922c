"""Only relance's own folders are made private; a folder that was there keeps its mode, and no link is followed."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from agent.cli.output import give
from agent.common.home import Home
from agent.errors import UsageError
from agent.paths import make_private, new_file, write_private
from agent.store import upkeep
from agent.store.base.audit import Event
from agent.store.base.engine import Store
from tests.agent.small import small_home
from tests.cli.run import relance
from tests.conftest import Ticking


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """A folder everybody may write to, as /tmp is one."""
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o1777)
    return folder


def test_an_existing_folder_keeps_its_mode_and_what_is_written_is_private(shared: Path, store: Store) -> None:
    with store.write() as change:
        change.record(Event("one"))
    write_private(shared / "a", b"a")
    give(shared / "b", b"b")
    upkeep.backup(store, shared / "c.db")
    with new_file(shared / "d") as fresh:
        fresh.write_bytes(b"d")
    assert mode(shared) == 0o1777
    assert {mode(file) for file in shared.iterdir()} == {0o600}
    assert {file.name for file in shared.iterdir()} == {"a", "b", "c.db", "d"}


def test_every_command_that_writes_leaves_the_folder_of_its_target_alone(
    shared: Path, private_home: Path, clock: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = small_home(private_home, clock)
    monkeypatch.setattr(Home, "usual", classmethod(lambda _cls, _file=None: home))
    for number, words in enumerate((
        ["backup"], ["audit", "export"], ["audit", "export", "--anchor"], ["export"], ["export", "--format", "csv"],
        ["export", "--format", "mbox"],
    )):  # fmt: skip
        assert relance(*words, "--to", str(shared / f"{number}.out")).code == 0, words
        assert mode(shared / f"{number}.out") == 0o600
    assert mode(shared) == 0o1777
    home.close()


def test_what_is_missing_of_a_path_is_made_for_the_owner_alone(tmp_path: Path) -> None:
    write_private(tmp_path / "one" / "two" / "file", b"x")
    assert mode(tmp_path / "one") == mode(tmp_path / "one" / "two") == 0o700


def test_a_folder_of_relance_s_own_becomes_private(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    assert mode(make_private(tmp_path / "data")) == 0o700


@pytest.mark.parametrize("dangling", [True, False])
def test_a_planted_link_is_never_followed(shared: Path, tmp_path: Path, store: Store, *, dangling: bool) -> None:
    victim, link = tmp_path / "victim", shared / "link"
    if not dangling:
        victim.write_text("mine")
    link.symlink_to(victim)
    with pytest.raises(UsageError, match="no plain file"):
        give(link, b"x")
    with pytest.raises(UsageError, match="exists already"):
        upkeep.backup(store, link)
    with pytest.raises(FileExistsError), new_file(link) as fresh:
        fresh.write_bytes(b"x")
    assert victim.exists() is not dangling
    assert dangling or victim.read_text() == "mine"
    assert [file.name for file in shared.iterdir()] == ["link"]


def test_a_new_file_never_takes_the_place_of_another(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    with pytest.raises(FileExistsError), new_file(tmp_path / "a") as fresh:
        fresh.write_text("new")
    assert (tmp_path / "a").read_text() == "old"


def test_a_letter_is_not_handed_over_onto_another_file(
    tmp_path: Path, private_home: Path, clock: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = small_home(private_home, clock)
    monkeypatch.setattr(Home, "usual", classmethod(lambda _cls, _file=None: home))
    (tmp_path / "a.eml").write_text("old")
    assert "exists already" in relance("approve", "1", "--eml", str(tmp_path / "a.eml")).err
    assert "One file holds one letter" in relance("approve", "1", "2", "--eml", str(tmp_path / "b.eml")).err
    assert (tmp_path / "a.eml").read_text() == "old"
    home.close()
