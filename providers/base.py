"""Mail as values and the protocols a provider can offer; never a connection, a parser or a decision."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable


class Role(StrEnum):
    """What a folder is for, whatever it is called."""

    INBOX = "inbox"
    SENT = "sent"
    DRAFTS = "drafts"
    ARCHIVE = "archive"
    ALL = "all"
    JUNK = "junk"
    TRASH = "trash"
    OTHER = "other"


class Origin(StrEnum):
    """How a mail in the user's name is known to be theirs."""

    SENT = "sent"
    """The provider filed it as sent, or it is a letter of ours word for word."""
    PROVEN = "proven"
    """The user's own provider vouched for it."""
    CLAIMED = "claimed"
    """It bears an own address, and nothing proves it."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of one person."""

    email: str
    """Plain addr-spec as written, no display name, no brackets."""
    name: str = ""

    @property
    def key(self) -> str:
        """The form to compare by."""
        return self.email.lower()

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2].lower()


@dataclass(frozen=True, slots=True)
class Part:
    """A small part written by a machine for a machine: calendar, delivery status, receipt, feedback, headers."""

    content_type: str
    text: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """What is attached, never its content."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as read from a mailbox. Every string is foreign text: only `plain()` leads to a screen."""

    key: str
    """Stable within the account and opaque outside the provider that made it."""
    message_id: str
    """With angle brackets; empty when the mail has none."""
    date: datetime | None
    """The Date header with the writer's own offset; None when missing or impossible."""
    received: datetime
    """When the mailbox got it, aware UTC."""
    sender: Address | None
    """The From address; None when it may mean several people or nobody."""
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    subject: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Unfolded and decoded values of the kept headers (`mime.KEPT_HEADERS`), names in lower case."""
    text: str = ""
    """The whole readable text: text/plain, else the HTML as text. Quotes and signature are still in it."""
    parts: tuple[Part, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    failed: tuple[str, ...] = ()
    """Recipients a delivery report in this mail names as failed."""
    folder: str = ""
    role: Role = Role.INBOX
    thread_hint: str = ""
    """The provider's own thread id, where its threads follow references."""
    flags: frozenset[str] = frozenset()
    """Lower case: seen, answered, draft, flagged, deleted, and keywords or categories."""
    labels: tuple[str, ...] = ()
    size: int = 0
    web: str = ""
    """Where the provider says it can be read in a browser; only `webmail.link` may lead there."""
    problem: str = ""
    """Why the mail could not be read; empty when it could. A thread with such a mail is never automated."""
    half_read: bool = False
    """Only its plain text was read, for it is older than what is asked about; its page may say more."""
    possible_writers: tuple[str, ...] = ()
    """Whom an unclear From header may mean, in lower case. They may stop and hold, never allow or add anything."""
    possible_recipients: tuple[str, ...] = ()
    """The same for whom it went to."""
    origin: Origin = Origin.OTHER
    """Whose it is, decided once when it is kept; a provider never says more than `OTHER`."""
    said: str = ""
    """What it meant, noted when its text was emptied; a provider never says it."""

    @property
    def mine(self) -> bool:
        """Whether the user wrote it, or let it be written."""
        return self.origin in (Origin.SENT, Origin.PROVEN)

    @property
    def claimed(self) -> bool:
        """Whether it only says that the user wrote it."""
        return self.origin is Origin.CLAIMED

    def header(self, name: str) -> str:
        """The first value of a kept header, or an empty string."""
        values = self.headers.get(name.lower(), ())
        return values[0] if values else ""

    @property
    def at(self) -> datetime:
        """When it was written, as far as we can trust that; else when it came."""
        return self.date or self.received

    @property
    def writers(self) -> tuple[str, ...]:
        """Everybody who may have written it, for what stops or holds."""
        return (self.sender.key,) if self.sender else self.possible_writers

    @property
    def recipients(self) -> tuple[Address, ...]:
        return self.to + self.cc + self.bcc


