"""The last look: every folder of every own account, read from the server just before a letter leaves; never sends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from agent.common.desk import Desk, Seat
from agent.failpoints import reach
from agent.store import arrival
from agent.store.mail import mails
from providers.base import ProviderError, SignInNeeded

MOST_SECONDS = 60.0
"""News since the last sync takes moments to read; who needs longer is being synced, and the letter waits."""
MOST_PAGES = 200
"""An account that has more news than this is being synced, not looked at."""


@dataclass(frozen=True, slots=True)
class Looked:
    """How a look went."""

    at: datetime
    began: float
    """On the clock that nobody sets."""
    failed: tuple[str, ...] = ()
    cursor: str = ""
    """Where reading of the sending account stands."""
    fresh: int = 0


def look(desk: Desk, sending: Seat) -> Looked:
    """Read what is new everywhere, and keep it."""
    began, at = desk.seconds(), desk.store.clock()
    failed, fresh = [], 0
    for seat in desk.seats:
        try:
            fresh += read_news(desk, seat)
        except ProviderError as problem:
            failed.append(seat.name)
            note(desk, seat, problem)
    reach("look.done")
    with desk.store.read() as connection:
        cursor = mails.cursor(connection, sending.number)
    return Looked(at, began, tuple(failed), cursor, fresh)


def read_news(desk: Desk, seat: Seat) -> int:
    """One account. Raises when a folder an answer can land in cannot be read."""
    mailbox = desk.mailbox(seat.name)
    reach("look.opened")
    with desk.store.read() as connection:
        cursor = mails.cursor(connection, seat.number)
    fresh, end = 0, monotonic() + MOST_SECONDS
    for number, page in enumerate(mailbox.changes(cursor)):
        with desk.store.write() as change:
            fresh += arrival.apply_page(desk.store, change, seat.number, page)
        if number >= MOST_PAGES or monotonic() > end:
            raise ProviderError("There is too much new mail to be sure.")
    with desk.store.write() as change:
        mails.set_account(change, seat.number, last_look=change.now, last_sync=change.now, health="ok", trouble="")
    return fresh


def note(desk: Desk, seat: Seat, problem: ProviderError) -> None:
    """Say at the account what is wrong."""
    health = "auth" if isinstance(problem, SignInNeeded) else "stale"
    with desk.store.write() as change:
        mails.set_account(change, seat.number, health=health, trouble=str(problem)[:300])
