"""Finds the moment a letter to somebody may leave: in their day, from their own mail's time zone; never sends it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from agent.common.home import Home
from agent.common.person import me_of
from agent.decide.dates.cadence import Hours, slot
from agent.decide.dates.zones import country_of, guess
from agent.store.mail import verdicts


def slot_for(home: Home) -> Callable[[str, datetime], datetime | None]:
    """For a person and a time, the first good moment not before it."""
    me = me_of(home.config, home.zone)

    def find(person: str, earliest: datetime) -> datetime | None:
        with home.store.read() as connection:
            dates = verdicts.dates_of(connection, person)
        place = guess(dates, person, me.zone, country=country_of(me, person))
        hours = Hours(zone=place.zone, workdays=me.workdays, country=place.country)
        return slot(earliest, earliest, person, hours).at

    return find
