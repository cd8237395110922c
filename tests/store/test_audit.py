"""The log shows every change made behind its back."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from agent import failpoints
from agent.cli.showing.log import describe
from agent.errors import Exit
from agent.paths import Places
from agent.store.base import audit
from agent.store.base.audit import Event
from agent.store.base.engine import Store
from tests.sim.tamper import COLUMNS


def fill(store: Store, rows: int) -> None:
    with store.write() as change:
        change.record(
            *(Event("touch.queued", object=f"followup:{n}", content="c", person="a@x", detail="d") for n in range(rows))
        )


def tamper(store: Store, *statements: str) -> None:
    """What a thief with the file and the key could do: triggers dropped, rows changed."""
    with store.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA query_only = OFF")
        for table in ("event", "checkpoint"):
            for verb in ("UPDATE", "DELETE"):
                driver.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
        for statement in statements:
            driver.execute(statement)


def test_a_fresh_log_is_complete_once_anchored(store: Store) -> None:
    fill(store, 5)
    assert store.verify().broken_at is None
    assert not store.verify().complete
    store.anchor()
    assert store.verify().complete


def test_rows_cannot_be_changed_or_removed_through_the_database(store: Store) -> None:
    fill(store, 2)
    for statement in ("UPDATE event SET code = 'x'", "DELETE FROM event"):
        with pytest.raises(IntegrityError, match="append-only"), store.write() as change:
            change.connection.exec_driver_sql(statement)


VALUES = [column for column in COLUMNS if column != "seq"]


@pytest.mark.parametrize("column", VALUES)
def test_a_change_in_any_column_is_found_at_its_row(store: Store, column: str) -> None:
    fill(store, 6)
    value = (
        "'policy'" if column == "actor" else f"{column} + 1" if column in {"at", "monotonic"} else f"{column} || '0'"
    )
    tamper(store, f"UPDATE event SET {column} = {value} WHERE seq = 4")
    assert store.verify().broken_at == 4


@pytest.mark.slow
def test_every_single_byte_of_a_small_log_is_guarded(store: Store) -> None:
    fill(store, 3)
    store.anchor()
    with store.read() as connection:
        rows = audit.read(connection)
    flipped = 0
    for row in rows:
        for column in ("boot", "event", "object", "commitment", "prev", "hash"):
            for index, letter in enumerate(getattr(row, column)):
                other = "0" if letter != "0" else "1"
                whole = getattr(row, column)
                changed = whole[:index] + other + whole[index + 1 :]
                tamper(store, f"UPDATE event SET {column} = '{changed}' WHERE seq = {row.seq}")
                assert store.verify().broken_at is not None, (row.seq, column, index)
                tamper(store, f"UPDATE event SET {column} = '{whole}' WHERE seq = {row.seq}")
                flipped += 1
    assert flipped > 500
    assert store.verify().complete


SWAP = [f"UPDATE event SET seq = {new} WHERE seq = {old}" for old, new in ((2, 99), (3, 2), (99, 3))]
COPY = f"INSERT INTO event (seq, {', '.join(VALUES)}) SELECT 7, {', '.join(VALUES)} FROM event WHERE seq = 6"


@pytest.mark.parametrize(
    ("name", "statements", "seq"),
    [
        ("a row dropped from the middle", ["DELETE FROM event WHERE seq = 3"], 3),
        ("the first row dropped", ["DELETE FROM event WHERE seq = 1"], 1),
        ("two rows swapped", SWAP, 2),
        ("a row duplicated at the end", [COPY], 7),
        ("the tail cut", ["DELETE FROM event WHERE seq > 4"], 5),
        ("the words beside a row changed", ["UPDATE event_content SET detail = 'e' WHERE seq = 2"], 2),
    ],
)
def test_dropped_swapped_and_doubled_rows_are_found(store: Store, name: str, statements: list[str], seq: int) -> None:
    fill(store, 6)
    store.anchor()
    tamper(store, *statements)
    assert store.verify().broken_at == seq, name


def rewrite(store: Store, key: str | None) -> None:
    """Change row 2 and compute the whole chain anew, as somebody who read this source would."""
    with store.read() as connection:
        rows = audit.read(connection)
    prev, statements = audit.START, []
    for row in rows:
        code, before = "forged" if row.seq == 2 else row.code, prev
        prev = audit.row_hash(prev, replace(row, code=code))
        statements.append(f"UPDATE event SET code='{code}', prev='{before}', hash='{prev}' WHERE seq={row.seq}")
    tamper(store, *statements)
    if key is not None:
        mac = audit.checkpoint_mac(key, len(rows), prev, rows[-1].at)
        tamper(store, f"UPDATE checkpoint SET hash = '{prev}', mac = '{mac}'")


def test_a_rewritten_chain_does_not_fit_its_checkpoint(store: Store) -> None:
    fill(store, 4)
    store.anchor()
    rewrite(store, None)
    assert store.verify().broken_at is not None


def test_a_rewritten_chain_with_a_forged_checkpoint_fails_without_the_key(store: Store) -> None:
    fill(store, 4)
    store.anchor()
    rewrite(store, "11" * 32)
    assert "without the key" in store.verify().problem


def test_without_anchor_and_checkpoint_a_cut_tail_is_not_claimed_to_be_complete(store: Store) -> None:
    fill(store, 6)
    tamper(store, "DELETE FROM event WHERE seq > 4", "DELETE FROM event_content WHERE seq > 4")
    verdict = store.verify()
    assert verdict.broken_at is None
    assert not verdict.complete


def test_an_older_copy_of_the_database_does_not_fit_the_anchor_beside_it(store: Store, where: Places) -> None:
    fill(store, 3)
    store.anchor()
    kept = where.anchor.read_bytes()
    fill(store, 3)
    store.anchor()
    later = [f"DELETE FROM {table} WHERE seq > 3" for table in ("event", "event_content", "checkpoint")]
    tamper(store, *later)
    assert "are gone" in store.verify().problem
    where.anchor.write_bytes(kept)
    assert store.verify().complete


@pytest.mark.parametrize("more", [1, 5])
def test_a_log_that_goes_on_after_a_loss_keeps_saying_what_was_lost(store: Store, more: int) -> None:
    fill(store, 6)
    store.anchor()
    assert store.lost() == ""
    tamper(store, *[f"DELETE FROM {table} WHERE seq > 3" for table in ("event", "event_content", "checkpoint")])
    fill(store, more)
    told = store.lost()
    assert told
    store.anchor()
    assert (store.lost(), store.verify().complete) == ("", True)
    with store.read() as connection:
        said = [(row.actor, row.code) for row in audit.read(connection) if row.event == "audit.lost"]
        noticed = [words for _, words in audit.losses(connection)]
    assert (said, noticed) == ([("daemon", told)], [told])


def test_a_damaged_anchor_is_said_to_be_damaged(store: Store, where: Places) -> None:
    fill(store, 1)
    where.anchor.write_text(json.dumps({"seq": "x"}))
    assert "damaged" in store.verify().problem


def test_commitments_say_nothing_after_their_key_is_gone_and_the_chain_still_holds(store: Store) -> None:
    fill(store, 4)
    store.anchor()
    tamper(store, "DELETE FROM event_content WHERE person = 'a@x'")
    assert store.verify().complete


def test_equal_contents_have_different_commitments(store: Store) -> None:
    fill(store, 20)
    with store.read() as connection:
        rows = audit.read(connection)
    assert len({row.commitment for row in rows}) == 20


@pytest.mark.slow
def test_a_thousand_random_changes_in_twenty_thousand_rows_are_all_found(store: Store) -> None:
    fill(store, 20_000)
    store.anchor()
    with store.read() as connection:
        rows = audit.read(connection)
    random_source = random.Random(7)
    for _ in range(1000):
        row = random_source.choice(rows)
        column = random_source.choice(audit.FIELDS[2:])
        changed = replace(row, **{column: f"{getattr(row, column)}x"})
        prev = rows[row.seq - 2].hash if row.seq > 1 else audit.START
        assert audit.row_hash(prev, changed) != row.hash


def without(where: Places) -> None:
    where.anchor.unlink()


def test_an_older_log_without_its_anchor_is_noticed_and_stays_so(store: Store, where: Places) -> None:
    fill(store, 3)
    store.anchor()
    fill(store, 3)
    store.anchor()
    tamper(store, *[f"DELETE FROM {table} WHERE seq > 3" for table in ("event", "event_content", "checkpoint")])
    without(where)
    assert (store.lost(), store.verify().complete) == (audit.NO_ANCHOR, False)
    store.anchor()
    with store.read() as connection:
        assert [words for _, words in audit.losses(connection)] == [audit.NO_ANCHOR]
    assert describe(store.verify(), lost=True)[1] == Exit.FAILED


@pytest.mark.parametrize("point", ["store.before_commit", "store.committed"])
def test_being_killed_while_anchoring_is_not_taken_for_a_loss(store: Store, point: str) -> None:
    class Killed(BaseException):
        pass

    def die(name: str) -> None:
        if name == point:
            raise Killed

    fill(store, 3)
    failpoints.install(die)
    try:
        with pytest.raises(Killed):
            store.anchor()
    finally:
        failpoints.install(None)
    assert store.lost() == ""
    store.anchor()
    assert store.verify().complete
