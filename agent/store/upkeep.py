"""Copies, restores, forgets and trims the store; each says in the audit log what it did, never what it removed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, delete, or_, select, update

from agent.errors import StoreError, UsageError
from agent.paths import Places
from agent.store.base import migrations, raw, settings
from agent.store.base.audit import CONTENT, Event
from agent.store.base.engine import Store
from agent.store.base.values import KeptMail
from agent.store.forgetting import traces as forgetting
from agent.store.forgetting.taken_out import carried
from agent.store.mail import emptied_texts
from agent.store.mail.mail_codec import from_row, kept_mails
from agent.store.mail.standing import EMPTIABLE
from agent.store.mail.threading import ENROLMENT, FOLLOWUP, MAIL, ONCE_MORE, THREAD
from agent.store.work import budgets, memories, model_calls, outbox

KEPT_COPIES = 7
"""As many as a week of daily copies."""
TRIMMED = "trimmed"


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was removed."""

    mails: int
    followups: int


def backup(store: Store, target: Path | None = None) -> Path:
    """A checked copy of the whole store, encrypted with the same key."""
    now = store.clock()
    file = target or store.places.backups / f"relance-{now:%Y%m%d-%H%M%S}.db"
    if os.path.lexists(file):
        raise UsageError(f"{file} exists already.", hint="Choose another name.")
    trusted = settings.same_life(store)
    try:
        migrations.copy(store.engine, file, store.file_key)
    except FileExistsError:
        raise UsageError(f"{file} exists already.", hint="Choose another name.") from None
    _check_copy(file, store.file_key)
    if trusted:
        settings.next_life(store)
    with store.write() as change:
        change.record(Event("store.backed_up"))
    if target is None:
        for old in sorted(store.places.backups.glob("relance-*.db"))[:-KEPT_COPIES]:
            old.unlink()
    return file


def _check_copy(file: Path, key: str | None) -> int:
    connection = raw.connect(file, key, create=False)
    try:
        if connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise StoreError(f"{file} is damaged.", hint="Choose another copy; `relance doctor` lists them.")
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def restore(places: Places, key: str | None, copy: Path, stamp: str) -> Path | None:
    """Put a copy in the place of the store. The present one is kept beside it; its path is returned.

    The generation beside the database ends first, so the next start sees a restored store and sends nothing.
    """
    if not copy.exists():
        raise UsageError(f"There is no file {copy}.", hint="`relance doctor` lists the copies there are.")
    if _check_copy(copy, key) > len(migrations.STEPS):
        raise StoreError(f"{copy} was written by a newer relance.", hint="Update relance.")
    settings.end_life(places)
    kept = None
    fresh = places.database.with_name("restoring.db")
    shutil.copyfile(copy, fresh)
    fresh.chmod(0o600)
    if places.database.exists():
        kept = places.database.with_name(f"replaced-{stamp}.db")
        places.database.replace(kept)
    for suffix in ("-wal", "-shm"):
        log = places.database.with_name(places.database.name + suffix)
        if log.exists():
            log.replace(places.database.with_name(f"replaced-{stamp}.db{suffix}"))
    fresh.replace(places.database)
    return kept


def forget(store: Store, address: str) -> Erased:
    """Remove a person: their mails, follow-ups, drafts and every commitment about them; keep only a keyed hash.

    Of their mail in a thread where the user wrote to others a stub stays, for that there was one holds the thread.
    """
    wanted = address.strip().lower()
    with store.write() as change:
        connection = change.connection
        carrying = _mails_with(store, connection, wanted)
        threads = {row.thread_id for row in carrying}
        threads |= set(connection.execute(select(THREAD.c.id).where(THREAD.c.person == wanted)).scalars())
        taken = forgetting.borne_by_others(connection, carrying, wanted)
        found = forgetting.traces(store, wanted, map(from_row, carrying), taken)
        gone_mails = forgetting.take_out(store, connection, carrying, found)
        written = forgetting.written_to(connection, wanted)
        outbox.erase_person(change, wanted, forgetting.letters_naming(connection, found))
        forgetting.drop_texts(connection, written)
        budgets.erase_person(change, wanted)
        memories.erase_person(change, wanted)
        # It is learned anew from the mails that are left.
        settings.drop(change, settings.PROFILE)
        gone = connection.execute(delete(FOLLOWUP).where(FOLLOWUP.c.person == wanted)).rowcount
        connection.execute(delete(ENROLMENT).where(ENROLMENT.c.person == wanted))
        connection.execute(
            update(THREAD).where(THREAD.c.person == wanted).values(person="", summary="", open=0, changed=ONCE_MORE)
        )
        forgetting.drop_empty_threads(connection)
        connection.execute(delete(CONTENT).where(CONTENT.c.person == wanted))
        forgetting.sweep(store, change, found, threads)
        digests = forgetting.digests_of(store, wanted)
        forgetting.remember(connection, digests)
        change.record(Event("person.erased", object=digests[0][:16]))
    compact(store)
    return Erased(len(gone_mails), gone)


def _mails_with(store: Store, connection: Connection, address: str) -> list[KeptMail]:
    """The mails that are from them, to them or about them, wherever they say so but in their words."""
    found = forgetting.traces(store, address, ())
    query = select(MAIL).where(or_(MAIL.c.sender == address, found.near(MAIL.c.data)))
    return [
        row for row in kept_mails(connection, query.execution_options(yield_per=500))
        if row.sender == address or any(map(found.address.search, carried(from_row(row))))
    ]  # fmt: skip


def trim(store: Store, keep_days: int) -> int:
    """Empty the texts of mails older than the limit; who wrote when stays, so that nothing is chased twice.

    What nobody has listened to yet is kept until somebody did: it may forbid to write.
    """
    with store.write() as change:
        limit = change.now - timedelta(days=keep_days)
        old = (MAIL.c.received < limit, MAIL.c.body != "", EMPTIABLE)
        emptied_texts.note_meanings(change, *old)
        emptied = change.connection.execute(update(MAIL).where(*old).values(body="")).rowcount
        model_calls.drop_before(change, limit)
        if emptied:
            change.record(Event("store.trimmed", actor="policy", code=str(emptied)))
    return emptied


def trim_daily(store: Store, keep_days: int, listen: Callable[[datetime], object]) -> int:
    """The same at most once a day, after all of it was listened to; says how many texts were emptied."""
    today = store.clock().date().isoformat()
    with store.read() as connection:
        if settings.get(connection, TRIMMED) == today:
            return 0
    listen(store.clock() - timedelta(days=keep_days))
    emptied = trim(store, keep_days)
    with store.write() as change:
        forgetting.prune(change)
        settings.put(change, TRIMMED, today)
    return emptied


def compact(store: Store) -> None:
    """Give removed content no place to linger in the file."""
    with store.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA query_only = OFF")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        driver.execute("VACUUM")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
