"""Finds and takes out what any table still says of a forgotten person; never touches a row of the audit chain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, Table, Text, delete, false, func, or_, select, true, update
from sqlmodel import SQLModel

from agent.decide.gate.spelling import plain_domain, shown_domain, spellings
from agent.decide.threads.people import is_me
from agent.store.base.audit import CONTENT
from agent.store.base.engine import Change, Store
from agent.store.base.outbox_tables import GROWING, unguarded
from agent.store.base.rows import every, table_of
from agent.store.base.tables import AccountRow, DraftRow, ForgottenRow, MemoryRow, SettingRow
from agent.store.base.values import DraftVersion, KeptMail
from agent.store.forgetting.taken_out import GONE, STUBS, Without, carried, cleaned, full_names, named, stub, theirs
from agent.store.mail import origins
from agent.store.mail.mail_codec import from_row, kept_mails, to_row
from agent.store.mail.threading import ENROLMENT, FOLLOWUP, HEADS, MAIL, ONCE_MORE, REFERENCE, THREAD, chunks
from agent.store.work import budgets
from agent.store.work.outbox import OUTBOX
from providers.base import Mail
from providers.mail import mime

ACCOUNT = table_of(AccountRow)
DRAFT = table_of(DraftRow)
FORGOTTEN = table_of(ForgottenRow)
MEMORY = table_of(MemoryRow)
SETTING = table_of(SettingRow)
PERSON, NAME, LETTER = "forgotten", "forgotten id", "forgotten letter"
VEILED = "@forgotten.invalid>"
SURELY_FILED = timedelta(days=1)
"""So long after a mail the copy of what it answers is in the mailbox, or never will be."""
APART = frozenset(("event", "event_content", "checkpoint", "forgotten", "outbox_move", "reference", "memory", "level"))
"""Without words of a mail, or looked at by themselves."""
SEALED = {"account": ("name", "address"), "outbox": ("intent", "sender", "message_id", "token", "digest", "recipients")}
OPEN = ("quiet", "drafted", "approved", "snoozed", "asked")


@dataclass(frozen=True, slots=True)
class Traces:
    """By what a person is recognised in a text."""

    address: re.Pattern[str]
    names: re.Pattern[str] | None
    ids: dict[str, str]
    """Message-IDs of their mails, and what stands in their place."""
    hosts: frozenset[str]
    """Every form of what stands behind the sign."""

    def near(self, *columns: ColumnElement[str]) -> ColumnElement[bool]:
        """The rows that may name them; the database knows small letters of ASCII alone."""
        if not self.hosts:
            return false()
        if not all(host.isascii() for host in self.hosts):
            return true()
        return or_(*(func.instr(func.lower(column), host) > 0 for column in columns for host in sorted(self.hosts)))

    def words(self, text: str, instead: str = GONE) -> str:
        """A text without their addresses and without the names of their mails."""
        for name, veil in self.ids.items():
            if name in text:
                text = text.replace(name, veil)
        return self.address.sub(instead, text)

    def clean(self, text: str, *, about: bool) -> str:
        """A text without them; `about`: it belongs to a thread they were in, so that their name is theirs."""
        text = self.words(text)
        return self.names.sub(GONE, text) if about and self.names else text

    def found(self, text: str) -> bool:
        return self.clean(text, about=False) != text


def traces(store: Store, address: str, mails: Iterable[Mail], others: Iterable[str] = ()) -> Traces:
    """What tells of a person, from the mails that carry them. `others`: ids that mails of somebody else have too."""
    local, _, domain = address.partition("@")
    hosts = frozenset((domain, plain_domain(domain), shown_domain(plain_domain(domain))))
    host, name = "|".join(map(re.escape, sorted(hosts))), re.escape(local)
    # A sentence may go on behind it without a space, and a return path names it behind another name and sign.
    pattern = rf"(?:(?<!\w)(?<!\w[.+-])\"?{name}\"?(?:@|%40|=40)|(?<!\w){name}=)(?:{host})(?!\w|-\w|\.(?-i:[^\WA-Z]))"
    found = re.compile(pattern, re.IGNORECASE)
    kept, taken = list(mails), frozenset(others)
    names = full_names(kept, lambda one: bool(found.fullmatch(one)))
    ids = {
        mail.message_id: veil(store, mail.message_id) for mail in kept
        if mail.sender and found.fullmatch(mail.sender.key) and mail.message_id and mail.message_id not in taken
    }  # fmt: skip
    return Traces(found, named(names), ids, hosts)


def digests_of(store: Store, address: str) -> list[str]:
    """What mail that comes later is compared with: the address, however its domain is written; the first tells it."""
    return [store.digest(PERSON, form) for form in spellings(address)]


def veil(store: Store, message_id: str) -> str:
    """The name under which answers to a mail that is gone still find their thread."""
    return f"<{store.digest(NAME, message_id)[:32]}{VEILED}"


def take_out(store: Store, connection: Connection, rows: Iterable[KeptMail], found: Traces) -> list[int]:
    """Of these mails only what is not theirs stays; returns which are gone, or only a stub now."""
    listed = list(rows)
    gone = _theirs(found)
    near = shared(connection, {row.thread_id for row in listed}, gone)
    without = Without(
        gone, found.words, lambda name: found.ids.get(name) or found.words(name), own_addresses(connection),
        found.names,
    )  # fmt: skip
    dropped, emptied, letters = list[int](), list[int](), list[str]()
    for row in listed:
        mail = from_row(row)
        about = theirs(mail, without)
        if about and row.thread_id not in near:
            dropped.append(row.id)
            letters.append(mail.message_id)
            continue
        emptied += [row.id] if about else []
        _write(connection, row, stub(mail, without, stub_name(store, mail)) if about else cleaned(mail, without))
    for part in chunks(dropped):
        connection.execute(delete(MAIL).where(MAIL.c.id.in_(part)))
    remember(connection, [store.digest(LETTER, name) for name in letters if name])
    return dropped + emptied


def stub_name(store: Store, mail: Mail) -> str:
    """The Message-ID of a stub."""
    return veil(store, mail.message_id or mail.key)


def _theirs(found: Traces) -> Callable[[str], bool]:
    return lambda address: found.address.fullmatch(address) is not None


def _write(connection: Connection, row: KeptMail, mail: Mail) -> None:
    fresh = to_row(mail, row.account_id, row.thread_id)
    values = {name: value for name, value in fresh.items() if name not in {"key", "present", "received"}}
    connection.execute(update(MAIL).where(MAIL.c.id == row.id).values(values))


def own_addresses(connection: Connection) -> frozenset[str]:
    """The user's addresses, in every account there is or was."""
    accounts = connection.execute(select(ACCOUNT.c.address)).scalars()
    return origins.own_addresses(connection) | {address.lower() for address in accounts}


