"""Mail values to rows and back without loss; never decides what a mail means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import NamedTuple

from msgspec import Struct, json
from sqlalchemy import Connection, Select

from agent.store.base.values import KeptMail
from providers.base import Address, Attachment, Mail, Origin, Part, Role

Pairs = list[list[str]]


def to_row(mail: Mail, account: int, thread: int) -> dict[str, object]:
    """The row of a mail."""
    offset = mail.date.utcoffset() if mail.date else None
    return {
        "account_id": account, "key": mail.key, "thread_id": thread, "message_id": mail.message_id,
        "sender": mail.sender.key if mail.sender else "", "written": mail.date,
        "offset": None if offset is None else int(offset.total_seconds() // 60), "received": mail.received,
        "folder": mail.folder, "role": mail.role.value, "origin": mail.origin.value, "present": 1,
        "flags": " ".join(sorted(mail.flags)),
        "subject": mail.subject, "problem": mail.problem, "size": mail.size, "body": mail.text, "data": _pack(mail),
    }  # fmt: skip


def _pack(mail: Mail) -> str:
    data = {
        "from": _pair(mail.sender) if mail.sender else None,
        "to": _pairs(mail.to), "cc": _pairs(mail.cc), "bcc": _pairs(mail.bcc), "reply": _pairs(mail.reply_to),
        "irt": mail.in_reply_to, "refs": mail.references, "headers": mail.headers,
        "parts": [[part.content_type, part.text, part.name] for part in mail.parts],
        "files": [[file.name, file.content_type, file.size] for file in mail.attachments],
        "failed": mail.failed, "hint": mail.thread_hint, "labels": mail.labels, "web": mail.web,
        "half": mail.half_read,
        "writers": mail.possible_writers, "readers": mail.possible_recipients, "said": mail.said,
    }  # fmt: skip
    return json.encode({name: value for name, value in data.items() if value}).decode()


class _Packed(Struct, rename={"sender": "from", "reply_to": "reply"}):
    """What `_pack` made, read again; what it left out is empty."""

    sender: tuple[str, ...] = ()
    to: tuple[tuple[str, ...], ...] = ()
    cc: tuple[tuple[str, ...], ...] = ()
    bcc: tuple[tuple[str, ...], ...] = ()
    reply_to: tuple[tuple[str, ...], ...] = ()
    irt: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    headers: dict[str, tuple[str, ...]] = {}
    parts: tuple[tuple[str, str, str], ...] = ()
    files: tuple[tuple[str, str, int], ...] = ()
    failed: tuple[str, ...] = ()
    hint: str = ""
    labels: tuple[str, ...] = ()
    web: str = ""
    half: bool = False
    writers: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    said: str = ""


PACKED = json.Decoder(_Packed)


def kept_mails(connection: Connection, query: Select[*tuple[object, ...]]) -> Iterator[KeptMail]:
    """The rows of a query for all columns of the mail table, in their order."""
    return map(KeptMail._make, connection.execute(query))


def from_row(row: KeptMail) -> Mail:
    """The mail of a row."""
    data = PACKED.decode(row.data)
    return Mail(
        key=row.key,
        message_id=row.message_id,
        date=written(row.written, row.offset),
        received=row.received,
        sender=Address(*data.sender) if data.sender else None,
        to=_addresses(data.to),
        cc=_addresses(data.cc),
        bcc=_addresses(data.bcc),
        reply_to=_addresses(data.reply_to),
        subject=row.subject,
        in_reply_to=data.irt,
        references=data.refs,
        headers=data.headers,
        text=row.body,
        parts=tuple(Part(*part) for part in data.parts),
        attachments=tuple(Attachment(*file) for file in data.files),
        failed=data.failed,
        folder=row.folder,
        role=Role(row.role),
        thread_hint=data.hint,
        web=data.web,
        flags=frozenset(row.flags.split()),
        labels=data.labels,
        size=row.size,
        problem=row.problem,
        half_read=data.half,
        possible_writers=data.writers,
        possible_recipients=data.readers,
        origin=Origin(row.origin),
        said=data.said,
    )


class Referring(NamedTuple):
    """As much of a row as `references_of` reads; the columns of `threading.REFERRING`."""

    thread_id: int
    key: str
    message_id: str
    written: datetime | None
    received: datetime
    origin: str
    data: str


class _Referring(Struct):
    """What of the packed values names other mails."""

    irt: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    parts: tuple[tuple[str, str, str], ...] = ()
    hint: str = ""


REFERRING = json.Decoder(_Referring)


def references_of(row: Referring) -> Mail:
    """The mail of a row as far as threads are made of it; the rest of it is left out."""
    data = REFERRING.decode(row.data)
    return Mail(
        row.key, row.message_id, row.written, row.received, None,
        in_reply_to=data.irt, references=data.refs, parts=tuple(Part(*part) for part in data.parts),
        thread_hint=data.hint, origin=Origin(row.origin),
    )  # fmt: skip


def written(moment: datetime | None, offset: int | None) -> datetime | None:
    """The Date header with the writer's own offset."""
    if moment is None:
        return None
    return moment.astimezone(timezone(timedelta(minutes=offset)) if offset else UTC)


def _pair(address: Address) -> list[str]:
    return [address.email, address.name] if address.name else [address.email]


def _pairs(addresses: tuple[Address, ...]) -> Pairs:
    return [_pair(address) for address in addresses]


def _addresses(pairs: tuple[tuple[str, ...], ...]) -> tuple[Address, ...]:
    return tuple(Address(*pair) for pair in pairs)
