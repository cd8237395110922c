"""What an Outlook mailbox does with mail, its traps included; never forgives a rule the real one enforces."""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

WELL_KNOWN = {
    "inbox": "Posteingang", "sentitems": "Gesendete Elemente", "drafts": "Entwürfe", "deleteditems": "Gelöschte Elemente",
    "junkemail": "Junk-E-Mail", "archive": "Archiv", "outbox": "Postausgang",
}  # fmt: skip
TOKEN_ID = re.compile(r"^String \{[0-9a-f-]{36}\} Name [\w-]+$")


class Refusal(Exception):
    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(message or code)
        self.status, self.code = status, code


@dataclass
class Folder:
    id: str
    name: str
    parent: str = ""
    log: list[tuple[int, str]] = field(default_factory=list)
    """Sequence and item; what happened is seen from where the item is now."""
    generation: int = 1
    search: bool = False
    """A search that looks like a folder."""


@dataclass
class Item:
    id: str
    folder: str
    value: dict[str, Any]
    raw: bytes = b""
    properties: dict[str, str] = field(default_factory=dict)
    headers: list[dict[str, str]] = field(default_factory=list)
    born: dict[str, int] = field(default_factory=dict)
    """When it came into each folder."""
    version: int = 1
    transit: int = 0
    """Looks until a sent mail leaves Drafts."""

    @property
    def etag(self) -> str:
        return f'W/"{self.id}-{self.version}"'


class GraphStore:
    def __init__(self, address: str = "sam@example.org") -> None:
        self.address = address
        self.sequence = 100
        self.items: dict[str, Item] = {}
        self.folders: dict[str, Folder] = {}
        self.replies: dict[str, Any] = {"status": "disabled"}
        self.send_as = {address}
        self._sorted: dict[str, tuple[int, list[Item]]] = {}
        self.late = 0
        """How many looks a sent mail still seems to be a draft."""
        for key, name in WELL_KNOWN.items():
            self.folders[f"F-{key}"] = Folder(f"F-{key}", name)

    def folder(self, name: str, parent: str = "") -> str:
        key = f"F-{len(self.folders)}x"
        self.folders[key] = Folder(key, name, parent)
        return key

    def inside(self, folder: str) -> list[Item]:
        """The items of a folder, newest first."""
        kept = self._sorted.get(folder)
        if kept is None or kept[0] != self.sequence:
            found = [item for item in self.items.values() if item.folder == folder]
            found.sort(key=lambda item: item.value["receivedDateTime"], reverse=True)
            kept = self._sorted[folder] = (self.sequence, found)
        return kept[1]

    def resolve(self, name: str) -> Folder:
        found = self.folders.get(f"F-{name}") or self.folders.get(name)
        if found is None:
            raise Refusal(404, "ErrorItemNotFound")
        return found

    def deliver(
        self, raw: bytes, folder: str = "inbox", *, read: bool = False, categories: tuple[str, ...] = (), kind: str = ""
    ) -> str:
        message = email.message_from_bytes(raw, policy=email.policy.compat32)
        value = described(message)
        value |= {
            "isRead": read,
            "isDraft": False,
            "categories": list(categories),
            "flag": {"flagStatus": "notFlagged"},
        }
        item = self._new(value, self.resolve(folder).id, raw)
        if kind:
            item.value["@odata.type"] = kind
        # What a rule moved among the sent items was delivered, and keeps the header it came with.
        if folder != "sentitems" or message["Return-Path"] or message["Received"]:
            item.headers = [{"name": name, "value": " ".join(str(text).split())} for name, text in message.items()]
        else:
            for name, key in (("In-Reply-To", "String 0x1042"), ("References", "String 0x1039")):
                if message[name]:
                    item.properties[key] = str(message[name])
        return item.id

    def draft(self, value: dict[str, Any], conversation: str = "") -> Item:
        blank: dict[str, Any] = {
            "subject": "", "body": {"contentType": "text", "content": ""}, "toRecipients": [], "ccRecipients": [], "bccRecipients": [],
            "replyTo": [], "from": person(self.address), "hasAttachments": False, "categories": [], "flag": {"flagStatus": "notFlagged"},
            "receivedDateTime": now(), "sentDateTime": now(),
        }  # fmt: skip
        item = self._new({**blank, "isRead": True, "isDraft": True}, "F-drafts", b"")
        item.value["internetMessageId"] = f"<{item.id.lower()}@prod.outlook.example>"
        item.value["conversationId"] = conversation or f"C-{item.id}"
        self.change(item, value)
        return item

    def change(self, item: Item, value: dict[str, Any]) -> None:
        for name, new in value.items():
            if name in ("internetMessageId", "body", "subject", "toRecipients", "from") and not item.value["isDraft"]:
                raise Refusal(400, "ErrorInvalidPropertySet", name)
            if name == "singleValueExtendedProperties":
                for entry in new:
                    if not TOKEN_ID.match(entry["id"]):
                        raise Refusal(400, "ErrorInvalidRequest", "property id")
                    item.properties[entry["id"]] = entry["value"]
            elif name == "internetMessageHeaders":
                if len(new) > 5 or any(not entry["name"].lower().startswith("x-") for entry in new):
                    raise Refusal(400, "InvalidInternetMessageHeader")
                item.headers = list(new)
            else:
                item.value[name] = new
        self.touch(item)

    def touch(self, item: Item) -> None:
        self.sequence += 1
        item.version += 1
        self.folders[item.folder].log.append((self.sequence, item.id))

    def move(self, key: str, folder: str) -> None:
        item = self.items[key]
        self.sequence += 1
        self.folders[item.folder].log.append((self.sequence, key))
        item.folder = self.resolve(folder).id
        item.value["parentFolderId"] = item.folder
        item.born[item.folder] = self.sequence + 1
        self.touch(item)

    def erase(self, key: str) -> None:
        item = self.items.pop(key)
        self.sequence += 1
        self.folders[item.folder].log.append((self.sequence, key))

    def reply_to(self, key: str, message: dict[str, Any]) -> Item:
        original = self.items[key]
        if original.value["isDraft"]:
            raise Refusal(400, "ErrorInvalidOperation", "a draft cannot be answered")
        original.value["isRead"] = True
        self.touch(original)
        subject = re.sub(r"(?i)^(?:re|aw):\s*", "", original.value["subject"] or "")
        item = self.draft(
            {
                "subject": f"RE: {subject}",
                "toRecipients": [original.value["from"]],
                "body": {"contentType": "html", "content": "<hr>From: quoted"},
            },
            original.value["conversationId"],
        )
        chain = " ".join(
            filter(
                None,
                (
                    header(original, "References") or original.properties.get("String 0x1039", ""),
                    original.value["internetMessageId"],
                ),
            )
        )
        item.properties |= {"String 0x1042": original.value["internetMessageId"], "String 0x1039": chain}
        self.change(item, message)
        return item

    def send(self, item: Item) -> None:
        if not item.value["isDraft"] or item.transit:
            raise Refusal(400, "ErrorInvalidRequest", "not a draft")
        people = item.value["toRecipients"] + item.value["ccRecipients"]
        if not people:
            raise Refusal(400, "ErrorInvalidRecipients")
        if item.value["from"]["emailAddress"]["address"] not in self.send_as:
            raise Refusal(403, "ErrorSendAsDenied")
        item.transit = self.late + 1
        self.look(item)

    def look(self, item: Item) -> None:
        """Each look brings a mail in transport a step further."""
        if item.transit:
            item.transit -= 1
            if not item.transit:
                item.value |= {"isDraft": False, "sentDateTime": now()}
                item.headers = []
                self.move(item.id, "sentitems")

    def sent(self) -> list[Item]:
        return [item for item in self.items.values() if item.folder == "F-sentitems"]

    def drafts(self) -> list[Item]:
        return [item for item in self.items.values() if item.folder == "F-drafts"]

    def _new(self, value: dict[str, Any], folder: str, raw: bytes) -> Item:
        self.sequence += 1
        key = f"AAkALgAA{self.sequence:08d}-_="
        item = Item(key, folder, {**value, "id": key, "parentFolderId": folder}, raw)
        item.born[folder] = self.sequence
        self.items[key] = item
        self.folders[folder].log.append((self.sequence, key))
        return item


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def header(item: Item, name: str) -> str:
    return next((entry["value"] for entry in item.headers if entry["name"].lower() == name.lower()), "")


