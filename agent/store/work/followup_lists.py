"""Which follow-ups stand where, and what their rows say beside their state; moves none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Unpack

from sqlalchemy import Connection, func, select

from agent.store.base.changes import LetterNote
from agent.store.base.engine import Change
from agent.store.base.rows import every
from agent.store.base.values import Followup, KeptLetter
from agent.store.mail.origins import MINE
from agent.store.mail.threading import FOLLOWUP, MAIL, THREAD
from agent.store.work import outbox
from agent.store.work.outbox import OUTBOX
from providers.base import Role


def numbers_in(connection: Connection, states: Iterable[str], most: int, *, by_due: bool = False) -> list[int]:
    """Numbers of those in these states, in the order in which they were made or are due."""
    query = select(FOLLOWUP.c.id).where(FOLLOWUP.c.state.in_(list(states)))
    ordered = query.order_by(FOLLOWUP.c.due if by_due else FOLLOWUP.c.id)
    return [int(number) for number in connection.execute(ordered.limit(most)).scalars()]


def rows_in(connection: Connection, state: str, most: int) -> list[Followup]:
    """Those in a state."""
    return every(connection, Followup, select(FOLLOWUP).where(FOLLOWUP.c.state == state).limit(most))


def of_threads(connection: Connection, threads: Collection[int]) -> set[int]:
    """Numbers of those that belong to these threads."""
    return set(connection.execute(select(FOLLOWUP.c.id).where(FOLLOWUP.c.thread_id.in_(list(threads)))).scalars())


def letters_of_touch(connection: Connection, basis: str, touch: int, states: Iterable[str]) -> list[KeptLetter]:
    """Letters in these states for the same touch after the same mail, whatever their revision or account."""
    same = (FOLLOWUP.c.basis == basis, FOLLOWUP.c.touch == touch)
    others = connection.execute(select(FOLLOWUP.c.id).where(*same)).scalars()
    return outbox.rows(connection, OUTBOX.c.followup_id.in_(list(others)), OUTBOX.c.state.in_(list(states)))


def last_revision(connection: Connection, like: Mapping[str, object], number: int) -> int | None:
    """The highest revision of another follow-up with these values."""
    alike = [FOLLOWUP.c[key] == value for key, value in like.items()]
    found = connection.execute(select(func.max(FOLLOWUP.c.revision)).where(*alike, FOLLOWUP.c.id != number)).scalar()
    return None if found is None else int(found)


def keep(change: Change, number: int, values: Mapping[str, object]) -> None:
    """What a row says beside its state."""
    kept = {**values, "changed": change.now}
    change.connection.execute(FOLLOWUP.update().where(FOLLOWUP.c.id == number).values(kept))


def note_letter(change: Change, number: int, *, state: str = "", **values: Unpack[LetterNote]) -> None:
    """What is noted about a letter beside its state, where it is still in that state."""
    where = (OUTBOX.c.id == number, *((OUTBOX.c.state == state,) if state else ()))
    change.connection.execute(OUTBOX.update().where(*where).values(**values))


def judge_again(change: Change, thread: int) -> None:
    """What is known of a thread changed beside its mails."""
    change.connection.execute(THREAD.update().where(THREAD.c.id == thread).values(changed=1))


def sent_where_drafted(connection: Connection, after: int, most: int) -> list[tuple[int, str]]:
    """Thread and Message-ID of what the user sent, with a higher number, where a draft was written for the thread."""
    query = select(MAIL.c.thread_id, MAIL.c.message_id).where(
        MAIL.c.id > after, MINE, MAIL.c.role == Role.SENT.value, MAIL.c.thread_id.in_(select(FOLLOWUP.c.thread_id))
    )
    return [(row.thread_id, row.message_id) for row in connection.execute(query.order_by(MAIL.c.id).limit(most))]
