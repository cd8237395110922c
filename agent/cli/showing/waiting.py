"""What is said of letters that wait and of the level that holds for a follow-up; it never changes either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from agent.cli.output import one_line
from agent.decide.gate.levels import Kind, Rule, Scope, ScopePlace, merged, resolve, rules_of
from agent.decide.plans.lifecycle import LIVE, LOUD, WAITING
from agent.lock import is_held
from agent.store.mail import mails
from agent.store.work import budgets, outbox

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from agent.config import Config
    from agent.store.base.values import Followup, KeptLetter


def with_levels(config: Config, connection: Connection, found: Sequence[Followup]) -> list[Followup]:
    """Each follow-up with the level that holds for it now."""
    rules = merged(rules_of(config), budgets.level_rules(connection))
    names = {account.id: account.name for account in mails.account_rows(connection)}
    labelled = any(rule.scope.kind is Kind.LABEL for rule in rules)
    threads = mails.thread_mails(connection, [followup.thread_id for followup in found]) if labelled else {}
    rows = []
    for followup in found:
        thread = threads.get(followup.thread_id)
        labels = tuple(label for mail in thread.mails for label in mail.labels) if thread else ()
        place = ScopePlace(names.get(followup.account_id, ""), labels, followup.plan, followup.person, followup.root)
        rows.append(replace(followup, level=resolve(rules, place).level.value))
    return rows


def level_lines(rules: Sequence[Rule], scope: Scope | None) -> list[str]:
    """Every rule there is; or what holds for one scope, and because of which rule."""
    if scope is None:
        return [f"{rule.level.value:<10} {one_line(str(rule.scope))}" for rule in rules]
    value = f"anybody@{scope.value}" if scope.kind is Kind.DOMAIN else scope.value
    found = resolve(rules, _place_of(scope.kind, value))
    because = "" if found.scope == scope else f", as set for {one_line(str(found.scope))}"
    return [f"{found.level.value:<10} {one_line(str(scope))}{because}"]


def _place_of(kind: Kind, value: str) -> ScopePlace:
    """A place that lies in one scope and in no other."""
    match kind:
        case Kind.ACCOUNT:
            return ScopePlace(account=value)
        case Kind.LABEL:
            return ScopePlace(labels=(value,))
        case Kind.PLAN:
            return ScopePlace(plan=value)
        case Kind.DOMAIN | Kind.PERSON:
            return ScopePlace(person=value)
        case Kind.THREAD:
            return ScopePlace(thread=value)
        case Kind.DEFAULT:
            return ScopePlace()


def day_and_time(moment: datetime, now: datetime) -> str:
    """A moment as a person reads it: today's by the second, others by day."""
    local = moment.astimezone()
    return f"{local:%H:%M:%S}" if local.date() == now.astimezone().date() else f"{local:%a %d %b %H:%M}"


def leaving(moment: datetime, now: datetime) -> str:
    """When a letter leaves, where nothing keeps it then."""
    return f"leaves {day_and_time(moment, now)}" if moment > now else "may leave now"


def of_letter(letter: KeptLetter | None, number: int, now: datetime) -> str:
    """Where a letter of this follow-up stands, as long as it could still move."""
    if letter is None or letter.state not in LIVE:
        return ""
    why = f" ({one_line(letter.words, 200)})" if letter.words else ""
    if letter.state in LOUD:
        return f"{letter.state}{why}"
    if letter.state not in WAITING:
        return f"{letter.state}: may be leaving this second{why}; `relance undo {number}` may still stop it."
    return f"{letter.state}: {leaving(letter.ready_at, now)}{why}; `relance undo {number}` takes it back."


def all_waiting(connection: Connection, now: datetime) -> str:
    """How many letters wait, and until when; nothing where none does."""
    rows = outbox.rows(connection, outbox.OUTBOX.c.state.in_(tuple(stage.value for stage in WAITING)))
    if not rows:
        return ""
    count = "1 letter waits" if len(rows) == 1 else f"{len(rows)} letters wait"
    return f"{count}; the next {leaving(rows[0].ready_at, now)}."


def nobody_sends(lock: Path) -> str:
    """A letter is queued, and nothing is at work that would let it leave."""
    alive, _ = is_held(lock)
    return "" if alive else "Nothing is at work that would send it: `relance run` does, and so does the screen."
