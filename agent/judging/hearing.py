"""Reads what people wrote where no thread is read whole for it, for what they say of themselves; judges no thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from time import process_time

from sqlalchemy import Connection

from agent.bounds import TooMuchError, within_bounds
from agent.decide.reading.answers import read_answer
from agent.decide.threads.summary import Stand, stands_of
from agent.decide.threads.threads import Thread
from agent.decide.threads.waits import asked_of
from agent.decide.values import Answer, Me
from agent.store.base import settings
from agent.store.base.engine import Store
from agent.store.mail import standing
from agent.store.mail.mail_lists import people_of_open_threads
from agent.store.work import enrolments
from providers.base import Mail

TOGETHER = 300
"""Mails in memory at a time."""
MOST_SECONDS = 6.0
"""Of processor time in one pass; what is left then is read in the next, and holds letters until it was."""
LEFT = "hearing.left"


def hear(store: Store, me: Me, *, news: bool = True) -> int:
    """Read what came from people with an open question, and keep what stands; without news, what was left over."""
    with store.read() as connection:
        if not news and not settings.get(connection, LEFT):
            return 0
        people = people_of_open_threads(connection) | enrolments.everybody(connection)
        forms = {form for person in people - {""} for form in standing.spellings_seen(connection, person)}
    read, left = _all(store, me, lambda connection: standing.unheard(connection, forms, TOGETHER))
    if left or not news:
        with store.write() as change:
            settings.put(change, LEFT, "1" if left else "")
    return read


def hear_before(store: Store, me: Me, limit: datetime) -> int:
    """Read what is about to be emptied."""
    return _all(store, me, lambda connection: standing.untold(connection, limit, TOGETHER))[0]


def reported(connection: Connection, me: Me, threads: Mapping[int, Thread]) -> list[Stand]:
    """Whom a mail of the user's could not be delivered to, in threads that were not read whole."""
    found, begun = list[Stand](), process_time()
    for number, thread in threads.items():
        own = [mail for mail in thread.mails if mail.mine]
        asked = {key for mail in own for key in asked_of(mail)}
        names = frozenset(mail.message_id for mail in own) - {""}
        for mail in standing.reports(connection, number) if own else ():
            if process_time() - begun > MOST_SECONDS or asked.isdisjoint(map(str.lower, mail.failed)):
                continue
            answer = _answer(mail, me, names)
            found += stands_of(mail, answer, asked) if answer is not None else []
    return found


def _all(store: Store, me: Me, some: Callable[[Connection], list[tuple[int, Mail]]]) -> tuple[int, bool]:
    """As much of it as the time allows, and whether any is left; every part is kept before the next is read."""
    total, begun = 0, process_time()
    while True:
        with store.read() as connection:
            found = some(connection)
        if not found or process_time() - begun > MOST_SECONDS:
            return total, bool(found)
        total += _keep(store, me, found, begun)


def _keep(store: Store, me: Me, found: list[tuple[int, Mail]], begun: float) -> int:
    stands: list[Stand] = []
    heard: dict[int, list[int]] = {standing.HEARD: [], standing.TOO_COSTLY: []}
    for number, mail in found:
        if process_time() - begun > MOST_SECONDS:
            break
        answer = _answer(mail, me) if mail.writers else None
        heard[standing.TOO_COSTLY if mail.writers and answer is None else standing.HEARD].append(number)
        stands += stands_of(mail, answer) if answer is not None else []
    with store.write() as change:
        standing.keep(store, change, stands)
        for how, numbers in heard.items():
            standing.mark_heard(change, numbers, how)
    return sum(map(len, heard.values()))


def _answer(mail: Mail, me: Me, own_ids: frozenset[str] = frozenset()) -> Answer | None:
    """What a mail means by itself; None where that takes too much."""
    try:
        with within_bounds():
            return read_answer(mail, me=me, own_ids=own_ids)
    except TooMuchError:
        return None
