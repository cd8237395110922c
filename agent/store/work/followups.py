"""Follow-ups and their drafts change here, one move and one event at a time; never judged and never sent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from agent.decide.plans.lifecycle import LIVE, Progress, may_progress
from agent.store.base.audit import Event
from agent.store.base.changes import FollowupChange, NewFollowup
from agent.store.base.engine import Change
from agent.store.base.outbox_tables import OutboxRow
from agent.store.base.rows import every, first, table_of
from agent.store.base.tables import DraftRow
from agent.store.base.values import DraftVersion, Followup
from agent.store.mail.threading import FOLLOWUP, chunks

OUTBOX = table_of(OutboxRow)
DRAFT = table_of(DraftRow)
OPEN = ("watching", "quiet", "drafted", "asked", "snoozed")
"""States in which nobody has approved or ended it."""
SAME = ("account_id", "plan", "touch", "basis")
"""The revision is left out: one that a person approved anew is still the same touch after the same mail. So is the root
of the thread, which a mail may move; a touch that continues no mail has nothing else to be known by."""
Same = tuple[int, str, int, str, str]


def name(number: int) -> str:
    """What the audit log calls a follow-up."""
    return f"followup:{number}"


def find(connection: Connection, number: int) -> Followup | None:
    """A follow-up by its number."""
    return first(connection, Followup, select(FOLLOWUP).where(FOLLOWUP.c.id == number))


def of_thread(connection: Connection, thread: int) -> list[Followup]:
    """Every follow-up of a thread, oldest first."""
    query = select(FOLLOWUP).where(FOLLOWUP.c.thread_id == thread).order_by(FOLLOWUP.c.id)
    return every(connection, Followup, query)


def identity(account: int, plan: str, touch: int, basis: str, root: str) -> Same:
    """What one follow-up is known by, whichever row it is kept in."""
    return account, plan, touch, basis, "" if basis else root


def states(connection: Connection, threads: Iterable[int]) -> tuple[set[int], dict[Same, str]]:
    """Which of these threads have a follow-up, and the state each was first planned with stands in now."""
    having: set[int] = set()
    found: dict[Same, str] = {}
    columns = (FOLLOWUP.c.thread_id, FOLLOWUP.c.state, *(FOLLOWUP.c[field] for field in SAME), FOLLOWUP.c.root)
    for part in chunks(threads):
        query = select(*columns).where(FOLLOWUP.c.thread_id.in_(part)).order_by(FOLLOWUP.c.id)
        for thread, state, *known in connection.execute(query):
            having.add(thread)
            found.setdefault(identity(*known), state)
    return having, found


def of_person(connection: Connection, person: str) -> list[Followup]:
    """Every follow-up to a person, in any account."""
    query = select(FOLLOWUP).where(FOLLOWUP.c.person == person).order_by(FOLLOWUP.c.id)
    return every(connection, Followup, query)


def waiting(connection: Connection) -> list[Followup]:
    """Every follow-up that could still become a letter, or has one that did not leave yet."""
    live = select(OUTBOX.c.followup_id).where(OUTBOX.c.state.in_([stage.value for stage in LIVE]))
    query = select(FOLLOWUP).where(FOLLOWUP.c.state.in_(OPEN) | FOLLOWUP.c.id.in_(live)).order_by(FOLLOWUP.c.id)
    return every(connection, Followup, query)


def about_to(connection: Connection, plan: str, person: str) -> list[Followup]:
    """What a plan, or any plan for a person, would still write; that person's first."""
    states = (Progress.QUIET.value, Progress.DRAFTED.value, Progress.OUTBOX.value)
    same = or_(FOLLOWUP.c.plan == plan, FOLLOWUP.c.person == person)
    query = select(FOLLOWUP).where(FOLLOWUP.c.state.in_(states), same)
    return every(connection, Followup, query.order_by(FOLLOWUP.c.person != person, FOLLOWUP.c.id))


