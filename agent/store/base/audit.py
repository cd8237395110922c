"""The audit log: an append-only chain of hashes; never an address, a subject or a sentence in it."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection, func, insert, select

from agent import __version__
from agent.clock import Beat
from agent.store.base.columns import to_micros
from agent.store.base.rows import every, table_of
from agent.store.base.tables import CheckpointRow, EventContentRow, EventRow
from agent.store.base.values import KeptEvent, ToldEvent
from providers.mail.plain import in_json

START = "0" * 64
NO_ANCHOR = "the anchor file outside the database is missing"
FIELDS = ("seq", "at", "boot", "monotonic", "actor", "process", "event", "object", "from_state", "to_state", "code")
EVENT = table_of(EventRow)
CONTENT = table_of(EventContentRow)
CHECKPOINT = table_of(CheckpointRow)
Statement = Mapping[str, object]
"""What was kept outside the database about the log; whoever can write there may have written anything."""


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, before it has its place in the chain."""

    event: str
    object: str = ""
    actor: str = "user"
    from_state: str = ""
    to_state: str = ""
    code: str = ""
    content: str = ""
    """What it is about; only a keyed commitment to it enters the chain."""
    person: str = ""
    detail: str = ""
    """Words for a human, kept beside the chain and removable."""


@dataclass(frozen=True, slots=True)
class LogVerdict:
    """What the log can prove about itself."""

    rows: int
    broken_at: int | None = None
    problem: str = ""
    anchored_seq: int = 0
    anchored_at: datetime | None = None

    @property
    def complete(self) -> bool:
        return self.broken_at is None and self.anchored_seq == self.rows


def digest(prev: str, fields: Sequence[object]) -> str:
    """The hash of one row. Lengths before values, so that no two rows read the same."""
    hasher = hashlib.sha256(bytes.fromhex(prev))
    for field in fields:
        value = str(field).encode()
        hasher.update(b"%d:" % len(value))
        hasher.update(value)
    return hasher.hexdigest()


def commit_to(key: str, content: str) -> str:
    """A commitment that says nothing to anyone without the key."""
    return hmac.digest(bytes.fromhex(key), content.encode(), "sha256").hex()


def append(connection: Connection, events: Sequence[Event], now: datetime, beat: Beat) -> int:
    """Add events at the end of the chain, inside the caller's transaction. Returns the new last number."""
    seq, prev = head(connection)
    rows, contents = [], []
    for event in events:
        seq += 1
        row, content = _row(event, seq, prev, now, beat)
        prev = row.hash
        rows.append({column.name: getattr(row, column.name) for column in EVENT.columns})
        if content is not None:
            contents.append(content)
    connection.execute(insert(EVENT), rows)
    if contents:
        connection.execute(insert(CONTENT), contents)
    return seq


def _row(event: Event, seq: int, prev: str, now: datetime, beat: Beat) -> tuple[KeptEvent, dict[str, object] | None]:
    about = bool(event.content or event.detail or event.person)
    key = secrets.token_hex(32) if about else ""
    proof = commit_to(key, event.content) if event.content else ""
    row = KeptEvent(
        seq, now, beat.boot, beat.microseconds, event.actor, f"{os.getpid()} {__version__}", event.event, event.object,
        event.from_state, event.to_state, event.code,
        commit_to(key, words(proof, event.person, event.detail)) if about else "", prev, "",
    )  # fmt: skip
    content = {"seq": seq, "key": key, "proof": proof, "person": event.person, "detail": event.detail}
    return replace(row, hash=row_hash(prev, row)), content if about else None


def words(proof: str, person: str, detail: str) -> str:
    """What stands beside the chain, as one text to commit to."""
    return "".join(f"{len(part)}:{part}" for part in (proof, person, detail))


def row_hash(prev: str, row: KeptEvent) -> str:
    """The hash a row must have after `prev`."""
    values = [to_micros(row.at) if name == "at" else getattr(row, name) for name in FIELDS]
    return digest(prev, [*values, row.commitment])


def head(connection: Connection) -> tuple[int, str]:
    """Number and hash of the last row."""
    row = connection.execute(select(EVENT.c.seq, EVENT.c.hash).order_by(EVENT.c.seq.desc()).limit(1)).first()
    return (int(row.seq), str(row.hash)) if row else (0, START)


def read(connection: Connection, *, after: int = 0, most: int = -1, newest: bool = False) -> list[ToldEvent]:
    """Rows with their words, oldest first."""
    query = (
        select(EVENT, CONTENT.c.person, CONTENT.c.detail)
        .join(CONTENT, CONTENT.c.seq == EVENT.c.seq, isouter=True)
        .where(EVENT.c.seq > after)
        .order_by(EVENT.c.seq.desc() if newest else EVENT.c.seq)
    )
    rows = every(connection, ToldEvent, query.limit(most) if most >= 0 else query)
    return rows[::-1] if newest else rows


def checkpoint_mac(key: str, seq: int, last_hash: str, at: datetime) -> str:
    """What only the holder of the key can state about the log."""
    return commit_to(key, f"{seq} {last_hash} {to_micros(at)}")


def checkpoint(connection: Connection, key: str, now: datetime) -> Statement | None:
    """State where the log ends, if it grew since the last time. Returns what an anchor outside must keep."""
    seq, last_hash = head(connection)
    newest = connection.execute(select(func.max(CHECKPOINT.c.seq))).scalar() or 0
    if seq in {0, newest}:
        return None
    mac = checkpoint_mac(key, seq, last_hash, now)
    connection.execute(insert(CHECKPOINT), [{"seq": seq, "hash": last_hash, "at": now, "mac": mac}])
    return {"seq": seq, "hash": last_hash, "at": to_micros(now), "mac": mac}


