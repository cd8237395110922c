"""Changes, drops, moves and doubles every row of a small audit log; each change must be found.

python -m tests.sim.tamper
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from agent.store.base import audit
from agent.store.base.engine import Store
from tests.sim.scenarios import later, queued, stage

COLUMNS = [
    "seq",
    "at",
    "boot",
    "monotonic",
    "actor",
    "process",
    "event",
    "object",
    "from_state",
    "to_state",
    "code",
    "commitment",
    "prev",
    "hash",
]
WORDS = ("key", "proof", "person", "detail")
GUARDS = ("event_no_UPDATE", "event_no_DELETE", "checkpoint_no_UPDATE", "checkpoint_no_DELETE")


@contextmanager
def unguarded(store: Store, statements: list[tuple[str, tuple[object, ...]]]) -> Iterator[audit.LogVerdict]:
    """The verdict after somebody with the key of the file changed it; rolled back afterwards."""
    with store.engine.connect() as plain:
        connection = plain.execution_options(relance_write=True)
        with connection.begin() as transaction:
            for guard in GUARDS:
                connection.exec_driver_sql(f"DROP TRIGGER {guard}")
            for statement, values in statements:
                connection.exec_driver_sql(statement, values)
            anchor = json.loads(store.places.anchor.read_text())
            yield audit.verify(connection, store.audit_key, anchor)
            transaction.rollback()


def changed(value: object) -> list[object]:
    """Each single change of a value: every number by one, every letter by another."""
    if isinstance(value, int):
        return [value + 1, value - 1]
    text = str(value)
    flipped = [text[:place] + chr(ord(sign) ^ 1) + text[place + 1 :] for place, sign in enumerate(text)]
    return [*flipped, text + "x", "" if text else "y"]


def attacks(store: Store) -> Iterator[tuple[str, list[tuple[str, tuple[object, ...]]]]]:
    """Every single change, as SQL."""
    with store.read() as connection:
        rows = [dict(row) for row in connection.exec_driver_sql("SELECT * FROM event ORDER BY seq").mappings()]
        words = [dict(row) for row in connection.exec_driver_sql("SELECT * FROM event_content").mappings()]
    last = len(rows)
    for row in rows:
        for column in COLUMNS:
            if column == "actor":
                fresh: list[object] = [other for other in ("user", "policy", "daemon") if other != row["actor"]]
            else:
                fresh = changed(row[column])
            for value in fresh:
                if column == "seq" and 1 <= int(str(value)) <= last:
                    continue
                yield (
                    f"{column} of {row['seq']}",
                    [(f"UPDATE event SET {column} = ? WHERE seq = ?", (value, row["seq"]))],
                )
        yield f"drop {row['seq']}", [("DELETE FROM event WHERE seq = ?", (row["seq"],))]
        yield f"cut from {row['seq']}", [("DELETE FROM event WHERE seq >= ?", (row["seq"],))]
        if row["seq"] < last:
            yield (
                f"swap {row['seq']}",
                [
                    ("UPDATE event SET seq = 0 WHERE seq = ?", (row["seq"],)),
                    ("UPDATE event SET seq = ? WHERE seq = ?", (row["seq"], row["seq"] + 1)),
                    ("UPDATE event SET seq = ? WHERE seq = 0", (row["seq"] + 1,)),
                ],
            )
        names = ", ".join(COLUMNS[1:])
        yield (
            f"double {row['seq']}",
            [(f"INSERT INTO event (seq, {names}) SELECT ?, {names} FROM event WHERE seq = ?", (last + 1, row["seq"]))],
        )
    for row in words:
        for column in WORDS:
            for value in changed(row[column]):
                yield (
                    f"{column} beside {row['seq']}",
                    [(f"UPDATE event_content SET {column} = ? WHERE seq = ?", (value, row["seq"]))],
                )
    yield "drop the checkpoints and cut", [("DELETE FROM checkpoint", ()), ("DELETE FROM event WHERE seq > 3", ())]


def tamper(every: int = 1) -> tuple[int, list[str]]:
    """How many changes were tried and which were not found."""
    missed, count = [], 0
    with stage() as here:
        queued(here)
        later(here, 2, 3)
        here.store.anchor()
        if not here.store.verify().complete:
            missed.append("the untouched log does not verify")
        for number, (name, statements) in enumerate(attacks(here.store)):
            if number % every:
                continue
            with unguarded(here.store, statements) as verdict:
                count += 1
                doubled = name.startswith("double") and verdict.broken_at is not None
                if verdict.broken_at is None and not doubled:
                    missed.append(name)
        missed += rewritten(here.store)
    return count + 1, missed


def rewritten(store: Store) -> list[str]:
    """The whole log computed anew, by somebody who does not have the key of the checkpoints."""
    with store.read() as connection:
        rows = [dict(row) for row in connection.execute(audit.EVENT.select().order_by(audit.EVENT.c.seq)).mappings()]
    statements: list[tuple[str, tuple[object, ...]]] = []
    prev = audit.START
    for row in rows:
        row["code"] = "forged" if row["seq"] == 2 else row["code"]
        fresh = audit.digest(
            prev,
            [audit.to_micros(row[name]) if name == "at" else row[name] for name in audit.FIELDS] + [row["commitment"]],
        )
        statements.append(
            ("UPDATE event SET code = ?, prev = ?, hash = ? WHERE seq = ?", (row["code"], prev, fresh, row["seq"]))
        )
        prev = fresh
    with unguarded(store, statements) as verdict:
        return [] if verdict.broken_at is not None else ["a rewritten log verifies"]


def quick() -> list[str]:
    """A sample of the changes."""
    return tamper(every=97)[1]


def main() -> int:
    began = time.monotonic()
    count, missed = tamper()
    for name in missed[:20]:
        print("NOT FOUND:", name)
    print(f"audit tampering: {count} changes tried, {len(missed)} not found, {time.monotonic() - began:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
