"""Enrolments and signals change here, each change with its event; never judged, never drafted and never sent."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Unpack

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from agent.decide.gate.spelling import near_address
from agent.decide.plans.causes import Cause
from agent.decide.plans.lifecycle import Progress, Stage
from agent.store.base.audit import Event
from agent.store.base.changes import EnrolmentChange, NewEnrolment
from agent.store.base.engine import Change
from agent.store.base.rows import every, table_of
from agent.store.base.tables import SignalRow
from agent.store.base.values import Followup, KeptEnrolment, KeptSignal
from agent.store.mail.mail_codec import from_row, kept_mails
from agent.store.mail.origins import MINE
from agent.store.mail.threading import ENROLMENT, FOLLOWUP, MAIL, THREAD, chunks, tie
from agent.store.work import followups, outbox
from providers.base import Mail, Role

SIGNAL = table_of(SignalRow)
UNTOUCHED = frozenset({Progress.WATCHING, Progress.QUIET, Progress.DRAFTED, Progress.ASKED, Progress.SNOOZED})
"""Follow-ups that nobody has approved or ended."""

MOVED = "moved"
"""Why an enrolment ended whose person is under another plan since."""


def name(number: int) -> str:
    """What the audit log calls an enrolment."""
    return f"enrolment:{number}"


def find(connection: Connection, number: int) -> KeptEnrolment | None:
    """An enrolment by its number."""
    return _first(connection, ENROLMENT.c.id == number)


def active(connection: Connection) -> list[KeptEnrolment]:
    """Every enrolment that goes on, oldest first."""
    return _rows(connection, ENROLMENT.c.state == "active")


def any_active(connection: Connection) -> bool:
    """Whether any goes on."""
    return connection.execute(select(ENROLMENT.c.id).where(ENROLMENT.c.state == "active").limit(1)).first() is not None


def of_thread(connection: Connection, thread: int) -> list[KeptEnrolment]:
    """Everything a thread was ever put under, oldest first."""
    return _rows(connection, ENROLMENT.c.thread_id == thread)


def of_person(connection: Connection, person: str) -> list[KeptEnrolment]:
    """Everything a person is under now, in any account."""
    return _rows(connection, ENROLMENT.c.person == person, ENROLMENT.c.state == "active")


def of_mailbox(connection: Connection, person: str) -> list[KeptEnrolment]:
    """The same, also where it names their mailbox in another spelling."""
    query = select(ENROLMENT.c.person).where(ENROLMENT.c.state == "active").distinct()
    near = [other for other in connection.execute(query).scalars() if near_address(other, person)]
    return _rows(connection, ENROLMENT.c.person.in_(near), ENROLMENT.c.state == "active") if near else []


def moved_here(connection: Connection, row: KeptEnrolment) -> KeptEnrolment | None:
    """The plan this one took the place of: both changed in one moment."""
    return _first(connection, *_moved(row.person), ENROLMENT.c.changed == row.made, ENROLMENT.c.id < row.id)


def moved_on(connection: Connection, row: KeptEnrolment) -> KeptEnrolment | None:
    """The plan that took the place of this one."""
    same = (ENROLMENT.c.person == row.person, ENROLMENT.c.made == row.changed, ENROLMENT.c.id > row.id)
    return _first(connection, *same) if row.reason == MOVED else None


def times_moved(connection: Connection, person: str) -> list[datetime]:
    """When this mailbox was moved from one plan to another, however its address was spelled."""
    query = select(ENROLMENT.c.person, ENROLMENT.c.changed).where(ENROLMENT.c.reason == MOVED)
    return sorted(row.changed for row in connection.execute(query) if near_address(row.person, person))


def _moved(person: str) -> tuple[ColumnElement[bool], ...]:
    return ENROLMENT.c.person == person, ENROLMENT.c.reason == MOVED


def ever_of(connection: Connection, person: str) -> list[KeptEnrolment]:
    """Everything a person was ever put under, oldest first."""
    return _rows(connection, ENROLMENT.c.person == person)


def texts_said(connection: Connection, since: datetime) -> list[tuple[str, str]]:
    """Whom the user said something of their own to for the touches of a plan, and what, as it lies in its row."""
    query = select(ENROLMENT.c.person, ENROLMENT.c.said).where(ENROLMENT.c.made >= since, ENROLMENT.c.said != "")
    return [(row.person, row.said) for row in connection.execute(query)]


def everybody(connection: Connection) -> set[str]:
    """Whoever was ever put under a plan."""
    return set(connection.execute(select(ENROLMENT.c.person).distinct()).scalars())


def counts(connection: Connection) -> dict[str, int]:
    """How many go on in each plan."""
    query = select(ENROLMENT.c.plan, func.count().label("number")).where(ENROLMENT.c.state == "active")
    return {row.plan: int(row.number) for row in connection.execute(query.group_by(ENROLMENT.c.plan))}


def governed(connection: Connection) -> dict[int, datetime]:
    """Threads that plans speak for, and until when: mail of the person's own after that is judged like any other."""
    query = select(ENROLMENT.c.thread_id, ENROLMENT.c.state, ENROLMENT.c.changed).where(
        ENROLMENT.c.reason.not_in(("unlabelled", "by_hand"))
    )
    found: dict[int, datetime] = {}
    for row in connection.execute(query):
        end = datetime.max.replace(tzinfo=row.changed.tzinfo) if row.state == "active" else row.changed
        found[row.thread_id] = max(end, found.get(row.thread_id, end))
    return found


