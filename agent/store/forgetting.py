"""Finds and takes out what any table still says of a forgotten person; never touches a row of the audit chain."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Table, Text, delete, func, or_, select, true, update
from sqlmodel import SQLModel

from agent.store.audit import CONTENT
from agent.store.engine import Change, Store
from agent.store.outbox import OUTBOX
from agent.store.outbox_tables import GROWING, unguarded
from agent.store.tables import DraftRow, ForgottenRow, MemoryRow, SettingRow
from agent.store.threading import FOLLOWUP, MAIL, ONCE_MORE, REFERENCE, THREAD, chunks
from providers import mime
from providers.base import Mail

DRAFT: Any = DraftRow.__table__  # type: ignore[attr-defined]
FORGOTTEN: Any = ForgottenRow.__table__  # type: ignore[attr-defined]
MEMORY: Any = MemoryRow.__table__  # type: ignore[attr-defined]
SETTING: Any = SettingRow.__table__  # type: ignore[attr-defined]
GONE = "(forgotten)"
PERSON, NAME = "forgotten", "forgotten id"
APART = frozenset(("event", "event_content", "checkpoint", "forgotten", "outbox_move", "reference", "memory", "level"))
"""Without words of a mail, or looked at by themselves."""
SEALED = {"account": ("name", "address"), "outbox": ("intent", "sender", "message_id", "token", "digest", "recipients")}
OPEN = ("quiet", "drafted", "approved", "snoozed", "asked")
ADDRESS = re.compile(r"(?<![\w.+-])([\w.+-]{1,64})(?:@|%40|=)([\w-]{1,63}(?:\.[\w-]{1,63}){1,8})", re.IGNORECASE)
"""Also as links and return paths write one."""


@dataclass(frozen=True, slots=True)
class Traces:
    """By what a person is recognised in a text."""

    address: re.Pattern[str]
    names: re.Pattern[str] | None
    ids: dict[str, str]
    """Message-IDs of their mails, and what stands in their place."""
    hosts: frozenset[str]
    """Every form of what stands behind the sign."""

    def near(self, *columns: Any) -> Any:
        """The rows that may name them; the database knows small letters of ASCII alone."""
        if not all(host.isascii() for host in self.hosts):
            return true()
        return or_(*(func.instr(func.lower(column), host) > 0 for column in columns for host in sorted(self.hosts)))

    def clean(self, text: str, *, about: bool) -> str:
        """A text without them; `about`: it belongs to a thread they were in, so that their name is theirs."""
        for name, veil in self.ids.items():
            if name in text:
                text = text.replace(name, veil)
        text = self.address.sub(GONE, text)
        return self.names.sub(GONE, text) if about and self.names else text

    def found(self, text: str) -> bool:
        return self.clean(text, about=False) != text


def traces(store: Store, address: str, mails: Iterable[Mail]) -> Traces:
    """What tells of a person, from the mails that carry them."""
    local, _, domain = address.partition("@")
    hosts = frozenset((domain, _wire(domain), _shown(domain)))
    host, name = "|".join(map(re.escape, sorted(hosts))), re.escape(local)
    # A sentence may go on behind it without a space, and a return path names it behind another name and sign.
    pattern = rf"(?:(?<!\w)(?<!\w[.+-]){name}(?:@|%40|=40)|(?<!\w){name}=)(?:{host})(?!\w|-\w|\.(?-i:[^\WA-Z]))"
    names, ids = set[str](), {}
    for mail in mails:
        people = (*([mail.sender] if mail.sender else []), *mail.recipients, *mail.reply_to)
        # One word alone is the name of many.
        names |= {one.name for one in people if one.key == address and len(one.name.split()) > 1}
        if mail.sender and mail.sender.key == address and mail.message_id:
            ids[mail.message_id] = veil(store, mail.message_id)
    named = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))), re.IGNORECASE) if names else None
    return Traces(re.compile(pattern, re.IGNORECASE), named, ids, hosts)


def _wire(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def _shown(domain: str) -> str:
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain


def veil(store: Store, message_id: str) -> str:
    """The name under which answers to a mail that is gone still find their thread."""
    return f"<{store.digest(NAME, message_id)[:32]}@forgotten.invalid>"


def carried(mail: Mail) -> Iterable[str]:
    """Every text of a mail, but for its words, that may name somebody it is from, to or about."""
    people = (*([mail.sender] if mail.sender else []), *mail.recipients, *mail.reply_to)
    yield from (one.email for one in people)
    yield from mail.failed
    yield from (value for values in mail.headers.values() for value in values)
    yield from (part.text for part in mail.parts)


def admitted(store: Store, connection: Connection, mails: Iterable[Mail]) -> list[Mail]:
    """Without mail that is from, to or about people who were to be forgotten, and without them in others' words."""
    known = set(connection.execute(select(FORGOTTEN.c.digest)).scalars())
    if not known:
        return list(mails)

    def gone(address: str) -> bool:
        return store.digest(PERSON, address) in known

    def shown(message_id: str) -> str:
        return veil(store, message_id) if store.digest(NAME, message_id) in known else message_id

    kept = [mail for mail in mails if not any(_names(text, gone) for text in carried(mail))]
    return [
        replace(
            mail, subject=_without(mail.subject, gone), text=_without(mail.text, gone),
            message_id=shown(mail.message_id), in_reply_to=tuple(map(shown, mail.in_reply_to)),
            references=tuple(map(shown, mail.references)),
        )
        for mail in kept
    ]  # fmt: skip


