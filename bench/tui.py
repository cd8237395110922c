"""How long the terminal UI lets a person wait, with 100,000 mails and 2,000 follow-ups in the store.

python -m bench.tui [--mails 100000] [--followups 2000]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from agent.common.home import Home
from agent.paths import Places
from agent.running.desk_setup import desk_for
from agent.store.base.engine import insert_many
from agent.store.mail.threading import FOLLOWUP, MAIL, REFERENCE, THREAD
from agent.store.work.followups import DRAFT
from bench.tui_paint import until

NOW = datetime(2026, 11, 18, 8, 20, tzinfo=UTC)
CONFIG = """
[me]
name = "Sam Okafor"
timezone = "Europe/Paris"
[gate]
level = "copilot"
[[account]]
name = "bench"
provider = "memory"
address = "sam@okafor.example"
"""
CHILD = """
import asyncio, sys
from bench.tui_paint import {0}
asyncio.run({0}(sys.argv[1]))
"""


def home_in(folder: Path) -> Home:
    where = Places(folder / "config.toml", folder / "data", folder / "state", folder / "logs")
    where.config_file.write_text(CONFIG, encoding="utf-8")
    return Home(where, clock=lambda: NOW, keyring=False)


def fill(folder: Path, mails: int, followups: int) -> None:
    """Threads of two mails each; the newest of them have drafts."""
    with home_in(folder) as home:
        desk = desk_for(home)
        account, half = desk.seats[0].number, mails // 2
        with home.store.write() as change:
            for start in range(0, half, 5_000):
                numbers = range(start + 1, min(start + 5_000, half) + 1)
                insert_many(change.connection, THREAD, [_thread(number, account) for number in numbers])
                mails_of = [_mail(number, account, own) for number in numbers for own in (0, 1)]
                insert_many(change.connection, MAIL, mails_of)
                insert_many(
                    change.connection, REFERENCE,
                    [{name: mail[name] for name in ("account_id", "message_id", "thread_id")} for mail in mails_of],
                )  # fmt: skip
            insert_many(change.connection, FOLLOWUP, [_followup(number, account) for number in range(1, followups + 1)])
            insert_many(change.connection, DRAFT, [_draft(number) for number in range(1, followups + 1)])


def _thread(number: int, account: int) -> dict[str, Any]:
    return {
        "id": number, "account_id": account, "root": f"<{number}.0@x.example>", "changed": 0,
        "person": f"person{number}@host{number % 900}.example", "subject": f"Matter {number}", "summary": "", "open": 1,
        "quiet": 1, "reason": "due", "hold": "", "sentence": "You asked and nothing came back.", "due": NOW,
        "last": NOW - timedelta(minutes=number),
    }  # fmt: skip


def _mail(number: int, account: int, own: int) -> dict[str, Any]:
    them = f"person{number}@host{number % 900}.example"
    sender, to = ("sam@okafor.example", them) if own else (them, "sam@okafor.example")
    references = f'"refs":["<{number}.0@x.example>"],' if own else ""
    return {
        "account_id": account, "key": f"{number}.{own}", "thread_id": number,
        "message_id": f"<{number}.{own}@x.example>",
        "sender": sender, "written": NOW - timedelta(days=8 - own), "offset": 60,
        "received": NOW - timedelta(days=8 - own),
        "folder": "Sent" if own else "INBOX", "role": "sent" if own else "inbox", "origin": "sent" if own else "other",
        "present": 1, "flags": "seen",
        "subject": f"Matter {number}", "problem": "", "size": 900,
        "body": "Hello,\n\ncould you let me know about this matter by Friday?\n\nBest,\nSam\n" * 6,
        "data": f'{{"from":["{sender}",""],{references}"to":[["{to}",""]]}}',
    }  # fmt: skip


def _followup(number: int, account: int) -> dict[str, Any]:
    return {
        "id": number, "account_id": account, "thread_id": number, "root": f"<{number}.0@x.example>",
        "person": f"person{number}@host{number % 900}.example", "subject": f"Matter {number}",
        "plan": "nudge", "touch": 1,
        "basis": f"<{number}.1@x.example>", "revision": 0, "state": "drafted", "level": "copilot", "reason": "due",
        "evidence": "", "hold": "", "due": NOW, "until": None, "made": NOW, "changed": NOW,
    }  # fmt: skip


def _draft(number: int) -> dict[str, Any]:
    return {
        "followup_id": number, "version": 1, "writer": "phrasebook", "subject": f"Re: Matter {number}",
        "body": f"Hello,\n\nany news on matter {number}?\n\nBest,\nSam\n", "voice": "0.9", "facts": "", "notes": "",
        "made": NOW,
    }  # fmt: skip


async def keys(folder: Path) -> None:
    """Next drafts, approvals and a long table, in one process."""
    from tui.app import DWELL, Relance
    from tui.door.real import RealDoor
    from tui.start import loaded

    home = home_in(folder)
    app = Relance(RealDoor(home, desk_for(home)), dwell=0, poll=1, loaded=loaded)
    async with app.run_test(size=(120, 36)) as pilot:
        await until(app, lambda: app.review is not None and app.review.state.shown is not None)
        review: Any = app.mode
        report("key to painted next draft", [await _step(app, review, review.action_down_now) for _ in range(60)])
        # Nobody can approve faster than a draft must stay on the screen.
        taken = [await _step(app, review, review.action_approve_now, pause=DWELL, twice=True) for _ in range(30)]
        report("approve to painted next draft", taken)
        await pilot.press("3")
        await until(app, lambda: getattr(app.mode, "threads", None))
        watching: Any = app.mode
        times = []
        while len(watching.threads) < 10_000:
            before, began = len(watching.threads), Moment.now()
            watching.table.step(before)
            await until(app, lambda before=before: len(watching.threads) > before)
            times.append(began.since())
        report(f"next page of Watching, up to {len(watching.threads)} rows", times)
        times = []
        for _ in range(40):
            began = Moment.now()
            watching.table.action_page(-1)
            await until(app, lambda: True)
            times.append(began.since())
        report("page up in 10,000 rows", times)


async def _step(app: Any, review: Any, act: Any, pause: float = 0.15, *, twice: bool = False) -> Taken:
    before, began = review.state.shown_number, Moment.now()
    act()
    if twice:
        # What the gate holds takes a second key, once the reason stood there.
        await until(app, lambda: True)
        if review.state.shown_number == before:
            act()
    await until(app, lambda: review.state.shown_number not in {0, before})
    taken = began.since()
    # A person reads at least this long; what is fetched ahead meanwhile is part of the design.
    await asyncio.sleep(pause)
    return taken


@dataclass(frozen=True)
class Taken:
    """Wall clock and processor time in seconds."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Moment:
    wall: float
    cpu: float

    @classmethod
    def now(cls) -> Moment:
        return cls(time.perf_counter(), time.process_time())

    def since(self) -> Taken:
        return Taken(time.perf_counter() - self.wall, time.process_time() - self.cpu)


