"""Reads mailboxes into the store, a page and its cursor at a time; never changes a mailbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from agent.common.home import Home
from agent.config import Account
from agent.mailboxes.absence import ask_mailbox
from agent.mailboxes.accounts import open_mailbox
from agent.mailboxes.foreign import PackageError, close, pages
from agent.store import arrival
from agent.store.base.audit import Event
from agent.store.mail import mails
from providers.base import Mailbox, Page, ProviderError, SignInNeeded, Unreachable

if TYPE_CHECKING:
    from agent.mailboxes.boxes import Boxes

ONE_TURN = 120.0
"""Seconds of reading one mailbox after which the others have their turn."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Synced:
    """What one round brought."""

    account: str
    fresh: int
    seen: int


def sync_account(home: Home, account: Account, progress: Progress | None = None) -> Synced:
    """Open the mailbox, read what is new and close it again."""
    number = register(home, account)
    try:
        mailbox = open_mailbox(home, account)
        try:
            return sync_mailbox(home, account, mailbox, progress)
        finally:
            close(account, mailbox)
    except (ProviderError, PackageError) as problem:
        note_trouble(home, number, problem)
        raise


def sync_kept(home: Home, account: Account, boxes: Boxes) -> Synced:
    """The same over a connection that stays open; one that died unused is opened anew once."""
    number, end = register(home, account), monotonic() + ONE_TURN
    try:
        try:
            return sync_mailbox(home, account, boxes(account.name), until=end)
        except Unreachable:
            if monotonic() > end or not boxes.drop(account.name):
                raise
            return sync_mailbox(home, account, boxes(account.name), until=end)
    except (ProviderError, PackageError) as problem:
        note_trouble(home, number, problem)
        raise


def register(home: Home, account: Account) -> int:
    """The number of the account in the store."""
    with home.store.write() as change:
        return mails.account_number(change, account.name, account.provider, account.address)


def sync_mailbox(
    home: Home, account: Account, mailbox: Mailbox, progress: Progress | None = None, until: float | None = None
) -> Synced:
    """Store every page together with its cursor, so that being killed anywhere costs one page."""
    number = register(home, account)
    with home.store.read() as connection:
        cursor = mails.cursor(connection, number)
    first = not cursor
    fresh = seen = 0
    for page in pages(account, mailbox, cursor):
        fresh += _store_page(home, number, page)
        seen += len(page.mails)
        if until is not None and monotonic() > until and (page.done < page.total or not page.mails):
            raise Unreachable("There is more to read than fits into one turn. It goes on from here next time.")
        if progress is not None:
            progress(page.done, page.total)
    ask_mailbox(home, account.name, mailbox)
    with home.store.write() as change:
        mails.set_account(change, number, last_sync=change.now, last_look=change.now, health="ok", trouble="")
        if first:
            change.record(Event("mailbox.read", object=f"account:{number}", actor="daemon", code=str(fresh)))
    return Synced(account.name, fresh, seen)


def _store_page(home: Home, number: int, page: Page) -> int:
    with home.store.write() as change:
        return arrival.apply_page(home.store, change, number, page)


def note_trouble(home: Home, number: int, problem: Exception) -> None:
    """Health is shown everywhere, so that a silent failure cannot last."""
    health = "auth" if isinstance(problem, SignInNeeded) else "stale" if isinstance(problem, Unreachable) else "error"
    with home.store.write() as change:
        mails.set_account(change, number, health=health, trouble=str(problem))
