"""Every order in which a worker, an undo, a second worker and an answer can meet; "cancelled" must always be true.

python -m tests.sim.interleave [--actors worker,undo,answer] [--fine] [--replay worker,undo:0,1,1,0]
"""

from __future__ import annotations

import argparse
import shutil
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from agent import failpoints
from agent.common.desk import Desk
from agent.sending import outbox, reconcile
from agent.store.work import outbox as rows
from agent.verbs import actions
from tests.sim import truth
from tests.sim.world import World, ask, drafted, make_desk, memory_folder, open_store, reply, sync

POINTS = {
    "outbox.claimed", "net.connect", "outbox.before_look", "look.done", "outbox.before_submit", "outbox.submitting",
    "net.data", "net.stored", "outbox.accepted", "outbox.sent", "outbox.stayed",
}  # fmt: skip
FINE = {"undo.before", "undo.after"}
"""An undo is one transaction, so cutting it up changes nothing but the number of orders."""


@dataclass
class Actor:
    name: str
    act: Callable[[], object]
    go: threading.Event = field(default_factory=threading.Event)
    done: bool = False
    problem: BaseException | None = None
    result: object = None


class Stage:
    """Lets one actor move at a time, from one point to the next."""

    def __init__(self) -> None:
        self.actors: list[Actor] = []
        self.back = threading.Event()
        self.here = threading.local()

    def add(self, name: str, act: Callable[[], object]) -> Actor:
        actor = Actor(name, act)
        self.actors.append(actor)
        threading.Thread(target=self._run, args=(actor,), daemon=True).start()
        return actor

    def _run(self, actor: Actor) -> None:
        self.here.actor = actor
        actor.go.wait()
        actor.go.clear()
        try:
            actor.result = actor.act()
        except BaseException as problem:
            actor.problem = problem
        actor.done = True
        self.back.set()

    def point(self, name: str) -> None:
        actor: Actor | None = getattr(self.here, "actor", None)
        if actor is None or name not in POINTS:
            return
        self.back.set()
        actor.go.wait()
        actor.go.clear()

    def step(self, actor: Actor) -> None:
        self.back.clear()
        actor.go.set()
        if not self.back.wait(30):
            raise RuntimeError(f"{actor.name} does not come back")

    def ready(self) -> list[Actor]:
        return [actor for actor in self.actors if not actor.done]


def template(folder: Path) -> None:
    world = World(files_copy="never")
    store = open_store(folder, world)
    desk = make_desk(store, world)
    ask(world, 1)
    sync(desk)
    drafted(desk, 1)
    actions.approve(desk, 1)
    world.pass_time(seconds=40)
    world.file = folder / "world"
    world.save()
    store.engine.dispose()


def act_of(name: str, desk: Desk, world: World) -> Callable[[], object]:
    if name.startswith("undo"):
        return lambda: actions.undo(desk, 1)
    if name == "answer":
        return lambda: world.put("work", reply(world, 1))
    other = make_desk(desk.store, world, owner=f"{name}:1")
    return lambda: outbox.work(other, 1)


def play(base: Path, names: tuple[str, ...], choices: list[int]) -> tuple[list[int], list[str]]:
    """One order of events. Returns how many actors were ready at each step, and what is wrong."""
    folder = memory_folder("play")
    shutil.copytree(base, folder, dirs_exist_ok=True)
    world = World.load(folder / "world")
    world.file = None
    store = open_store(folder, world)
    desk = make_desk(store, world)
    stage = Stage()
    widths = []
    try:
        for name in names:
            stage.add(name, act_of(name, desk, world))
        failpoints.install(stage.point)
        while ready := stage.ready():
            choice = choices[len(widths)] if len(widths) < len(choices) else 0
            widths.append(len(ready))
            stage.step(ready[choice])
        failpoints.install(None)
        return widths, judge(stage, desk, world)
    finally:
        failpoints.install(None)
        store.engine.dispose()
        shutil.rmtree(folder, ignore_errors=True)


def judge(stage: Stage, desk: Desk, world: World) -> list[str]:
    """What was said against what happened, also a day later."""
    wrong = [f"{actor.name}: {type(actor.problem).__name__} {actor.problem}" for actor in stage.actors if actor.problem]
    for _ in range(8):
        world.pass_time(hours=4)
        with desk.store.write() as change:
            rows.recover(change)
        outbox.pump(desk)
        reconcile.reconcile(desk)
    said = [actor.result.code for actor in stage.actors if isinstance(actor.result, actions.Done)]
    if "cancelled" in said and world.delivered:
        wrong.append(f"undo said {said} and it was sent")
    with desk.store.read() as connection:
        row = rows.one(connection, 1)
    assert row is not None
    if "leaving" in said and not world.delivered and row.state not in {"CANCELLED", "STOPPED"}:
        wrong.append(f"undo was asked for in time, and the letter is {row.state}")
    if said and set(said) <= {"sent", "too_late"} and not world.delivered:
        wrong.append(f"undo said {said} and nothing was sent")
    return wrong + truth.wrong(desk.store, world)


def explore(names: tuple[str, ...], most: int = 10**6) -> tuple[int, list[str]]:
    """All orders, by walking the tree of choices."""
    base = memory_folder("interleave")
    count, wrong = 0, []
    choices: list[int] = []
    try:
        template(base)
        while count < most:
            widths, found = play(base, names, choices)
            count += 1
            path = choices + [0] * (len(widths) - len(choices))
            wrong += [f"{','.join(names)}:{','.join(map(str, path))} {line}" for line in found]
            while path and path[-1] + 1 >= widths[len(path) - 1]:
                path.pop()
            if not path:
                break
            path[-1] += 1
            choices = path
    finally:
        shutil.rmtree(base, ignore_errors=True)
    return count, wrong


STORIES = (("worker", "undo"), ("worker", "undo", "answer"), ("worker", "second", "undo"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--actors", default="")
    parser.add_argument("--fine", action="store_true", help="cut up the undo as well")
    parser.add_argument("--replay", default="")
    chosen = parser.parse_args()
    POINTS.update(FINE if chosen.fine else ())
    if chosen.replay:
        names, _, path = chosen.replay.partition(":")
        base = memory_folder("interleave")
        template(base)
        _, found = play(base, tuple(names.split(",")), [int(one) for one in path.split(",")])
        print("\n".join(found) or "all promises held")
        return 1 if found else 0
    stories = [tuple(chosen.actors.split(","))] if chosen.actors else list(STORIES)
    bad = 0
    for names in stories:
        began = time.monotonic()
        count, wrong = explore(names)
        bad += len(wrong)
        for line in wrong[:10]:
            print("WRONG", line)
            print("  replay: python -m tests.sim.interleave --replay", line.partition(" ")[0])
        took = time.monotonic() - began
        print(f"interleave {' x '.join(names)}: all {count} orders in {took:.0f} s, {len(wrong)} broken promises")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
