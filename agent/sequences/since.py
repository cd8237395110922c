"""Says what mail since an approval means to the plan of a letter, where only the plan knows it; changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection

from agent.decide.plans.plans import Plan
from agent.decide.values import Me
from agent.sequences.beginning.labels import named_label
from agent.sequences.signs import SEEN, Arrived, arrived, by_hand, by_plan
from agent.sequences.situation import gather
from agent.store.base import settings
from agent.store.base.values import Followup
from agent.store.mail.mails import newest
from agent.store.work import enrolments

GONE = "The plan is not in the config any more."
NO_ROBOTS = datetime.max.replace(tzinfo=UTC)
"""What services write is looked for elsewhere."""
MOST_KEPT = 100
"""Approvals whose news is kept; letters that wait together were mostly approved together."""
Since = Callable[[Connection, Followup, int], str]


def plan_since(me: Me, plans: Mapping[str, Plan]) -> Since:
    """Asked with a follow-up and the number of the newest mail the approval knew; a sentence, or nothing."""
    kept: dict[int, tuple[int, Arrived]] = {}

    def told(connection: Connection, followup: Followup, known: int) -> str:
        row = enrolments.find(connection, followup.enrolment_id) if followup.enrolment_id else None
        if row is None:
            return ""
        plan = plans.get(row.plan)
        if plan is None:
            return GONE
        label = named_label(connection, plan, row.thread_id)
        if label:
            return label
        news = _news(connection, kept, known)
        if not news.all:
            return ""
        scene = gather(connection, me, plan, row)
        return next((sign.words for sign in (*by_hand(scene, news), *by_plan(scene, me, news))), "")

    return told


def _news(connection: Connection, kept: dict[int, tuple[int, Arrived]], known: int) -> Arrived:
    """Read once for all letters that know the same, until more comes."""
    upto = newest(connection)
    if known not in kept or kept[known][0] != upto:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[known] = upto, arrived(connection, known, NO_ROBOTS)
    return kept[known][1]


def known_to(connection: Connection, followup: Followup) -> int:
    """The newest mail an approval passes for known: of a plan, what the plan has met; a look may have stored more."""
    upto = newest(connection)
    seen = settings.get(connection, SEEN) if followup.enrolment_id else ""
    return min(upto, int(seen)) if seen else upto
