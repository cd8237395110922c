"""Opens the database file with the settings every connection must have; never runs a query of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from agent.errors import StoreError, TemporaryError

if TYPE_CHECKING:
    from sqlite3 import Connection  # sqlcipher3 keeps to its interface and ships no types

BUSY_SECONDS = 10
"""How long a writer waits for another; every pass commits in small steps, so that hardly anybody does."""
LEAST_ROOM = 1024 * 1024
"""With less room an I/O error is most likely a full disk, and is said to be one."""
PRAGMAS = (
    "foreign_keys = ON",
    "synchronous = FULL",
    "trusted_schema = OFF",
    "recursive_triggers = ON",
    "secure_delete = ON",
    "temp_store = MEMORY",
    "cache_size = -4000",
)


def connect(file: Path | str, key: str | None, *, create: bool = True) -> Connection:
    """One DB-API connection. `key` is 64 hexadecimal digits, or None for a plain file."""
    import sqlcipher3.dbapi2 as sqlite

    mode = "rwc" if create else "rw"
    target = f"{Path(file).absolute().as_uri()}?mode={mode}" if str(file) != ":memory:" else ":memory:"
    try:
        connection: Connection = sqlite.connect(
            target, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
    except sqlite.OperationalError as problem:
        raise cannot_open(file, problem) from None
    try:
        prepare(connection, key)
    except sqlite.DatabaseError as problem:
        connection.close()
        raise cannot_open(file, problem) from None
    return connection


def prepare(connection: Connection, key: str | None) -> None:
    """Key and settings; touches the file, so a wrong key or a damaged file shows here."""
    if key is not None:
        # A raw key needs no stretching, so opening takes no measurable time.
        connection.execute(f"PRAGMA key = \"x'{key}'\"")
        # What is wrong is said in words of our own, not in the library's on the terminal.
        connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    connection.execute("PRAGMA journal_mode = WAL")
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def cannot_open(file: Path | str, problem: Exception) -> StoreError | TemporaryError:
    """The sentence for a database that does not open."""
    words = str(problem).lower()
    if "not a database" in words or "malformed" in words or "hmac" in words:
        return StoreError(
            f"The database {file} is damaged, or its key does not fit.",
            hint="Nothing was changed. Restore a copy with `relance restore FILE`; `relance doctor` lists the copies.",
        )
    if "locked" in words or "busy" in words:
        return TemporaryError("The database is busy.", hint="Another relance is writing; try again in a moment.")
    # Where the last bytes are gone, SQLite often has no other word than this.
    if "full" in words or ("disk i/o error" in words and _no_room(Path(file))):
        return TemporaryError(f"The disk with {file} is full.", hint="Make room and try again; nothing was lost.")
    if "readonly" in words or "read-only" in words or "unable to open" in words:
        return StoreError(f"The database {file} cannot be written.", hint="Check the permissions of its folder.")
    return StoreError(f"The database {file} cannot be used: {problem}.", hint="Run `relance doctor`.")


def _no_room(file: Path) -> bool:
    import shutil

    try:
        return shutil.disk_usage(file.parent).free < LEAST_ROOM
    except OSError:
        return False