def same_words(connection: Connection, words: str, person: str, since: datetime) -> int:
    """How many others were written to with the same words."""
    folded = fold(words)
    return len({other for other, said in told(connection, since) if other != person and fold(said) == folded})


def told(connection: Connection, since: datetime) -> list[tuple[str, str]]:
    """What plans were begun or brought forward with since then, and whom it was for."""
    query = select(ENROLMENT.c.person, ENROLMENT.c.about).where(ENROLMENT.c.made >= since, ENROLMENT.c.about != "")
    found = [(row.person, row.about) for row in connection.execute(query)]
    joined = SIGNAL.join(ENROLMENT, ENROLMENT.c.id == SIGNAL.c.enrolment_id)
    query = select(ENROLMENT.c.person, SIGNAL.c.words).select_from(joined).where(SIGNAL.c.at >= since)
    return found + [(row.person, row.words) for row in connection.execute(query)]


def same_body(connection: Connection, followup: Followup, body: str, since: datetime) -> int:
    """How many others have a first mail that says the same below its greeting."""
    query = (
        select(FOLLOWUP.c.person, followups.DRAFT.c.body)
        .join(followups.DRAFT, followups.DRAFT.c.followup_id == FOLLOWUP.c.id)
        .where(FOLLOWUP.c.basis == "", FOLLOWUP.c.enrolment_id.is_not(None), FOLLOWUP.c.kind == "mail")
        .where(FOLLOWUP.c.person != followup.person, followups.DRAFT.c.made >= since)
    )
    said = fold("\n".join(body.strip().splitlines()[1:]))
    others = {
        row.person for row in connection.execute(query) if fold("\n".join(row.body.strip().splitlines()[1:])) == said
    }
    return len(others) if said else 0


def fold(words: str) -> str:
    """The same for texts that differ only in case, spaces and marks at the end."""
    return " ".join(words.casefold().split()).strip(" .!?;:,")


def add(change: Change, *, actor: str, code: str, **values: Unpack[NewEnrolment]) -> int:
    """A new enrolment."""
    kept = {**values, "state": "active", "reason": "", "made": change.now, "changed": change.now}
    number = int(change.connection.execute(insert(ENROLMENT).values(kept).returning(ENROLMENT.c.id)).scalar_one())
    about, person = values.get("about", ""), values.get("person", "")
    change.record(Event("enrolment.made", name(number), actor, "", "active", code, about, person=person))
    return number


