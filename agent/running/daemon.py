"""Keeps one home working: reads, stops, drafts and lets letters leave when they may; a timer only ever wakes it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from agent import ending, logs
from agent.clock import awake, awake_and_asleep
from agent.common.desk import Desk
from agent.errors import LockedError, RelanceError
from agent.lock import held
from agent.mailboxes.boxes import Boxes
from agent.running.jobs import Jobs, Pass, doubted, missed, one_pass, wake_up
from agent.running.notify import Bell
from agent.running.watching import Watching
from agent.sending import reconcile
from agent.store.base import settings
from agent.store.mail.mails import account_rows
from agent.store.work import outbox as rows
from providers.base import ProviderError, Watcher

if TYPE_CHECKING:
    from apscheduler.schedulers.background import BackgroundScheduler

TICK_SECONDS = 15
"""What is due leaves at most so much later; a tick with nothing to do costs nothing to speak of."""
POLL = timedelta(seconds=60)
"""How soon an answer is seen where a server tells no news."""
POLL_WATCHED = timedelta(minutes=5)
"""A watched mailbox tells of news itself; this finds what it forgot to tell."""
BEAT = timedelta(seconds=60)
"""How often a sign of life is written, for `status` and for the same home on another machine."""
LEASE = timedelta(minutes=3)
"""Three beats: one may be late, and a machine that stopped is replaced soon."""
STEP_SECONDS = 60.0
"""A clock set right by its time server moves less; one set by hand more."""
SLEPT_SECONDS = 10.0
"""Two clocks read one after the other differ by less, however busy the machine."""
FIRST_BACKOFF, LONGEST_BACKOFF = 5.0, 900.0
"""Doubling between these, so that a short trouble is over soon and a long one asks four times an hour."""
HEARTBEAT, LEASE_NAME = "daemon.heartbeat", "daemon.lease"


@dataclass(slots=True)
class Clocks:
    """Three clocks side by side: the wall's, one that sleeps with the machine and one that does not."""

    wall: Callable[[], datetime]
    asleep: Callable[[], float] = awake_and_asleep
    awake: Callable[[], float] = awake
    last: tuple[datetime, float, float] | None = None

    def jump(self) -> str:
        """`slept`, `stepped`, or nothing since the last time it was asked."""
        now = (self.wall(), self.asleep(), self.awake())
        before, self.last = self.last, now
        if before is None:
            return ""
        passed, ran = now[1] - before[1], now[2] - before[2]
        if passed - ran > SLEPT_SECONDS:
            return "slept"
        wall = (now[0] - before[0]).total_seconds()
        return "stepped" if abs(wall - passed) > STEP_SECONDS else ""


@dataclass(slots=True)
class Turns:
    """When each account is read next."""

    due: dict[str, datetime] = field(default_factory=dict)
    failures: dict[str, int] = field(default_factory=dict)

    def ready(self, name: str, now: datetime) -> bool:
        return self.due.get(name, now) <= now

    def went_well(self, name: str, now: datetime, *, watched: bool) -> None:
        self.failures.pop(name, None)
        self.due[name] = now + (POLL_WATCHED if watched else POLL)

    def went_wrong(self, name: str, now: datetime, spread: float) -> None:
        count = self.failures.get(name, 0)
        self.failures[name] = count + 1
        seconds = min(FIRST_BACKOFF * 2**count, LONGEST_BACKOFF) * (0.5 + spread / 2)
        self.due[name] = now + timedelta(seconds=seconds)