def _forms(match: re.Match[str]) -> Iterable[tuple[str, int]]:
    """The addresses that may begin here, and where each ends: a sentence may go on without a space."""
    labels, behind = match[2].split("."), re.split(r"[+-]", match[1])[-1]
    for count in range(len(labels), 1, -1):
        if count < len(labels) and not labels[count][0].isupper():
            continue
        domain = ".".join(labels[:count])
        for local in (match[1], behind) if match[0][len(match[1])] == "=" else (match[1],):
            yield f"{local}@{domain}".lower(), match.start(2) + len(domain)


def _names(text: str, gone: Callable[[str], bool]) -> bool:
    return text != _without(text, gone)


def _without(text: str, gone: Callable[[str], bool]) -> str:
    out, at = "", 0
    for match in ADDRESS.finditer(text):
        end = next((end for address, end in _forms(match) if gone(address)), 0)
        if end:
            out, at = f"{out}{text[at : match.start()]}{GONE}", end
    return out + text[at:]


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


def _about(row: dict[str, Any], threads: frozenset[int], followups: frozenset[int]) -> bool:
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
    remember(connection, [store.digest(NAME, name) for name in found.ids])


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
        for row in connection.execute(select(MAIL).where(MAIL.c.id.in_(part))).mappings().all():
            fresh = {name: found.clean(row[name], about=row["thread_id"] in threads) for name in texts}
            if any(row[name] != text for name, text in fresh.items()):
                connection.execute(update(MAIL).where(MAIL.c.id == row["id"]).values(fresh))
                changed.add(row["thread_id"])
    return changed


def _drop_rows(connection: Connection, found: Traces) -> None:
    """Rows that are nothing without what named them."""
    for row in connection.execute(select(MEMORY)).mappings().all():
        if any(found.found(str(value)) for value in row.values()):
            connection.execute(delete(MEMORY).where(MEMORY.c.key == row["key"]))
    for row in connection.execute(select(SETTING)).mappings().all():
        if found.found(row["name"]):
            connection.execute(delete(SETTING).where(SETTING.c.name == row["name"]))
    for said in connection.execute(select(CONTENT.c.seq, CONTENT.c.person, CONTENT.c.detail)).all():
        if found.found(said.person) or found.found(said.detail):
            connection.execute(delete(CONTENT).where(CONTENT.c.seq == said.seq))
    # A text with a hole in it is not sent: what is still open is planned anew.
    drafts = connection.execute(select(DRAFT)).mappings()
    holes = {row["followup_id"] for row in drafts if found.found(f"{row['subject']}\n{row['body']}\n{row['facts']}")}
    for part in chunks(holes):
        connection.execute(delete(FOLLOWUP).where(FOLLOWUP.c.id.in_(part), FOLLOWUP.c.state.in_(OPEN)))


def _clean_table(connection: Connection, table: Table, found: Traces, about: Callable[[dict[str, Any]], bool]) -> None:
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
