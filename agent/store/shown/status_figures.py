"""The few figures `status` shows, read without the machinery of the store so that it answers at once; never writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from agent.errors import NewerStore
from agent.store.base import raw

SCHEMA = 4
"""The schema these statements read; kept equal to the migrations by a test."""

ACCOUNTS = """
SELECT account.name, account.provider, account.last_sync, account.last_look, account.health, account.trouble,
       (SELECT count(*) FROM mail WHERE mail.account_id = account.id),
       (SELECT count(*) FROM thread WHERE thread.account_id = account.id AND thread.root != '')
FROM account ORDER BY account.id
"""
STATES = """
SELECT coalesce(
    CASE WHEN followup.state = 'outbox'
         THEN (SELECT outbox.state FROM outbox WHERE outbox.followup_id = followup.id ORDER BY outbox.id DESC LIMIT 1)
    END, followup.state) AS now, count(*)
FROM followup GROUP BY now ORDER BY now
"""
SETTINGS = """
SELECT name, value FROM setting
WHERE name LIKE 'pause%' OR name LIKE 'daemon%' OR name LIKE 'absence:%' OR name LIKE 'label:%'
   OR name = 'restored.at'
"""
PLANS = "SELECT plan, count(*) FROM enrolment WHERE state = 'active' GROUP BY plan ORDER BY plan"
LEVELS = "SELECT kind, value, level FROM level ORDER BY kind, value"
NEEDS = """
SELECT followup_id, person, state, words FROM outbox WHERE state IN ('UNCERTAIN', 'NEEDS_REVIEW') ORDER BY id
"""
NEWEST = "SELECT at FROM event ORDER BY seq DESC LIMIT 1"
NAMES = ("name", "provider", "last_sync", "last_look", "health", "trouble", "messages", "threads")


def glance(file: Path, key: str | None) -> dict[str, Any]:
    """Accounts, counts by state and settings; empty when there is no database yet, or one still in the making."""
    import sqlcipher3.dbapi2 as sqlite

    if not file.exists():
        return _nothing()
    connection = raw.connect(file, key, create=False)
    try:
        connection.execute("BEGIN")
        known = connection.execute("PRAGMA user_version").fetchone()[0]
        if known > SCHEMA:
            raise NewerStore("The database was written by a newer relance.", hint="Update relance.")
        return _figures(connection) if known == SCHEMA else _nothing()
    except sqlite.DatabaseError as problem:
        raise raw.cannot_open(file, problem) from problem
    finally:
        connection.close()


def _nothing() -> dict[str, Any]:
    return {"accounts": [], "counts": {}, "settings": {}, "plans": {}, "levels": [], "needs": [], "newest": None}


def _figures(connection: Any) -> dict[str, Any]:
    return {
        "accounts": [dict(zip(NAMES, row, strict=True)) for row in connection.execute(ACCOUNTS)],
        "counts": dict(connection.execute(STATES).fetchall()),
        "settings": dict(connection.execute(SETTINGS).fetchall()),
        "plans": dict(connection.execute(PLANS).fetchall()),
        "levels": connection.execute(LEVELS).fetchall(),
        "needs": connection.execute(NEEDS).fetchall(),
        "newest": next((row[0] for row in connection.execute(NEWEST)), None),
    }