class Daemon:
    """The loop. All mail and database work happens in the thread that runs it."""

    def __init__(
        self, desk: Desk, jobs: Jobs, *, watcher: Callable[[str], Watcher | None] = lambda _name: None,
        clocks: Clocks | None = None, notify: Callable[[str], object] | None = None,
        tell: Callable[[str], object] = lambda _words: None,
    ) -> None:  # fmt: skip
        self.desk = desk
        self.jobs = jobs
        self.clocks = clocks or Clocks(desk.store.clock)
        self.turns = Turns()
        self.wake = threading.Event()
        self.stopping = False
        self.passes = 0
        self._news: set[str] = set()
        self._guard = threading.Lock()
        self._bell = Bell(notify) if notify is not None else None
        self._beaten: datetime | None = None
        self._say, self._said = tell, ""
        self.watching = Watching(watcher, self.heard, desk.spread)

    def heard(self, name: str) -> None:
        """News of an account; called from any thread."""
        with self._guard:
            self._news.add(name)
        self.wake.set()

    def stop(self) -> None:
        """End after what is going on now; safe in a signal handler."""
        self.stopping = True
        self.wake.set()

    @property
    def pressed(self) -> bool:
        """Something came that shall not wait for a slow draft."""
        return self.stopping or bool(self._news)

    def run(self) -> None:
        """Until stopped."""
        self._complain(missed(self.desk))
        wake_up(self.desk)
        self._complain(doubted(self.desk))
        self._take_lease()
        scheduler = ticking(self.wake)
        self.watching.start([seat.name for seat in self.desk.seats])
        tell_manager("READY=1")
        try:
            while not self.stopping:
                self.turn()
                self.wake.wait(timeout=TICK_SECONDS * 2)
                self.wake.clear()
        finally:
            tell_manager("STOPPING=1")
            scheduler.shutdown(wait=False)
            self.watching.stop()
            self._leave()

    def turn(self) -> Pass | None:
        """One round. Whatever breaks, the next round comes."""
        try:
            if self.clocks.jump():
                self._after_sleep()
            self._take_lease()
            done = self._pass()
        except LockedError:
            raise
        except Exception as problem:  # noqa: BLE001 (named in the log; the next turn tries again)
            logs.note("turn.failed", error=type(problem).__name__)
            if not isinstance(problem, RelanceError):
                logs.keep_traceback(problem)
            else:
                self._complain(str(problem))
            return None
        if done is not None:
            self._complain(next(iter(done.why.values()), ""))
        self.passes += 1
        tell_manager("WATCHDOG=1")
        return done

    def _pass(self) -> Pass | None:
        now = self.desk.store.clock()
        with self._guard:
            news, self._news = self._news, set()
        names = [seat.name for seat in self.desk.seats if seat.name in news or self.turns.ready(seat.name, now)]
        if not names and not self._anything_due(now):
            return None
        try:
            done = one_pass(self.desk, self.jobs, names)
        except Exception:
            # What was heard must not be forgotten with a turn that broke off.
            with self._guard:
                self._news |= news
            raise
        for name in names:
            if name in done.synced:
                self.turns.went_well(name, now, watched=self.watching.covers(name))
            else:
                self.turns.went_wrong(name, now, self.desk.spread())
                drop(self.desk, name)
        self._tell()
        return done

    def _complain(self, words: str) -> None:
        """Once, and not at every turn it lasts."""
        if words and words != self._said:
            self._say(words)
        self._said = words

    def _anything_due(self, now: datetime) -> bool:
        with self.desk.store.read() as connection:
            ready = rows.next_ready(connection)
            unknown = rows.rows(connection, rows.OUTBOX.c.state == "UNCERTAIN")
        return (ready is not None and ready <= now) or bool(unknown)

    def _after_sleep(self) -> None:
        """Connections are dead and every account must be read before anything leaves."""
        logs.note("clock.jumped")
        if isinstance(self.desk.mailbox, Boxes):
            self.desk.mailbox.close()
        self.turns = Turns()

    def _tell(self) -> None:
        """The desktop, where the user wants that."""
        if self._bell is None:
            return
        with self.desk.store.read() as connection:
            counts = Counter(rows.counts(connection))
            counts.update(row.health for row in account_rows(connection))
        self._bell.hear(counts)

    def _take_lease(self) -> None:
        """Two machines on one database: the second one does nothing."""
        now = self.desk.store.clock()
        host = self.desk.owner.partition(":")[0]
        if self._beaten is not None and timedelta(0) <= now - self._beaten < BEAT:
            return
        with self.desk.store.write() as change:
            other = _lease(settings.get(change.connection, LEASE_NAME))
            if other is not None and other[0] != host and now < other[1] <= now + LEASE:
                raise LockedError("Another machine works on this database.", hint="Stop relance there first.")
            kept = json.dumps({"host": host, "until": (now + LEASE).isoformat()})
            settings.put(change, LEASE_NAME, kept)
            settings.put(change, HEARTBEAT, now.isoformat())
        self._beaten = now

    def _leave(self) -> None:
        with contextlib.suppress(RelanceError), self.desk.store.write() as change:
            settings.drop(change, LEASE_NAME)
            settings.drop(change, HEARTBEAT)
        if isinstance(self.desk.mailbox, Boxes):
            self.desk.mailbox.close()


def _lease(text: str) -> tuple[str, datetime] | None:
    try:
        kept = json.loads(text)
        return str(kept["host"]), datetime.fromisoformat(kept["until"])
    except (ValueError, KeyError, TypeError):
        return None


def drop(desk: Desk, name: str) -> None:
    """A connection that failed is opened anew next time."""
    if isinstance(desk.mailbox, Boxes):
        with contextlib.suppress(Exception):
            desk.mailbox.drop(name)


def ticking(wake: threading.Event) -> BackgroundScheduler:
    """A timer that wakes the loop and does nothing else."""
    from apscheduler.schedulers.background import BackgroundScheduler

    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(
        wake.set, "interval", seconds=TICK_SECONDS, coalesce=True, max_instances=1, misfire_grace_time=None
    )
    scheduler.start()
    return scheduler


def tell_manager(words: str) -> None:
    """One datagram to systemd, where it started us."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(words.encode(), address)


@dataclass(slots=True)
class Signalled:
    """What signals asked for, whichever daemon works just then."""

    daemon: Daemon | None = None
    stop: bool = False
    again: bool = False

    def hear(self, number: int, _frame: object = None) -> None:
        """Only sets flags, and a clock for an end that does not come by itself."""
        if number == signal.SIGHUP:
            self.again = True
        else:
            self.stop = True
            ending.soon()
        if self.daemon is not None:
            self.daemon.stop()


@contextlib.contextmanager
def signals(asked: Signalled) -> Iterator[None]:
    """Heard from the start to the end, also while one daemon follows another."""
    before = {number: signal.signal(number, asked.hear) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        yield
    finally:
        ending.never_mind()
        for number, handler in before.items():
            signal.signal(number, handler)


def run(lock: Path, make: Callable[[], Daemon]) -> None:
    """The daemon in the foreground; SIGHUP reads the config anew."""
    asked = Signalled()
    with held(lock, "daemon"), signals(asked):
        while not asked.stop:
            asked.again = False
            asked.daemon = make()
            if asked.again:
                continue
            if not asked.stop:
                asked.daemon.run()
            if not asked.again:
                return


def run_once(lock: Path, desk: Desk, jobs: Jobs, wait: Callable[[float], object] = time.sleep) -> Pass:
    """One full pass and out."""
    with held(lock, "one pass"):
        known, lost, quarantined = doubted(desk), missed(desk), wake_up(desk)
        done = one_pass(desk, jobs)
        done.lost, done.quarantined = f"{lost} {'' if known else doubted(desk)}".strip(), quarantined
        with contextlib.suppress(RelanceError, ProviderError):
            reconcile.last_copies(desk, wait)
        if isinstance(desk.mailbox, Boxes):
            desk.mailbox.close()
        return done
