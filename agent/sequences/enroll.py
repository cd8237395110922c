"""Puts a person or a thread under a plan, or notes a reason to write now; every first mail waits for its approval."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from sqlalchemy import Connection

from agent.common.home import Home
from agent.common.person import me_of
from agent.decide.plans.causes import NO_CAUSE, Cause
from agent.decide.plans.lifecycle import Progress
from agent.decide.plans.parsing import facts, words
from agent.decide.plans.plans import Plan
from agent.decide.plans.triggers import Enrolment, Trigger
from agent.decide.values import Me
from agent.errors import UsageError
from agent.sequences.beginning.start import begin, give_way, outranks, possible, today_of
from agent.sequences.person_meant import MAILING, No, Target, at_address, on_the_way, whom
from agent.sequences.plans import all_plans
from agent.sequences.rounds import advance
from agent.sequences.said import kept
from agent.sequences.situation import gather
from agent.store.base.engine import Change
from agent.store.base.values import Followup, KeptEnrolment
from agent.store.mail import people
from agent.store.mail.people import Everybody
from agent.store.work import enrolments, followups
from providers.mail.plain import plain

SAME_TEXT = timedelta(days=90)
"""Two people who know each other may compare what they got within a season."""
LONGEST_ABOUT, LONGEST_SIGNAL, LONGEST_URL, LONGEST_SUBJECT = 2_000, 500, 500, 60
"""Characters: a reason to write is a few sentences, and a longer one would be the mail itself."""
URL = re.compile(r"https?://[^\s<>\"]{3,}")


@dataclass(frozen=True, slots=True)
class WantedEnrolment:
    """What somebody asked for."""

    whom: str
    plan: str = ""
    about: str = ""
    on: date | None = None
    new: bool = False
    """Also somebody there is no mail with yet."""
    account: str = ""
    words: str = ""
    evidence: str = ""
    say: Mapping[int, str] = field(default_factory=dict)
    """Own texts for touches of the plan, by their number."""
    facts: tuple[str, ...] = ()
    """What letters may state beside own mails."""
    name: str = ""
    """How the user calls them; else as their mail does."""
    cause: Cause = NO_CAUSE
    """What asked for it, where that was no command."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of it."""

    ok: bool
    code: str
    words: str
    followup: int = 0
    """The touch that is next."""


@dataclass(frozen=True, slots=True)
class Considered:
    """What would begin, or why it would not."""

    plan: Plan
    about: str
    said: str
    target: Target | None = None
    refused: Answered | None = None

    @property
    def subject(self) -> str:
        """The subject of a first mail."""
        return subject_of(self.about)


def consider(home: Home, wanted: WantedEnrolment, everybody: Everybody | None = None) -> Considered:
    """Everything that is looked at before a plan begins; nothing is begun. `everybody`: where many addresses are."""
    plan = known_plan(all_plans(home.config), wanted.plan or home.config.followups.plan)
    found = Considered(plan, tidy("--about", wanted.about, LONGEST_ABOUT), _said_for(plan, wanted))
    with home.store.read() as connection:
        new, account = wanted.new, wanted.account
        target = (
            whom(home, connection, wanted.whom, new=new, account=account)
            if everybody is None
            else at_address(home, connection, wanted.whom, new=new, account=account, everybody=everybody)
        )
        if isinstance(target, No):
            return replace(found, refused=Answered(False, target.code, target.words))
        target = replace(target, name=wanted.name or target.name)
        return replace(found, target=target, refused=_refused(connection, home, target, plan, found.about))


def enroll(home: Home, wanted: WantedEnrolment) -> Answered:
    """Start a plan with a person, or go on with it in a thread."""
    return enter(home, consider(home, wanted), wanted)


def enter(home: Home, found: Considered, wanted: WantedEnrolment) -> Answered:
    """Start what was looked at; whatever may have changed since is looked at again."""
    if found.refused is not None or found.target is None:
        assert found.refused is not None
        return found.refused
    trigger = Trigger.DATE if wanted.on else Trigger.ENROLLED
    return _begin(
        home, found.target, found.plan, trigger, about=found.about, on=wanted.on, said=found.said, cause=wanted.cause
    )


def _said_for(plan: Plan, wanted: WantedEnrolment) -> str:
    """The user's own texts for this person, checked as those of a plan are."""
    strange = next((number for number in wanted.say if not 1 <= number <= len(plan.touches)), None)
    if strange is not None:
        raise UsageError(f"{plan.name} has {len(plan.touches)} touches; there is no touch {strange}.")
    try:
        return kept(
            {number: words(plan.name, "say", text) for number, text in wanted.say.items()},
            facts(plan.name, list(wanted.facts)),
        )
    except ValueError as problem:
        raise UsageError(f"{problem}.", hint='Such as: --say "2=Hi {name}, the new dates are out."') from None


