"""Looks whether a service wrote about the people of a letter, or their matter, since its approval; never decides what
follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection

from agent.common.desk import Desk
from agent.decide.threads.matter import matter_words, names_most
from agent.decide.threads.robots import Notice, notice
from agent.sending.compose import Basis
from agent.store.base.values import Followup
from agent.store.mail import mail_lists
from agent.store.mail.mail_codec import from_row
from agent.store.mail.verdicts import summaries
from agent.store.work import enrolments


def told_since(connection: Connection, desk: Desk, followup: Followup, seen: Basis) -> bool:
    """Whether any did; of what was stored before an approval that knew no number nothing is said."""
    if "newest" not in seen:
        return False
    summary = summaries(connection, [followup.thread_id or 0]).get(followup.thread_id or 0)
    words = summary.matter if summary is not None else matter_words(followup.subject, followup.about)
    names = {summary.name if summary is not None else "", _name_given(connection, followup)}
    people = {followup.person.lower(), *(summary.people if summary is not None else ())} - {""}
    told = _since(connection, desk, seen["newest"], followup.thread_id)
    return any(names_most(said.everything, words) or any(said.names(people, name) for name in names) for said in told)


def _name_given(connection: Connection, followup: Followup) -> str:
    """What the user called them when they began the plan; of somebody who never wrote no mail tells a name."""
    row = enrolments.find(connection, followup.enrolment_id) if followup.enrolment_id else None
    return row.name if row is not None else ""


def _since(connection: Connection, desk: Desk, newest: int, thread: int | None) -> Iterator[Notice]:
    """What robots told in mail with a higher number, in other threads: in its own the judge has the word."""
    rows = mail_lists.newer_of_others(connection, newest)
    numbers = [row.id for row in rows if row.thread_id != thread]
    _hear(connection, desk, (number for number in numbers if number not in desk.heard))
    return (said for number in numbers if (said := desk.heard[number]) is not None)


def _hear(connection: Connection, desk: Desk, numbers: Iterable[int]) -> None:
    """Each mail is read for it once."""
    wanted = list(numbers)
    desk.heard.update(dict.fromkeys(wanted))
    for row in mail_lists.by_number(connection, wanted):
        desk.heard[row.id] = notice(from_row(row))
