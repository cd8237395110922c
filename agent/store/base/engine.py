"""Opens the store and hands out transactions; the only way to the database, and never a query."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import QueuePool

from agent.clock import Clock, beat, system_now
from agent.failpoints import reach
from agent.paths import Places, make_private, write_private
from agent.store.base import audit, migrations, raw
from agent.store.base.audit import Event, LogVerdict, Statement


@dataclass(slots=True)
class Change:
    """A write in progress: statements and the events that record them are committed together or not at all."""

    connection: Connection
    now: datetime
    events: list[Event] = field(default_factory=list)

    def record(self, *events: Event) -> None:
        """Say what this change does, for the audit log."""
        self.events.extend(events)


class Store:
    """The database of one home."""

    def __init__(self, places: Places, key: str, *, encrypt: bool = True, clock: Clock = system_now) -> None:
        self.places = places
        self.clock = clock
        self._key = key
        self._keys: dict[str, str] = {}
        self.file_key = key if encrypt else None
        self._appended = False
        make_private(places.data)
        make_private(places.state)
        self.engine = _engine(places.database, self.file_key)
        try:
            with translated(places.database):
                migrations.migrate(self.engine, places, self.file_key, clock())
        except BaseException:
            self.engine.dispose()
            raise
        places.database.chmod(0o600)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent view; writing through it fails."""
        with translated(self.places.database), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Change]:
        """One transaction, taken at once so that it cannot fail half-way for another writer."""
        with translated(self.places.database), self.engine.connect() as plain:
            connection = plain.execution_options(relance_write=True)
            with connection.begin():
                change = Change(connection, self.clock())
                yield change
                if change.events:
                    audit.append(connection, change.events, change.now, beat())
                    self._appended = True
                reach("store.before_commit")
        reach("store.committed")

    def anchor(self) -> None:
        """Checkpoint the audit log and keep the statement outside the database too.

        What the statement before says against the log stays readable in the log itself.
        """
        if words := self.lost():
            with self.write() as change:
                change.record(Event("audit.lost", actor="daemon", code=words))
        with self.write() as change:
            statement = audit.checkpoint(change.connection, self.audit_key, change.now)
            if statement is not None:
                # Before the commit: a checkpoint inside without a statement outside means that one was removed.
                write_private(self.places.anchor, json.dumps(statement).encode())
        self._appended = False

    def lost(self) -> str:
        """What the log held when it was last anchored and holds no more."""
        anchor = read_anchor(self.places.anchor)
        with self.read() as connection:
            return audit.lost(connection, self.audit_key, anchor)

    def verify(self, anchor_file: Path | None = None) -> LogVerdict:
        """What the audit log can prove."""
        anchor = read_anchor(anchor_file or self.places.anchor)
        with self.read() as connection:
            return audit.verify(connection, self.audit_key, anchor)

    def data_version(self, connection: Connection) -> int:
        """Changes when another process has written."""
        return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())

    @property
    def audit_key(self) -> str:
        """Derived, so that nothing else can be signed with it."""
        return audit.commit_to(self._key, "audit checkpoint")

    def digest(self, purpose: str, value: str) -> str:
        """A keyed hash of a value, to recognise it without keeping it."""
        key = self._keys.get(purpose) or self._keys.setdefault(purpose, audit.commit_to(self._key, purpose))
        return audit.commit_to(key, value)

    def close(self) -> None:
        """Anchor what was written and let go of the file."""
        try:
            if self._appended:
                self.anchor()
        finally:
            self.engine.dispose()


def read_anchor(file: Path) -> Statement | None:
    """The kept statement; a damaged file is an empty statement, which no log matches."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _engine(file: Path, key: str | None) -> Engine:
    import sqlcipher3.dbapi2 as driver

    engine = create_engine(
        "sqlite://", module=driver, creator=lambda: raw.connect(file, key), poolclass=QueuePool, pool_size=4,
        max_overflow=8,
    )  # fmt: skip

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("relance_write", False)
        connection.exec_driver_sql("PRAGMA query_only = " + ("OFF" if writing else "ON"))
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


@contextmanager
def translated(file: Path) -> Iterator[None]:
    """Database trouble as a sentence."""
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as problem:
        raise raw.cannot_open(file, problem.orig or problem) from problem


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """One statement for many rows, all with the same columns."""
    if not rows:
        return
    made = table.insert().compile(dialect=connection.dialect, column_keys=list(rows[0]))
    names = made.positiontup
    if names is None:
        connection.execute(table.insert(), rows)
        return
    # Binding each row of 17 columns by name costs more than the database takes for it: 25 of 150 us a mail.
    turned = {name: table.c[name].type.bind_processor(connection.dialect) for name in names}
    columns = [
        [turn(row[name]) for row in rows] if turn is not None else [row[name] for row in rows]
        for name, turn in turned.items()
    ]
    connection.exec_driver_sql(made.string, list(zip(*columns, strict=True)))
