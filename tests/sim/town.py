"""A whole home on a virtual clock: real config, judge, drafts, gate and outbox in front of a simulated world."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from multiprocessing import util
from pathlib import Path
from typing import Any

from agent.common.desk import Desk
from agent.common.home import Home
from agent.decide.gate.levels import Level
from agent.drafting.draft import draft_due, learn_voice
from agent.judging.judge import judge_changed
from agent.mailboxes.sync import sync_mailbox
from agent.paths import Places
from agent.running.desk_setup import desk_for
from agent.running.jobs import Jobs
from agent.store.base import settings
from agent.store.base.values import KeptLetter
from agent.store.work import outbox as rows
from providers.base import Letter, Mail, Page, Receipt, Role
from tests.sim.mailing import BY_HAND, ME, Arrival, Person, letter
from tests.sim.world import START, World, WorldMailbox, WorldSender, memory_folder

CONFIG = """
[me]
name = "Sam Hill"
timezone = "Europe/Paris"
[storage]
encrypt = false
[gate]
level = "{level}"
[[account]]
name = "work"
provider = "memory"
address = "sam@y.example"
aliases = ["s@y.example"]
[[account]]
name = "home"
provider = "memory"
address = "sam@home.example"
"""
BRANCHING = """
[plans.ask]
touches = [
  { after = "2 workdays", job = "ask the open question again" }, { after = "3 workdays", job = "offer an easy way out" },
]
on = { later = "plan:patient", away = "plan:patient", text = [{ words = ["blue one", "die blaue"], then = "task" }] }
[plans.patient]
touches = [{ after = "2 workdays", job = "ask the open question again" }]
on = { later = "plan:last", away = "plan:last" }
[plans.last]
touches = [{ after = "2 workdays", job = "ask the open question again" }]
[plans.urgent]
priority = 3
touches = [{ after = "1 workday", job = "ask the open question again" }]
"""
PLANS = ("ask", "ask", "patient", "urgent")
"""Begun by the user at random, the one with most branches more often."""
ACCOUNTS = ("work", "home")
MOST_AGE = 15.1


@dataclass
class Barred:
    """Nothing may leave to this person after this mail, as long as it says."""

    arrival: Arrival
    place: int
    since: datetime


@dataclass
class Knowing:
    """What only the world can know: what each look could see, what was promised, and what is therefore wrong."""

    looked: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ACCOUNTS, 0))
    looked_at: dict[str, float] = field(default_factory=dict)
    """On the clock of the world, in seconds: when the last look that was complete began."""
    approved: dict[str, dict[str, int]] = field(default_factory=dict)
    """By token: what had been read when the user approved it."""
    barred: list[Barred] = field(default_factory=list)
    cancelled: dict[str, str] = field(default_factory=dict)
    hand_written: dict[int, tuple[int, datetime]] = field(default_factory=dict)
    coming: dict[str, Arrival] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def landed(self, box: str, place: int, mail: Mail, now: datetime) -> None:
        """A mail is in a mailbox, and can be seen from now on."""
        arrival = self.coming.pop(mail.message_id, None)
        if arrival is not None and arrival.blocks:
            self.barred.append(Barred(arrival, place, now))

    def wrote(self, person: Person, place: int, now: datetime) -> None:
        """The user writes by hand: what came before is dealt with, and a new wait begins."""
        self.barred = [bar for bar in self.barred if bar.arrival.person != person or bar.arrival.meaning == "opt_out"]
        self.hand_written[person.number] = (place, now)

    def check(self, letter: Letter, seen: dict[str, int], now: datetime) -> None:
        """A letter has just been accepted."""
        to, known = letter.recipients[0], self.approved.get(letter.token, {})
        for bar in list(self.barred):
            arrival = bar.arrival
            if arrival.person.address != to or bar.place >= seen.get(arrival.box, 0):
                continue
            over = arrival.until is not None and now >= arrival.until
            overruled = arrival.overridable and known.get(arrival.box, 0) > bar.place
            if overruled:
                # The user saw it and wrote on, so the matter goes on.
                self.barred.remove(bar)
            elif not over:
                self.wrong.append(
                    f"a letter to {to} left after {arrival.meaning} of {bar.since:%F %H:%M} that a look saw"
                )
        self._by_hand(letter, seen, now)
        if letter.token in self.cancelled:
            self.wrong.append(f"a letter to {to} left although undo said {self.cancelled[letter.token]}")

    def _by_hand(self, letter: Letter, seen: dict[str, int], now: datetime) -> None:
        for number, (place, at) in self.hand_written.items():
            if Person(number).address == letter.recipients[0] and place < seen.get("work", 0) and now < at + BY_HAND:
                self.wrong.append(f"a letter to {letter.recipients[0]} left {now - at} after a mail by hand")


class TownWorld(World):
    """The world, which tells when a mail has landed."""

    knowing: Knowing
    server_time = START
    """The clock of the servers, which is not set back with that of this machine."""

    def put(self, box: str, mail: Mail) -> Mail:
        self.server_time = max(self.server_time, self.now)
        if mail.message_id in self.knowing.coming:
            mail = replace(mail, received=self.server_time, date=self.server_time)
        elif mail.received >= self.now:
            mail = replace(mail, received=self.server_time)
        kept = super().put(box, mail)
        self.knowing.landed(box, len(self.boxes[box].mails) - 1, kept, self.now)
        return kept


class SeenMailbox(WorldMailbox):
    def __init__(self, world: World, name: str, knowing: Knowing) -> None:
        super().__init__(world, name)
        self.knowing = knowing

    def changes(self, cursor: str) -> Iterator[Page]:
        began = self.world.seconds()
        for page in super().changes(cursor):
            self.knowing.looked[self.name] = int(page.cursor)
            yield page
        self.knowing.looked[self.name] = len(self.world.boxes[self.name].mails)
        self.knowing.looked_at[self.name] = began


class SeenSender(WorldSender):
    def __init__(self, world: World, knowing: Knowing) -> None:
        super().__init__(world)
        self.knowing = knowing
        self.seen: dict[str, int] = {}

    def send(self, letter: Letter, commit: Callable[[], None]) -> Receipt:
        def noted() -> None:
            commit()
            self.seen = dict(self.knowing.looked)
            self.knowing.wrong += [
                f"a letter left {age:.0f} s after the last look at {name}"
                for name in ACCOUNTS
                if not 0 <= (age := self.world.seconds() - self.knowing.looked_at.get(name, -1e9)) <= MOST_AGE
            ]

        return super().send(letter, noted)

    def deliver(self, letter: Letter) -> None:
        self.knowing.check(letter, self.seen, self.world.now)
        super().deliver(letter)


class Town:
    """One home, its world and its people."""

    def __init__(self, level: Level = Level.COPILOT, spread: Callable[[], float] = lambda: 0.5) -> None:
        folder, grown = template()
        self.folder = memory_folder("town")
        shutil.copytree(folder, self.folder, dirs_exist_ok=True)
        (self.folder / "config.toml").write_text(CONFIG.format(level=level) + BRANCHING)
        self.world = TownWorld()
        self.world.knowing = self.knowing = Knowing()
        self.world.boxes["work"].mails += grown
        self.spread = spread
        self.life = 0
        self.home = home_in(self.folder, self.world)
        settings.next_life(self.home.store)
        self.desk = self.new_desk()

    def new_desk(self, host: str = "host") -> Desk:
        """What a process that has just started works with."""
        self.life += 1
        desk = desk_for(self.home)
        desk.mailbox = lambda name: SeenMailbox(self.world, name, self.knowing)
        desk.sender = lambda _name: SeenSender(self.world, self.knowing)
        desk.seconds, desk.spread, desk.owner = self.world.seconds, self.spread, f"{host}:{self.life}"
        return desk

    @property
    def jobs(self) -> Jobs:
        """The work of a pass, as the daemon does it."""
        return Jobs(sync=self.sync, judge=lambda: judge_changed(self.home), draft=lambda: draft_due(self.home))

    def sync(self, name: str) -> None:
        sync_mailbox(self.home, self.home.config.account_named(name), self.desk.mailbox(name))

    def arrive(self, arrival: Arrival, *, racing: bool = False) -> None:
        """A mail lands now, or between the next look and the acceptance."""
        self.knowing.coming[arrival.mail.message_id] = arrival
        if racing:
            self.world.race.append(arrival.mail)
        else:
            self.world.put(arrival.box, arrival.mail)

    def followups(self, *states: str) -> list[dict[str, Any]]:
        with self.home.store.read() as connection:
            found = [dict(row) for row in connection.exec_driver_sql("SELECT * FROM followup ORDER BY id").mappings()]
        return [row for row in found if not states or row["state"] in states]

    def row(self, followup: int) -> KeptLetter | None:
        with self.home.store.read() as connection:
            return rows.newest_of(connection, followup)

    def close(self) -> None:
        self.home.store.engine.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)


def home_in(folder: Path, world: World) -> Home:
    places = Places(folder / "config.toml", folder / "data", folder / "state", folder / "logs")
    return Home(places, clock=world.clock, keyring=False)


@cache
def template() -> tuple[Path, list[Mail]]:
    """A home that has read old mail and learned a voice; made once a process."""
    folder = memory_folder("grown")
    util.Finalize(None, shutil.rmtree, (folder,), {"ignore_errors": True}, exitpriority=1)
    (folder / "config.toml").write_text(CONFIG.format(level="copilot") + BRANCHING)
    world = World()
    mails = [world.put("work", mail) for mail in history()]
    home = home_in(folder, world)
    for account in home.config.account:
        sync_mailbox(home, account, WorldMailbox(world, account.name))
    judge_changed(home)
    learn_voice(home)
    home.store.close()
    return folder, mails


def history() -> Iterator[Mail]:
    """Half a year of ordinary mail, long settled, in which the user also followed up."""
    for number in range(24):
        at = START - timedelta(days=300 - 7 * number)
        name, ask, nudge = f"Lee{number}", f"<old{number}@y.example>", f"<nudge{number}@y.example>"
        to, subject = f"{name} <l{number}@z{number}.example>", f"Plan {number}"
        first, second = OWN[number % len(OWN)], NUDGES[number % len(NUDGES)]
        yield letter(ask, f"Sam Hill <{ME}>", to, at, subject, first.format(name=name), role=Role.SENT)
        yield letter(nudge, f"Sam Hill <{ME}>", to, at + timedelta(days=6), f"Re: {subject}", second.format(name=name),
                     refs=(ask,), role=Role.SENT)  # fmt: skip
        yield letter(f"<thx{number}@z.example>", to, ME, at + timedelta(days=7), f"Re: {subject}",
                     f"Hi Sam,\n\nyes, fine with us.\n\n{name}", refs=(ask, nudge))  # fmt: skip


OWN = (
    "Hi {name},\n\nhere is the plan we talked about.\nCould you tell me whether it works for you?\n\nBest,\nSam\n",
    "Hi {name},\n\nthe drawing is ready. Would next week be fine for a first look?\n\nBest,\nSam\n",
    "Hi {name},\n\nplease find our offer below. Which of the two do you prefer?\n\nBest,\nSam\n",
    "Hi {name},\n\nthe frames arrived today. Can you send me the list of the rooms?\n\nBest,\nSam\n",
)
NUDGES = (
    "Hi {name},\n\nhave you had a chance to look at this?\n\nBest,\nSam\n",
    "Hi {name},\n\nany news on this?\n\nBest,\nSam\n",
    "Hi {name},\n\njust checking whether you could look at the drawing already.\n\nBest,\nSam\n",
)
