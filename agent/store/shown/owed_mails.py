"""The mails by which the user may owe somebody something: what came after their last word, and that last word."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, func, select

from agent.store.mail.mail_codec import from_row, kept_mails
from agent.store.mail.origins import MINE
from agent.store.mail.threading import MAIL
from providers.base import Mail, Origin, Role

AWAY = (Role.DRAFTS.value, Role.JUNK.value, Role.TRASH.value)
"""Where nothing lies that anybody waits for."""
LAST = (
    select(MAIL.c.thread_id.label("thread"), func.max(MAIL.c.received).label("at"))
    .where(MINE, MAIL.c.role != Role.DRAFTS.value)
    .group_by(MAIL.c.thread_id)
    .subquery()
)
"""When the user last wrote in each thread."""


def unanswered(connection: Connection, since: datetime) -> Iterator[tuple[int, bool, Mail]]:
    """Mails of others after the user's last one there, newest first: thread, whether the user wrote in it, mail."""
    query = (
        select(MAIL).outerjoin(LAST, LAST.c.thread == MAIL.c.thread_id)
        .where(MAIL.c.received >= since, MAIL.c.origin == Origin.OTHER.value, MAIL.c.present == 1)
        .where(MAIL.c.role.not_in((*AWAY, Role.SENT.value)), LAST.c.at.is_(None) | (MAIL.c.received > LAST.c.at))
        .order_by(MAIL.c.received.desc(), MAIL.c.id.desc())
    )  # fmt: skip
    wrote = set(connection.execute(select(LAST.c.thread)).scalars())
    return ((row.thread_id, row.thread_id in wrote, from_row(row)) for row in kept_mails(connection, query))


def last_words(connection: Connection, since: datetime) -> Iterator[tuple[int, Mail]]:
    """The user's last mail of each thread, newest first."""
    query = (
        select(MAIL).join(LAST, (LAST.c.thread == MAIL.c.thread_id) & (LAST.c.at == MAIL.c.received))
        .where(MINE, MAIL.c.received >= since, MAIL.c.role != Role.DRAFTS.value)
        .order_by(MAIL.c.received.desc(), MAIL.c.id.desc())
    )  # fmt: skip
    return ((row.thread_id, from_row(row)) for row in kept_mails(connection, query))
