"""What must be true of a world and its store, whatever happened on the way."""

from __future__ import annotations

import email
import itertools
import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select

from agent.decide.plans.lifecycle import STAGE_MOVES, TERMINAL, Stage
from agent.decide.plans.plans import Plan
from agent.store.base import audit
from agent.store.base.engine import Store
from agent.store.base.rows import every
from agent.store.base.values import Followup, KeptEnrolment, KeptLetter, ToldEvent
from agent.store.mail.threading import ENROLMENT, FOLLOWUP
from agent.store.work import outbox
from agent.store.work.budgets import SPENT
from agent.store.work.enrolments import MOVED
from tests.sim.mailing import FORGED
from tests.sim.world import World


def wrong(store: Store, world: World, answered: dict[str, object] | None = None) -> list[str]:
    """Every broken promise, in words; nothing when all is well."""
    found = duplicates(world)
    with store.read() as connection:
        rows = outbox.rows(connection)
        events = audit.read(connection)
        drafts = connection.exec_driver_sql(
            "SELECT count(*) FROM followup f WHERE f.state IN ('drafted','outbox','approved') "
            "AND NOT EXISTS (SELECT 1 FROM draft d WHERE d.followup_id = f.id)"
        ).scalar_one()
    if drafts:
        found.append(f"{drafts} drafts were lost")
    verdict = store.verify()
    if verdict.broken_at is not None:
        found.append(f"audit log broken at {verdict.broken_at}: {verdict.problem}")
    found += gaps(rows, events, world)
    for token, _person, at, _raw in world.delivered:
        seen = (answered or {}).get(token)
        if seen is not None and seen < at:  # type: ignore[operator]
            found.append(f"sent at {at} after an answer that was visible at {seen}")
    return found


def duplicates(world: World) -> list[str]:
    """The same intent twice, or two letters about one mail at the same step."""
    tokens = Counter(token for token, *_ in world.delivered)
    return [f"token {token} was delivered {count} times" for token, count in tokens.items() if count > 1]


def gaps(rows: list[KeptLetter], events: list[ToldEvent], world: World) -> list[str]:
    """The log tells every step of every letter."""
    found = []
    steps: dict[str, list[tuple[str, str]]] = {}
    for event in events:
        name = event.object
        if name.startswith("outbox:") and event.from_state != event.to_state:
            steps.setdefault(name, []).append((event.from_state, event.to_state))
    delivered = {token for token, *_ in world.delivered}
    for row in rows:
        moves = steps.get(outbox.name(row.id), [])
        if not moves or moves[0] != ("", "HELD"):
            found.append(f"row {row.id} has no approval in the log")
            continue
        if moves[-1][1] != row.state:
            found.append(f"row {row.id} is {row.state} but the log ends with {moves[-1][1]}")
        for (_, end), (start, _) in itertools.pairwise(moves):
            if end != start:
                found.append(f"row {row.id} jumped from {end} to {start}")
        if any(Stage(end) not in STAGE_MOVES[Stage(start)] for start, end in moves[1:]):
            found.append(f"row {row.id} made a move that does not exist")
        submitted = any(end == "SUBMITTING" for _, end in moves)
        if row.token in delivered and not submitted:
            found.append(f"row {row.id} was delivered without a submission in the log")
        if row.state == "SENT" and not submitted and row.code != "person_says":
            found.append(f"row {row.id} is SENT without a submission")
        if row.state in {"CANCELLED", "STOPPED", "FAILED"} and row.token in delivered and not row.was_uncertain:
            found.append(f"row {row.id} is {row.state} and was delivered")
    known = {row.token for row in rows}
    found += [f"token {token} was delivered and no row knows it" for token in delivered - known]
    return found


def manners(world: World) -> list[str]:
    """However often it was asked: one letter a mail it continues, a day between two letters to one person."""
    found = []
    continued = Counter(str(email.message_from_bytes(raw)["In-Reply-To"]) for *_, raw in world.delivered)
    found += [f"{name} was followed up {count} times" for name, count in continued.items() if count > 1]
    last: dict[str, datetime] = {}
    for _token, person, at, _raw in world.delivered:
        if person in last and timedelta(0) <= at - last[person] < timedelta(hours=24):
            found.append(f"two letters to {person} within {at - last[person]}")
        last[person] = at
    return found


