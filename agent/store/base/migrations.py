"""Brings a database to today's shape, forward only and after a copy; never touches a newer one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine
from sqlmodel import SQLModel

from agent.errors import NewerStore, StoreError
from agent.paths import Places, new_file
from agent.store.base import model_tables, outbox_tables, tables
from agent.store.base.rows import table_of
from providers.base import Origin

if TYPE_CHECKING:
    import sqlite3

KNOWN = (model_tables, outbox_tables, tables)
"""Loading them is what makes their tables known."""
APPEND_ONLY = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
"""


def first(connection: Connection) -> None:
    """Every table, and the triggers that keep the audit log append-only and the outbox honest."""
    SQLModel.metadata.create_all(connection)
    for table in (tables.EventRow.__tablename__, tables.CheckpointRow.__tablename__):
        for verb in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(APPEND_ONLY.format(table=table, verb=verb))
    outbox_tables.guard(connection)


def origins(connection: Connection) -> None:
    """Room for the origin of each mail; until it is decided, with the config at hand, no mail is the user's own."""
    known = ", ".join(f"'{origin}'" for origin in Origin)
    column = f"origin TEXT DEFAULT 'other' NOT NULL CONSTRAINT origin_known CHECK (origin IN ({known}))"
    connection.exec_driver_sql(f"ALTER TABLE mail ADD COLUMN {column}")
    connection.exec_driver_sql("CREATE INDEX mail_origin ON mail (origin, received) WHERE origin <> 'other'")


def standing(connection: Connection) -> None:
    """Room for what people said of themselves; every mail is read once more for it."""
    connection.exec_driver_sql("ALTER TABLE mail ADD COLUMN heard INTEGER DEFAULT '0' NOT NULL")
    SQLModel.metadata.create_all(connection, tables=[table_of(tables.StandingRow)])


def own_texts(connection: Connection) -> None:
    """Room for the person's own texts for the touches of an enrolment."""
    connection.exec_driver_sql("ALTER TABLE enrolment ADD COLUMN said TEXT DEFAULT '' NOT NULL")


def causes(connection: Connection) -> None:
    """Room for what began an enrolment, and a short way to the threads of one verdict."""
    connection.exec_driver_sql("ALTER TABLE enrolment ADD COLUMN cause TEXT DEFAULT '' NOT NULL")
    connection.exec_driver_sql("CREATE INDEX thread_reason ON thread (reason, person)")


STEPS: tuple[Callable[[Connection], None], ...] = (first, origins, standing, own_texts, causes)
"""The first makes today's shape at once; the others bring an older database there, one schema at a time."""


def migrate(engine: Engine, places: Places, key: str | None, now: datetime) -> None:
    """Apply the steps this database has not seen, all or none."""
    with engine.connect() as connection:
        known = version(connection)
    if known > len(STEPS):
        raise NewerStore(
            f"The database was written by a newer relance (schema {known}, this one knows {len(STEPS)}).",
            hint="Update relance; nothing was changed.",
        )
    if known == len(STEPS):
        return
    if known:
        copy(engine, _unused(places.backups / f"before-schema-{len(STEPS)}-{now:%Y%m%d-%H%M%S}.db"), key)
    with engine.connect() as plain:
        connection = plain.execution_options(relance_write=True)
        with connection.begin():
            known = version(connection)
            for step in STEPS[known:] if known else (first,):
                step(connection)
            connection.exec_driver_sql(f"PRAGMA user_version = {len(STEPS)}")
            check(connection)


def _unused(file: Path) -> Path:
    """A name beside the one an attempt in the same second may have left."""
    others = (file.with_stem(f"{file.stem}-{number}") for number in range(2, 100))
    return next(one for one in (file, *others) if not one.exists())


def version(connection: Connection) -> int:
    """The schema the file has; 0 when it is new."""
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())


def check(connection: Connection) -> None:
    """Refuse a database that does not hold together."""
    loose = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    whole = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if loose is not None or whole != "ok":
        raise StoreError("The database does not hold together.", hint="Restore a copy with `relance restore FILE`.")


def copy(engine: Engine, target: Path, key: str | None) -> None:
    """A compact copy of the whole database, encrypted like the original."""
    with new_file(target) as fresh, engine.connect() as connection:
        driver = connection.connection.driver_connection
        if driver is None:
            raise StoreError("The database is not open.")
        driver.execute("PRAGMA query_only = OFF")
        if key is None:
            driver.execute("VACUUM INTO ?", (str(fresh),))
        else:
            _encrypted_copy(driver, fresh, key)


def _encrypted_copy(driver: sqlite3.Connection, target: Path, key: str) -> None:
    run = driver.execute
    run(f"ATTACH DATABASE ? AS copy KEY \"x'{key}'\"", (str(target),))
    try:
        run("SELECT sqlcipher_export('copy')").fetchone()
        number = run("PRAGMA user_version").fetchone()[0]
        run(f"PRAGMA copy.user_version = {int(number)}")
    finally:
        run("DETACH DATABASE copy")