def shared(connection: Connection, threads: Iterable[int], gone: Callable[[str], bool]) -> set[int]:
    """Of these threads those in which the user wrote to somebody who is not gone."""
    own, found = own_addresses(connection), set[int]()
    for part in chunks(threads):
        for row in kept_mails(connection, HEADS.where(MAIL.c.thread_id.in_(part), origins.MINE)):
            people = (one.key for one in from_row(row).recipients)
            if any(not gone(one) and not is_me(one, own) for one in people):
                found.add(row.thread_id)
    return found


def borne_by_others(connection: Connection, rows: Iterable[KeptMail], address: str) -> set[str]:
    """The names of their mails that mails of somebody else have too."""
    names = {row.message_id for row in rows if row.sender in spellings(address)} - {""}
    found, theirs_too = set[str](), MAIL.c.sender.in_(spellings(address))
    for part in chunks(names):
        query = select(MAIL.c.message_id).where(MAIL.c.message_id.in_(part), ~theirs_too)
        found.update(connection.execute(query).scalars())
    return found


def prune(change: Change) -> int:
    """Drop stubs in threads where the user wrote to nobody else, once all they may belong to has been read."""
    connection = change.connection
    read = select(ACCOUNT.c.id, ACCOUNT.c.last_sync).where(ACCOUNT.c.last_sync.is_not(None))
    dropped = 0
    for account, at in connection.execute(read).all():
        old = (MAIL.c.account_id == account, MAIL.c.problem.in_(STUBS), MAIL.c.received < at - SURELY_FILED)
        found = {row.id: row.thread_id for row in connection.execute(select(MAIL.c.id, MAIL.c.thread_id).where(*old))}
        kept = shared(connection, set(found.values()), lambda _: False)
        lonely = [number for number, thread in found.items() if thread not in kept]
        for part in chunks(lonely):
            connection.execute(delete(MAIL).where(MAIL.c.id.in_(part)))
        dropped += len(lonely)
    if dropped:
        drop_empty_threads(connection)
    return dropped