@dataclass(frozen=True, slots=True)
class Moved:
    """A known mail whose flags, labels or folder changed."""

    key: str
    flags: frozenset[str]
    labels: tuple[str, ...] | None = None
    """None where the server said nothing about labels; empty where there are none any more."""
    folder: str | None = None
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class Sweep:
    """Of this folder only keys with this prefix exist now; others have left."""

    folder: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Census:
    """Everything that exists now, in one folder or without a name anywhere; what is not in it has left."""

    keys: frozenset[str]
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A step of a sync; storing it together with its cursor makes the sync resumable at any point."""

    cursor: str
    """Any text of the provider's own; put a version in it. Empty stands for the beginning."""
    mails: tuple[Mail, ...] = ()
    moved: tuple[Moved, ...] = ()
    gone: tuple[str, ...] = ()
    swept: tuple[Sweep, ...] = ()
    done: int = 0
    total: int = 0
    """Mails seen of mails expected in this round, for progress; 0 when unknown."""
    counted: tuple[Census, ...] = ()
    """After the server forgot our place: only counting tells what was deleted meanwhile."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a mailbox can do beyond listing changes."""

    watch: bool = False
    drafts: bool = False
    labels: bool = False
    server_files_sent: bool | None = None
    """Whether sending already leaves a copy in Sent; None when unknown."""
    spends_drafts: bool = False
    """Whether a letter leaves by way of the draft that lies in the mailbox."""


@dataclass(frozen=True, slots=True)
class Found:
    """One of our own letters, found in the mailbox by its token."""

    key: str
    message_id: str
    role: Role
    received: datetime | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """The person's own automatic reply, as set in the mailbox; None stands for an open end."""

    starts: datetime | None = None
    ends: datetime | None = None


@runtime_checkable
class Mailbox(Protocol):
    """A mailbox to read. `changes` with an empty cursor is the first sync, newest mail first."""

    @property
    def capabilities(self) -> Capabilities: ...

    def changes(self, cursor: str) -> Iterator[Page]:
        """Pages since the cursor, until nothing is left. Raises when a folder an answer can land in is unreadable."""
        ...

    def raw(self, key: str) -> bytes:
        """The whole mail as the server holds it, limited in size."""
        ...

    def find_token(self, token: str, since: str) -> Found | None:
        """Our own letter by its marker or Message-ID, looked for in Sent from cursor `since` on; None: not found."""
        ...

    def close(self) -> None: ...


@runtime_checkable
class Watcher(Protocol):
    """Waits for news."""

    def wait(self, seconds: float, stopped: Callable[[], bool]) -> bool:
        """True when something may have changed. Raises when the connection turns out dead."""
        ...


@dataclass(frozen=True, slots=True)
class Letter:
    """The exact bytes of one mail, and where they go."""

    message_id: str
    token: str
    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    thread_hint: str = ""
    reply_key: str = ""
    """Provider key of the mail this continues, where the provider threads by it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft lying in the mailbox's Drafts folder."""

    key: str
    message_id: str
    token: str
    digest: str
    """SHA-256 of its words, subject and recipients, to notice edits made elsewhere."""
    text: str = field(default="", compare=False)
    """What it says now: the person's own words, once they changed it."""
    recipients: tuple[str, ...] = ()
    """Every address on it, in lower case and in order of the alphabet."""
    finished: bool = True
    """False while it still lacks what we were about to write into it."""


@runtime_checkable
class Drafts(Protocol):
    """The mailbox's Drafts folder."""

    def put_draft(self, letter: Letter, replaces: str = "") -> Draft: ...
    def read_draft(self, key: str) -> Draft | None: ...
    def find_drafts(self, token: str) -> tuple[Draft, ...]:
        """Every draft that carries this token, newest last."""
        ...

    def drop_draft(self, key: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a server took responsibility for a letter."""

    evidence: str
    message_id: str
    """The id the mail really carries: providers may choose their own."""
    key: str = ""


class Sender(Protocol):
    """The write-only side. One attempt per call, never a retry."""

    def send(self, letter: Letter, commit: Callable[[], None]) -> Receipt:
        """Calls `commit` once, right before the point of no return; if that raises, nothing was sent.

        Raises NotSent with proof of non-acceptance, Unknown for every other failure after `commit`.
        """
        ...


class ProviderError(Exception):
    """Base of what can go wrong with a provider; the message is safe to show and carries no mail content."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SignInNeeded(ProviderError):
    """The credentials are missing, wrong, revoked or expired."""


class Unreachable(ProviderError):
    """Network, time-out or server trouble that may pass."""


class Refused(ProviderError):
    """The provider understood and said no; trying again will not help."""


class NotSent(ProviderError):
    """Proof that the letter was not accepted."""

    def __init__(self, message: str, *, permanent: bool, retry_after: float | None = None) -> None:
        super().__init__(message, retry_after=retry_after)
        self.permanent = permanent


class Unknown(ProviderError):
    """The outcome of a submission is not known; it must never be repeated."""