def person(address: str, name: str = "") -> dict[str, Any]:
    return {"emailAddress": {"address": address, "name": name or address}}


def described(message: Message) -> dict[str, Any]:
    def people(name: str) -> list[dict[str, Any]]:
        return [
            person(address, shown)
            for shown, address in getaddresses([str(value) for value in message.get_all(name, [])])
        ]

    try:
        when = parsedate_to_datetime(str(message["Date"])).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        when = "2026-03-05T10:00:00Z"
    item = hashlib.sha1(str(message["Message-ID"]).encode()).hexdigest()
    subject = re.sub(r"(?i)^(?:(?:re|aw|fwd?):\s*)+", "", str(message["Subject"] or ""))
    return {
        "subject": str(message["Subject"] or ""), "from": next(iter(people("From")), None), "toRecipients": people("To"), "ccRecipients": people("Cc"),
        "bccRecipients": people("Bcc"), "replyTo": people("Reply-To"), "internetMessageId": str(message["Message-ID"] or ""),
        "receivedDateTime": when, "sentDateTime": when, "body": body(message), "hasAttachments": any(part.get_filename() for part in message.walk()),
        "webLink": f"https://outlook.office365.com/owa/?ItemID={item}&exvsurl=1&viewmodel=ReadMessageItem",
        "conversationId": "C-" + hashlib.sha1(subject.lower().encode()).hexdigest()[:12],
    }  # fmt: skip


def body(message: Message) -> dict[str, str]:
    for kind, name in (("text/html", "html"), ("text/plain", "text")):
        for part in message.walk():
            if part.get_content_type() == kind and not part.get_filename():
                data = part.get_payload(decode=True)
                assert isinstance(data, bytes)
                return {"contentType": name, "content": data.decode(part.get_content_charset() or "utf-8", "replace")}
    return {"contentType": "text", "content": ""}