def drop_empty_threads(connection: Connection) -> None:
    """Nothing stays of a thread without mails, but where a first mail is to begin it."""
    used = select(MAIL.c.thread_id).union(select(ENROLMENT.c.thread_id))
    empty = select(THREAD.c.id).where(THREAD.c.id.not_in(used))
    connection.execute(delete(REFERENCE).where(REFERENCE.c.thread_id.in_(empty)))
    connection.execute(delete(THREAD).where(THREAD.c.id.not_in(used)))


def sweep(store: Store, change: Change, found: Traces, threads: set[int]) -> None:
    """After their own rows are gone: everything else that names them loses them, and what was judged is judged anew."""
    connection = change.connection
    _veil_references(store, connection, found)
    threads = threads | _cleaned_mails(connection, found, threads)
    touched = or_(*(THREAD.c.id.in_(part) for part in chunks(threads))) if threads else THREAD.c.id < 0
    anew = {"summary": "", "sentence": "", "open": 0, "changed": ONCE_MORE}
    rows = connection.execute(select(THREAD.c.id, THREAD.c.summary, THREAD.c.sentence)).all()
    naming = {row.id for row in rows if found.found(row.summary) or found.found(row.sentence)} - threads
    for part in chunks(naming | threads):
        connection.execute(update(THREAD).where(THREAD.c.id.in_(part)).values(anew))
        connection.execute(update(FOLLOWUP).where(FOLLOWUP.c.thread_id.in_(part)).values(evidence=""))
    _drop_rows(connection, found)
    about = frozenset(connection.execute(select(THREAD.c.id).where(touched)).scalars())
    followups = frozenset(connection.execute(select(FOLLOWUP.c.id).where(FOLLOWUP.c.thread_id.in_(about))).scalars())
    for table in SQLModel.metadata.sorted_tables:
        if table.name not in APART and table.name != "mail":
            _clean_table(connection, table, found, lambda row: _about(row, about, followups))


def _about(row: Mapping[str, object], threads: frozenset[int], followups: frozenset[int]) -> bool:
    return row.get("thread_id") in threads or row.get("followup_id") in followups or (
        "root" in row and "summary" in row and row["id"] in threads
    )  # fmt: skip


def letters_naming(connection: Connection, found: Traces) -> list[int]:
    """Letters to others whose words name them, however they were encoded."""
    rows = connection.execute(select(OUTBOX.c.id, OUTBOX.c.letter, OUTBOX.c.frozen)).all()
    return [row.id for row in rows if any(raw and _letter_names(raw, found) for raw in (row.letter, row.frozen))]


def _letter_names(raw: bytes, found: Traces) -> bool:
    mail = mime.parse(raw)
    texts = (mail.subject, mail.text, *mail.in_reply_to, *mail.references, *carried(mail))
    return found.found(raw.decode("utf-8", "replace")) or any(found.found(text) for text in texts)


def written_to(connection: Connection, person: str) -> list[int]:
    """The follow-ups with a letter to them, be it to others too."""
    named = func.instr(func.lower(OUTBOX.c.recipients), f'"{person}"') > 0
    return list(connection.execute(select(OUTBOX.c.followup_id).where(or_(OUTBOX.c.person == person, named))).scalars())


def drop_texts(connection: Connection, followups: list[int]) -> None:
    """What was written to several people of whom they were one goes; what is still open is planned anew."""
    for part in chunks(followups):
        connection.execute(delete(FOLLOWUP).where(FOLLOWUP.c.id.in_(part), FOLLOWUP.c.state.in_(OPEN)))
        connection.execute(delete(DRAFT).where(DRAFT.c.followup_id.in_(part)))


