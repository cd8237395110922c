"""Random mailbox-days with crashes, faults, races, two hosts and wrong clocks; the real code, a virtual clock.

python -m tests.sim.simulate --days 10000 [--seed 1] [--jobs 2]        replay one: --seed N --days D --only
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from agent import failpoints
from agent.act import actions, outbox, reconcile
from agent.act.ports import Desk
from agent.decide.levels import DEFAULT, Level
from agent.errors import RelanceError
from agent.store import outbox as rows
from providers.base import Letter, Mail, ProviderError, Receipt, Role
from tests.sim import truth
from tests.sim.world import Scene, WorldMailbox, WorldSender, ask, drafted, make_desk, reply, scene, sync

DAYS_A_SEED = 20
FAULTS = ["ok"] * 12 + [
    "lost_after", "lost_before", "lying_452", "data_refused", "data_put_off", "rcpt_temporary", "rcpt_permanent", "connect",
]  # fmt: skip
WORDS = ["reply"] * 5 + ["decline", "later", "bounce", "away", "receipt", "unsure", "list"]


class Crash(BaseException):
    """The process is gone."""


@dataclass
class Tally:
    days: int = 0
    letters: int = 0
    crashes: int = 0
    races: int = 0
    undone: int = 0
    hosts: int = 0
    jumps: int = 0
    wrong: list[str] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        for name in ("days", "letters", "crashes", "races", "undone", "hosts", "jumps"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.wrong += other.wrong
        self.states += other.states


class Knowing:
    """What only the world can know: what each look could see and what was promised."""

    def __init__(self) -> None:
        self.looked: dict[str, int] = {"work": 0, "home": 0}
        self.approved: dict[str, dict[str, int]] = {}
        self.stopping: list[tuple[str, str, int]] = []
        """Person, box and place of each mail after which nothing may leave."""
        self.cancelled: dict[str, str] = {}
        self.wrong: list[str] = []


class SeenMailbox(WorldMailbox):
    def __init__(self, world: Any, name: str, knowing: Knowing) -> None:
        super().__init__(world, name)
        self.knowing = knowing

    def changes(self, cursor: str) -> Iterator[Any]:
        pages = list(super().changes(cursor))
        self.knowing.looked[self.name] = len(self.world.boxes[self.name].mails)
        yield from pages


class SeenSender(WorldSender):
    def __init__(self, world: Any, knowing: Knowing) -> None:
        super().__init__(world)
        self.knowing = knowing

    def send(self, letter: Letter, commit: Callable[[], None]) -> Receipt:
        seen: dict[str, int] = {}

        def noted() -> None:
            commit()
            seen.update(self.knowing.looked)

        self.seen = seen
        return super().send(letter, noted)

    def deliver(self, letter: Letter) -> None:
        person = letter.recipients[0]
        before = self.knowing.approved.get(person, {})
        for who, box, place in self.knowing.stopping:
            if who == person and before.get(box, 0) <= place < self.seen.get(box, 0):
                self.knowing.wrong.append(f"a letter to {person} left after mail the look could see")
        if letter.token in self.knowing.cancelled:
            self.knowing.wrong.append(
                f"a letter to {person} left although undo said {self.knowing.cancelled[letter.token]}"
            )
        super().deliver(letter)


class Simulation:
    """One seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.seed = seed
        self.scene: Scene = scene(spread=self.random.random)
        self.world = self.scene.world
        self.knowing = Knowing()
        self.tally = Tally()
        self.number = 0
        self.life = 0
        self.people: list[int] = []
        self.desk = self.new_desk()

    def new_desk(self, host: str = "host") -> Desk:
        self.life += 1
        desk = make_desk(
            self.scene.store, self.world, Level.COPILOT, owner=f"{host}:{self.life}", spread=self.random.random
        )
        desk.mailbox = lambda name: SeenMailbox(self.world, name, self.knowing)
        desk.sender = lambda _name: SeenSender(self.world, self.knowing)
        return desk

    def run(self, days: int) -> Tally:
        try:
            for _ in range(days):
                self.day()
            self.end()
        finally:
            failpoints.install(None)
            self.scene.close()
        self.tally.days += days
        self.tally.letters = len(self.world.delivered)
        self.tally.races = self.world.raced
        return self.tally

    def day(self) -> None:
        chance = self.random.random
        self.world.files_copy = self.random.choice(["at_once", "at_once", "late", "never"])
        for _ in range(self.random.choice([0, 1, 1, 2])):
            self.start_matter()
        for _ in range(4):
            self.world.fault = self.random.choice(FAULTS)
            self.world.down = chance() < 0.08
            self.pass_some_time()
            self.guarded(self.somebody_acts)
            self.guarded(self.daemon)

    def pass_some_time(self) -> None:
        draw = self.random.random()
        if draw < 0.02:
            self.tally.jumps += 1
            self.world.pass_time(hours=self.random.choice([-3, -1, 30, 300]))
        else:
            self.world.pass_time(minutes=self.random.choice([1, 2, 20, 90, 300]))

    def start_matter(self) -> None:
        self.number += 1
        ask(self.world, self.number)
        self.people.append(self.number)
        down, self.world.down = self.world.down, False
        sync(self.desk)
        self.world.down = down
        drafted(self.desk, self.number, body=f"Any news on number {self.number}?\n")

    def somebody_acts(self) -> None:
        number = self.random.choice(self.people) if self.people else 0
        if not number:
            return
        followup = self.people.index(number) + 1
        draw = self.random.random()
        if draw < 0.55:
            self.approve(number, followup)
        elif draw < 0.65:
            self.undo(followup)
        elif draw < 0.9:
            self.they_write(number, late=self.random.random() < 0.4)
        elif draw < 0.93:
            actions.pause(self.desk, DEFAULT, self.desk.store.clock().replace(microsecond=0))
        elif draw < 0.96:
            actions.settle(self.desk, followup, self.random.choice(["sent", "cancel"]))
        else:
            actions.edit(self.desk, followup, f"In other words, number {number}?\n")

    def approve(self, number: int, followup: int) -> None:
        before, known = dict(self.knowing.looked), self.approvals()
        try:
            actions.approve(self.desk, followup)
        finally:
            # Whether it was stored counts, not whether the process lived to say so.
            failpoints.install(None)
            if self.approvals() > known:
                self.knowing.approved[f"p{number}@x{number}.example"] = before

    def approvals(self) -> int:
        with self.scene.store.read() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM approval").scalar_one())

    def undo(self, followup: int) -> None:
        with self.desk.store.read() as connection:
            row = rows.newest_of(connection, followup)
        done = actions.undo(self.desk, followup)
        if done.code == "cancelled" and row is not None:
            self.tally.undone += 1
            self.knowing.cancelled[row["token"]] = done.code

    def they_write(self, number: int, *, late: bool) -> None:
        word = self.random.choice(WORDS)
        box = self.random.choice(["work", "work", "work", "home"])
        role = self.random.choice([Role.INBOX, Role.INBOX, Role.JUNK, Role.ARCHIVE])
        item = reply(self.world, number, box=box, word=word, role=role, threaded=self.random.random() < 0.8)
        if late and box == "work":
            self.world.race.append(item)
            return
        self.arrive(number, box, word, item)

    def arrive(self, number: int, box: str, word: str, item: Mail) -> None:
        self.world.put(box, item)
        if word != "list":
            place = len(self.world.boxes[box].mails) - 1
            self.knowing.stopping.append((f"p{number}@x{number}.example", box, place))

    def daemon(self) -> None:
        sync(self.desk)
        outbox.stop_moved(self.desk)
        with self.desk.store.write() as change:
            rows.recover(change)
        outbox.pump(self.desk)
        reconcile.reconcile(self.desk)
        reconcile.file_copies(self.desk)

    def guarded(self, act: Callable[[], None]) -> None:
        """One stretch of work, which may be killed or met by another host at any point."""
        draw = self.random.random()
        with self.meddling("crash" if draw < 0.35 else "host" if draw < 0.5 else "undo" if draw < 0.6 else ""):
            try:
                act()
            except Crash:
                self.tally.crashes += 1
                self.restart()
            except (ProviderError, RelanceError):
                return

    @contextmanager
    def meddling(self, what: str) -> Iterator[None]:
        wait = self.random.randint(1, 45)
        seen = 0

        def handler(name: str) -> None:
            nonlocal seen
            seen += 1
            if seen != wait:
                return
            if what == "crash":
                raise Crash
            if name != "store.before_commit":
                failpoints.install(None)
                self.other(what)

        failpoints.install(handler if what else None)
        try:
            yield
        finally:
            failpoints.install(None)

    def other(self, what: str) -> None:
        """Something else happens just here."""
        if what == "host":
            self.tally.hosts += 1
            other = self.new_desk("second")
            try:
                outbox.pump(other)
                reconcile.reconcile(other)
            except (ProviderError, RelanceError):
                return
        elif self.people:
            self.undo(self.random.randint(1, len(self.people)))

    def restart(self) -> None:
        failpoints.install(None)
        self.desk = self.new_desk()
        outbox.replay_journal(self.desk)
        with self.desk.store.write() as change:
            rows.release_leases(change, lambda owner: owner.startswith("host:"))
            rows.recover(change)

    def end(self) -> None:
        """Three quiet days, then the truth."""
        self.world.fault, self.world.down, self.world.race = "ok", False, []
        for _ in range(12):
            self.world.pass_time(hours=6)
            self.daemon()
        found = truth.wrong(self.scene.store, self.world) + truth.unsettled(self.scene.store) + self.knowing.wrong
        self.tally.wrong += [f"seed {self.seed}: {line}" for line in found]
        with self.scene.store.read() as connection:
            self.tally.states += Counter(row["state"] for row in rows.rows(connection))


