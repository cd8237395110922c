"""Graph's JSON to a `Mail`; never fetches anything and never looks into an attachment."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime

from providers import foreign, webmail
from providers.base import Mail, Moved, Role
from providers.foreign import Json
from providers.mail import headers, mime
from providers.mail.structure import MOST_PARTS, Leaf, Taken

TOKEN = "String {6f3a5d5e-6f0c-4b1c-9d53-3f2f6a0f7c11} Name relance-id"  # noqa: S105 (a property name)
IN_REPLY_TO, REFERENCES = "String 0x1042", "String 0x1039"
"""MAPI keeps there what a sent mail has no readable header for."""
STATE = "id,parentFolderId,isRead,isDraft,flag,categories"
SELECT = (
    f"{STATE},subject,from,toRecipients,ccRecipients,bccRecipients,replyTo,body,internetMessageId,internetMessageHeaders,"
    "conversationId,receivedDateTime,sentDateTime,hasAttachments,webLink"
)
KEPT = f"singleValueExtendedProperties($filter=id eq '{IN_REPLY_TO}' or id eq '{REFERENCES}' or id eq '{TOKEN}')"
PEOPLE = (
    ("from", "from"),
    ("to", "toRecipients"),
    ("cc", "ccRecipients"),
    ("bcc", "bccRecipients"),
    ("reply-to", "replyTo"),
)
MEETING = "eventmessage"


@dataclass(frozen=True, slots=True)
class OutlookFolder:
    """A folder as far as its mails are concerned."""

    id: str
    path: str
    role: Role
    count: int = 0


@dataclass(slots=True)
class Extra:
    """What had to be asked for beside the item itself."""

    properties: dict[str, str] = field(default_factory=dict)
    attachments: list[Json] = field(default_factory=list)
    raw: bytes = b""


def to_mail(item: Json, folder: OutlookFolder, extra: Extra) -> Mail:
    """An item as a value; from its bytes where they were fetched."""
    where = mime.Where(
        key=foreign.text(item, "id"),
        received=moment(item.get("receivedDateTime")),
        folder=folder.path,
        role=folder.role,
        flags=flags_of(item),
        labels=categories(item),
        size=len(extra.raw),
    )
    page = foreign.text(item, "webLink")[: webmail.MOST]
    if extra.raw:
        return replace(mime.read_whole(extra.raw, where), web=page)
    fields, problem = fields_of(item, extra)
    taken = leaves_of(item, extra)
    return replace(
        mime.assemble(mime.group(fields), taken if taken.problem else replace(taken, problem=problem), where), web=page
    )


def to_moved(item: Json, folder: OutlookFolder) -> Moved:
    """What changed of a mail that is known already."""
    return Moved(foreign.identity(item), flags_of(item), categories(item), folder.path, folder.role)


def fields_of(item: Json, extra: Extra) -> tuple[list[headers.Field], str]:
    """The header as it came, with what Graph only tells elsewhere, and the reason where it is too long."""
    entries = foreign.parts(item, "internetMessageHeaders")
    found, problem = headers.listed((foreign.text(one, "name"), foreign.text(one, "value")) for one in entries)
    known = {name for name, _ in found}
    return found + [
        (name, value) for name, value in fields_from_item(item, extra) if value and name not in known
    ], problem


def fields_from_item(item: Json, extra: Extra) -> list[headers.Field]:
    """The header fields that can be made from the item."""
    date = moment(item.get("sentDateTime"))
    people = [(name, ", ".join(people_of(item.get(key)))) for name, key in PEOPLE]
    return [
        *people,
        ("subject", headers.clean(foreign.text(item, "subject"))),
        ("message-id", headers.clean(foreign.text(item, "internetMessageId"))),
        ("date", format_datetime(date) if date else ""),
        ("in-reply-to", headers.clean(extra.properties.get(IN_REPLY_TO, ""))),
        ("references", headers.clean(extra.properties.get(REFERENCES, ""))),
        ("x-relance-id", headers.clean(extra.properties.get(TOKEN, ""))),
    ]


def people_of(value: object) -> list[str]:
    """Addresses as a header writes them; an address of Exchange's own kind is none that mail could go to."""
    entries = value if isinstance(value, list) else [value] if value else []
    found = []
    for entry in entries[:500]:
        one = foreign.part(foreign.an_object(entry), "emailAddress")
        address, name = foreign.text(one, "address"), headers.clean(foreign.text(one, "name"))
        if "@" not in address or any(letter in address for letter in ' <>,;:"\\\r\n'):
            continue
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        found.append(f'"{quoted}" <{address}>' if name and name != address else address)
    return found


def leaves_of(item: Json, extra: Extra) -> Taken:
    """The body and what is attached to it."""
    body = foreign.part(item, "body")
    kind = "text/html" if str(body.get("contentType")).lower() == "html" else "text/plain"
    data = foreign.text(body, "content").encode("utf-8", "replace")
    found = [Leaf(kind, "utf-8", size=len(data), body=data)]
    found += [attached(entry) for entry in extra.attachments[:MOST_PARTS]]
    many = len(extra.attachments) > MOST_PARTS
    return Taken(tuple(found), f"It has more than {MOST_PARTS} parts." if many else "")


def attached(entry: Json) -> Leaf:
    """An attachment without its content."""
    kind = (foreign.text(entry, "contentType") or "application/octet-stream").lower()
    name = headers.safe_filename(foreign.text(entry, "name") or "attachment")
    disposition = "inline" if entry.get("isInline") else "attachment"
    return Leaf(kind, name=name, disposition=disposition, size=foreign.number(entry, "size"))


def flags_of(item: Json) -> frozenset[str]:
    """The usual flags and the categories, in lower case."""
    found = {name.lower() for name in categories(item)}
    if item.get("isRead"):
        found.add("seen")
    if item.get("isDraft"):
        found.add("draft")
    if foreign.part(item, "flag").get("flagStatus") == "flagged":
        found.add("flagged")
    return frozenset(found)


def categories(item: Json) -> tuple[str, ...]:
    """The categories a person has set."""
    return tuple(sorted(name[:200] for name in foreign.texts(item, "categories")[:50]))


def moment(value: object) -> datetime | None:
    """A time as Graph writes it, in UTC."""
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def is_partial(item: Json) -> bool:
    """After a small change a delta names only what changed."""
    return "internetMessageId" not in item or "body" not in item or "from" not in item


def is_for_machines(item: Json) -> bool:
    """Meeting requests and delivery reports say what matters in parts that only the bytes hold."""
    if MEETING in str(item.get("@odata.type", "")).lower():
        return True
    kinds = header(item, "content-type").lower()
    return "multipart/report" in kinds or "text/calendar" in kinds or bool(header(item, "x-ms-exchange-message-is-ndr"))


def lacks_references(item: Json) -> bool:
    """Mail a person writes in Outlook has no header fields to read; a draft has at most those it was given."""
    if item.get("isDraft"):
        return not header(item, "references")
    return not item.get("internetMessageHeaders")


def header(item: Json, name: str) -> str:
    """One header field of an item."""
    entries = foreign.parts(item, "internetMessageHeaders")
    return next((foreign.text(entry, "value") for entry in entries if str(entry.get("name")).lower() == name), "")


def properties(item: Json) -> dict[str, str]:
    """Extended properties by their id; Graph answers with another spelling than it was asked in."""
    found = {}
    for entry in foreign.parts(item, "singleValueExtendedProperties"):
        found[foreign.text(entry, "id").lower()] = foreign.text(entry, "value")
    return {name: found[name.lower()] for name in (IN_REPLY_TO, REFERENCES, TOKEN) if name.lower() in found}
