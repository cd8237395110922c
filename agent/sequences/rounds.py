"""Moves every enrolment on: exits first, then what a person must see, then the next touch; never drafts or sends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from agent.common.home import Home
from agent.common.person import me_of
from agent.decide.plans.lifecycle import Progress
from agent.decide.plans.meetings import MEETING
from agent.decide.plans.plans import Plan
from agent.decide.values import Me
from agent.sequences.enrolled import Enrolled, signal_of
from agent.sequences.met import met_or_meets, sentence_of, tell, was_told
from agent.sequences.moving import NOT_MOVED, go_over
from agent.sequences.planner import NextStep, finish, hand_over, join, move, take
from agent.sequences.plans import all_plans
from agent.sequences.signs import SEEN, Arrived, Sign, arrived, signs
from agent.sequences.situation import EnrolmentScene, gather
from agent.store.base import settings
from agent.store.base.changes import FollowupChange
from agent.store.base.engine import Change
from agent.store.base.values import Followup, KeptEnrolment
from agent.store.mail.mail_lists import thread_of
from agent.store.mail.mails import newest
from agent.store.work import enrolments
from agent.store.work.followup_lists import keep

BEFORE_TEXT = frozenset({Progress.WATCHING, Progress.QUIET, Progress.DRAFTED})
"""From here news may still ask for a person."""
BEFORE_LETTER = BEFORE_TEXT | {Progress.ASKED, Progress.SNOOZED}
"""From here nothing is on its way."""
NEWS = frozenset({Progress.ASKED, Progress.APPROVED})
"""What came is used up where it moved the touch there."""
MOST_STEPS = 8
"""A plan needs three or four in a row; more would be a circle."""
GONE = Plan("", ())
"""Stands for a plan that left the config."""


def follow_enrolments(home: Home) -> int:
    """Bring every enrolment to where it should be now. How many moved."""
    with home.store.read() as connection:
        rows = enrolments.active(connection)
        if not rows:
            return 0
        after = int(settings.get(connection, SEEN, "0"))
        news = arrived(connection, after, min(row.made for row in rows)) if newest(connection) > after else None
    me, plans = me_of(home.config, home.zone), all_plans(home.config)
    moved = sum(_one(home, me, plans.get(row.plan, GONE), row, news) for row in rows)
    if news is not None:
        with home.store.write() as change:
            settings.put(change, SEEN, str(news.upto))
    return moved


def _one(home: Home, me: Me, plan: Plan, row: KeptEnrolment, news: Arrived | None) -> bool:
    with home.store.read() as connection:
        scene = gather(connection, me, plan, row)
        said = signs(scene, me, news) if news is not None else []
        if step_for(connection, scene, said, home.clock()) is None:
            return False
    with home.store.write() as change:
        return advance(change, me, plan, row.id, said, home=home)


def advance(
    change: Change, me: Me, plan: Plan, number: int, said: Sequence[Sign] = (), *, home: Home | None = None
) -> bool:
    """Take steps until nothing is left to do, all in one change. Without the home nobody is moved to another plan."""
    taken = 0
    left = list(said)
    for _ in range(MOST_STEPS):
        row = enrolments.find(change.connection, number)
        if row is None or row.state != "active":
            break
        scene = gather(change.connection, me, plan, row)
        step = step_for(change.connection, scene, left, change.now)
        if step is None:
            break
        if step.kind == "branch":
            return (home is not None and _branch(change, home, me, scene, step)) or taken > 0
        left = [] if step.kind == "move" and step.state in NEWS else [replace(sign, join=0) for sign in left]
        _take(change, scene, step)
        taken += 1
    return taken > 0


def _branch(change: Change, home: Home, me: Me, scene: EnrolmentScene, step: NextStep) -> bool:
    """Another plan goes on; where it may not begin the user is asked, and nothing of either does."""
    moved = go_over(change, home, me, scene, step.code)
    if moved.plan is not None and moved.number:
        _tell(change, scene, f"{step.words} The plan {moved.plan.name} goes on.".strip())
        advance(change, me, moved.plan, moved.number)
        return True
    if not moved.refused or scene.current is None or Progress(scene.current.state) not in BEFORE_LETTER:
        return False
    why = moved.refused.rstrip(".")
    move(change, _asked(scene.current, NOT_MOVED, f"{step.words} The plan {step.code} cannot go on: {why}.".strip()))
    return True


def _tell(change: Change, scene: EnrolmentScene, words: str) -> None:
    if scene.current is not None:
        keep(change, scene.current.id, {"evidence": words})


def _take(change: Change, scene: EnrolmentScene, step: NextStep) -> None:
    match step.kind:
        case "end":
            finish(change, scene.row.id, step, scene.current.id if scene.current is not None else None)
            if scene.standing.task and step.code == scene.standing.end:
                hand_over(change, Enrolled(scene).task(change, scene.standing), scene.standing.words)
        case "join":
            join(change, scene.row.account_id, scene.row.thread_id, step)
        case _:
            if step.code == MEETING:
                tell(change, step.number, met_or_meets(change.connection, scene, change.now))
            take(change, Enrolled(scene), step)


def step_for(connection: Connection, scene: EnrolmentScene, said: Sequence[Sign], now: datetime) -> NextStep | None:
    """Exits before everything; then what ties threads together, what a person must see, and the plan."""
    row, stands = scene.row, scene.standing
    if scene.plan is GONE:
        return NextStep("end", "no_plan", f"There is no plan called {row.plan} any more.")
    first = _ended(scene, said) or _led_on(scene, said) or _stopped(scene)
    if first is not None:
        return first
    joined = next((sign.join for sign in said if sign.join and sign.join != row.thread_id), 0)
    if joined:
        return NextStep("join", number=joined)
    untied = _untied(connection, scene)
    if untied:
        return NextStep("join", code=untied)
    if any(sign.made for sign in said) and scene.current is not None:
        return NextStep("move", "sent_by_hand", number=scene.current.id, state=Progress.APPROVED, actor="user")
    held = next((sign for sign in said if sign.hold), None)
    current = scene.current
    if current is not None and Progress(current.state) in BEFORE_TEXT:
        if stands.hold and current.hold != stands.hold:
            return _asked(current, stands.hold, stands.words)
        if held is not None:
            return _asked(current, held.hold, held.words)
        met = met_or_meets(connection, scene, now)
        if met is not None and not was_told(connection, current.id, met):
            return _asked(current, MEETING, sentence_of(scene, met, now))
    asks = stands.hold or (stands.move and current is not None)
    return None if asks else _planned(scene, now)


def _asked(current: Followup, hold: str, words: str) -> NextStep:
    kept: FollowupChange = {"hold": hold, "evidence": words}
    return NextStep("move", hold, number=current.id, state=Progress.ASKED, kept=kept)


def _ended(scene: EnrolmentScene, said: Sequence[Sign]) -> NextStep | None:
    stands = scene.standing
    if stands.end:
        return NextStep("end", stands.end, stands.words)
    sign = next((sign for sign in said if sign.end), None)
    if sign is not None:
        return NextStep("end", sign.end, sign.words)
    return None


def _led_on(scene: EnrolmentScene, said: Sequence[Sign]) -> NextStep | None:
    """The plan that a branch of this one leads to; who was asked about that already decides alone."""
    stands, current = scene.standing, scene.current
    sign = next((sign for sign in said if sign.move), None)
    if current is None or current.hold == NOT_MOVED or not (stands.move or sign):
        return None
    if stands.move:
        return NextStep("branch", stands.move, stands.words)
    return NextStep("branch", sign.move, sign.words) if sign is not None else None


def _stopped(scene: EnrolmentScene) -> NextStep | None:
    over = next((row for row in scene.touches if row.state in {Progress.STOPPED, Progress.ANSWERED}), None)
    return NextStep("end", over.reason or over.state) if over is not None else None


def _untied(connection: Connection, scene: EnrolmentScene) -> str:
    """The Message-ID of a letter of ours that its thread does not know yet."""
    for letter in scene.letters.values():
        for name in {letter.carried_id, letter.message_id} - {""}:
            if thread_of(connection, scene.row.account_id, name) != scene.row.thread_id:
                return str(name)
    return ""


def _planned(scene: EnrolmentScene, now: datetime) -> NextStep | None:
    """Make the row of the next touch, keep its day right, and let it begin when that day has come."""
    found = scene.next()
    if found is None:
        return NextStep("end", "plan_done") if scene.current is None else None
    current = next((row for row in scene.touches if row.touch == found.number), None)
    wait = scene.standing.wait
    due = scene.morning(max(found.due, wait) if wait else found.due)
    words = f"{found.reason} {scene.standing.words}".strip() if wait and wait >= found.due else found.reason
    if current is None:
        return NextStep("begin", scene.row.trigger, words, touch=found, due=due)
    state = Progress(current.state)
    if state is Progress.SNOOZED:
        ready = current.until is not None and current.until <= now
        return NextStep("ready", "due", words, touch=found, number=current.id) if ready else None
    if state in {Progress.QUIET, Progress.DRAFTED} and wait and due > now:
        return _back(current, words, due)
    if state is not Progress.WATCHING:
        return None
    if current.due != due or current.evidence != words or current.signal != signal_of(scene, found.number):
        return NextStep("date", words=words, touch=found, due=due, number=current.id)
    waits = bool(scene.done) and scene.row.first and not scene.wrote and _sent(scene)
    return NextStep("ready", "due", words, touch=found, number=current.id) if due <= now and not waits else None


def _back(current: Followup, words: str, due: datetime) -> NextStep:
    kept: FollowupChange = {"evidence": words, "due": due}
    return NextStep("move", "put_off", number=current.id, state=Progress.WATCHING, kept=kept)


def _sent(scene: EnrolmentScene) -> bool:
    """Whether a letter left; then the next one continues it, once its copy is there."""
    return any(letter.state == "SENT" for letter in scene.letters.values())
