"""Answers that arrive while others work on the same store: stored as a sync would store them, and found again."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime

from sqlalchemy import Connection

from agent.common.home import Home
from agent.store import arrival
from providers.base import Page
from providers.mail.mime import Where, read_whole

EVERY = 0.03
"""How likely a step of a storm is to bring an answer."""
AT_FIRST = 4
STILL = "SELECT id, state FROM followup WHERE state IN ('drafted', 'asked', 'outbox')"
TOLD = (
    "SELECT event || ' ' || from_state || '>' || to_state || ' ' || code || ' by ' || actor FROM event"
    " WHERE object = 'followup:' || ? ORDER BY seq"
)
LEFT = "SELECT followup_id FROM outbox WHERE state IN ('HELD', 'DEFERRED', 'CLAIMED')"


class Answers:
    """To the follow-ups of `bench.tui.fill`, in an order of chance; each comes once."""

    def __init__(self, home: Home, followups: int, chance: random.Random) -> None:
        self._home, self._left = home, list(range(1, followups + 1))
        chance.shuffle(self._left)
        self.given: set[int] = set()

    def bring(self) -> None:
        """One more."""
        # Most of the queue must stay, or there is nothing left to press keys on.
        if len(self._left) < len(self.given):
            return
        number = self._left.pop()
        store = self._home.store
        with store.write() as change:
            arrival.apply_page(store, change, 1, Page("", (read_whole(letter(number), Where(f"answer {number}")),)))
        self.given.add(number)

    def unheard(self) -> list[str]:
        """Answered follow-ups that still wait for a person or to leave, once the daemon has looked."""
        with self._home.store.read() as connection:
            waiting = {row[0] for row in connection.exec_driver_sql(STILL)}
            waiting |= {row[0] for row in connection.exec_driver_sql(LEFT)}
            return [
                f"follow-up {number} was answered and still waits: {'; '.join(_told(connection, number))}"
                for number in sorted(waiting & self.given)
            ]


def _told(connection: Connection, number: int) -> Sequence[str]:
    """What the log says happened to a follow-up."""
    return connection.exec_driver_sql(TOLD, (number,)).scalars().all()


def letter(number: int) -> bytes:
    """What the person of that thread writes back."""
    message = EmailMessage()
    message["From"], message["To"] = f"person{number}@host{number % 900}.example", "sam@okafor.example"
    message["Subject"], message["Message-ID"] = f"Re: Matter {number}", f"<{number}.2@x.example>"
    message["In-Reply-To"] = f"<{number}.1@x.example>"
    message["References"] = f"<{number}.0@x.example> <{number}.1@x.example>"
    message["Date"] = format_datetime(datetime.now(UTC))
    message.set_content("Yes, that is fine, please go ahead.\n")
    return message.as_bytes()