def simulate(seed: int, days: int = DAYS_A_SEED) -> Tally:
    return Simulation(seed).run(days)


def report(total: Tally, seeds: str, took: float) -> int:
    for line in total.wrong[:20]:
        seed = line.split()[1].rstrip(":")
        print("WRONG", line)
        print(f"  replay: python -m tests.sim.simulate --only --seed {seed} --days {DAYS_A_SEED}")
    print(
        f"simulation, seeds {seeds}: {total.days} mailbox-days, {total.letters} letters left, {total.crashes} crashes, "
        f"{total.races} answers in the last window, {total.undone} undone, {total.hosts} meetings of two hosts, "
        f"{total.jumps} clock jumps, {took:.0f} s"
    )
    print("states at the end: " + ", ".join(f"{count} {state}" for state, count in sorted(total.states.items())))
    print(
        f"broken promises: {len(total.wrong)}; 95 % bound for the modelled faults: "
        f"{3 / max(total.days, 1):.1e} a mailbox-day, {3 / max(total.letters, 1):.1e} a letter"
    )
    return 1 if total.wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", action="store_true", help="just this seed, for so many days")
    chosen = parser.parse_args()
    began = time.monotonic()
    if chosen.only:
        return report(simulate(chosen.seed, chosen.days), str(chosen.seed), time.monotonic() - began)
    seeds = range(chosen.seed, chosen.seed + max(chosen.days // DAYS_A_SEED, 1))
    total = Tally()
    with multiprocessing.get_context("spawn").Pool(chosen.jobs) as pool:
        for tally in pool.imap_unordered(simulate, seeds, chunksize=4):
            total.add(tally)
    return report(total, f"{seeds.start} to {seeds.stop - 1}", time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
