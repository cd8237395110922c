"""Lists people the user used to write with and no longer does, to pick from; begins nothing by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median

from sqlalchemy import Connection

from agent.common.home import Home
from agent.common.person import me_of
from agent.sequences.person_meant import not_to
from agent.store.mail import people
from agent.store.shown.gone_quiet import exchanges
from agent.store.work import enrolments


@dataclass(frozen=True, slots=True)
class GoneQuiet:
    """Somebody nothing came from and went to for a while."""

    person: str
    name: str
    mails: int
    gap: float | None
    """The median of days between two days with mail; None where all of it was on one day."""
    last: datetime
    subject: str


def gone_quiet(home: Home, weeks: int) -> list[GoneQuiet]:
    """Everybody without a mail for so long, the most regular first."""
    me = me_of(home.config, home.zone)
    with home.store.read() as connection:
        names = people.everybody(connection).names
        found = [
            GoneQuiet(
                one.person, names.get(one.person, ""), one.sent + one.got, gap(one.days), one.last,
                one.subject,
            )
            for one in exchanges(connection, home.clock() - timedelta(weeks=weeks))
            if not_to(home, connection, me, one.person) is None and not _spoken_for(home, connection, one.person)
        ]  # fmt: skip
    return sorted(found, key=lambda one: (one.gap is None, one.gap or 0.0, -one.mails, one.person))


def gap(days: tuple[date, ...]) -> float | None:
    """The usual pause between two days on which a mail went either way."""
    pauses = [(later - earlier).days for earlier, later in pairwise(days)]
    return float(median(pauses)) if pauses else None


def _spoken_for(home: Home, connection: Connection, person: str) -> bool:
    """Under a plan already, or with an address that is dead."""
    return bool(enrolments.of_mailbox(connection, person)) or bool(people.bounced(home.store, connection, [person]))
