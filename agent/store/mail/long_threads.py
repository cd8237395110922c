"""Reads of a thread of very many mails the user's own and the newest of the others; never passes over one unseen: where
anything is left out, a mail that counts as unread holds the thread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, not_, select

from agent.store.base.values import KeptMail
from agent.store.mail.mail_codec import kept_mails
from agent.store.mail.origins import MINE
from agent.store.mail.threading import MAIL, THREAD, chunks
from providers.mail.mime import MOST_TEXT

FEW = 10
"""A thread of no more mails is read whole."""
MOST = 300
"""Mails of others, the newest, and as many of the user's own."""
MOST_CHARACTERS = 600_000
"""Of all that others wrote; what is older than that is read by its beginning."""
SHORT = 1_500
"""Characters of the beginning: what an answer says stands above what it quotes."""
TOGETHER = 30_000_000
"""Bytes of mail that are held in memory at once, or one thread."""
TOO_MANY = "Its thread is too long to be read to its end."
HEAD = [func.substr(MAIL.c.body, 1, SHORT + 1).label("body") if one.name == "body" else one for one in MAIL.c]


@dataclass(frozen=True, slots=True)
class Long:
    """What is read of a long thread, by row; the newest first."""

    root: str
    whole: list[int]
    short: list[int]
    left_out: bool

    def rows(self, connection: Connection) -> Iterator[KeptMail]:
        """The mails, the oldest first."""
        held = self.left_out
        for query, most in ((select(*HEAD), SHORT), (select(MAIL), MOST_TEXT)):
            for part in chunks(reversed(self.short if most == SHORT else self.whole)):
                rows = kept_mails(connection, query.where(MAIL.c.id.in_(part)).order_by(MAIL.c.received))
                for row in rows:
                    problem = TOO_MANY if held or len(row.body) > most else ""
                    held = False
                    yield row._replace(body=row.body[:most], problem=row.problem or problem)


def long_threads(connection: Connection, threads: Iterable[int]) -> dict[int, Long]:
    """Those of these threads that are not read whole."""
    among = (MAIL.c.thread_id.in_(list(threads)),)
    many = select(MAIL.c.thread_id).where(*among).group_by(MAIL.c.thread_id).having(func.count() > FEW)
    return {number: _long(connection, number) for number in connection.execute(many).scalars()}


def _long(connection: Connection, number: int) -> Long:
    newest = select(MAIL.c.id).where(MAIL.c.thread_id == number).order_by(MAIL.c.received.desc()).limit(MOST + 1)
    own = list(connection.execute(newest.where(MINE)).scalars())
    others = list(connection.execute(newest.where(not_(MINE))).scalars())
    whole = _fitting(connection, others[:MOST])
    root = connection.execute(select(THREAD.c.root).where(THREAD.c.id == number)).scalar_one()
    left_out = len(own) > MOST or len(others) > MOST
    return Long(root, own[:MOST] + whole, others[len(whole) : MOST], left_out)


def _fitting(connection: Connection, newest: list[int]) -> list[int]:
    """As many of these as may be read whole; what lies behind them is not even measured."""
    left = MOST_CHARACTERS
    whole: list[int] = []
    for part in chunks(newest, FEW):
        sizes = select(MAIL.c.id, func.length(MAIL.c.body)).where(MAIL.c.id.in_(part))
        long = {row[0]: int(row[1]) for row in connection.execute(sizes)}
        for one in part:
            left -= long[one]
            if left < 0:
                return whole
            whole.append(one)
    return whole


def together(connection: Connection, threads: dict[int, int]) -> dict[int, int]:
    """The first of these threads, as many as may be in memory at once."""
    sizes: dict[int, int] = {}
    query = select(MAIL.c.thread_id, func.sum(func.min(MAIL.c.size, MOST_TEXT)).label("bytes"))
    for part in chunks(threads):
        rows = connection.execute(query.where(MAIL.c.thread_id.in_(part)).group_by(MAIL.c.thread_id))
        sizes.update((row.thread_id, row.bytes) for row in rows)
    left = TOGETHER
    found: dict[int, int] = {}
    for number, changed in threads.items():
        left -= sizes.get(number, 0)
        if left < 0 and found:
            break
        found[number] = changed
    return found
