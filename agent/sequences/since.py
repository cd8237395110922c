"""Says what mail since an approval means to the plan of a letter, by what it asks to be looked for; changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection

from agent.decide.plans.plans import Plan
from agent.decide.values import Me
from agent.sequences.beginning.labels import named_label
from agent.sequences.signs import arrived, by_plan
from agent.sequences.situation import gather
from agent.store.base.values import Followup
from agent.store.work import enrolments

GONE = "The plan is not in the config any more."
Since = Callable[[Connection, Followup, int], str]


def plan_since(me: Me, plans: Mapping[str, Plan]) -> Since:
    """Asked with a follow-up and the number of the newest mail the approval knew; a sentence, or nothing."""

    def told(connection: Connection, followup: Followup, newest: int) -> str:
        row = enrolments.find(connection, followup.enrolment_id) if followup.enrolment_id else None
        if row is None:
            return ""
        plan = plans.get(row.plan)
        if plan is None:
            return GONE
        if not plan.exit_when and not plan.organisation:
            return ""
        label = named_label(connection, plan, row.thread_id)
        if label:
            return label
        found = by_plan(gather(connection, me, plan, row), me, arrived(connection, newest, row.made))
        return next((sign.words for sign in found), "")

    return told
