"""How many letters may leave, and the levels and pauses chosen at run time; never decides by itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, insert, literal, or_, select, update

from agent.decide.gate.levels import DEFAULT, Kind, Level, Rule, Scope, ScopePlace, concerns, kept_scope, same_scope
from agent.decide.gate.spelling import near_address, plain_domain, same_domain
from agent.decide.plans.lifecycle import Stage
from agent.decide.threads.people import FREE_MAIL, registered
from agent.store.base import settings
from agent.store.base.audit import Event
from agent.store.base.engine import Change
from agent.store.base.outbox_tables import LevelRow, OutboxRow, SpentRow, unguarded
from agent.store.base.rows import table_of
from agent.store.base.tables import SettingRow
from agent.store.mail.threading import FOLLOWUP, chunks

OUTBOX = table_of(OutboxRow)
SPENT = table_of(SpentRow)
SETTING = table_of(SettingRow)
LEVEL = table_of(LevelRow)
Sent = Sequence[tuple[int, str, Sequence[str]]]
PAUSE = "pause:"
GAP = timedelta(seconds=90)
"""Letters of one account leave no closer than a person would write them, and some jitter later."""
MONTH = timedelta(days=30)
"""What a monthly cap looks back on: at any moment, so that no first of a month lets two fall together."""
MAY_HAVE_LEFT = tuple(stage.value for stage in (Stage.SENT, Stage.UNCERTAIN, Stage.SUBMITTING, Stage.NEEDS_REVIEW))
"""What a server only put off or refused has not left."""
BY_HAND = "sent_by_hand"
"""Why a follow-up is behind us that the user sent from their own mail program."""
MOST_PER_DAY = 100
"""The most the config may say; with more it would be a mailing tool, which it is not."""


@dataclass(frozen=True, slots=True)
class Limits:
    """At most so many."""

    per_day: int = 20
    per_hour: int = 5
    per_person: timedelta = timedelta(hours=24)
    per_organisation_day: int = 5
    per_thread: int = 3
    gap: timedelta = GAP
    per_person_month: int = 4
    per_organisation_month: int = 10


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """Who a letter would be counted for."""

    account_id: int
    outbox_id: int
    root: str
    person: str
    organisation: str = ""
    planned: int = 0
    """The touches of a plan a person chose for it; those beyond the cap of a thread always pass that person."""
    others: tuple[str, ...] = ()
    """Everybody else it goes to, and their organisations; what holds for one of them holds for the letter."""
    organisations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spent:
    """A budget that has nothing left, and when it has again; never, if that is None."""

    code: str
    again_at: datetime | None
    who: str = ""
    """Whom a monthly cap is about, and how many it allows."""
    most: int = 0


def exhausted(connection: Connection, limits: Limits, use: BudgetUse, now: datetime) -> Spent | None:
    """The budget that holds this letter back longest, or None."""
    account = SPENT.c.account_id == use.account_id
    if _count(connection, SPENT.c.root == use.root) >= max(limits.per_thread, use.planned):
        return Spent("budget_thread", None)
    day, hour = timedelta(days=1), timedelta(hours=1)
    found = [
        _window(connection, "budget_day", min(limits.per_day, MOST_PER_DAY), day, now, account),
        _window(connection, "budget_hour", limits.per_hour, hour, now, account),
        _window(connection, "budget_gap", 1, limits.gap * _jitter(use.outbox_id), now, account),
    ]
    recent = _recent(connection, now - max(limits.per_person, day))
    found += [
        _window(connection, "budget_person", 1, limits.per_person, now, _reached(recent, person))
        for person in (use.person, *use.others)
    ]
    for organisation in (use.organisation, *use.organisations):
        if organisation:
            most, own = limits.per_organisation_day, (account, _reached_in(recent, organisation))
            found.append(_window(connection, "budget_organisation", most, day, now, *own))
    full = [item for item in found if item is not None]
    return max(full, key=lambda item: (item.again_at is None, item.again_at or now), default=None)


def none_left(connection: Connection, limits: Limits, use: BudgetUse, now: datetime) -> bool:
    """Whether any budget or monthly cap has no room; asked at the point of no return."""
    return bool(exhausted(connection, limits, use, now) or over_the_month(connection, limits, use, now))


def over_the_month(connection: Connection, limits: Limits, use: BudgetUse, now: datetime) -> Spent | None:
    """The monthly cap that holds this letter back longest: of whoever it goes to, or of their organisation."""
    left = _left(connection, now - MONTH, use.outbox_id)
    found: list[Spent | None] = []
    for person in dict.fromkeys(filter(None, (use.person, *use.others))):
        times = [at for at, to in left if any(near_address(one, person) for one in to)]
        found.append(_capped("month_person", person, limits.per_person_month, times, now))
    for name in dict.fromkeys(map(_house, filter(None, (use.organisation, *use.organisations)))):
        times = [at for at, to in left if any(_house(one.rpartition("@")[2]) == name for one in to)]
        if name not in FREE_MAIL:
            found.append(_capped("month_organisation", name, limits.per_organisation_month, times, now))
    full = [item for item in found if item is not None]
    return max(full, key=lambda item: item.again_at or now, default=None)


def _house(domain: str) -> str:
    """What stands for an organisation: the part of its domains that it registered, however they are written."""
    return registered(plain_domain(domain))


def _capped(code: str, who: str, most: int, times: list[datetime], now: datetime) -> Spent | None:
    if len(times) < most:
        return None
    # A time in the future comes from a clock that was wrong; it counts as just now.
    newest_first = sorted((min(at, now) for at in times), reverse=True)
    return Spent(code, newest_first[most - 1] + MONTH, who, most)


def _left(connection: Connection, since: datetime, but_not: int) -> list[tuple[datetime, list[str]]]:
    """Every letter that left since then, or may have, and every follow-up sent by hand: when, and to whom.

    A letter counts once, however often a server put it off; `but_not`: the one that is asked about.
    """
    gone = or_(OUTBOX.c.id.is_(None), OUTBOX.c.state.in_(MAY_HAVE_LEFT), OUTBOX.c.was_uncertain == 1)
    spent = select(SPENT.c.outbox_id, SPENT.c.at, SPENT.c.person, OUTBOX.c.recipients, OUTBOX.c.followup_id)
    spent = spent.outerjoin(OUTBOX, OUTBOX.c.id == SPENT.c.outbox_id).where(gone, SPENT.c.at > since)
    said = select(OUTBOX.c.id, OUTBOX.c.changed, literal(""), OUTBOX.c.recipients, OUTBOX.c.followup_id).where(
        OUTBOX.c.state == Stage.SENT.value, OUTBOX.c.changed > since
    )
    letters: dict[int, tuple[datetime, list[str]]] = {}
    behind: set[int | None] = set()
    for query in (spent.order_by(SPENT.c.at.desc()), said):
        for number, at, person, recipients, followup in connection.execute(query):
            if number and number == but_not:
                continue
            # The last submission is the one that took it, and its time is better than that of the row.
            key = number or -len(letters) - 1
            letters.setdefault(key, (at, [person, *json.loads(recipients or "[]")]))
            behind.add(followup)
    hand = select(FOLLOWUP.c.id, FOLLOWUP.c.changed, FOLLOWUP.c.person).where(
        FOLLOWUP.c.reason == BY_HAND, FOLLOWUP.c.kind == "mail", FOLLOWUP.c.changed > since
    )
    by_hand = [(at, [person]) for number, at, person in connection.execute(hand) if number not in behind]
    return [*letters.values(), *by_hand]


def _recent(connection: Connection, since: datetime) -> list[tuple[int, str, list[str]]]:
    """What left since then: the letter, the organisation it counted for, and everybody it went to."""
    columns = (SPENT.c.outbox_id, SPENT.c.person, SPENT.c.organisation, OUTBOX.c.recipients)
    query = select(*columns).outerjoin(OUTBOX, OUTBOX.c.id == SPENT.c.outbox_id).where(SPENT.c.at > since)
    return [
        (row.outbox_id, row.organisation, [row.person, *json.loads(row.recipients or "[]")])
        for row in connection.execute(query)
    ]


def _reached(recent: Sent, person: str) -> ColumnElement[bool]:
    """What went to a person, be it to others too or to another spelling of their address."""
    return SPENT.c.outbox_id.in_([number for number, _, to in recent if any(near_address(one, person) for one in to)])


def _reached_in(recent: Sent, organisation: str) -> ColumnElement[bool]:
    found = [
        number for number, counted, to in recent
        if same_domain(counted, organisation)
        or any(same_domain(one.rpartition("@")[2], organisation) for one in to)
    ]  # fmt: skip
    return SPENT.c.outbox_id.in_(found)


def _count(connection: Connection, *where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(SPENT).where(*where)).scalar_one())


def _window(
    connection: Connection, code: str, most: int, length: timedelta, now: datetime, *where: ColumnElement[bool]
) -> Spent | None:
    if most <= 0:
        return Spent(code, None)
    # A time in the future comes from a clock that was wrong; it counts as just now.
    query = select(SPENT.c.at).where(*where, SPENT.c.at > now - length).order_by(SPENT.c.at.desc()).limit(most)
    times = list(connection.execute(query).scalars())
    return Spent(code, min(times[-1], now) + length) if len(times) >= most else None


def _jitter(number: int) -> float:
    """Up to a third more, the same for the same letter."""
    return 1 + hashlib.sha256(b"gap %d" % number).digest()[0] / 255 / 3


def last_left(connection: Connection, roots: Iterable[str], now: datetime) -> dict[str, datetime]:
    """When the last letter of each of these threads left or may have left, by the clock of this machine."""
    found: dict[str, datetime] = {}
    for part in chunks(roots):
        query = select(SPENT.c.root, func.max(SPENT.c.at, type_=SPENT.c.at.type)).where(SPENT.c.root.in_(part))
        found |= {root: min(at, now) for root, at in connection.execute(query.group_by(SPENT.c.root))}
    return found


def take(change: Change, use: BudgetUse) -> None:
    """One token of each budget, in the transaction that passes the point of no return."""
    change.connection.execute(
        insert(SPENT).values(
            account_id=use.account_id, outbox_id=use.outbox_id, root=use.root, person=use.person,
            organisation=use.organisation, at=change.now,
        )
    )  # fmt: skip


def level_rules(connection: Connection) -> tuple[Rule, ...]:
    """Levels chosen at run time."""
    rows = connection.execute(select(LEVEL).order_by(LEVEL.c.kind, LEVEL.c.value))
    return tuple(Rule(Scope(Kind(row.kind), row.value), Level(row.level)) for row in rows)


def set_level(
    change: Change, scope: Scope, level: Level, before: Level, *, actor: str = "user", code: str = ""
) -> None:
    """Choose the level of a scope."""
    _drop_levels(change, scope)
    values = {"kind": scope.kind.value, "value": scope.value, "level": level.value, "at": change.now}
    change.connection.execute(insert(LEVEL).values(values))
    change.record(_scope_event("level.set", scope, actor, (before.value, level.value), code))


def _drop_levels(change: Change, scope: Scope) -> None:
    for rule in level_rules(change.connection):
        if same_scope(rule.scope, scope):
            this = (LEVEL.c.kind == rule.scope.kind.value, LEVEL.c.value == rule.scope.value)
            change.connection.execute(delete(LEVEL).where(*this))


def _pauses_of(connection: Connection, scope: Scope) -> list[str]:
    """The names of its pauses, however each writes it; one nobody can read is named by itself alone."""
    names = settings.starting_with(connection, PAUSE)
    read = {name: kept_scope(name.removeprefix(PAUSE)) for name in names}
    return [name for name, said in read.items() if name == PAUSE + str(scope) or (said and same_scope(said, scope))]


def _scope_event(event: str, scope: Scope, actor: str, moved: tuple[str, str], code: str = "") -> Event:
    # The value may be an address, so it stays beside the chain.
    person = scope.value if scope.kind is Kind.PERSON else ""
    return Event(event, f"scope:{scope.kind.value}", actor, *moved, code, person=person, detail=str(scope))


def pause(change: Change, scope: Scope, until: datetime | None, *, actor: str = "user", code: str = "") -> None:
    """Nothing of this scope leaves until then, or until resumed."""
    settings.put(change, PAUSE + str(scope), until.isoformat() if until else "")
    change.record(_scope_event("pause.set", scope, actor, ("", "paused"), code))


def resume(change: Change, scope: Scope | None, *, actor: str = "user") -> int:
    """Lift one pause, however it is written, or all."""
    connection = change.connection
    names = _pauses_of(connection, scope) if scope else list(settings.starting_with(connection, PAUSE))
    return _lift(change, names, actor)


def _lift(change: Change, names: Iterable[str], actor: str) -> int:
    lifted = 0
    for name in names:
        settings.drop(change, name)
        change.record(_scope_event("pause.lifted", _scope(name), actor, ("paused", "")))
        lifted += 1
    return lifted


def paused(connection: Connection, place: ScopePlace, now: datetime) -> Scope | None:
    """The pause that covers a place now."""
    for name, until in settings.starting_with(connection, PAUSE).items():
        if until and datetime.fromisoformat(until) <= now:
            continue
        if concerns(_scope(name), place):
            return _scope(name)
    return None


def pauses(connection: Connection) -> list[tuple[Scope, datetime | None]]:
    """Every pause and its end."""
    found = settings.starting_with(connection, PAUSE)
    return [(_scope(name), datetime.fromisoformat(until) if until else None) for name, until in found.items()]


def drop_ended_pauses(change: Change) -> None:
    """Forget pauses whose time is over."""
    found = settings.starting_with(change.connection, PAUSE)
    ended = [name for name, until in found.items() if until and datetime.fromisoformat(until) <= change.now]
    _lift(change, ended, "policy")


def _scope(name: str) -> Scope:
    # A name nobody can read pauses everything: that does less.
    return kept_scope(name.removeprefix(PAUSE)) or DEFAULT


def rename_threads(connection: Connection, renamed: Callable[[str], str]) -> None:
    """A thread that has another name now keeps its levels and pauses."""
    start = f"{PAUSE}{Kind.THREAD.value}:"
    for name, until in settings.starting_with(connection, start).items():
        fresh = start + renamed(name.removeprefix(start))
        if fresh != name:
            same = SETTING.c.name == name
            connection.execute(delete(SETTING).where(SETTING.c.name == fresh))
            connection.execute(update(SETTING).where(same).values(name=fresh, value=until))
    for rule in level_rules(connection):
        fresh = renamed(rule.scope.value) if rule.scope.kind is Kind.THREAD else rule.scope.value
        if fresh != rule.scope.value:
            kind = LEVEL.c.kind == Kind.THREAD.value
            connection.execute(delete(LEVEL).where(kind, LEVEL.c.value == fresh))
            connection.execute(update(LEVEL).where(kind, LEVEL.c.value == rule.scope.value).values(value=fresh))


def erase_person(change: Change, person: str) -> None:
    """Levels and pauses of a person; what was spent is kept as numbers without a name."""
    scope = Scope(Kind.PERSON, person)
    _drop_levels(change, scope)
    for name in _pauses_of(change.connection, scope):
        settings.drop(change, name)
    with unguarded(change.connection, "spent"):
        names = {"person": "", "root": "", "organisation": ""}
        change.connection.execute(update(SPENT).where(SPENT.c.person == person).values(names))