def signal(home: Home, wanted: WantedEnrolment, *, begins: bool = True) -> Answered:
    """A reason to write now: it brings the next touch forward, or begins a plan where it may."""
    words = tidy("The text", wanted.words, LONGEST_SIGNAL)
    evidence = wanted.evidence.strip()
    if not words:
        raise UsageError("Say what happened.", hint='Such as: relance signal ann@example.org "raised a Series B"')
    if evidence and not (len(evidence) <= LONGEST_URL and URL.fullmatch(evidence)):
        raise UsageError("--evidence is the address of a page.", hint="It begins with https:// and has no spaces.")
    plans = all_plans(home.config)
    named = known_plan(plans, wanted.plan) if wanted.plan else None
    with home.store.read() as connection:
        target = whom(home, connection, wanted.whom, new=wanted.new, account=wanted.account)
        if isinstance(target, No):
            return Answered(False, target.code, target.words)
        if _told_others(connection, home, words, target.person):
            return _same_text(target)
        under = _under(connection, target)
        spelled = on_the_way(connection, target) if under is None else None
        if spelled is not None:
            return Answered(False, "other_spelling", f"{spelled.person} is under {spelled.plan}; name that address.")
        if under is None and target.thread is None:
            target = _still_open(home, connection, target)
    over = named is not None and under is not None and begins and outranks(plans, named, under)
    if under is not None and not over:
        return _to_the_same(home, under, named, target, plans, words=words, evidence=evidence)
    if not begins:
        return Answered(False, "not_enrolled", f"{called(target)} is under no plan; `relance enroll` begins one.")
    plan = named or known_plan(plans, home.config.followups.plan)
    return _begin(home, target, plan, Trigger.SIGNAL, words=words, evidence=evidence, instead_of=under)


def _to_the_same(
    home: Home, under: KeptEnrolment, named: Plan | None, target: Target, plans: Mapping[str, Plan], *, words: str,
    evidence: str,
) -> Answered:  # fmt: skip
    if named is not None and named.name != under.plan:
        return _other_plan(under, target)
    return _attach(home, under, plans.get(under.plan), words, evidence)


def known_plan(plans: Mapping[str, Plan], name: str) -> Plan:
    """The plan of that name, or an error that names the nearest one."""
    if name in plans:
        return plans[name]
    close = difflib.get_close_matches(name.lower(), plans, n=1, cutoff=0.5)
    nearest = f"Did you mean {close[0]!r}? " if close else ""
    raise UsageError(f"There is no plan called {name!r}.", hint=f"{nearest}Known plans: {', '.join(plans)}.")


def tidy(what: str, text: str, most: int) -> str:
    """Words as they may stand in a mail: no control characters, and not endless."""
    kept = "\n".join(" ".join(line.split()) for line in plain(text[: most * 4]).strip().splitlines())
    if len(kept) > most:
        raise UsageError(f"{what} is longer than {most} characters.", hint="A first mail is short; say it in one go.")
    return kept


def _refused(connection: Connection, home: Home, target: Target, plan: Plan, about: str) -> Answered | None:
    under = on_the_way(connection, target)
    if under is not None and under.plan == plan.name:
        number = _touch_of(connection, under.id)
        words = f"{_under_name(under, target)} is under {plan.name} already (follow-up {number})."
        return Answered(True, "already", words, number)
    if under is not None and not outranks(all_plans(home.config), plan, under):
        return _other_plan(under, target)
    if target.thread is None and about and _told_others(connection, home, about, target.person):
        return _same_text(target)
    return None


def _other_plan(under: KeptEnrolment, target: Target) -> Answered:
    words = f"{_under_name(under, target)} is under {under.plan} already; `relance stop` on its follow-up ends that."
    return Answered(False, "other_plan", words)


def _under_name(under: KeptEnrolment, target: Target) -> str:
    """Who is under a plan, as they were enrolled."""
    return called(target) if under.person == target.person else str(under.person)


def _same_text(target: Target) -> Answered:
    return Answered(
        False, "same_to_many", f"Somebody besides {target.person} was to get the same words already. {MAILING}"
    )


def _told_others(connection: Connection, home: Home, words: str, person: str) -> bool:
    return enrolments.same_words(connection, words, person, home.clock() - SAME_TEXT) > 0


def _under(connection: Connection, target: Target) -> KeptEnrolment | None:
    """What a signal goes to: the plan of that thread, or the newest the person is under."""
    if target.thread is not None:
        return on_the_way(connection, target)
    rows = enrolments.of_person(connection, target.person)
    return rows[-1] if rows else None


def _still_open(home: Home, connection: Connection, target: Target) -> Target:
    """Who waits for an answer writes there, and begins no second thread beside it."""
    number = people.open_thread(connection, target.person, target.account)
    root = people.root_of(connection, number) if number is not None else ""
    found = whom(home, connection, root, new=False) if root.startswith("<") else target
    return found if isinstance(found, Target) else target


def _touch_of(connection: Connection, enrolment: int) -> int:
    rows = [row for row in enrolments.touches(connection, enrolment) if row.state != Progress.SKIPPED]
    return rows[-1].id if rows else 0


def called(target: Target) -> str:
    """A person as they are shown."""
    return f"{target.name} ({target.person})" if target.name else target.person


