"""Keeps what a mail meant when its text is emptied, and once what an older store knew of people; never reads a text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update

from agent.decide.threads.summary import BOUNCED, OPT_OUT, Stand, Summary
from agent.decide.threads.threads import moment
from agent.decide.values import STOPPING
from agent.store.base import settings
from agent.store.base.engine import Change, Store
from agent.store.base.values import KeptMail
from agent.store.mail import standing, verdicts
from agent.store.mail.mail_codec import from_row, kept_mails
from agent.store.mail.threading import MAIL, THREAD, chunks
from providers.base import Origin

INHERITED = "standing.inherited"
STANDS = {"opted_out": OPT_OUT, "bounced": BOUNCED}
"""Verdicts on a thread that say something of a person."""


def note_meanings(change: Change, *which: ColumnElement[bool]) -> None:
    """Of these mails those that stopped their thread say so for good, for nobody can read it in them again."""
    theirs = (*which, MAIL.c.origin == Origin.OTHER.value, THREAD.c.summary != "")
    query = select(THREAD.c.id, THREAD.c.summary).where(
        THREAD.c.id.in_(select(MAIL.c.thread_id).join(THREAD, THREAD.c.id == MAIL.c.thread_id).where(*theirs))
    )
    stopped = {row.id: found for row in change.connection.execute(query) if (found := _stop(row.summary)) is not None}
    for part in chunks(stopped):
        rows = list(kept_mails(change.connection, select(MAIL).where(*which, MAIL.c.thread_id.in_(part))))
        for row in rows:
            _note(change, row, stopped[row.thread_id])


def _stop(told: str) -> Summary | None:
    """The summary of a thread that an answer stopped."""
    try:
        found = verdicts.summary_from_row(told)
    except verdicts.DamagedError:
        return None
    return found if found.meaning in STOPPING and found.answered_at else None


def _note(change: Change, row: KeptMail, stopped: Summary) -> None:
    mail = from_row(row)
    if mail.origin is not Origin.OTHER or mail.said or moment(mail) != datetime.fromisoformat(stopped.answered_at):
        return
    data = json.dumps({**json.loads(row.data), "said": stopped.meaning}, ensure_ascii=False, separators=(",", ":"))
    change.connection.execute(update(MAIL).where(MAIL.c.id == row.id).values(data=data))


def inherit(store: Store) -> None:
    """Once, before anything is read again: what the verdicts of an older relance say stands, its texts may be gone."""
    with store.read() as connection:
        if settings.get(connection, INHERITED):
            return
    with store.write() as change:
        note_meanings(change, MAIL.c.body == "")
        standing.keep(store, change, list(_stands(store, change.connection)))
        settings.put(change, INHERITED, "1")


def _stands(store: Store, connection: Connection) -> Iterator[Stand]:
    query = select(THREAD).where(THREAD.c.reason.in_(STANDS), THREAD.c.last.is_not(None))
    for row in connection.execute(query).all():
        kind = STANDS[row.reason]
        for person in _people(row.summary, row.person) if kind == OPT_OUT else {row.person}:
            # What is written down already may have been lifted since.
            if person and not standing.was_noted(store, connection, person, kind):
                yield Stand(person, kind, row.root, row.last.isoformat())


def _people(told: str, person: str) -> set[str]:
    """Everybody a question went to: which of them forbade it is not known any more."""
    try:
        return {person, *verdicts.summary_from_row(told).people}
    except verdicts.DamagedError:
        return {person}
