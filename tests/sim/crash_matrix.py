"""Kills a real process at every boundary, then its successor at every boundary, and looks whether promises hold.

python -m tests.sim.crash_matrix [--single] [--faults ok,lost_after] [--jobs 2] [--replay ok/none/12/7]
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from agent import failpoints
from agent.running.jobs import wake_up
from agent.sending import outbox, reconcile
from agent.store.base import settings
from agent.store.work import outbox as rows
from agent.verbs import actions
from tests.sim import truth
from tests.sim.world import World, ask, drafted, make_desk, memory_folder, open_store, reply, sync

FAULTS = ("ok", "lost_after", "lost_before", "data_refused", "data_put_off")
REPLIES = ("none", "waiting", "racing")
HIGHEST = 200


@dataclass(frozen=True)
class History:
    fault: str
    answer: str
    first: int
    second: int

    def __str__(self) -> str:
        return f"{self.fault}/{self.answer}/{self.first}/{self.second}"


def template(folder: Path, fault: str, answer: str) -> None:
    """A drafted follow-up, ready to be approved."""
    world = World(fault=fault, files_copy="at_once")
    store = open_store(folder, world)
    settings.next_life(store)
    desk = make_desk(store, world)
    ask(world, 1)
    sync(desk)
    drafted(desk, 1)
    if answer == "racing":
        world.race = [reply(world, 1)]
    world.file = folder / "world"
    world.save()
    store.engine.dispose()


def life(folder: Path, *, first: bool, answer: str) -> None:
    """What one process does from its start: recover, approve, send, look up."""
    world = World.load(folder / "world")
    store = open_store(folder, world)
    desk = make_desk(store, world, owner=f"host:{os.getpid()}")
    wake_up(desk)
    if first or not _approved(desk):
        actions.approve(desk, 1)
    if first and answer == "waiting":
        world.put("work", reply(world, 1))
    for seconds in (40, 60, 700):
        world.pass_time(seconds=seconds)
        outbox.pump(desk)
        reconcile.reconcile(desk)
        reconcile.file_copies(desk)
    store.engine.dispose()


def _approved(desk: object) -> bool:
    with desk.store.read() as connection:  # type: ignore[attr-defined]
        return bool(rows.rows(connection))


def final(folder: Path, answer: str) -> list[str]:
    """A last, undisturbed process and two days; then the truth."""
    world = World.load(folder / "world")
    world.fault = "ok"
    store = open_store(folder, world)
    desk = make_desk(store, world, owner="host:last")
    wake_up(desk)
    answered = {}
    visible = [item.received for item in world.boxes["work"].mails if item.message_id.startswith("<re1")]
    if visible and answer == "waiting":
        with store.read() as connection:
            answered = {row.token: visible[0] for row in rows.rows(connection)}
    if not _approved(desk):
        actions.approve(desk, 1)
    for hours in (0.1, 0.2, 2, 3, 20, 30):
        world.pass_time(hours=hours)
        outbox.pump(desk)
        reconcile.reconcile(desk)
        reconcile.file_copies(desk)
    found = truth.wrong(store, world, answered) + truth.unsettled(store) + truth.once_per_basis(store, world)
    with store.read() as connection:
        if not rows.rows(connection):
            found.append("the approval was lost")
    store.engine.dispose()
    return found


def in_child(act: Callable[[], list[str] | None], note: Path, kill_at: int = 0) -> int:
    """Fork, act, and end without any cleaning up; 137 when killed on the way."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        failpoints.install(failpoints._dies_at(kill_at) if kill_at else None)
        found = act()
        if found:
            note.write_text("\n".join(found))
        code = 3 if found else 0
    except BaseException as problem:
        import traceback

        note.write_text("".join(traceback.format_exception(problem)))
    finally:
        os._exit(code)


