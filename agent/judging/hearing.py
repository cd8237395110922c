"""Reads what people wrote where the user wrote nothing, for what they say of themselves; judges no thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, select

from agent.bounds import TooMuchError, bounded
from agent.decide.reading.answers import read_answer
from agent.decide.threads.summary import OPT_OUT, Stand
from agent.decide.values import Me, Meaning
from agent.store.base.engine import Store
from agent.store.mail import standing
from agent.store.mail.threading import ENROLMENT, THREAD
from providers.base import Mail

TOGETHER = 300
"""Mails in memory at a time."""


def hear(store: Store, me: Me) -> int:
    """Read what came from people with an open question, and keep what stands."""
    with store.read() as connection:
        people = set(connection.execute(select(THREAD.c.person).where(THREAD.c.open == 1).distinct()).scalars())
        people |= set(connection.execute(select(ENROLMENT.c.person).distinct()).scalars())
        forms = {form for person in people - {""} for form in standing.spellings(connection, person)}
    return _all(store, me, lambda connection: standing.unheard(connection, forms, TOGETHER))


def hear_before(store: Store, me: Me, limit: datetime) -> int:
    """Read what is about to be emptied."""
    return _all(store, me, lambda connection: standing.untold(connection, limit, TOGETHER))


def _all(store: Store, me: Me, some: Callable[[Connection], list[tuple[int, Mail]]]) -> int:
    """However much it is; every part is kept before the next is read."""
    total = 0
    while True:
        with store.read() as connection:
            found = some(connection)
        if not found:
            return total
        total += _keep(store, me, found)


def _keep(store: Store, me: Me, found: list[tuple[int, Mail]]) -> int:
    def meaning(mail: Mail) -> str:
        try:
            return bounded(lambda: read_answer(mail, me=me).meaning).value
        except TooMuchError:
            return Meaning.UNSURE.value

    stands = [
        Stand(writer, OPT_OUT, mail.message_id or mail.key, mail.received.isoformat())
        for _, mail in found if mail.writers and meaning(mail) == OPT_OUT for writer in mail.writers
    ]  # fmt: skip
    with store.write() as change:
        standing.keep(store, change, stands)
        standing.mark_heard(change, [number for number, _ in found])
    return len(found)