def first_thread(change: Change, account: int, person: str, subject: str) -> int:
    """An empty thread for a mail that nobody wrote yet."""
    values = {
        "account_id": account, "root": "", "changed": 0, "person": person, "subject": subject, "reason": "enrolled",
        "sentence": "A plan begins this thread; nothing of it is in the mailbox yet.",
    }  # fmt: skip
    return int(change.connection.execute(insert(THREAD).values(values).returning(THREAD.c.id)).scalar_one())


def keep(change: Change, number: int, **values: Unpack[EnrolmentChange]) -> None:
    """Note something that is no step of its own."""
    change.connection.execute(update(ENROLMENT).where(ENROLMENT.c.id == number).values(values))


def end(change: Change, number: int, code: str, *, actor: str, state: str = "ended") -> bool:
    """It goes no further; whatever of it nobody has touched is stopped with it."""
    row = find(change.connection, number)
    if row is None or row.state != "active":
        return False
    keep(change, number, state=state, reason=code, changed=change.now)
    change.record(Event(f"enrolment.{state}", name(number), actor, "active", state, code))
    for followup in touches(change.connection, number):
        if _goes_too(change.connection, followup, code):
            followups.move(change, followup.id, _end_of(code), actor=actor, code=code)
    return True


def _end_of(code: str) -> Progress:
    return Progress.ANSWERED if code in {"answered", "booked"} else Progress.STOPPED


def _goes_too(connection: Connection, followup: Followup, code: str) -> bool:
    """Everything that could still happen; when only a label was taken away, nothing that a person has touched."""
    if code == "unlabelled":
        draft = followups.newest_draft(connection, followup.id)
        return followup.state in UNTOUCHED and (draft is None or draft.writer != "person")
    if followup.state == Progress.OUTBOX:
        letter = outbox.newest_of(connection, followup.id)
        return letter is not None and letter.state != Stage.SENT
    handed_over = followup.state == Progress.APPROVED and followup.reason == "handed_over"
    return followup.state in UNTOUCHED or handed_over


def end_of_followup(change: Change, followup: int, code: str) -> bool:
    """A person stopped one touch, so the plan ends."""
    row = followups.find(change.connection, followup)
    if row is None or row.enrolment_id is None:
        return False
    return end(change, row.enrolment_id, code, actor="user")


def expect(change: Change, followup: int, message_id: str) -> None:
    """A letter of a plan will lie in its thread, and so will whatever answers it, even where no copy is filed."""
    row = followups.find(change.connection, followup)
    if row is not None and row.enrolment_id is not None:
        tie(change.connection, row.account_id, message_id, row.thread_id)


def revive(change: Change, followup: int) -> bool:
    """A person takes a stop back."""
    row = followups.find(change.connection, followup)
    enrolment = find(change.connection, row.enrolment_id) if row and row.enrolment_id else None
    if enrolment is None or enrolment.state == "active" or enrolment.reason != Progress.STOPPED:
        return False
    keep(change, enrolment.id, state="active", reason="", changed=change.now)
    change.record(Event("enrolment.revived", name(enrolment.id), "user", "ended", "active", "brought_back"))
    return True


def touches(connection: Connection, number: int) -> list[Followup]:
    """Its follow-ups, first touch first."""
    query = select(FOLLOWUP).where(FOLLOWUP.c.enrolment_id == number).order_by(FOLLOWUP.c.touch, FOLLOWUP.c.id)
    return every(connection, Followup, query)


def add_signal(change: Change, enrolment: int, words: str, evidence: str, touch: int) -> bool:
    """A reason to write now; False when it is known already."""
    row = find(change.connection, enrolment)
    assert row is not None
    if any(fold(item.words) == fold(words) for item in signals(change.connection, enrolment)):
        return False
    values = {"enrolment_id": enrolment, "words": words, "evidence": evidence, "touch": touch, "at": change.now}
    change.connection.execute(insert(SIGNAL).values(values))
    change.record(Event("signal.noted", name(enrolment), "user", content=words, person=row.person, detail=evidence))
    return True


def move_signals(change: Change, enrolment: int, touch: int) -> None:
    """The first touch that can still be made says them."""
    change.connection.execute(update(SIGNAL).where(SIGNAL.c.enrolment_id == enrolment).values(touch=touch))


