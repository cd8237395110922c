"""A mail as Gmail's JSON shows it; never kinder than Gmail, which keeps attachments back and decodes headers."""

from __future__ import annotations

import base64
import email
import email.policy
from email.header import decode_header, make_header
from email.message import Message
from functools import lru_cache
from typing import Any

INLINE = 60_000


def pack(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


@lru_cache(maxsize=4096)
def parsed(raw: bytes) -> Message:
    return email.message_from_bytes(raw, policy=email.policy.compat32)


def header_list(message: Message, wanted: list[str] | None = None) -> list[dict[str, str]]:
    kept = {name.lower() for name in wanted} if wanted else None
    return [
        {"name": name, "value": shown(value)}
        for name, value in message.items()
        if kept is None or name.lower() in kept
    ]  # fmt: skip


def shown(value: Any) -> str:
    flat = " ".join(str(value).split())
    try:
        return str(make_header(decode_header(flat))) if "=?" in flat else flat
    except (LookupError, ValueError):
        return flat


def payload(raw: bytes, how: str, wanted: list[str] | None = None) -> dict[str, Any]:
    message = parsed(raw)
    if how == "metadata":
        return {"mimeType": message.get_content_type(), "headers": header_list(message, wanted)}
    return part(message, "")


def part(message: Message, number: str) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "partId": number, "mimeType": message.get_content_type(), "filename": message.get_filename() or "",
        "headers": header_list(message), "body": {"size": 0},
    }  # fmt: skip
    if message.get_content_type() == "message/delivery-status":
        data = "\n".join(str(item) for item in message.get_payload()).encode()
        shape["body"] = {"size": len(data), "attachmentId": f"att-{number or '0'}"}
    elif message.is_multipart():
        prefix = f"{number}." if number else ""
        shape["parts"] = [part(child, f"{prefix}{place}") for place, child in enumerate(message.get_payload())]  # type: ignore[arg-type]
    else:
        shape["body"] = body(message, number)
    return shape


def body(message: Message, number: str) -> dict[str, Any]:
    data = content(message)
    if message.get_filename() or message.get_content_maintype() != "text" or len(data) > INLINE:
        return {"size": len(data), "attachmentId": f"att-{number or '0'}"}
    return {"size": len(data), "data": pack(data)} if data else {"size": 0}


def content(message: Message) -> bytes:
    """Text leaves Gmail as UTF-8, whatever its header goes on saying."""
    data = message.get_payload(decode=True)
    assert isinstance(data, bytes)
    if message.get_content_maintype() == "text":
        try:
            return data.decode(message.get_content_charset() or "utf-8").encode()
        except (LookupError, ValueError):
            return data
    return data


def attachment(raw: bytes, name: str) -> bytes | None:
    found = [raw_part for number, raw_part in _numbered(parsed(raw), "") if f"att-{number or '0'}" == name]
    if not found:
        return None
    if found[0].get_content_type() == "message/delivery-status":
        return "\n".join(str(item) for item in found[0].get_payload()).encode()
    return content(found[0])


def _numbered(message: Message, number: str) -> list[tuple[str, Message]]:
    found = [(number, message)]
    if message.is_multipart() and message.get_content_type() != "message/delivery-status":
        prefix = f"{number}." if number else ""
        for place, child in enumerate(message.get_payload()):
            found += _numbered(child, f"{prefix}{place}")  # type: ignore[arg-type]
    return found