def strangers(world: World) -> list[str]:
    """Nobody is written to, and nothing said, because of a mail that somebody else wrote in my name."""
    found = []
    for _token, person, _at, raw in world.delivered:
        letter = email.message_from_bytes(raw)
        shown = " ".join(str(letter[name] or "") for name in ("To", "Cc", "Bcc", "Reply-To"))
        if "evil" in person or "evil" in shown:
            found.append(f"a letter went to {person}, naming {shown}")
        text = letter.get_payload(decode=True)
        if isinstance(text, bytes) and (FORGED.encode() in text or b"evil" in text or b"4,500" in text):
            found.append(f"a letter to {person} says what a stranger wrote")
    return found


def unsettled(store: Store) -> list[str]:
    """Rows that are neither final nor waiting for a person or their time."""
    with store.read() as connection:
        rows = outbox.rows(connection)
    fine = {stage.value for stage in TERMINAL} | {"NEEDS_REVIEW", "HELD", "DEFERRED"}
    return [f"row {row.id} is left in {row.state}" for row in rows if row.state not in fine]


def once_per_basis(store: Store, world: World) -> list[str]:
    """No (mail, touch) leaves twice unless a person typed that it should."""
    with store.read() as connection:
        rows = outbox.rows(connection)
        revised = connection.exec_driver_sql("SELECT count(*) FROM followup WHERE revision > 0").scalar_one()
    tokens = {row.token: (row.followup_id, json.loads(row.recipients)) for row in rows}
    count = Counter(str(tokens.get(token)) for token, *_ in world.delivered)
    return [] if revised else [f"{name} got {number}" for name, number in count.items() if number > 1]


def moves(store: Store, plans: Mapping[str, Plan]) -> list[str]:
    """Nobody is under two plans at one place, and whoever was moved went where the user wrote, rarely, and with a leave."""
    with store.read() as connection:
        rows = every(connection, KeptEnrolment, select(ENROLMENT).order_by(ENROLMENT.c.id))
        followups = every(connection, Followup, select(FOLLOWUP))
        letters = outbox.rows(connection)
        spent = connection.execute(select(SPENT.c.outbox_id, SPENT.c.at)).all()
    active = Counter(row.thread_id for row in rows if row.state == "active")
    found = [f"thread {thread} is under {count} plans" for thread, count in active.items() if count > 1]
    under = {row.id: row.enrolment_id for row in followups}
    tasks = {row.id for row in followups if row.kind == "task"}
    found += [f"letter {row.id} was made of a task" for row in letters if row.followup_id in tasks]
    left: dict[int, datetime] = {row.outbox_id: row.at for row in spent}
    before: dict[str, list[datetime]] = {}
    for new in rows:
        old = next((row for row in rows if row.id < new.id and _gave_way(row, new)), None)
        if old is None:
            continue
        times = before.setdefault(new.person, [])
        found += _badly_moved(old, new, plans, times)
        times.append(new.made)
        ours = [row for row in letters if under.get(row.followup_id) == new.id and row.state == "SENT"]
        first = min(ours, key=lambda row: row.id, default=None)
        if first is not None and first.approved_by != "user":
            found.append(f"letter {first.id}, the first after a move, was approved by {first.approved_by}")
        theirs = (row for row in letters if under.get(row.followup_id) == old.id and row.id in left)
        found += [f"letter {row.id} left after its plan had ended" for row in theirs if left[row.id] > old.changed]
    ended = sum(row.reason == MOVED for row in rows)
    begun = sum(len(times) for times in before.values())
    return found if ended == begun else [*found, f"{ended} plans gave way and {begun} took their place"]


def _gave_way(old: KeptEnrolment, new: KeptEnrolment) -> bool:
    return old.reason == MOVED and old.person == new.person and old.changed == new.made


def _badly_moved(
    old: KeptEnrolment, new: KeptEnrolment, plans: Mapping[str, Plan], before: list[datetime]
) -> list[str]:
    if plans[new.plan].priority > plans[old.plan].priority:
        return []
    if new.plan not in plans[old.plan].targets:
        return [f"{new.person} was moved from {old.plan} to {new.plan}, where no branch leads"]
    often = len(before) >= 3 or any(new.made - at < timedelta(days=1) for at in before)
    return [f"{new.person} was moved once more after {len(before)} times"] if often else []