def signals(connection: Connection, enrolment: int) -> list[KeptSignal]:
    """Reasons to write, oldest first."""
    query = select(SIGNAL).where(SIGNAL.c.enrolment_id == enrolment).order_by(SIGNAL.c.id)
    return every(connection, KeptSignal, query)


@dataclass(frozen=True, slots=True)
class Marks:
    """Where a mail lies and what it is marked with."""

    folder: str
    flags: str
    data: str

    @property
    def labels(self) -> list[str]:
        """What a provider calls labels."""
        return list(json.loads(self.data).get("labels", ()))


def marked(connection: Connection, threads: Iterable[int], mark: str) -> dict[int, list[Marks]]:
    """Folder, flags and labels of the mails that lie in a mailbox now and carry such a mark, by thread."""
    found: dict[int, list[Marks]] = {}
    columns = (MAIL.c.thread_id, MAIL.c.folder, MAIL.c.flags, MAIL.c.data)
    near = or_(*(column.icontains(mark, autoescape=True) for column in (MAIL.c.folder, MAIL.c.flags, MAIL.c.data)))
    for part in chunks(threads):
        query = select(*columns).where(MAIL.c.thread_id.in_(part), MAIL.c.present == 1, near)
        for thread, *marks in connection.execute(query):
            found.setdefault(thread, []).append(Marks(*marks))
    return found


def begun_by_rules(connection: Connection, since: datetime) -> int:
    """How many a rule with a mail began since then."""
    began = func.json_extract(ENROLMENT.c.cause, "$.by") == "rule"
    query = select(func.count()).where(ENROLMENT.c.made >= since, ENROLMENT.c.cause != "", began)
    return int(connection.execute(query).scalar_one())


def begun_with(connection: Connection, plan: str, cause: Cause) -> bool:
    """Whether the mail of a cause began this plan before, under its name or another."""
    mail, digest = (func.json_extract(ENROLMENT.c.cause, f"$.{key}") for key in ("mail", "digest"))
    same = or_(digest == cause.digest, and_(mail == cause.mail, mail != ""))
    query = select(ENROLMENT.c.id).where(ENROLMENT.c.plan == plan, ENROLMENT.c.cause != "", same)
    return connection.execute(query.limit(1)).first() is not None


def own_naming(connection: Connection, threads: Iterable[int], mark: str) -> dict[int, list[Mail]]:
    """The user's own mails that carry such a mark anywhere beside their text, by thread."""
    found: dict[int, list[Mail]] = {}
    for part in chunks(threads):
        named = (MAIL.c.thread_id.in_(part), MINE, MAIL.c.data.icontains(mark, autoescape=True))
        for row in kept_mails(connection, select(MAIL).where(*named, MAIL.c.role != Role.DRAFTS.value)):
            found.setdefault(row.thread_id, []).append(from_row(row))
    return found


def active_in(connection: Connection, threads: Iterable[int]) -> list[KeptEnrolment]:
    """What goes on in these threads."""
    found: list[KeptEnrolment] = []
    for part in chunks(threads):
        found += _rows(connection, ENROLMENT.c.thread_id.in_(part), ENROLMENT.c.state == "active")
    return found


def labelled(connection: Connection, threads: Iterable[int]) -> list[KeptEnrolment]:
    """What labels put these threads under, as far as the labels were there at the last look."""
    found: list[KeptEnrolment] = []
    for part in chunks(threads):
        found += _rows(connection, ENROLMENT.c.thread_id.in_(part), ENROLMENT.c.labelled == 1)
    return found


def _rows(connection: Connection, *where: ColumnElement[bool]) -> list[KeptEnrolment]:
    return every(connection, KeptEnrolment, select(ENROLMENT).where(*where).order_by(ENROLMENT.c.id))


def _first(connection: Connection, *where: ColumnElement[bool]) -> KeptEnrolment | None:
    found = _rows(connection, *where)
    return found[0] if found else None
