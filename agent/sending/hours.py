"""Finds the moment a letter to somebody may leave: in their day, from their own mail's time zone; never sends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

from agent.common.home import Home
from agent.common.person import me_of
from agent.config import Timing
from agent.decide.dates.cadence import MOST_DAYS, Hours, Preference, slot
from agent.decide.dates.zones import country_of, guess
from agent.decide.plans.plans import Plan
from agent.preferred_times import days_of, hours_of
from agent.sequences.plans import all_plans
from agent.store.base.values import Followup
from agent.store.mail import verdicts
from agent.store.work import enrolments


def slot_for(home: Home) -> Callable[[Followup, datetime], datetime | None]:
    """For a follow-up and a time, the first good moment not before it."""
    me, plans, timing = me_of(home.config, home.zone), all_plans(home.config), home.config.timing

    def find(followup: Followup, earliest: datetime) -> datetime | None:
        with home.store.read() as connection:
            dates = verdicts.dates_of(connection, followup.person)
            under = enrolments.find(connection, followup.enrolment_id) if followup.enrolment_id else None
        place = guess(dates, followup.person, me.zone, country=country_of(me, followup.person))
        hours = Hours(zone=place.zone, workdays=me.workdays, country=place.country)
        wanted = preference(timing, plans.get(followup.plan), under.anchor if under is not None else "")
        return slot(earliest, earliest, followup.person, hours, prefer=wanted).at

    return find


def preference(timing: Timing, plan: Plan | None, anchor: str = "") -> Preference:
    """What the plan prefers, else what the config does for all, else the middle of the week."""
    days = (plan.prefer_days if plan else None) or (days_of(timing.prefer_days) if timing.prefer_days else None)
    hours = (plan.prefer_hours if plan else None) or (hours_of(timing.prefer_hours) if timing.prefer_hours else None)
    usual = Preference(before=date.fromisoformat(anchor) if anchor else None)
    if days is None and hours is None:
        return usual
    return replace(usual, days=days or usual.days, hours=hours or usual.hours, within=MOST_DAYS)
