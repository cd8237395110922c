"""Seconds of `owed`, `quiet` and of looking at the rows of an import among 20,000 mails; prints, tests nothing."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.common.home import Home
from agent.decide.plans.listed_people import ListedPerson
from agent.judging.gone_quiet import gone_quiet
from agent.judging.owed import owed
from agent.mailboxes.sync import sync_account
from agent.paths import places
from agent.verbs.importing import look
from providers.base import Role
from providers.local.memory import MemoryServer

MAILS, PEOPLE, DAYS, ROWS = 20_000, 800, 730, 200
CONFIG = """
[me]
name = "Sam"
timezone = "UTC"
[[account]]
name = "work"
provider = "memory"
address = "sam@mine.example"
"""
OURS = ("I will send it on Monday.", "The roof is done.", "Could you look at the plans?")
THEIRS = ("Which of the two should we take?", "Thank you, it is fine.", "Here are the figures you asked for.")


def main(mails: int) -> None:
    """Build it, then time each."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RELANCE_HOME"] = folder
        Path(folder, "config.toml").write_text(CONFIG)
        with Home(places(), keyring=False) as home:
            server = home.servers["work"] = MemoryServer(lambda: now)
            for number in range(mails):
                _deliver(server, number, now - timedelta(days=DAYS * (mails - number) / mails))
            sync_account(home, home.config.account[0])
            for name, run in (
                ("owed", lambda: owed(home)),
                ("quiet", lambda: gone_quiet(home, 8)),
                ("look", lambda: _look(home)),
            ):
                begun = time.perf_counter()
                found = run()
                print(f"{name}: {time.perf_counter() - begun:.2f} s, {len(found)} found, {mails:,} mails")


def _look(home: Home) -> list[object]:
    rows = [
        ListedPerson(number, f"p{number}@firm{number}.example", "sales", f"Offer {number}?") for number in range(ROWS)
    ]
    return list(look(home, rows, new=True))


def _deliver(server: MemoryServer, number: int, at: datetime) -> None:
    person, mine = f"p{number // 3 % PEOPLE}@firm{number // 3 % PEOPLE}.example", number % 3 == 1
    sender, to = ("sam@mine.example", person) if mine else (person, "sam@mine.example")
    answers = f"In-Reply-To: <m{number - 1}@x>\nReferences: <m{number - 1}@x>\n" if number % 3 else ""
    text = "\n\n".join(
        [(OURS if mine else THEIRS)[number % 7 % 3], f"It is {number}. " + "The weather was good all week. " * 12]
    )
    raw = (
        f"From: {sender}\nTo: {to}\nSubject: Matter {number // 3}\nMessage-ID: <m{number}@x>\n{answers}"
        f"Date: {at:%a, %d %b %Y %H:%M:%S +0000}\n\nHello,\n\n{text}\n\nBest\n"
    )
    server.deliver(raw.encode(), role=Role.SENT if mine else Role.INBOX, received=at)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MAILS)
