"""People the user used to exchange mail with and no longer does, with the days of their mails; judges nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection, Integer, String, func, literal, select, union_all

from agent.store.mail.origins import MINE
from agent.store.mail.threading import MAIL
from agent.store.shown.owed_mails import AWAY
from providers.base import Origin

FEWEST = 3
"""Mails in each direction, from which on two people have an exchange."""
MOST = 1_000
"""Those whose last mail is newest; nobody reads on behind them."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Exchange:
    """Everything between the user and one person, as far as figures tell."""

    person: str
    sent: int
    got: int
    last: datetime
    subject: str
    days: tuple[date, ...]
    """On which a mail went either way, each once, the first first."""


def exchanges(connection: Connection, before: datetime) -> list[Exchange]:
    """Everybody with enough mails in both directions and none of them since then."""
    identity = func.coalesce(func.nullif(MAIL.c.message_id, ""), MAIL.c.key)
    to = func.json_each(MAIL.c.data, "$.to").table_valued("value").alias("each_to")
    columns = (MAIL.c.sender.label("person"), identity.label("identity"), literal(0).label("own"))
    theirs = select(*columns, MAIL.c.received, MAIL.c.subject).where(
        MAIL.c.origin == Origin.OTHER.value, MAIL.c.sender != "", MAIL.c.role.not_in(AWAY)
    )
    ours = (
        select(
            func.lower(func.json_extract(to.c.value, "$[0]"), type_=String), identity, literal(1), MAIL.c.received,
            MAIL.c.subject,
        ).select_from(MAIL).join(to, literal(1) == 1).where(MINE, MAIL.c.role.not_in(AWAY))
    )  # fmt: skip
    both = union_all(theirs, ours).subquery()
    # A mail that lies in two folders is one.
    once = select(
        both.c.person, both.c.own, func.min(both.c.received).label("at"), both.c.subject
    ).group_by(both.c.person, both.c.identity).subquery()  # fmt: skip
    sent = func.sum(once.c.own, type_=Integer)
    query = (
        select(
            once.c.person, sent.label("sent"), (func.count() - sent).label("got"), func.max(once.c.at).label("last"),
            once.c.subject, func.group_concat(once.c.at).label("times"),
        )
        .group_by(once.c.person)
        .having(sent >= FEWEST, func.count() - sent >= FEWEST, func.max(once.c.at) < before)
        .order_by(func.max(once.c.at).desc()).limit(MOST)
    )  # fmt: skip
    return [
        Exchange(row.person, int(row.sent), int(row.got), row.last, row.subject, _days(row.times))
        for row in connection.execute(query)
    ]


def _days(times: str) -> tuple[date, ...]:
    return tuple(sorted({(EPOCH + timedelta(microseconds=int(at))).date() for at in times.split(",")}))
