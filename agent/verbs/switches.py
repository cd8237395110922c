"""Pauses and levels: stopping is always one step, letting more happen takes a person's word; never sends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from agent.address_forms import address_in
from agent.common.desk import Desk
from agent.common.outcome import Done, no
from agent.decide.gate.levels import DEFAULT, Kind, Level, Scope, is_raise, level_before_change, merged
from agent.mailboxes.absence import holds
from agent.sending.case import waiting_in
from agent.store.mail import standing, threading
from agent.store.work import budgets, distrust


def pause(desk: Desk, scope: Scope = DEFAULT, until: datetime | None = None) -> Done:
    """Nothing leaves."""
    with desk.store.write() as change:
        if unknown := _unknown_thread(change.connection, scope):
            return unknown
        budgets.pause(change, scope, until)
    end = f" until {until.astimezone(desk.zone):%Y-%m-%d %H:%M}" if until else ""
    with desk.store.read() as connection:
        count = waiting_in(desk, connection, scope)
    if not count:
        return Done(True, "paused", f"Paused{end}: {scope}. It covers nothing that waits now.")
    wait = "follow-up that waits" if count == 1 else "follow-ups that wait"
    return Done(True, "paused", f"Paused{end}: nothing leaves ({scope}). It covers {count} {wait} now.")


def _unknown_thread(connection: Connection, scope: Scope) -> Done | None:
    """An address in brackets looks like a Message-ID; which of them was meant only a person can say."""
    if scope.kind is not Kind.THREAD or threading.is_known(connection, scope.value):
        return None
    person = address_in(scope.value)
    meant = f" For the person write {person}; for" if person else " For"
    return no("unknown_thread", f"There is no thread {scope.value}.{meant} a thread the Message-ID of a mail in it.")


def resume(desk: Desk, scope: Scope | None = DEFAULT) -> Done:
    """Let things leave again; only ever a person's word. Without a scope the pause of everything ends, and only that.

    None lifts every pause there is.
    """
    person = scope.value if scope is not None and scope.kind is Kind.PERSON else ""
    with desk.store.write() as change:
        lifted = budgets.resume(change, scope)
        unknown = None if lifted or scope is None else _unknown_thread(change.connection, scope)
        stood = standing.lift(desk.store, change, person) if person else 0
        rest = _still(desk, change.connection, change.now)
    if stood:
        words = "may be written to again: that they forbade it, or that mail did not reach them, counts no more."
        return Done(True, "resumed", f"Resumed: {scope}. {person} {words}{rest}")
    if unknown is not None:
        return unknown
    if not lifted:
        return Done(False, "not_paused", f"There is no such pause.{rest}")
    every = f"{lifted} {'pause' if lifted == 1 else 'pauses'} lifted."
    words = "Resumed." if scope == DEFAULT else f"Resumed: {scope}." if scope else every
    return Done(True, "resumed", f"{words}{rest}")


def trust_again(desk: Desk) -> Done:
    """Only ever a person's word: what a restored or copied store takes for open may leave."""
    with desk.store.write() as change:
        lifted = distrust.lift(change)
        rest = _still(desk, change.connection, change.now)
    if not lifted:
        return no("not_restored", f"Nothing is held because the store was restored.{rest}")
    return Done(True, "resumed", f"What this store takes for open may leave again.{rest}")


def _still(desk: Desk, connection: Connection, now: datetime) -> str:
    """What goes on holding mail back."""
    left = [str(scope) for scope, until in budgets.pauses(connection) if until is None or until > now]
    away = holds(connection, now)
    said = [f"Still paused: {', '.join(left)}."] if left else []
    said += ["The PAUSE file is still there."] if desk.pause_file.exists() else []
    if distrust.since(connection) is not None:
        said.append("Still held, for it may have left already: what was open when the store was restored. Approve each")
        said[-1] += ", or `relance resume restored` for all."
    said += [f"Still held: {away}; `relance resume absence` sends all the same."] if away else []
    return "".join(f" {item}" for item in said)


def set_level(desk: Desk, scope: Scope, level: Level, typed: str | None = None) -> Done:
    """Lowering takes one key; raising takes the word."""
    with desk.store.write() as change:
        before = level_before(desk, change.connection, scope)
        if is_raise(before, level) and typed != level.value:
            return no("word", f"Raising {scope} from {before} to {level} needs the word {level.value!r}.")
        if unknown := _unknown_thread(change.connection, scope):
            return unknown
        budgets.set_level(change, scope, level, before)
    wants = desk.lacking(level.value) if is_raise(before, level) else ""
    return Done(True, "level", f"{scope}: {level}. {wants}".strip())


def level_before(desk: Desk, connection: Connection, scope: Scope) -> Level:
    """The level a scope surely had; where several could have held, the most careful one."""
    return level_before_change(merged(desk.rules, budgets.level_rules(connection)), scope)