def plan(change: Change, *, actor: str = "policy", code: str = "", **values: Unpack[NewFollowup]) -> tuple[int, bool]:
    """A new follow-up, or the one that is already there for the same thread, plan, touch and basis."""
    usual: NewFollowup = {
        "plan": "nudge", "touch": 1, "basis": "", "revision": 0, "state": Progress.QUIET.value, "level": "manual",
        "person": "",
    }  # fmt: skip
    begun: NewFollowup = {**usual, **values}
    alike = [
        FOLLOWUP.c[field] == value
        for field, value in begun.items()
        if field in (SAME if begun["basis"] else (*SAME, "root"))
    ]
    if "enrolment_id" in begun:
        # Enrolled once more, it begins anew: a person wanted that.
        alike.append(FOLLOWUP.c.enrolment_id == begun["enrolment_id"])
    known = change.connection.execute(select(FOLLOWUP.c.id).where(*alike).order_by(FOLLOWUP.c.id)).scalar()
    if known is not None:
        return int(known), False
    statement = insert(FOLLOWUP).values(**begun, made=change.now, changed=change.now).returning(FOLLOWUP.c.id)
    number = int(change.connection.execute(statement).scalar_one())
    change.record(Event("followup.planned", name(number), actor, "", begun["state"], code, person=begun["person"]))
    return number, True


def move(
    change: Change, number: int, end: Progress, *, actor: str, code: str = "", **values: Unpack[FollowupChange]
) -> bool:
    """Bring a follow-up to another state; False when it may not go there from where it is."""
    row = find(change.connection, number)
    if row is None:
        return False
    start = Progress(row.state)
    if start is not end and not may_progress(start, end, actor):
        return False
    kept = {"state": end.value, "changed": change.now, **values}
    if code:
        kept.setdefault("reason", code)
    change.connection.execute(update(FOLLOWUP).where(FOLLOWUP.c.id == number).values(kept))
    change.record(Event(f"followup.{end.value}", name(number), actor, start.value, end.value, code))
    return True


def raise_revision(change: Change, number: int) -> int:
    """A person wants it once more: the intent becomes a new one."""
    row = find(change.connection, number)
    if row is None:
        return 0
    revision = row.revision
    while True:
        revision += 1
        try:
            with change.connection.begin_nested():
                statement = update(FOLLOWUP).where(FOLLOWUP.c.id == number)
                change.connection.execute(statement.values(revision=revision, changed=change.now))
        except IntegrityError:
            continue
        change.record(Event("followup.revised", name(number), "user", code=str(revision)))
        return revision


def newest_draft(connection: Connection, number: int) -> DraftVersion | None:
    """The current version of its text."""
    query = select(DRAFT).where(DRAFT.c.followup_id == number).order_by(DRAFT.c.version.desc()).limit(1)
    return first(connection, DraftVersion, query)


def drafts(connection: Connection, number: int) -> list[DraftVersion]:
    """Every version of its text, the current one last."""
    query = select(DRAFT).where(DRAFT.c.followup_id == number).order_by(DRAFT.c.version)
    return every(connection, DraftVersion, query)


def add_draft(
    change: Change, number: int, *, writer: str, body: str, subject: str = "", by_wish: bool = False, **values: str
) -> int | None:
    """A new version of the text. A text a person wrote is replaced only at that person's wish."""
    newest = newest_draft(change.connection, number)
    if newest is not None and newest.writer == "person" and writer != "person" and not by_wish:
        return None
    version = newest.version + 1 if newest else 1
    values = {"voice": "", "facts": "", "notes": "", **values}
    statement = insert(DRAFT).values(
        followup_id=number, version=version, writer=writer, subject=subject, body=body, made=change.now, **values
    )
    change.connection.execute(statement)
    actor = "user" if writer == "person" or by_wish else "policy"
    change.record(Event("draft.written", name(number), actor, code=writer, content=body))
    return version