def report(name: str, taken: list[Taken]) -> None:
    wall, cpu = sorted(one.wall for one in taken), sorted(one.cpu for one in taken)
    late = int(len(taken) * 0.95)
    print(
        f"{name:<42} wall median {statistics.median(wall) * 1000:6.0f} ms  p95 {wall[late] * 1000:6.0f} ms"
        f"   cpu median {statistics.median(cpu) * 1000:6.0f} ms  p95 {cpu[late] * 1000:6.0f} ms   n {len(taken)}"
    )


def started(what: str, folder: str) -> Taken:
    """From nothing to the words on the screen, in a process of its own."""
    # Compiled modules are kept, as they are where a person installed it.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    start = time.time()
    done = subprocess.run(
        [sys.executable, "-c", CHILD.format(what), folder], capture_output=True, text=True, check=True, env=environment
    )
    painted, cpu = done.stdout.split()[-2:]
    return Taken(float(painted) - start, float(cpu))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=100_000)
    parser.add_argument("--followups", type=int, default=2_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        began = time.perf_counter()
        fill(folder, chosen.mails, chosen.followups)
        print(f"{chosen.mails} mails and {chosen.followups} follow-ups stored in {time.perf_counter() - began:.0f} s")
        # Once to have everything compiled. Then in turns, so that a busy machine is busy for both.
        pairs = [(started("hello", name), started("first_paint", name)) for _ in range(6)][1:]
        report("beside it: Textual with one line of text", [hello for hello, _ in pairs])
        report("process start to first painted draft", [ours for _, ours in pairs])
        asyncio.run(keys(folder))


if __name__ == "__main__":
    main()
