"""Gmail's JSON to a `Mail`; never fetches anything and never looks into an attachment."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from providers import foreign
from providers.base import Mail, Moved, Role
from providers.foreign import Json
from providers.mail import headers, mime
from providers.mail.structure import MOST_DEPTH, MOST_PARTS, Leaf, Taken

FIELDS = "id,threadId,labelIds,historyId,internalDate,sizeEstimate,payload"
ROLES = (
    ("DRAFT", Role.DRAFTS),
    ("TRASH", Role.TRASH),
    ("SPAM", Role.JUNK),
    ("SENT", Role.SENT),
    ("INBOX", Role.INBOX),
)
FLAGS = (("STARRED", "flagged"), ("DRAFT", "draft"), ("TRASH", "deleted"), ("SENT", "sent"))
MOST_FETCHED = 256 * 1024
"""A longer part is no text a person wrote and no report."""


def to_mail(message: Json, names: Mapping[str, str], bodies: Mapping[str, bytes]) -> Mail:
    """A message in format `full` as a value; `bodies` holds the text parts Gmail kept back."""
    payload = foreign.part(message, "payload")
    labels = foreign.texts(message, "labelIds")
    where = mime.Where(
        key=foreign.text(message, "id"),
        received=received(message),
        folder=role_of(labels).value,
        role=role_of(labels),
        flags=flags_of(labels),
        labels=labels_of(labels, names),
        thread_hint=foreign.text(message, "threadId"),
        size=foreign.number(message, "sizeEstimate"),
    )
    fields, problem = listed(payload)
    taken = leaves_of(payload, bodies)
    return mime.assemble(mime.group(fields), taken if taken.problem else replace(taken, problem=problem), where)


def to_moved(identity: str, labels: Sequence[str], names: Mapping[str, str]) -> Moved:
    """What changed of a mail that is known already."""
    role = role_of(labels)
    return Moved(identity, flags_of(labels), labels_of(labels, names), role.value, role)


def received(message: Json) -> datetime | None:
    """When the mailbox got it."""
    if "internalDate" not in message:
        return None
    try:
        return datetime.fromtimestamp(foreign.number(message, "internalDate") / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def role_of(labels: Sequence[str]) -> Role:
    """Labels are not folders; the most telling one decides."""
    return next((role for label, role in ROLES if label in labels), Role.ARCHIVE)


def flags_of(labels: Sequence[str]) -> frozenset[str]:
    """The usual flags, as labels express them."""
    found = {flag for label, flag in FLAGS if label in labels}
    return frozenset(found if "UNREAD" in labels else found | {"seen"})


def labels_of(labels: Sequence[str], names: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the person's own labels."""
    return tuple(sorted(names[label] for label in labels if label in names))


def fields_of(part: Json) -> list[headers.Field]:
    """The header of a part, one clean line a field."""
    return listed(part)[0]


def listed(part: Json) -> tuple[list[headers.Field], str]:
    """The same, and the reason where it is too long to be read to its end."""
    entries = foreign.parts(part, "headers")
    return headers.listed((foreign.text(item, "name"), foreign.text(item, "value")) for item in entries)


def leaves_of(payload: Json, bodies: Mapping[str, bytes]) -> Taken:
    """All leaves in their order, or the reason why there are too many."""
    found: list[Leaf] = []
    for part, within, depth in walk(payload):
        if len(found) >= MOST_PARTS:
            return Taken(tuple(found), f"It has more than {MOST_PARTS} parts.")
        if depth > MOST_DEPTH:
            return Taken(tuple(found), f"Its parts are nested more than {MOST_DEPTH} deep.")
        found.append(leaf(part, within, bodies))
    return Taken(tuple(found))


def walk(payload: Json) -> Iterator[tuple[Json, str, int]]:
    """Parts without parts, with the kind around them and their depth; an enclosed mail counts as one part."""
    waiting = [(payload, "", 0)]
    while waiting:
        part, within, depth = waiting.pop()
        kind, inner = kind_of(part), foreign.parts(part, "parts")
        if kind.startswith("multipart/") and inner and depth <= MOST_DEPTH:
            waiting.extend((child, kind, depth + 1) for child in reversed(inner[: MOST_PARTS + 1]))
        else:
            yield part, within, depth


def kind_of(part: Json) -> str:
    """Such as text/plain."""
    return str(part.get("mimeType") or "text/plain").lower()


def leaf(part: Json, within: str, bodies: Mapping[str, bytes]) -> Leaf:
    """A part as a value; what it contains only when it is text or a report."""
    own = fields_of(part)
    _, parameters = headers.content(_first(own, "content-type"))
    disposition, _ = headers.content(_first(own, "content-disposition"))
    body = foreign.part(part, "body")
    data = content(part, bodies) if readable(part) else b""
    name = foreign.text(part, "filename")
    return Leaf(
        kind_of(part), charset(data, parameters.get("charset", "")), "", headers.safe_filename(name) if name else "",
        disposition, foreign.number(body, "size") or len(data), data, within,
    )  # fmt: skip


def readable(part: Json) -> bool:
    """Whether a part is text of the mail or written by a machine for a machine."""
    kind = kind_of(part)
    if kind in mime.MACHINE or kind in ("message/rfc822", "message/global"):
        return True
    return kind.startswith("text/") and not part.get("filename")


def content(part: Json, bodies: Mapping[str, bytes]) -> bytes:
    """The decoded bytes of a part, or the header of an enclosed mail."""
    if kind_of(part) in ("message/rfc822", "message/global"):
        inner = next(iter(foreign.parts(part, "parts")), {})
        names = (foreign.text(item, "name") for item in foreign.parts(inner, "headers"))
        lines = zip(names, fields_of(inner), strict=False)
        return "".join(f"{headers.clean(name)}: {value}\r\n" for name, (_, value) in lines).encode("utf-8", "replace")
    body = foreign.part(part, "body")
    if body.get("data"):
        return unpacked(str(body["data"]))
    return bodies.get(foreign.text(body, "attachmentId"), b"")


def kept_back(payload: Json) -> list[str]:
    """The ids of text parts and reports that Gmail did not put into the answer."""
    found = []
    for part, _, _ in walk(payload):
        body = foreign.part(part, "body")
        wanted = readable(part) and not kind_of(part).startswith("message/rfc") and not body.get("data")
        if wanted and body.get("attachmentId") and foreign.number(body, "size") <= MOST_FETCHED:
            found.append(str(body["attachmentId"]))
    return found[:10]


def unpacked(data: str) -> bytes:
    """Gmail's kind of base64, with or without padding."""
    try:
        return base64.urlsafe_b64decode(data.rstrip("=") + "=" * (-len(data.rstrip("=")) % 4))
    except (binascii.Error, ValueError):
        return b""


def charset(data: bytes, declared: str) -> str:
    """Gmail hands out most text as UTF-8 while the header still names the charset it came in."""
    if b"\x1b" in data:
        return declared
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return declared
    return "utf-8"


def _first(own: Sequence[headers.Field], name: str) -> str:
    return next((value for key, value in own if key == name), "")
