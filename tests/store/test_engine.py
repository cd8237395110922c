"""Every connection is safe, every write is whole."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import stat
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from agent.errors import NewerStore, RelanceError, StoreError, TemporaryError
from agent.paths import Places
from agent.secrets import Vault, database_key
from agent.store.base import migrations, raw, settings
from agent.store.base.audit import Event
from agent.store.base.engine import Store
from agent.store.mail import threading
from agent.store.mail.mails import account_number, set_account
from agent.store.shown import status_figures as glance


def test_connections_are_durable_checked_and_modern(store: Store) -> None:
    with store.read() as connection:
        ask = lambda words: connection.exec_driver_sql(words).scalar()  # noqa: E731
        assert ask("PRAGMA journal_mode") == "wal"
        assert ask("PRAGMA synchronous") == 2
        assert ask("PRAGMA foreign_keys") == 1
        assert tuple(map(int, str(ask("SELECT sqlite_version()")).split("."))) >= (3, 51, 3)


def test_the_file_is_encrypted_and_private(store: Store, where: Places) -> None:
    with store.write() as change:
        settings.put(change, "canary", "very visible words")
    store.close()
    files = [file for file in where.data.rglob("*") if file.is_file()]
    assert files
    assert all(b"very visible words" not in file.read_bytes() for file in files)
    assert not where.database.read_bytes().startswith(b"SQLite format 3")
    assert stat.S_IMODE(where.database.stat().st_mode) == 0o600
    assert stat.S_IMODE(where.data.stat().st_mode) == 0o700


def test_reading_cannot_write(store: Store) -> None:
    with pytest.raises(StoreError), store.read() as connection:
        connection.exec_driver_sql("DELETE FROM setting")


def test_a_failed_write_leaves_neither_change_nor_event(store: Store) -> None:
    def broken() -> None:
        with store.write() as change:
            settings.put(change, "half", "done")
            change.record(Event("half.done"))
            raise RuntimeError("power gone")

    with pytest.raises(RuntimeError):
        broken()
    with store.read() as connection:
        assert settings.get(connection, "half") == ""
    assert store.verify().rows == 0


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(StatementError, match="needs a zone"), store.write() as change:
        number = account_number(change, "work", "imap", "a@x")
        set_account(change, number, last_sync=datetime(2026, 1, 1))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO account (name, provider, address, cursor, health) VALUES ('a', 'imap', '', '', 'splendid')",
        "INSERT INTO account (name, provider, address, cursor, health, last_sync) VALUES ('a','imap','','','ok','soon')",
        "INSERT INTO mail (account_id, key, thread_id, received, role) VALUES (99, 'k', 99, 0, 'inbox')",
    ],
)
def test_the_database_refuses_what_makes_no_sense(store: Store, statement: str) -> None:
    with pytest.raises(IntegrityError), store.write() as change:
        change.connection.execute(text(statement))


def test_every_table_is_strict(store: Store) -> None:
    with store.read() as connection:
        rows = connection.exec_driver_sql("PRAGMA table_list").fetchall()
    assert {
        row.name for row in rows if row.type == "table" and not row.strict and not row.name.startswith("sqlite")
    } == set()


def test_a_newer_schema_is_left_alone(store: Store, where: Places) -> None:
    with store.write() as change:
        change.connection.exec_driver_sql("PRAGMA user_version = 99")
    store.close()
    before = where.database.read_bytes()
    with pytest.raises(NewerStore, match="newer relance"):
        Store(where, database_key(Vault(where, keyring=False)) or "")
    assert where.database.read_bytes() == before


def test_the_wrong_key_is_one_clear_sentence(store: Store, where: Places) -> None:
    store.close()
    with pytest.raises(StoreError, match="its key does not fit"):
        Store(where, "00" * 32)


def test_a_damaged_file_is_one_clear_sentence(store: Store, where: Places) -> None:
    store.close()
    content = bytearray(where.database.read_bytes())
    content[100:4096] = os.urandom(3996)
    where.database.write_bytes(content)
    with pytest.raises(StoreError, match="damaged"):
        Store(where, database_key(Vault(where, keyring=False)) or "")


def test_a_folder_that_cannot_be_written_is_one_clear_sentence(where: Places) -> None:
    where.data.parent.mkdir(parents=True, exist_ok=True)
    where.data.write_text("a file where the folder should be")
    with pytest.raises(OSError, match="File exists|Not a directory"):
        Store(where, "00" * 32)


@pytest.mark.parametrize(("free", "kind"), [(0, TemporaryError), (10**9, StoreError)])
def test_a_disk_without_room_is_called_so(
    where: Places, monkeypatch: pytest.MonkeyPatch, free: int, kind: type[RelanceError]
) -> None:
    """Where no page can be had, SQLite speaks of an I/O error, as it does for a broken disk."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    found = raw.cannot_open(where.database, OSError("disk I/O error"))
    assert type(found) is kind
    assert ("is full" in found.message) is (free == 0)


def test_status_reads_the_schema_the_migrations_make(store: Store) -> None:
    assert len(migrations.STEPS) == glance.SCHEMA


def test_status_waits_for_nobody_who_is_making_the_database(tmp_path: Path) -> None:
    file = tmp_path / "relance.db"
    raw.connect(file, None).close()
    assert glance.read_figures(file, None).accounts == {}
    made = raw.connect(file, None)
    made.execute(f"PRAGMA user_version = {glance.SCHEMA}")
    made.close()
    with pytest.raises(StoreError, match="cannot be used"):
        glance.read_figures(file, None)


def _count_up(home: str, key: str, rounds: int) -> None:
    os.environ["RELANCE_HOME"] = home
    from agent.paths import places

    store = Store(places(), key)
    for _ in range(rounds):
        with store.write() as change:
            value = int(settings.get(change.connection, "count", "0"))
            settings.put(change, "count", str(value + 1))
            change.record(Event("counted"))
    store.close()


@pytest.mark.slow
def test_four_processes_lose_no_update(store: Store, where: Places, private_home: Path) -> None:
    key = database_key(Vault(where, keyring=False)) or ""
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_count_up, args=(str(private_home), key, 50)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with store.read() as connection:
        assert settings.get(connection, "count") == "200"
    assert store.verify().rows == 200
    assert store.verify().broken_at is None


def test_long_lists_are_cut_for_one_statement() -> None:
    assert [len(part) for part in threading.chunks(range(1200))] == [500, 500, 200]
