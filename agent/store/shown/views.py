"""What commands and screens show of follow-ups and threads; only reads, never judges and never sends."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from agent.decide.plans.lifecycle import LIVE
from agent.decide.threads.threads import Thread
from agent.errors import UsageError
from agent.store.base.rows import every, first, table_of
from agent.store.base.tables import DraftRow
from agent.store.base.values import DraftVersion, Followup, KeptLetter, KeptThread
from agent.store.mail.mails import ACCOUNT, thread_mails
from agent.store.mail.threading import FOLLOWUP, MAIL, THREAD
from agent.store.work import followups
from agent.store.work.outbox import OUTBOX, states
from providers import webmail
from providers.mail.delivery import TRACES

DRAFT = table_of(DraftRow)


def listed(connection: Connection, state: str | None = None) -> list[Followup]:
    """Follow-ups, those due first on top."""
    query = select(FOLLOWUP).order_by(FOLLOWUP.c.due.is_(None), FOLLOWUP.c.due, FOLLOWUP.c.id)
    if state is not None:
        query = query.where(FOLLOWUP.c.state == state)
    return every(connection, Followup, query)


def one(connection: Connection, number: str) -> Followup:
    """The follow-up with this number."""
    found = followups.find(connection, int(number)) if number.isdigit() else None
    if found is None:
        raise UsageError(f"There is no follow-up {number!r}.", hint="`relance list` shows their numbers.")
    return found


def newest_draft(connection: Connection, followup: int) -> DraftVersion | None:
    """The current version of its text."""
    return followups.newest_draft(connection, followup)


def drafts(connection: Connection, followup: int) -> list[DraftVersion]:
    """Every version of its text, the current one last."""
    return followups.drafts(connection, followup)


def writers(connection: Connection) -> dict[int, tuple[str, str]]:
    """Who wrote the current text of each follow-up, and the notes that came with it."""
    newest = select(DRAFT.c.followup_id, func.max(DRAFT.c.version).label("version")).group_by(DRAFT.c.followup_id)
    last = newest.subquery()
    same = (DRAFT.c.followup_id == last.c.followup_id) & (DRAFT.c.version == last.c.version)
    query = select(DRAFT.c.followup_id, DRAFT.c.writer, DRAFT.c.notes).join(last, same)
    return {int(row.followup_id): (row.writer, row.notes) for row in connection.execute(query)}


def thread_row(connection: Connection, wanted: str) -> KeptThread | None:
    """A thread by the Message-ID of its root or by the number of one of its follow-ups."""
    query = select(THREAD).where(THREAD.c.root == wanted)
    if wanted.isdigit():
        query = select(THREAD).join(FOLLOWUP, FOLLOWUP.c.thread_id == THREAD.c.id).where(FOLLOWUP.c.id == int(wanted))
    return first(connection, KeptThread, query)


def whole_thread(connection: Connection, number: int) -> Thread | None:
    """A thread with all its mails."""
    return thread_mails(connection, [number]).get(number)


def web_page(connection: Connection, number: int) -> str:
    """Where a thread can be read in a browser; empty where its provider has no such page."""
    query = select(ACCOUNT.c.provider, ACCOUNT.c.address).join(THREAD, THREAD.c.account_id == ACCOUNT.c.id)
    row = connection.execute(query.where(THREAD.c.id == number)).first()
    thread = whole_thread(connection, number)
    return webmail.link(row.provider, row.address, thread.mails) if row and thread else ""


def newest_waiting(connection: Connection) -> KeptLetter | None:
    """The letter approved last that has not left yet."""
    query = select(OUTBOX).where(OUTBOX.c.state.in_(sorted(LIVE))).order_by(OUTBOX.c.made.desc()).limit(1)
    return first(connection, KeptLetter, query)


def letters(connection: Connection, numbers: list[int]) -> dict[int, KeptLetter]:
    """The newest letter of each of these follow-ups."""
    return states(connection, numbers)


def verdict_row(connection: Connection, wanted: str) -> KeptThread | None:
    """The thread a person means: by Message-ID of any mail in it, or by the number of a follow-up."""
    row = thread_row(connection, wanted)
    if row is not None or wanted.isdigit():
        return row
    name = wanted if wanted.startswith("<") else f"<{wanted}>"
    inside = select(MAIL.c.thread_id).where(MAIL.c.message_id == name)
    return first(connection, KeptThread, select(THREAD).where(THREAD.c.id.in_(inside)).limit(1))


def recent_verdicts(connection: Connection, since: datetime) -> list[KeptThread]:
    """Judged threads with news since then, the newest last."""
    query = select(THREAD).where(THREAD.c.last >= since, THREAD.c.reason != "").order_by(THREAD.c.last)
    return every(connection, KeptThread, query)


def senders_in_sent(connection: Connection, account: str, fewest: int) -> list[tuple[str, int]]:
    """Who stands in From in an account's Sent folder, with a count; those with few mails left out."""
    query = select(MAIL.c.sender, func.count()).join(ACCOUNT, MAIL.c.account_id == ACCOUNT.c.id)
    query = query.where(ACCOUNT.c.name == account, MAIL.c.role == "sent", MAIL.c.sender.contains("@"))
    # What was delivered into that folder from outside may bear any address.
    query = query.where(*(func.json_type(MAIL.c.data, f'$.headers."{name}"').is_(None) for name in TRACES))
    query = query.group_by(MAIL.c.sender).having(func.count() >= fewest).order_by(func.count().desc()).limit(5)
    return [(str(sender), int(count)) for sender, count in connection.execute(query)]


def sent_letters(connection: Connection) -> list[bytes]:
    """The bytes of everything that left."""
    query = select(OUTBOX.c.frozen).where(OUTBOX.c.state == "SENT", OUTBOX.c.frozen != b"").order_by(OUTBOX.c.changed)
    return [bytes(raw) for raw in connection.execute(query).scalars()]