def verify(connection: Connection, key: str, anchor: Statement | None) -> LogVerdict:
    """Walk the whole chain, the checkpoints and the anchor."""
    hashes, broken = _walk(connection)
    if broken is not None:
        return broken
    stated, broken = _check_points(connection, key, hashes)
    broken = broken or _check_words(connection, len(hashes))
    if broken is not None:
        return broken
    if anchor is not None:
        wrong = _check_anchor(anchor, key, len(hashes), lambda seq: hashes[seq - 1])
        if wrong:
            return LogVerdict(len(hashes), len(hashes) + 1 if "are gone" in wrong else len(hashes), wrong)
        return LogVerdict(len(hashes), anchored_seq=_number(anchor["seq"]), anchored_at=_time(anchor["at"]))
    if stated:
        return LogVerdict(len(hashes), problem=NO_ANCHOR)
    return LogVerdict(len(hashes))


def _walk(connection: Connection) -> tuple[list[str], LogVerdict | None]:
    hashes: list[str] = []
    prev = START
    for row in every(connection, KeptEvent, select(EVENT).order_by(EVENT.c.seq)):
        expected = len(hashes) + 1
        if row.seq != expected:
            return hashes, LogVerdict(len(hashes), expected, f"row {expected} is missing")
        if row.prev != prev:
            return hashes, LogVerdict(len(hashes), expected, "the row does not follow the one before it")
        prev = row_hash(prev, row)
        if row.hash != prev:
            return hashes, LogVerdict(len(hashes), expected, "the row was changed")
        hashes.append(prev)
    return hashes, None


def _check_points(connection: Connection, key: str, hashes: list[str]) -> tuple[int, LogVerdict | None]:
    last = 0
    for row in connection.execute(select(CHECKPOINT).order_by(CHECKPOINT.c.seq)):
        last = int(row.seq)
        if last > len(hashes):
            return last, LogVerdict(len(hashes), len(hashes) + 1, f"rows up to {last} existed and are gone")
        if row.mac != checkpoint_mac(key, last, row.hash, row.at):
            return last, LogVerdict(len(hashes), last, "a checkpoint was changed or written without the key")
        if hashes[last - 1] != row.hash:
            return last, LogVerdict(len(hashes), last, "the log was rewritten before a checkpoint")
    return last, None


def _check_words(connection: Connection, rows: int) -> LogVerdict | None:
    joined = select(EVENT.c.commitment, CONTENT).join(EVENT, EVENT.c.seq == CONTENT.c.seq, isouter=True)
    for row in connection.execute(joined.order_by(CONTENT.c.seq)):
        if not _fits(row.commitment, row.key, words(row.proof, row.person, row.detail)):
            return LogVerdict(rows, int(row.seq), "the words beside the row were changed")
    return None


def _fits(commitment: str | None, key: str, content: str) -> bool:
    try:
        return commitment == commit_to(key, content)
    except ValueError:  # a key that is no key any more
        return False


def lost(connection: Connection, key: str, anchor: Statement | None) -> str:
    """What the statement outside says against the log, without a walk; nothing where they agree."""
    if anchor is None:
        stated = connection.execute(select(func.max(CHECKPOINT.c.seq))).scalar()
        return NO_ANCHOR if stated else ""
    row = select(EVENT.c.hash)
    return _check_anchor(
        anchor, key, head(connection)[0], lambda seq: str(connection.scalar(row.where(EVENT.c.seq == seq)))
    )


def losses(connection: Connection) -> list[tuple[datetime, str]]:
    """When the log noticed that it does not go on where it ended, and what was missing."""
    noticed = EVENT.c.event.in_(("audit.lost", "store.restored"))
    found = select(EVENT.c.at, EVENT.c.code).where(noticed).order_by(EVENT.c.seq)
    return [(row.at, row.code) for row in connection.execute(found)]


def _check_anchor(anchor: Statement, key: str, rows: int, hash_of: Callable[[int], str]) -> str:
    try:
        seq, last_hash, at, mac = _number(anchor["seq"]), str(anchor["hash"]), _time(anchor["at"]), str(anchor["mac"])
    except (KeyError, ValueError, TypeError, OverflowError):
        return "the anchor file is damaged"
    if mac != checkpoint_mac(key, seq, last_hash, at):
        return "the anchor file does not belong to this log"
    if seq > rows:
        return f"rows up to {seq} existed and are gone"
    return "" if hash_of(seq) == last_hash else "the log was rewritten before its anchor"


def _number(found: object) -> int:
    if not isinstance(found, int | float | str):
        raise TypeError("no number")
    return int(found)


def _time(micros: object) -> datetime:
    return datetime.fromtimestamp(int(str(micros)) / 1_000_000, UTC).replace(microsecond=int(str(micros)) % 1_000_000)


def as_json(row: KeptEvent) -> str:
    """One row the way `audit list --json` prints it."""
    return in_json(
        {
            "schema": 1, "seq": row.seq, "at": row.at.isoformat(), "actor": row.actor, "event": row.event,
            "object": row.object, "from": row.from_state or None, "to": row.to_state or None,
            "code": row.code, "hash": row.hash, "prev": row.prev, "commitment": row.commitment,
            "boot": row.boot, "monotonic": row.monotonic, "process": row.process,
        }
    )  # fmt: skip
