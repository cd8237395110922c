"""What a Gmail mailbox does with mail, its traps included; never forgives a rule the real one enforces."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import getaddresses, parsedate_to_datetime

from tests.peers.gmail_fake_parts import parsed

SYSTEM = ("INBOX", "SENT", "DRAFT", "SPAM", "TRASH", "UNREAD", "STARRED", "IMPORTANT", "CHAT")


class Refusal(Exception):
    def __init__(self, status: int, reason: str, message: str = "") -> None:
        super().__init__(message or reason)
        self.status, self.reason = status, reason


@dataclass
class Stored:
    id: str
    thread: str
    raw: bytes
    at: int
    """Milliseconds."""
    labels: set[str] = field(default_factory=set)
    history: int = 0

    def header(self, name: str) -> str:
        return " ".join(str(parsed(self.raw)[name] or "").split())

    @property
    def ids(self) -> set[str]:
        return set(re.findall(r"<[^<>\s]+>", f"{self.header('References')} {self.header('In-Reply-To')}"))

    @property
    def subject(self) -> str:
        """As it reads: which words a program encodes, and how, is its own affair."""
        told = str(make_header(decode_header(self.header("Subject"))))
        return re.sub(r"(?i)^(?:(?:re|fwd?|aw|sv)\s*:\s*)+", "", told).strip().lower()


class GmailStore:
    def __init__(self, address: str = "sam@example.org") -> None:
        self.address = address
        self.mails: dict[str, Stored] = {}
        self.drafts: dict[str, str] = {}
        self.label_names: dict[str, str] = {}
        self.aliases: dict[str, str] = {}
        """Address to verification status, the primary one left out."""
        self.vacation: dict[str, object] = {"enableAutoReply": False}
        self.log: list[tuple[int, str, str, str, tuple[str, ...], tuple[str, ...]]] = []
        """History id, kind, mail, thread, labels touched, labels after."""
        self.history = 1000
        self.forgotten = 0
        self._next = 0x18C000000000000
        self._sorted: list[Stored] | None = None
        self._by_message_id: dict[str, str] = {}

    def deliver(self, raw: bytes, *, labels: tuple[str, ...] = ("INBOX", "UNREAD"), at: datetime | None = None) -> str:
        """A mail that arrives, or one filed by another program."""
        return self._add(raw, set(labels), "", at).id

    def relabel(self, mail: str, add: tuple[str, ...] = (), remove: tuple[str, ...] = ()) -> None:
        stored = self.mails[mail]
        fresh, lost = set(add) - stored.labels, set(remove) & stored.labels
        stored.labels = (stored.labels | fresh) - lost
        if fresh:
            self._note("labelsAdded", stored, tuple(fresh))
        if lost:
            self._note("labelsRemoved", stored, tuple(lost))

    def erase(self, mail: str) -> None:
        stored = self.mails.pop(mail)
        self._sorted = None
        self.drafts = {key: value for key, value in self.drafts.items() if value != mail}
        self._note("messagesDeleted", stored, ())

    def label(self, name: str) -> str:
        for key, known in self.label_names.items():
            if known == name:
                return key
        self.label_names[f"Label_{len(self.label_names) + 1}"] = name
        return f"Label_{len(self.label_names)}"

    def forget_history(self) -> None:
        self.forgotten = self.history
        self.history += 3

    def newest_first(self) -> list[Stored]:
        if self._sorted is None:
            self._sorted = sorted(self.mails.values(), key=lambda mail: (-mail.at, mail.id))
        return self._sorted

    def create_draft(self, raw: bytes, thread: str) -> str:
        key = f"r{len(self.drafts) + self._next % 100000}{self.history}"
        self.drafts[key] = self._add(raw, {"DRAFT"}, thread, None).id
        return key

    def update_draft(self, key: str, raw: bytes, thread: str) -> None:
        """The draft keeps its id, the mail in it gets a new one."""
        old = self._draft(key)
        del self.mails[old.id]
        self._sorted = None
        self._note("messagesDeleted", old, ())
        self.drafts[key] = self._add(raw, {"DRAFT"}, thread or old.thread, None, keep=not thread).id

    def delete_draft(self, key: str) -> None:
        self.erase(self._draft(key).id)

    def send_draft(self, key: str) -> Stored:
        """A draft can be sent once; what comes out is another mail with Gmail's own Message-ID."""
        draft = self._draft(key)
        message = parsed(draft.raw)
        people = [
            address
            for _, address in getaddresses(
                [str(value) for name in ("To", "Cc", "Bcc") for value in message.get_all(name, [])]
            )
        ]
        if not people or any("@" not in person for person in people):
            raise Refusal(400, "invalidArgument", "Invalid To header")
        self.erase(draft.id)
        return self._add(self._as_sent(draft.raw), {"SENT"}, draft.thread, None, keep=True)

    def _as_sent(self, raw: bytes) -> bytes:
        message_id = f"<CAB{self._next:x}xyz@mail.gmail.com>"
        raw = re.sub(
            rb"(?im)^message-id:[^\n]*\n(?:[ \t][^\n]*\n)*", f"Message-ID: {message_id}\r\n".encode(), raw, count=1
        )
        sender = getaddresses([str(parsed(raw)["From"])])[0][1].lower()
        if sender != self.address and self.aliases.get(sender) != "accepted":
            raw = re.sub(rb"(?im)^from:[^\n]*\n", f"From: {self.address}\r\n".encode(), raw, count=1)
        return raw

    def _draft(self, key: str) -> Stored:
        if key not in self.drafts:
            raise Refusal(404, "notFound", "Requested entity was not found.")
        return self.mails[self.drafts[key]]

    def _add(self, raw: bytes, labels: set[str], thread: str, at: datetime | None, *, keep: bool = False) -> Stored:
        self._next += 0x1F
        stored = Stored(f"{self._next:x}", "", raw, _arrival(raw, at), labels)
        stored.thread = thread if keep else self._thread_of(stored, thread)
        self.mails[stored.id] = stored
        self._by_message_id[stored.header("Message-ID")] = stored.id
        self._sorted = None
        self._note("messagesAdded", stored, ())
        return stored

    def _thread_of(self, mail: Stored, asked: str) -> str:
        """The asked thread only if its references and its subject agree; Gmail says nothing when they do not."""
        if asked:
            inside = [other for other in self.mails.values() if other.thread == asked]
            if not inside:
                raise Refusal(404, "notFound", "Requested entity was not found.")
            fits = any(mail.ids & {other.header("Message-ID")} and mail.subject == other.subject for other in inside)
            return asked if fits else mail.id
        for known in mail.ids:
            parent = self.mails.get(self._by_message_id.get(known, ""))
            if parent is not None and parent.subject == mail.subject:
                return parent.thread
        return mail.id

    def _note(self, kind: str, mail: Stored, touched: tuple[str, ...]) -> None:
        self.history += 7
        mail.history = self.history
        self.log.append((self.history, kind, mail.id, mail.thread, touched, tuple(sorted(mail.labels))))


