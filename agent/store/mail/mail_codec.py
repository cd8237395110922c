"""Mail values to rows and back without loss; never decides what a mail means."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from typing import Any

from msgspec import Struct, json

from agent.store.base.columns import from_micros
from providers.base import Address, Attachment, Mail, Origin, Part, Role

Pairs = list[list[str]]


def to_row(mail: Mail, account: int, thread: int) -> dict[str, Any]:
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


def from_row(row: Any) -> Mail:
    """The mail of a row; `row` has the columns of the mail table."""
    data: dict[str, Any] = json.decode(row["data"])
    sender = data.get("from")
    return Mail(
        key=row["key"],
        message_id=row["message_id"],
        date=written(row["written"], row["offset"]),
        received=row["received"] if not isinstance(row["received"], int) else from_micros(row["received"]),
        sender=_address(sender) if sender else None,
        to=_addresses(data, "to"),
        cc=_addresses(data, "cc"),
        bcc=_addresses(data, "bcc"),
        reply_to=_addresses(data, "reply"),
        subject=row["subject"],
        in_reply_to=tuple(data.get("irt", ())),
        references=tuple(data.get("refs", ())),
        headers={name: tuple(values) for name, values in data.get("headers", {}).items()},
        text=row["body"],
        parts=tuple(Part(*part) for part in data.get("parts", ())),
        attachments=tuple(Attachment(*file) for file in data.get("files", ())),
        failed=tuple(data.get("failed", ())),
        folder=row["folder"],
        role=Role(row["role"]),
        thread_hint=data.get("hint", ""),
        web=data.get("web", ""),
        flags=frozenset(row["flags"].split()),
        labels=tuple(data.get("labels", ())),
        size=row["size"],
        problem=row["problem"],
        half_read=data.get("half", False),
        possible_writers=tuple(data.get("writers", ())),
        possible_recipients=tuple(data.get("readers", ())),
        origin=Origin(row["origin"]),
        said=data.get("said", ""),
    )


class _Referring(Struct):
    """What of the packed values names other mails."""

    irt: tuple[str, ...] = ()
    refs: tuple[str, ...] = ()
    parts: tuple[tuple[str, str, str], ...] = ()
    hint: str = ""


REFERRING = json.Decoder(_Referring)


def references_of(row: Any) -> Mail:
    """The mail of a row as far as threads are made of it; the rest of it is left out."""
    data = REFERRING.decode(row["data"])
    return Mail(
        row["key"], row["message_id"], row["written"], row["received"], None,
        in_reply_to=data.irt, references=data.refs, parts=tuple(Part(*part) for part in data.parts),
        thread_hint=data.hint, origin=Origin(row["origin"]),
    )  # fmt: skip


def written(moment: Any, offset: int | None) -> Any:
    """The Date header with the writer's own offset."""
    if moment is None:
        return None
    if isinstance(moment, int):
        moment = from_micros(moment)
    return moment.astimezone(timezone(timedelta(minutes=offset)) if offset else UTC)


def _pair(address: Address) -> list[str]:
    return [address.email, address.name] if address.name else [address.email]


def _pairs(addresses: tuple[Address, ...]) -> Pairs:
    return [_pair(address) for address in addresses]


def _address(pair: list[str]) -> Address:
    return Address(*pair)


def _addresses(data: dict[str, Any], name: str) -> tuple[Address, ...]:
    return tuple(_address(pair) for pair in data.get(name, ()))