def _veil_references(store: Store, connection: Connection, found: Traces) -> None:
    rows = connection.execute(select(REFERENCE)).all()
    for row in rows:
        if row.message_id not in found.ids and not found.address.search(row.message_id):
            continue
        found.ids.setdefault(row.message_id, veil(store, row.message_id))
        same = (REFERENCE.c.account_id == row.account_id, REFERENCE.c.message_id == row.message_id)
        connection.execute(delete(REFERENCE).where(*same))
        values = {"account_id": row.account_id, "message_id": found.ids[row.message_id], "thread_id": row.thread_id}
        connection.execute(REFERENCE.insert().prefix_with("OR IGNORE").values(values))
    remember(connection, [store.digest(NAME, name) for name in found.ids if not name.endswith(VEILED)])


def remember(connection: Connection, digests: Iterable[str]) -> None:
    """What new mail is compared with."""
    for digest in digests:
        connection.execute(FORGOTTEN.insert().prefix_with("OR IGNORE").values(digest=digest))


def _cleaned_mails(connection: Connection, found: Traces, threads: set[int]) -> set[int]:
    """The threads of mails whose words named them."""
    changed, texts = set[int](), ("message_id", "subject", "body", "data", "problem")
    near = list(connection.execute(select(MAIL.c.id).where(found.near(*(MAIL.c[name] for name in texts)))).scalars())
    for part in chunks(threads):
        near += connection.execute(select(MAIL.c.id).where(MAIL.c.thread_id.in_(part))).scalars()
    for part in chunks(dict.fromkeys(near)):
        for row in list(kept_mails(connection, select(MAIL).where(MAIL.c.id.in_(part)))):
            fresh = {name: found.clean(getattr(row, name), about=row.thread_id in threads) for name in texts}
            if any(getattr(row, name) != text for name, text in fresh.items()):
                connection.execute(update(MAIL).where(MAIL.c.id == row.id).values(fresh))
                changed.add(row.thread_id)
    return changed


def _drop_rows(connection: Connection, found: Traces) -> None:
    """Rows that are nothing without what named them."""
    budgets.rename_threads(connection, found.words)
    for row in connection.execute(select(MEMORY)).all():
        if any(found.found(str(value)) for value in row):
            connection.execute(delete(MEMORY).where(MEMORY.c.key == row.key))
    for row in connection.execute(select(SETTING)).all():
        if found.found(row.name):
            connection.execute(delete(SETTING).where(SETTING.c.name == row.name))
    for said in connection.execute(select(CONTENT.c.seq, CONTENT.c.person, CONTENT.c.detail)).all():
        if found.found(said.person) or found.found(said.detail):
            connection.execute(delete(CONTENT).where(CONTENT.c.seq == said.seq))
    # A text with a hole in it is not sent: what is still open is planned anew.
    drafts = every(connection, DraftVersion, select(DRAFT))
    holes = {row.followup_id for row in drafts if found.found(f"{row.subject}\n{row.body}\n{row.facts}")}
    for part in chunks(holes):
        connection.execute(delete(FOLLOWUP).where(FOLLOWUP.c.id.in_(part), FOLLOWUP.c.state.in_(OPEN)))


def _clean_table(
    connection: Connection, table: Table, found: Traces, about: Callable[[Mapping[str, object]], bool]
) -> None:
    names = [
        column.name for column in table.columns
        if isinstance(column.type, Text) and column.name not in SEALED.get(table.name, ())
    ]  # fmt: skip
    for row in [dict(one) for one in connection.execute(select(table)).mappings()]:
        fresh = {name: found.clean(row[name], about=about(row)) for name in names if row[name]}
        changed = {name: text for name, text in fresh.items() if text != row[name]}
        if not changed:
            continue
        same = [column == row[column.name] for column in table.primary_key.columns]
        with ExitStack() as stack:
            if table.name in GROWING:
                stack.enter_context(unguarded(connection, table.name))
            connection.execute(update(table).where(*same).values(changed))
