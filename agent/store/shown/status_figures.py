"""The few figures `status` shows, read without the machinery of the store so that it answers at once; never writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from agent.errors import NewerStore
from agent.store.base import raw

if TYPE_CHECKING:
    from sqlite3 import Connection

SCHEMA = 5
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
   OR name LIKE 'begin.%' OR name = 'calendar.trouble' OR name = 'restored.at'
"""
PLANS = "SELECT plan, count(*) FROM enrolment WHERE state = 'active' GROUP BY plan ORDER BY plan"
BEGUN = """
SELECT json_extract(cause, '$.by') AS began, count(*) FROM enrolment
WHERE state = 'active' AND cause <> '' GROUP BY began ORDER BY began
"""
LEVELS = "SELECT kind, value, level FROM level ORDER BY kind, value"
NEEDS = """
SELECT followup_id, person, state, words FROM outbox WHERE state IN ('UNCERTAIN', 'NEEDS_REVIEW') ORDER BY id
"""
NEWEST = "SELECT at FROM event ORDER BY seq DESC LIMIT 1"


class AccountFigures(NamedTuple):
    """One mailbox as `ACCOUNTS` reads it; times in microseconds."""

    name: str = ""
    provider: str = ""
    last_sync: int | None = None
    last_look: int | None = None
    health: str = "ok"
    trouble: str = ""
    messages: int = 0
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Figures:
    """What `status` reads of the store; all of it empty where there is none yet."""

    accounts: dict[str, AccountFigures] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    plans: dict[str, int] = field(default_factory=dict)
    begun: dict[str, int] = field(default_factory=dict)
    """How many of them a label, a word in Bcc or a rule began."""
    levels: tuple[tuple[str, str, str], ...] = ()
    needs: tuple[tuple[int, str, str, str], ...] = ()
    newest: int | None = None
    """When the newest event of the audit log was."""


def read_figures(file: Path, key: str | None) -> Figures:
    """Accounts, counts by state and settings; empty when there is no database yet, or one still in the making."""
    import sqlcipher3.dbapi2 as sqlite

    if not file.exists():
        return Figures()
    connection = raw.connect(file, key, create=False)
    try:
        connection.execute("BEGIN")
        known = connection.execute("PRAGMA user_version").fetchone()[0]
        if known > SCHEMA:
            raise NewerStore("The database was written by a newer relance.", hint="Update relance.")
        return _figures(connection) if known == SCHEMA else Figures()
    except sqlite.DatabaseError as problem:
        raise raw.cannot_open(file, problem) from problem
    finally:
        connection.close()


def _figures(connection: Connection) -> Figures:
    return Figures(
        {row[0]: AccountFigures(*row) for row in connection.execute(ACCOUNTS)},
        dict(connection.execute(STATES).fetchall()),
        dict(connection.execute(SETTINGS).fetchall()),
        dict(connection.execute(PLANS).fetchall()),
        dict(connection.execute(BEGUN).fetchall()),
        tuple(connection.execute(LEVELS)),
        tuple(connection.execute(NEEDS)),
        next((row[0] for row in connection.execute(NEWEST)), None),
    )