def _begin(
    home: Home, target: Target, plan: Plan, trigger: Trigger, *, about: str = "", on: date | None = None,
    words: str = "", evidence: str = "", said: str = "", instead_of: KeptEnrolment | None = None,
    cause: Cause = NO_CAUSE,
) -> Answered:  # fmt: skip
    me = me_of(home.config, home.zone)
    with home.store.write() as change:
        # Somebody else may have been faster since this was looked at.
        refused = _refused(change.connection, home, target, plan, about)
        if refused is not None:
            return refused
        today = today_of(change, me, target.person)
        value = _beginning(me, target, plan, trigger, about=about, on=on, today=today)
        under = instead_of or on_the_way(change.connection, target)
        if under is not None:
            give_way(change, under, plan, actor="policy" if cause.by else "user")
        number = begin(change, target, value, about=about, subject=subject_of(about or words), said=said, cause=cause)
        if words:
            enrolments.add_signal(change, number, words, evidence, 1)
            _number_signal(change, me, plan, number)
        advance(change, me, plan, number)
        done = _said(change, me, plan, number, target)
        return replace(done, words=f"{done.words} The plan {under.plan} ended for it.") if under is not None else done


def fits(home: Home, found: Considered, wanted: WantedEnrolment) -> None:
    """Whether the day and the plan go together; a UsageError says why not."""
    assert found.target is not None
    me, today = me_of(home.config, home.zone), home.clock().astimezone(home.zone).date()
    trigger = Trigger.DATE if wanted.on else Trigger.ENROLLED
    _beginning(me, found.target, found.plan, trigger, about=found.about, on=wanted.on, today=today)


def _beginning(
    me: Me, target: Target, plan: Plan, trigger: Trigger, *, about: str, on: date | None, today: date
) -> Enrolment:
    if on is not None and on < today:
        raise UsageError(f"{on} is in the past.", hint="Write a later date.")
    anchored = any(touch.before_anchor for touch in plan.touches)
    value = Enrolment(
        plan.name, target.person, target.root, trigger, about, "", today if anchored or on is None else on,
        on if anchored else None,
    )  # fmt: skip
    possible(value, plan, me)
    return value


def _number_signal(change: Change, me: Me, plan: Plan, number: int) -> None:
    """A plan that counts back may begin with a later touch."""
    row = enrolments.find(change.connection, number)
    found = gather(change.connection, me, plan, row).next() if row else None
    if found is not None:
        enrolments.move_signals(change, number, found.number)


def _attach(home: Home, under: KeptEnrolment, plan: Plan | None, words: str, evidence: str) -> Answered:
    """The next touch of a plan that runs already says it."""
    if plan is None:
        return Answered(False, "no_plan", f"There is no plan called {under.plan} any more.")
    me = me_of(home.config, home.zone)
    target = Target(under.account_id, under.person, under.name, under.subject, under.thread_id)
    with home.store.write() as change:
        scene = gather(change.connection, me, plan, under)
        current = scene.current
        number = current.touch if current else 1
        if current is not None and current.state in {Progress.OUTBOX, Progress.APPROVED}:
            number += 1
        if number > len(plan.touches):
            return Answered(False, "last_touch", f"{plan.name} has no further touch for {called(target)}.")
        if not enrolments.add_signal(change, under.id, words, evidence, number):
            return Answered(True, "already", f"That is noted for {called(target)} already.", _now(scene.current))
        if current is not None and current.state in enrolments.UNTOUCHED and number == current.touch:
            followups.move(change, current.id, Progress.WATCHING, actor="user", code="signal", until=None, hold="")
        advance(change, me, plan, under.id)
        return _said(change, me, plan, under.id, target)


def _now(row: Followup | None) -> int:
    return row.id if row else 0


def _said(change: Change, me: Me, plan: Plan, number: int, target: Target) -> Answered:
    row = enrolments.find(change.connection, number)
    assert row is not None
    scene = gather(change.connection, me, plan, row)
    touch = scene.current
    if touch is None:
        return Answered(True, "enrolled", f"{called(target)}: {plan.name}.")
    assert touch.due is not None
    day = f"{touch.due.astimezone(scene.morning(scene.day(change.now)).tzinfo):%a %d %b %Y}"
    where = "a mail of its own" if row.first else f'the thread "{row.subject[:80]}"'
    what = "it is a task for you" if touch.kind == "task" else "it is drafted then"
    asks = " and waits for your approval" if touch.ceiling and touch.kind == "mail" else ""
    words = (
        f"{called(target)} is under {plan.name}, in {where}: touch {touch.touch} of {len(plan.touches)} on {day}; "
        f"{what}{asks} (follow-up {touch.id})."
    )
    return Answered(True, "enrolled", words, touch.id)


def subject_of(words: str) -> str:
    """The subject of a first mail: the beginning of what the person said it is about."""
    line = next((line for line in words.splitlines() if line.strip()), "")
    start = re.split(r"(?<=[.!?])\s", line.strip(), maxsplit=1)[0].rstrip(" .!;:,")
    if len(start) > LONGEST_SUBJECT:
        start = start[:LONGEST_SUBJECT].rsplit(" ", 1)[0].rstrip(" ,;:-")
    return start[:1].upper() + start[1:]