def _arrival(raw: bytes, at: datetime | None) -> int:
    if at is None:
        try:
            at = parsedate_to_datetime(str(parsed(raw)["Date"]))
        except (TypeError, ValueError):
            at = None
    if at is None or at.year < 1980:
        return int(time.time() * 1000)
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def matches(store: GmailStore, mail: Stored, query: str, now: float) -> bool:
    """The search words this program may use; any other is an error here, so that no test relies on luck."""
    return all(_term(store, mail, term, now) for term in query.split())


def _term(store: GmailStore, mail: Stored, term: str, now: float) -> bool:
    if term.startswith("-"):
        return not _term(store, mail, term[1:], now)
    name, _, value = term.partition(":")
    match name:
        case "after":
            return mail.at >= int(value) * 1000
        case "before":
            return mail.at < int(value) * 1000
        case "newer_than":
            return mail.at >= (now - int(value[:-1]) * {"d": 86400, "m": 2592000}[value[-1]]) * 1000
        case "in":
            return (
                value == "anywhere"
                or {"sent": "SENT", "drafts": "DRAFT", "inbox": "INBOX", "spam": "SPAM"}[value] in mail.labels
            )
        case "rfc822msgid":
            return mail.header("Message-ID").strip("<>") == value.strip("<>")
        case "from" | "to" | "subject":
            return value.lower() in mail.header(name).lower()
        case "label":
            return any(store.label_names.get(label, "").lower() == value.lower() for label in mail.labels)
    raise Refusal(400, "invalidArgument", f"search word {name} is not known here")
