"""Pauses and levels: stopping is always one step, letting more happen takes a person's word; never sends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from agent.act.done import Done, no
from agent.act.ports import Desk
from agent.decide.levels import DEFAULT, Level, Scope, is_raise, level_before_change, merged
from agent.store import budgets


def pause(desk: Desk, scope: Scope = DEFAULT, until: datetime | None = None) -> Done:
    """Nothing leaves."""
    with desk.store.write() as change:
        budgets.pause(change, scope, until)
    end = f" until {until.astimezone(desk.zone):%Y-%m-%d %H:%M}" if until else ""
    return Done(True, "paused", f"Paused{end}: nothing leaves ({scope}).")


def resume(desk: Desk, scope: Scope | None = None) -> Done:
    """Let things leave again; only ever a person's word."""
    with desk.store.write() as change:
        lifted = budgets.resume(change, scope)
    rest = " The PAUSE file is still there." if desk.pause_file.exists() else ""
    return Done(bool(lifted), "resumed" if lifted else "not_paused", f"{lifted} pauses lifted.{rest}")


def set_level(desk: Desk, scope: Scope, level: Level, typed: str | None = None) -> Done:
    """Lowering takes one key; raising takes the word."""
    with desk.store.write() as change:
        before = level_before(desk, change.connection, scope)
        if is_raise(before, level) and typed != level.value:
            return no("word", f"Raising {scope} from {before} to {level} needs the word {level.value!r}.")
        budgets.set_level(change, scope, level, before)
    wants = desk.lacking(level.value) if is_raise(before, level) else ""
    return Done(True, "level", f"{scope}: {level}. {wants}".strip())


def level_before(desk: Desk, connection: Connection, scope: Scope) -> Level:
    """The level a scope surely had; where several could have held, the most careful one."""
    return level_before_change(merged(desk.rules, budgets.level_rules(connection)), scope)
