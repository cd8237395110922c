"""Begins plans for mails that their `begin_when` waits for: each mail once, so many a day, and nobody whom `enroll`
would refuse; the first letter always waits for its approval."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy import Connection

from agent.bounds import within_bounds
from agent.common.home import Home
from agent.common.person import me_of
from agent.decide.gate.typos import meant_domain
from agent.decide.plans.beginnings import Begins, begins, digest_of
from agent.decide.plans.causes import Cause
from agent.decide.plans.notices import HELD, TOLD
from agent.decide.plans.plans import BeginRule, Plan
from agent.decide.threads.origin import Door, sender_proven
from agent.decide.threads.people import look_alike
from agent.decide.threads.threads import is_draft
from agent.errors import RelanceError
from agent.sequences.enroll import Answered, WantedEnrolment, consider, enter
from agent.sequences.plans import all_plans
from agent.store.base import settings
from agent.store.base.values import KeptMail
from agent.store.mail import mail_lists, origins, people
from agent.store.mail.mail_codec import from_row
from agent.store.mail.mails import account_rows, newest
from agent.store.work import enrolments
from providers.base import Mail
from providers.mail.plain import plain
from providers.registry import known

SEEN, SINCE = "begins.seen", "begins.since"
MOST = 5_000
"""The newest mails of one round, as of every other that reads what came."""
OLDEST = timedelta(days=14)
"""What an account that was added later brings along begins nothing."""
MOST_HELD = 100
"""Mails that wait for a day with room; more are a flood, and are told only."""
MOST_TOLD = 10
"""Lines that anybody reads."""


@dataclass(frozen=True, slots=True)
class FoundByRule:
    """A mail that a rule of a plan looks for."""

    number: int
    account: int
    mail: Mail
    plan: Plan
    rule: int
    begins: Begins


@dataclass(slots=True)
class BeginRound:
    """What one round leaves behind."""

    begun: int = 0
    left: int = 0
    """How many more may begin today."""
    held: list[tuple[int, str, int]] = field(default_factory=list)
    told: list[tuple[str, int, str]] = field(default_factory=list)


def begin_by_mail(home: Home) -> int:
    """Look at what came since the last round. How many plans began."""
    plans = [plan for plan in all_plans(home.config).values() if plan.begin_when]
    with home.store.read() as connection:
        kept = settings.get(connection, SEEN)
        upto = newest(connection)
        held = settings.get(connection, HELD)
        since = _from(home, settings.get(connection, SINCE))
    if not plans or not kept or since is None:
        _start(home, upto if plans else None, known=bool(kept))
        return 0
    if upto <= int(kept) and not held:
        return 0
    done = BeginRound(left=home.config.followups.begins_per_day - _today(home))
    with home.store.read() as connection:
        found = [*_held(connection, home, plans, held), *_fresh(connection, home, plans, int(kept), since)]
    for one in found:
        _one(home, one, done)
    _keep(home, upto, done)
    return done.begun


def _from(home: Home, since: str) -> datetime | None:
    """Mail from then on begins plans: since there are rules, and not from long ago."""
    return max(datetime.fromisoformat(since), home.clock() - OLDEST) if since else None


def _start(home: Home, upto: int | None, *, known: bool) -> None:
    """A rule that is new looks at no mail that was there before it."""
    if upto is None and not known:
        return
    with home.store.write() as change:
        if upto is not None:
            settings.put(change, SEEN, str(upto))
            settings.put(change, SINCE, change.now.isoformat())
            return
        for name in (SEEN, SINCE, HELD, TOLD):
            settings.drop(change, name)


def _today(home: Home) -> int:
    start = datetime.combine(home.clock().astimezone(home.zone).date(), time(), home.zone)
    with home.store.read() as connection:
        return enrolments.begun_by_rules(connection, start)


def _fresh(
    connection: Connection, home: Home, plans: Iterable[Plan], after: int, since: datetime
) -> Iterator[FoundByRule]:
    rows = mail_lists.newest_after(connection, after, MOST)
    yield from _found(connection, home, plans, [row for row in rows if row.received >= since])


def _held(connection: Connection, home: Home, plans: Iterable[Plan], held: str) -> Iterator[FoundByRule]:
    """What waited for today is judged anew: the rule may have changed, and its person too."""
    waits = {(number, plan) for number, plan, _ in json.loads(held or "[]")}
    rows = list(mail_lists.by_number(connection, [number for number, _ in sorted(waits)]))
    found = _found(connection, home, plans, sorted(rows, key=lambda row: row.id))
    yield from (one for one in found if (one.number, one.plan.name) in waits)


def _found(
    connection: Connection, home: Home, plans: Iterable[Plan], rows: Iterable[KeptMail]
) -> Iterator[FoundByRule]:
    own, doors = me_of(home.config, home.zone).keys, dict[int, Door]()
    for row in rows:
        mail = from_row(row)
        if is_draft(mail) or mail.claimed:
            continue
        if row.account_id not in doors:
            doors[row.account_id] = origins.door(connection, row.account_id)
        proven = mail.mine or sender_proven(mail, doors[row.account_id])
        for plan in plans:
            rule, said = first_that_begins(plan, mail, own, proven=proven)
            if said.near:
                yield FoundByRule(row.id, row.account_id, mail, plan, rule, said)


def first_that_begins(plan: Plan, mail: Mail, own: frozenset[str], *, proven: bool) -> tuple[int, Begins]:
    """The first rule that a mail meets, else the nearest one, by its number as people count."""
    each = [(number, judged(rule, mail, own, proven=proven)) for number, rule in enumerate(plan.begin_when, 1)]
    best = next((one for one in each if one[1].person), None) or next((one for one in each if one[1].near), None)
    return best or (each[0] if each else (0, Begins(why="the plan has no begin_when")))


def judged(rule: BeginRule, mail: Mail, own: frozenset[str], *, proven: bool) -> Begins:
    """What a rule makes of a mail, within the limits on time."""
    try:
        with within_bounds():
            return begins(rule, mail, own, proven=proven)
    except RelanceError:
        return Begins(why="it takes too much to read")


def _one(home: Home, one: FoundByRule, done: BeginRound) -> None:
    cause = Cause("rule", str(one.rule), one.mail.message_id, digest_of(one.mail))
    if not one.begins.person:
        done.told.append((one.plan.name, one.rule, one.begins.why))
        return
    with home.store.read() as connection:
        if enrolments.begun_with(connection, one.plan.name, cause):
            return
    if done.left <= 0:
        if len(done.held) < MOST_HELD:
            done.held.append((one.number, one.plan.name, one.rule))
        else:
            done.told.append((one.plan.name, one.rule, "too many mails asked for it at once"))
        return
    answered = _begun(home, one, cause)
    if answered.ok and answered.code != "already":
        done.begun += 1
        done.left -= 1
    elif not answered.ok:
        done.told.append((one.plan.name, one.rule, answered.words.rstrip(".")))


def _begun(home: Home, one: FoundByRule, cause: Cause) -> Answered:
    wanted = WantedEnrolment(
        one.begins.person, one.plan.name, new=True, account=_writes(home, one.account), cause=cause
    )
    refused = refusal(home, wanted)
    if refused is not None:
        return refused
    try:
        return enter(home, consider(home, wanted), wanted)
    except RelanceError as problem:
        return Answered(False, "wrong", str(problem))


def refusal(home: Home, wanted: WantedEnrolment) -> Answered | None:
    """Why nobody is put under the plan: all that `enroll` and `import` refuse."""
    domain = wanted.whom.rpartition("@")[2]
    with home.store.read() as connection:
        domains = people.domains_answered(connection)
        dead = people.bounced(home.store, connection, [wanted.whom])
        met = people.has_mail_with(connection, wanted.whom)
    meant = "" if met else meant_domain(domain, domains) or look_alike(domain, domains)
    if meant:
        return Answered(False, "typo", f"the domain of {wanted.whom} is near to {meant}; enroll it by itself")
    if dead:
        return Answered(False, "bounced", f"mail to {wanted.whom} could not be delivered")
    try:
        found = consider(home, wanted)
    except RelanceError as problem:
        return Answered(False, "wrong", str(problem))
    return found.refused


def _writes(home: Home, number: int) -> str:
    """The account the mail came to, where mail can leave from it."""
    with home.store.read() as connection:
        name = next((row.name for row in account_rows(connection) if row.id == number), "")
    can = {account.name for account in home.config.account if not known(account.provider).read_only}
    return name if name in can else ""


def _keep(home: Home, upto: int, done: BeginRound) -> None:
    with home.store.write() as change:
        settings.put(change, SEEN, str(upto))
        before = json.loads(settings.get(change.connection, TOLD) or "[]")
        fresh = [
            {"plan": plan, "rule": rule, "why": plain(why)[:200], "at": change.now.isoformat()}
            for plan, rule, why in dict.fromkeys(done.told)
        ]
        same = {(one["plan"], one["rule"], one["why"]) for one in fresh}
        kept = [one for one in before if (one["plan"], one["rule"], one["why"]) not in same]
        for name, value in ((HELD, done.held), (TOLD, (kept + fresh)[-MOST_TOLD:])):
            if value:
                settings.put(change, name, json.dumps(value, ensure_ascii=False))
            else:
                settings.drop(change, name)
