"""A database made by the code before today's shape becomes one of today's, whole or not at all.

`data/schema-1.sql` was written by that code: three questions of the user's, one of them followed up by a letter that
left, an answer, and in Junk a mail that only bears the user's name.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Connection

from agent.common.home import Home
from agent.drafting.writing import sent_mails
from agent.judging.judge import judge_changed
from agent.paths import Places, places
from agent.store.base import migrations
from agent.store.base.engine import Store
from agent.store.mail import origins
from agent.store.shown import views
from tests.conftest import Ticking

OLD = Path(__file__).parent / "data" / "schema-1.sql"
CONFIG = """
[me]
name = "Sam"
timezone = "UTC"
[storage]
encrypt = false
[[account]]
name = "work"
provider = "memory"
address = "sam@mine.example"
aliases = ["s@mine.example"]
"""


@pytest.fixture
def old(private_home: Path) -> Places:
    private_home.mkdir(parents=True)
    (private_home / "config.toml").write_text(CONFIG)
    where = places()
    where.data.mkdir(parents=True, exist_ok=True)
    made = sqlite3.connect(where.database)
    made.executescript(OLD.read_text())
    made.close()
    return where


def shape(connection: Connection) -> dict[str, set[str]]:
    """Tables with their columns, and what guards them."""
    tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
    found = {
        name: {str(tuple(row)[1:5]) for row in connection.exec_driver_sql(f"PRAGMA table_info({name!r})")}
        for name in tables
    }
    more = connection.exec_driver_sql("SELECT type || ' ' || name FROM sqlite_master WHERE type != 'table'").scalars()
    return found | {"": {name for name in more if "autoindex" not in name}}


def test_every_mail_gets_its_origin_and_a_forged_one_stops_speaking(old: Places, clock: Ticking) -> None:
    home = Home(old, clock=clock, keyring=False)
    with home.store.read() as connection:
        known = dict(connection.exec_driver_sql("SELECT message_id, origin FROM mail").all())
        (before,) = connection.exec_driver_sql("SELECT own FROM (SELECT count(*) AS own FROM outbox)").scalars()
    own = [name for name, origin in known.items() if origin == "sent"]
    assert (len(own), known["<forged@evil.example>"], known["<re1@x.example>"], before) == (4, "claimed", "other", 1)
    assert {"<ask0@mine.example>", "<ask1@mine.example>", "<ask2@mine.example>"} <= set(own)
    judge_changed(home)
    with home.store.read() as connection:
        assert views.verdict_row(connection, "<ask2@mine.example>").reason == "claimed"  # type: ignore[union-attr]
        thread = views.whole_thread(connection, 3)
        letters = connection.exec_driver_sql("SELECT state, length(frozen) > 0 FROM outbox").all()
    assert [tuple(row) for row in letters] == [("SENT", 1)]
    assert thread is not None
    assert not [mail for mail in sent_mails([thread]) if "DE89" in mail.text]
    home.close()


def test_it_has_the_shape_of_a_new_one_and_the_old_one_is_kept(old: Places, clock: Ticking, tmp_path: Path) -> None:
    home = Home(old, clock=clock, keyring=False)
    with home.store.read() as connection:
        made, number = shape(connection), migrations.version(connection)
    home.close()
    fresh = Store(Places(tmp_path / "c", tmp_path / "d", tmp_path / "s", tmp_path / "l"), "00" * 32, encrypt=False)
    with fresh.read() as connection:
        assert (made, number) == (shape(connection), migrations.version(connection))
    fresh.close()
    (copy,) = old.backups.glob("before-schema-*.db")
    kept = sqlite3.connect(copy)
    assert kept.execute("SELECT count(*) FROM mail").fetchone() == (6,)
    assert kept.execute("PRAGMA user_version").fetchone() == (1,)
    kept.close()


def test_stopped_in_the_middle_it_is_still_the_old_one(
    old: Places, clock: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(connection: Connection) -> None:
        migrations.origins(connection)
        raise OSError("no power")

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", (migrations.first, broken))
        with pytest.raises(OSError, match="no power"):
            Store(old, "00" * 32, encrypt=False, clock=clock)
    kept = sqlite3.connect(old.database)
    assert kept.execute("PRAGMA user_version").fetchone() == (1,)
    assert "origin" not in {row[1] for row in kept.execute("PRAGMA table_info(mail)")}
    kept.close()
    home = Home(old, clock=clock, keyring=False)
    with home.store.read() as connection:
        assert origins.counted(connection, 1) == {"sent": 4, "claimed": 1}
    home.close()


def test_another_own_address_decides_anew(old: Places, clock: Ticking) -> None:
    home = Home(old, clock=clock, keyring=False)
    with home.store.read() as connection:
        before = origins.counted(connection, 1)
    home.close()
    old.config_file.write_text(CONFIG.replace('aliases = ["s@mine.example"]\n', ""))
    home = Home(old, clock=clock, keyring=False)
    with home.store.read() as connection:
        now = origins.counted(connection, 1)
    home.close()
    assert (before["sent"], now["sent"]) == (4, 2)
