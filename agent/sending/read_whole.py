"""Reads whole what was read in part, of the people a letter goes to, before it leaves; decides nothing by it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from time import monotonic

from agent.common.desk import Desk
from agent.store.base.values import KeptLetter
from agent.store.mail import mails, standing
from providers.base import Mail, ProviderError, Refused
from providers.mail.mime import Where
from providers.worker import Worker
from providers.worker_child import Whole

LONG_AGO = "what its people wrote long ago"
AT_ONCE, MOST_SECONDS = 200, 20.0
"""So much is read while a letter waits; where there is more, it waits for the next time."""


def unread(desk: Desk, row: KeptLetter) -> tuple[str, ...]:
    """What of its people must be judged anew, or could not be read, before a letter leaves."""
    try:
        return () if says_no_more(desk, json.loads(row.recipients)) else (LONG_AGO,)
    except ProviderError:
        return (LONG_AGO,)


def says_no_more(desk: Desk, people: Iterable[str]) -> bool:
    """Whether the old mails of these people say no more than was read of them; whatever more they say is kept."""
    with desk.store.read() as connection:
        forms = {form for person in people for form in standing.spellings_seen(connection, person)}
        halves = mails.half_read(connection, forms, AT_ONCE + 1)
    if not halves:
        return True
    names, end = {seat.number: seat.name for seat in desk.seats}, monotonic() + MOST_SECONDS
    worker, changed = Worker(), False
    try:
        for number, account, mail in halves:
            if monotonic() > end:
                return False
            text = _whole(desk, worker, names.get(account, ""), mail)
            changed |= text != mail.text
            with desk.store.write() as change:
                mails.read_whole(change, number, mail, mail.text if text is None else text)
                if text is None:
                    standing.mark_heard(change, [number], standing.TOO_COSTLY)
    finally:
        worker.close()
    return not changed and len(halves) <= AT_ONCE


def _whole(desk: Desk, worker: Worker, account: str, mail: Mail) -> str | None:
    """The text of both forms, None where nobody can read it; of what has left the mailbox since, the first form."""
    if not account:
        return mail.text
    try:
        raw = desk.mailbox(account).raw(mail.key)
    except Refused:
        return mail.text
    found = worker.read([Whole(Where(mail.key, mail.received, mail.folder, mail.role), raw)])[0]
    return found.text if isinstance(found, Mail) and not found.problem else None
