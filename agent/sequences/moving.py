"""Takes somebody from one plan to the one its own branch names, as `enroll` would begin it; a mail never chooses the
plan, whom it is for or what it says, and whatever stands against it is asked about instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from agent.common.home import Home
from agent.decide.plans.lifecycle import UNDOABLE, Stage
from agent.decide.plans.plans import Plan
from agent.decide.plans.triggers import Enrolment, Trigger
from agent.decide.values import Me
from agent.errors import RelanceError
from agent.sequences.beginning.start import begin, possible, today_of
from agent.sequences.person_meant import No, Target, at_address, not_in, on_the_way
from agent.sequences.plans import all_plans
from agent.sequences.situation import EnrolmentScene
from agent.store.base.engine import Change
from agent.store.base.values import KeptEnrolment
from agent.store.mail import mails
from agent.store.mail.mail_lists import thread_row
from agent.store.work import enrolments, outbox

ONE_DAY = timedelta(days=1)
"""Who is moved twice in a day has set off two plans with one conversation; a person looks at that."""
MOST_MOVES = 3
"""A way through four plans is as long as anybody would write down for one person; more is a mistake or a game."""
NOT_MOVED = "not_moved"
"""The hold of a follow-up whose plan leads to another that may not begin."""

LEAVING = frozenset({Stage.CLAIMED, Stage.SUBMITTING, Stage.UNCERTAIN})
"""A letter there is with a server, or may be; nobody is moved until that is known."""


@dataclass(frozen=True, slots=True)
class WentOver:
    """What became of it: the plan that goes on and its enrolment, or why none does; neither of them means: not yet."""

    plan: Plan | None = None
    number: int = 0
    refused: str = ""


def go_over(change: Change, home: Home, me: Me, scene: EnrolmentScene, name: str) -> WentOver:
    """End the one and begin the other, in one change; nothing is touched where it is refused."""
    row = scene.row
    if any(letter.state in LEAVING for letter in scene.letters.values()):
        return WentOver()
    plan = all_plans(home.config).get(name)
    if plan is None:
        return WentOver(refused=f"there is no plan called {name}")
    refused = _too_often(enrolments.times_moved(change.connection, row.person), change.now)
    if refused:
        return WentOver(refused=refused)
    try:
        target = _target(change.connection, home, scene)
        if isinstance(target, No):
            return WentOver(plan, refused=target.words)
        value = _value(change, me, scene, target, plan)
        possible(value, plan, me)
    except RelanceError as problem:
        return WentOver(plan, refused=str(problem))
    enrolments.end(change, row.id, enrolments.MOVED, actor="policy")
    about = row.about if target.thread is not None else ""
    return WentOver(plan, begin(change, target, value, about=about, actor="policy"))


def _too_often(times: list[datetime], now: datetime) -> str:
    if len(times) >= MOST_MOVES:
        return f"they were moved {len(times)} times already"
    return "they were moved within the last day already" if times and now - times[-1] < ONE_DAY else ""


def _target(connection: Connection, home: Home, scene: EnrolmentScene) -> Target | No:
    """The same thread where the last word is the user's, else a mail of its own to the same person."""
    row, summary = scene.row, scene.summary
    if summary is not None and summary.own_id:
        thread = thread_row(connection, row.thread_id)
        refused = not_in(home, connection, thread, summary)
        if refused is None or (refused.code == "thread_busy" and _own_letter(connection, scene, thread.root)):
            root = thread.root or summary.thread
            return _free(
                connection, Target(row.account_id, row.person, row.name, row.subject, row.thread_id, root), row
            )
        if refused.code != "their_word":
            return refused
    account = next((one.name for one in mails.account_rows(connection) if one.id == row.account_id), "")
    found = at_address(home, connection, row.person, new=True, account=account)
    return found if isinstance(found, No) else _free(connection, found, row)


def _own_letter(connection: Connection, scene: EnrolmentScene, root: str) -> bool:
    """Whether what is on its way there is a letter of the plan that ends, which ends with it."""
    live = outbox.live_of_root(connection, root)
    return live is not None and live.state in UNDOABLE and live.id in {one.id for one in scene.letters.values()}


def _free(connection: Connection, target: Target, row: KeptEnrolment) -> Target | No:
    """Nobody is under two plans at one place."""
    under = on_the_way(connection, target, but_not=row.id)
    return target if under is None else No("other_plan", f"{under.person} is under {under.plan} already.")


def _value(change: Change, me: Me, scene: EnrolmentScene, target: Target, plan: Plan) -> Enrolment:
    row = scene.row
    anchor = date.fromisoformat(row.anchor) if row.anchor and plan.counts_back else None
    since = today_of(change, me, row.person)
    return Enrolment(plan.name, target.person, target.root, Trigger.ENROLLED, since=since, anchor=anchor, moved=True)
