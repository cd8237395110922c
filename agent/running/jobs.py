"""One pass over everything that may be due, in the order that is safe; the database says what is due, never a timer."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from agent import logs
from agent.common.desk import Desk
from agent.decide.gate.keeping_back import why
from agent.decide.gate.levels import Level
from agent.decide.plans.lifecycle import Progress
from agent.decide.plans.notices import RESTORED
from agent.drafting import drafts_folder
from agent.errors import RelanceError
from agent.mailboxes.absence import drop_ended
from agent.sending import outbox, reconcile, stopping
from agent.sending.outbox import Worked
from agent.store.base import audit, settings
from agent.store.base.journal import Journal
from agent.store.work import budgets, distrust, followup_lists
from agent.store.work import outbox as rows
from agent.verbs import actions
from providers.base import ProviderError
from voice.languages.packs import DamagedPack


@dataclass(frozen=True, slots=True)
class Jobs:
    """The work that others know how to do, by account name or for all."""

    sync: Callable[[str], object]
    judge: Callable[[], object] = lambda: None
    draft: Callable[[], object] = lambda: None
    tidy: Callable[[], object] = lambda: None


@dataclass(slots=True)
class Pass:
    """What one pass did."""

    synced: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    """Type of the error of each account or step that did not work."""
    why: dict[str, str] = field(default_factory=dict)
    """What to hear about those of them that have a sentence for the user."""
    stopped: list[Worked] = field(default_factory=list)
    worked: list[Worked] = field(default_factory=list)
    quarantined: int = 0
    held_back: str = ""
    """Why nothing was sent at all."""
    lost: str = ""
    """What the records held before and hold no more."""


def wake_up(desk: Desk) -> int:
    """At the start, by the one who holds the lock: believe proofs, free dead leases, distrust a restored store."""
    Journal(outbox.journal_file(desk)).reserve()
    outbox.replay_journal(desk)
    host = desk.owner.partition(":")[0]
    moved = 0
    if distrust.needed(desk.store):
        with desk.store.write() as change:
            moved = distrust.take_hold(change)
        logs.note("store.restored", count=moved)
    settings.next_life(desk.store)
    with desk.store.write() as change:
        rows.release_leases(change, lambda owner: owner.partition(":")[0] == host)
        rows.recover(change)
    return moved


def missed(desk: Desk) -> str:
    """What to hear, once, about records that were here and are gone."""
    words = desk.store.lost()
    if words:
        desk.store.anchor()
        words = f"The records here do not go on where they ended: {words}."
    return words and f"{words} `relance restore FILE` brings back a copy; `relance audit list` keeps this."


def doubted(desk: Desk) -> str:
    """What to hear as long as the store is known to be restored or copied."""
    with desk.store.read() as connection:
        return RESTORED if distrust.since(connection) is not None else ""


def one_pass(desk: Desk, jobs: Jobs, accounts: list[str] | None = None) -> Pass:
    """Read, stop what was answered, judge, draft, send what is due, look up what is unknown."""
    done = Pass()
    for name in [seat.name for seat in desk.seats] if accounts is None else accounts:
        if _tried(done, name, partial(jobs.sync, name)):
            done.synced.append(name)
    _tried(done, "stop", lambda: done.stopped.extend(stopping.stop_moved(desk)))
    _tried(done, "judge", jobs.judge)
    _tried(done, "draft", jobs.draft)
    _tried(done, "autopilot", lambda: autopilot(desk))
    _tried(done, "drafts", lambda: drafts_folder.keep_up(desk))
    with desk.store.write() as change:
        rows.recover(change)
        budgets.drop_ended_pauses(change)
        drop_ended(change)
    done.held_back = not_now(desk)
    if not done.held_back:
        _tried(done, "outbox", lambda: done.worked.extend(outbox.pump(desk)))
    _tried(done, "reconcile", lambda: reconcile.reconcile(desk))
    _tried(done, "copies", lambda: reconcile.file_copies(desk))
    _tried(done, "tidy", jobs.tidy)
    return done


def _tried(done: Pass, name: str, act: Callable[[], object]) -> bool:
    """One step that fails never keeps the others from running."""
    try:
        act()
    except Exception as problem:  # noqa: BLE001 (named in the log by its type, and the next pass tries again)
        done.failed[name] = type(problem).__name__
        logs.note("step.failed", phase=name, error=type(problem).__name__)
        if isinstance(problem, RelanceError | DamagedPack):
            done.why[name] = str(problem)
        elif not isinstance(problem, ProviderError):
            logs.keep_traceback(problem)
        return False
    return True


def not_now(desk: Desk) -> str:
    """A reason why nothing may leave in this pass."""
    with desk.store.read() as connection:
        last = audit.read(connection, most=1, newest=True)
    free = shutil.disk_usage(desk.store.places.data).free
    newest = last[0].at if last else None
    return why(paused=desk.pause_file.exists(), newest=newest, now=desk.store.clock(), free=free)


MOST_AT_ONCE = 200
"""Drafts asked about in one pass; the rest has its turn in the next."""


def autopilot(desk: Desk) -> list[int]:
    """Queue what may leave without a person; every reason against it leaves the draft where it is."""
    with desk.store.read() as connection:
        ready = followup_lists.numbers_in(connection, (Progress.DRAFTED.value,), MOST_AT_ONCE)
        rules = (*desk.rules, *budgets.level_rules(connection))
    if not any(rule.level is Level.AUTOPILOT for rule in rules):
        return []
    return [number for number in ready if actions.approve_by_policy(desk, number).ok]