def one(base: Path, history: History, keep: bool = False) -> tuple[int, list[str]]:
    """The second process killed at `second`, then the last one. Returns its exit code and what is wrong."""
    folder = base.parent / f"run-{history.answer}-{history.fault}-{history.first}-{history.second}"
    shutil.copytree(base, folder)
    note = folder / "note"
    try:
        code = in_child(lambda: life(folder, first=False, answer=history.answer), note, history.second)
        if code == 1:
            return code, [note.read_text()]
        last = in_child(lambda: final(folder, history.answer), note)
        return code, note.read_text().splitlines() if last else []
    finally:
        if not keep:
            shutil.rmtree(folder)


def matrix(fault: str, answer: str, *, pairs: bool, firsts: range | None = None) -> tuple[int, list[str]]:
    """Every pair of boundaries of one story. Returns how many histories ran and what went wrong."""
    root = memory_folder("matrix")
    count, wrong = 0, []
    try:
        base = root / "template"
        base.mkdir()
        template(base, fault, answer)
        warm_up(base, answer)
        for first in firsts or range(1, HIGHEST):
            after = root / f"after-{first}"
            shutil.copytree(base, after)
            done = in_child(lambda here=after: life(here, first=True, answer=answer), after / "note", first)  # type: ignore[misc]
            if done == 1:
                wrong.append(f"{fault}/{answer}/{first}: {(after / 'note').read_text()}")
            for second in range(1, HIGHEST) if pairs else (HIGHEST,):
                history = History(fault, answer, first, second)
                code, found = one(after, history)
                count += 1
                wrong += [f"{history}: {line}" for line in found]
                if code == 0:
                    break
            shutil.rmtree(after)
            if done == 0:
                break
    finally:
        shutil.rmtree(root, ignore_errors=True)
    return count, wrong


def warm_up(base: Path, answer: str) -> None:
    """One undisturbed life here, so that the children inherit compiled statements."""
    folder = base.parent / "warm"
    shutil.copytree(base, folder)
    life(folder, first=True, answer=answer)
    final(folder, answer)
    shutil.rmtree(folder)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--single", action="store_true", help="kill once instead of twice")
    parser.add_argument("--faults", default=",".join(FAULTS))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--replay", help="fault/answer/first/second of one history")
    chosen = parser.parse_args()
    if chosen.replay:
        return replay(chosen.replay)
    began = time.monotonic()
    stories = [(fault, answer) for fault in chosen.faults.split(",") for answer in REPLIES]
    command = [sys.executable, "-m", "tests.sim.crash_matrix", "--jobs", "1"]
    if chosen.jobs > 1 and len(stories) > 1:
        return parallel(chosen, command)
    count, wrong = 0, []
    for fault, answer in stories:
        more, found = matrix(fault, answer, pairs=not chosen.single)
        count, wrong = count + more, wrong + found
    for line in wrong[:20]:
        print("WRONG", line)
        print("  replay: python -m tests.sim.crash_matrix --replay", line.partition(":")[0])
    took = time.monotonic() - began
    print(f"crash matrix {chosen.faults}: {count} histories in {took:.0f} s, {len(wrong)} broken promises")
    return 1 if wrong else 0


def parallel(chosen: argparse.Namespace, command: list[str]) -> int:
    """One process a fault: forking from threads is no good idea."""
    import subprocess

    def run(fault: str) -> int:
        more = ["--single"] if chosen.single else []
        return subprocess.run([*command, "--faults", fault, *more], check=False).returncode

    with ThreadPoolExecutor(chosen.jobs) as pool:
        return max(pool.map(run, chosen.faults.split(",")))


def replay(text: str) -> int:
    fault, answer, first, second = text.split("/")
    root = memory_folder("replay")
    base = root / "template"
    base.mkdir()
    template(base, fault, answer)
    in_child(lambda: life(base, first=True, answer=answer), base / "note", int(first))
    code, found = one(base, History(fault, answer, int(first), int(second)), keep=True)
    print(f"second process ended with {code}; kept in {root}")
    print("\n".join(found) or "all promises held")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
