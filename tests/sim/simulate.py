"""Random mailbox-days with crashes, faults, races, two hosts, wrong clocks, a forger, a server that lies and one that
drips; the whole real program, a virtual clock.

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
from datetime import timedelta

from agent import failpoints
from agent.decide.gate.levels import DEFAULT, Kind, Level, Scope
from agent.errors import RelanceError
from agent.running.jobs import one_pass, wake_up
from agent.sending import outbox, reconcile
from agent.sequences.enroll import WantedEnrolment, enroll
from agent.sequences.plans import all_plans
from agent.store.work import outbox as rows
from agent.verbs import actions, bringing_back
from providers.base import ProviderError
from tests.sim import truth
from tests.sim.mailing import Person, answer, asking, by_hand, forged
from tests.sim.town import PLANS, Town

DAYS_A_SEED = 20
STEPS_A_DAY = 5
FAULTS = ["ok"] * 12 + [
    "lost_after", "lost_before", "lying_452", "data_refused", "data_put_off", "rcpt_temporary", "rcpt_permanent", "connect",
]  # fmt: skip
LEVELS = [Level.COPILOT] * 6 + [Level.AUTOPILOT] * 5 + [Level.MANUAL]
TROUBLE = frozenset({"Unreachable"})
"""What may keep a step of a pass from working in this world; anything else is a mistake of the program."""
DRIPS = [0.0] * 12 + [0.3, 6.0, 20.0, 20.0, 90.0]
PARTS = (
    "days",
    "letters",
    "crashes",
    "answers",
    "races",
    "undone",
    "hosts",
    "jumps",
    "forged",
    "lies",
    "drips",
    "enrolled",
    "moved",
)


class Crash(BaseException):
    """The process is gone."""


@dataclass
class Tally:
    days: int = 0
    letters: int = 0
    crashes: int = 0
    answers: int = 0
    races: int = 0
    undone: int = 0
    hosts: int = 0
    jumps: int = 0
    forged: int = 0
    lies: int = 0
    drips: int = 0
    enrolled: int = 0
    moved: int = 0
    wrong: list[str] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    meanings: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        for name in PARTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.wrong += other.wrong
        self.states += other.states
        self.meanings += other.meanings


class Simulation:
    """One seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.seed = seed
        self.level = self.random.choice(LEVELS)
        self.town = Town(self.level, self.random.random)
        self.world, self.knowing = self.town.world, self.town.knowing
        self.tally = Tally()
        self.people: list[Person] = []
        self.mails = 0
        self.queued: set[int] = set()

    def run(self, days: int) -> Tally:
        try:
            for _ in range(days):
                self.day()
            self.end()
        finally:
            failpoints.install(None)
            self.town.close()
        self.tally.days += days
        self.tally.letters = len(self.world.delivered)
        self.tally.races = self.world.raced
        return self.tally

    def day(self) -> None:
        self.world.files_copy = self.random.choice(["at_once", "at_once", "late", "never"])
        self.to_the_morning()
        for _ in range(self.random.choice([0, 1, 1, 2])):
            self.start_matter()
        for _ in range(STEPS_A_DAY):
            self.world.fault = self.random.choice(FAULTS)
            self.world.down = self.random.random() < 0.08
            self.world.drip = self.random.choice(DRIPS)
            self.world.short = self.random.random() < 0.06
            self.tally.drips += self.world.drip > 0
            self.tally.lies += self.world.short
            self.guarded(self.somebody_acts)
            self.guarded(self.daemon)
            self.pass_some_time()

    def to_the_morning(self) -> None:
        morning = self.world.now.replace(hour=7, minute=self.random.randint(0, 59), second=0)
        while morning <= self.world.now:
            morning += timedelta(days=1)
        self.world.pass_time(seconds=(morning - self.world.now).total_seconds())

    def pass_some_time(self) -> None:
        if self.random.random() < 0.02:
            self.tally.jumps += 1
            self.world.pass_time(hours=self.random.choice([-3, -1, 30, 300]))
        else:
            self.world.pass_time(minutes=self.random.choice([1, 2, 2, 20, 60, 120]))

    def start_matter(self) -> None:
        person = Person(len(self.people) + 1)
        self.people.append(person)
        sender = self.random.choice(["Sam Hill <sam@y.example>"] * 4 + ["Sam Hill <s@y.example>"])
        self.world.put(
            "work", asking(person, self.world.now - timedelta(days=self.random.choice([0, 1, 4, 5, 6, 8])), sender)
        )

    def name(self, what: str) -> str:
        self.mails += 1
        return f"<{what}{self.mails}@mail.example>"

    def somebody_acts(self) -> None:
        draw = self.random.random()
        if draw < 0.06:
            self.a_stranger_writes()
        elif draw < 0.35:
            self.they_write()
        elif draw < 0.42:
            self.i_write()
        else:
            self.user_acts()

    def they_write(self) -> None:
        if not self.people:
            return
        arrival = answer(self.random, self.random.choice(self.people), self.world.now, self.name("in"))
        self.tally.answers += 1
        self.tally.meanings[arrival.meaning] += 1
        self.town.arrive(arrival, racing=arrival.box == "work" and self.random.random() < 0.3)

    def a_stranger_writes(self) -> None:
        if self.people:
            self.tally.forged += 1
            arrival = forged(self.random, self.random.choice(self.people), self.world.now, self.name("forged"))
            self.town.arrive(arrival, racing=arrival.box == "work" and self.random.random() < 0.3)

    def i_write(self) -> None:
        if self.people:
            person = self.random.choice(self.people)
            self.world.put("work", by_hand(person, self.world.now, self.name("hand")))
            self.knowing.wrote(person, len(self.world.boxes["work"].mails) - 1, self.world.now)

    def user_acts(self) -> None:
        """What a person does with what they are shown."""
        if self.people and self.random.random() < 0.3:
            self.enroll(self.people[-1])
            return
        shown = self.town.followups()
        if not shown:
            return
        ready = [row for row in shown if row["state"] in {"drafted", "asked"}]
        number = self.random.choice(ready or shown)["id"]
        draw, desk = self.random.random(), self.town.desk
        if draw < 0.6:
            self.approve(number)
        elif draw < 0.72:
            self.undo(self.random.choice(shown)["id"])
        elif draw < 0.78:
            actions.settle(desk, self.random.choice(shown)["id"], self.random.choice(["sent", "cancel", "again"]))
        else:
            self.lesser_verb(number, self.random.choice(shown)["person"])

    def lesser_verb(self, number: int, person: str) -> None:
        desk, draw = self.town.desk, self.random.randint(0, 11)
        match draw:
            case 0:
                actions.edit(desk, number, f"In other words, what about number {number}?\n")
            case 1:
                actions.skip(desk, number)
            case 2:
                actions.snooze(desk, number, self.world.now + timedelta(days=self.random.randint(1, 4)))
            case 3:
                actions.stop(desk, number)
            case 4:
                bringing_back.bring_back(desk, number)
            case 5:
                actions.pause(desk, DEFAULT, self.world.now + timedelta(hours=self.random.randint(0, 5)))
            case 6:
                actions.resume(desk)
            case 7:
                actions.set_level(desk, Scope(Kind.PERSON, person), Level.MANUAL)
            case _:
                self.enroll(self.random.choice(self.people))

    def enroll(self, person: Person) -> None:
        """Somebody comes under a plan, be they under another already."""
        done = enroll(self.town.home, WantedEnrolment(person.ask, self.random.choice(PLANS)))
        self.tally.enrolled += done.code == "enrolled"

    def approve(self, number: int) -> None:
        before, last = dict(self.knowing.looked), self.town.row(number)
        done = None
        try:
            done = actions.approve(self.town.desk, number, at_once=self.random.random() < 0.5)
        finally:
            # Whether it was stored counts, not whether the process lived to say so.
            failpoints.install(None)
            row = self.town.row(number)
            if row is not None and row.approved_by == "user" and (last is None or row.id != last.id):
                self.knowing.approved[row.token] = before
        if done is not None and done.code == "queued":
            self.queued.add(number)

    def undo(self, number: int) -> None:
        row = self.town.row(number)
        done = actions.undo(self.town.desk, number)
        if done.code == "cancelled" and row is not None:
            self.tally.undone += 1
            self.knowing.cancelled[row.token] = done.code

    def daemon(self) -> None:
        done = one_pass(self.town.desk, self.town.jobs)
        odd = {name: problem for name, problem in done.failed.items() if problem not in TROUBLE}
        self.knowing.wrong += [f"the step {name} broke off with {problem}" for name, problem in odd.items()]

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
        wait = self.random.randint(1, 60)
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
        shown = self.town.followups()
        if what == "host":
            self.tally.hosts += 1
            other = self.town.new_desk("second")
            try:
                outbox.pump(other)
                reconcile.reconcile(other)
            except (ProviderError, RelanceError):
                return
        elif shown:
            self.undo(self.random.choice(shown)["id"])

    def restart(self) -> None:
        failpoints.install(None)
        self.town.desk = self.town.new_desk()
        wake_up(self.town.desk)

    def end(self) -> None:
        """Three quiet days, then the truth."""
        self.world.fault, self.world.down, self.world.race = "ok", False, []
        self.world.drip, self.world.short = 0.0, False
        for _ in range(12):
            self.world.pass_time(hours=6)
            self.daemon()
        store = self.town.home.store
        found = truth.wrong(store, self.world) + truth.unsettled(store) + truth.manners(self.world) + self.knowing.wrong
        found += truth.strangers(self.world) + truth.moves(store, all_plans(self.town.home.config))
        found += [f"the approval of {number} was lost" for number in self.queued if self.town.row(number) is None]
        if self.level is Level.MANUAL and self.world.connections:
            found.append(f"{self.world.connections} sending connections at manual level")
        self.tally.wrong += [f"seed {self.seed}: {line}" for line in dict.fromkeys(found)]
        with store.read() as connection:
            self.tally.states += Counter(row.state for row in rows.rows(connection))
            self.tally.moved = connection.exec_driver_sql(
                "SELECT count(*) FROM enrolment WHERE reason = 'moved'"
            ).scalar_one()


def simulate(seed: int, days: int = DAYS_A_SEED) -> Tally:
    return Simulation(seed).run(days)


def report(total: Tally, seeds: str, took: float) -> int:
    for line in total.wrong[:20]:
        seed = line.split()[1].rstrip(":")
        print("WRONG", line)
        print(f"  replay: python -m tests.sim.simulate --only --seed {seed} --days {DAYS_A_SEED}")
    print(
        f"simulation, seeds {seeds}: {total.days} mailbox-days, {total.letters} letters left, {total.crashes} crashes, "
        f"{total.answers} answers, {total.races} of them in the last window, {total.undone} undone, "
        f"{total.hosts} meetings of two hosts, {total.jumps} clock jumps, {total.forged} forged mails, "
        f"{total.lies} looks cut short, {total.drips} slow servers, {total.enrolled} put under plans, {total.moved} moved to another, {took:.0f} s"
    )
    print("answers: " + ", ".join(f"{count} {meaning}" for meaning, count in sorted(total.meanings.items())))
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
        # Ended and not killed, so that each worker clears away its folder.
        pool.close()
        pool.join()
    return report(total, f"{seeds.start} to {seeds.stop - 1}", time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
