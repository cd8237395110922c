"""Finds mail whose From header may mean several people, by each of them; only for what stops or holds."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, func, select

from agent.decide.gate.spelling import mailbox_of
from agent.store.mail.threading import MAIL

WRITERS = func.json_extract(MAIL.c.data, "$.writers").label("writers")
FROM_ANYBODY = (MAIL.c.sender == "") & MAIL.c.data.contains('"writers":[')
"""Such mail is rare, and the index by sender finds it."""


def mailboxes(listed: str) -> set[str]:
    """Whom the stored field `writers` means, in the form that all spellings share."""
    return {mailbox_of(str(one)) for one in json.loads(listed)}


def perhaps_from(connection: Connection, people: Iterable[str], *where: ColumnElement[bool]) -> list[int]:
    """The mails any of these may have written, the newest first."""
    wanted = {mailbox_of(person) for person in people if person}
    query = select(MAIL.c.id, WRITERS).where(FROM_ANYBODY, *where).order_by(MAIL.c.received.desc())
    return [row.id for row in connection.execute(query) if not wanted.isdisjoint(mailboxes(row.writers))]
