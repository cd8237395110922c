"""A mailbox that lives in memory, for the demo and for tests; never touches a network or a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from providers.base import Capabilities, Draft, Found, Letter, Mail, Moved, Page, Refused, Role
from providers.drafts import as_draft, carries
from providers.mail import mime

PAGE = 200
"""Mails of one step, as with a server."""


@dataclass(slots=True)
class Held:
    """One mail and the last change that touched it."""

    mail: Mail
    raw: bytes
    changed: int
    born: int
    gone: bool = False


@dataclass(slots=True)
class MemoryServer:
    """The other end: mail is delivered to it and letters are accepted by it."""

    now: Callable[[], datetime]
    files_sent: bool = True
    before: Callable[[str], None] = lambda _: None
    """Called with the name of each operation; may raise or wait."""
    accepted: list[Letter] = field(default_factory=list)
    _held: dict[str, Held] = field(default_factory=dict)
    _change: int = 0

    def deliver(
        self, raw: bytes, *, role: Role = Role.INBOX, folder: str = "", received: datetime | None = None,
        flags: frozenset[str] = frozenset(), labels: tuple[str, ...] = (),
    ) -> str:  # fmt: skip
        """A mail lands in a folder; returns its key."""
        self._change += 1
        key = f"memory/{self._change}"
        arrived = received or self.now().astimezone(UTC)
        mail = mime.parse(
            raw, key=key, received=arrived, folder=folder or role.value, role=role, flags=flags, labels=labels
        )
        self._held[key] = Held(mail, raw, self._change, self._change)
        return key

    def put(self, mail: Mail) -> str:
        """A ready mail value lands as it is, under its own key."""
        self._change += 1
        self._held[mail.key] = Held(mail, b"", self._change, self._change)
        return mail.key

    def move(self, key: str, role: Role, folder: str = "") -> None:
        """A mail goes to another folder."""
        self._replace(key, replace(self._held[key].mail, role=role, folder=folder or role.value))

    def flag(self, key: str, flags: frozenset[str], labels: tuple[str, ...] = ()) -> None:
        """A mail gets these flags and labels."""
        self._replace(key, replace(self._held[key].mail, flags=flags, labels=labels))

    def _replace(self, key: str, mail: Mail) -> None:
        self._change += 1
        held = self._held[key]
        held.mail = mail
        held.changed = self._change

    def remove(self, key: str) -> None:
        """A mail leaves for good."""
        self._change += 1
        self._held[key].gone, self._held[key].changed = True, self._change

    def accept(self, letter: Letter) -> str:
        """A letter is taken for delivery and, as most servers do, filed in Sent; returns the key of that copy."""
        self.before("accept")
        self.accepted.append(letter)
        return self.deliver(letter.raw, role=Role.SENT, flags=frozenset(("seen",))) if self.files_sent else ""

    def since(self, change: int) -> list[Held]:
        """What a later change touched, newest first."""
        touched = [held for held in self._held.values() if held.changed > change]
        return sorted(touched, key=lambda held: (held.mail.received, held.born), reverse=True)

    @property
    def change(self) -> int:
        """The number of the last change."""
        return self._change

    def held(self, key: str) -> Held | None:
        """A mail that is still there."""
        found = self._held.get(key)
        return None if found is None or found.gone else found

    def present(self) -> list[Held]:
        """All mails that are still there."""
        return [held for held in self._held.values() if not held.gone]


class MemoryMailbox:
    """One connection to a memory server."""

    def __init__(self, server: MemoryServer) -> None:
        self.server = server
        self.capabilities = Capabilities(watch=True, drafts=True, labels=True, server_files_sent=server.files_sent)
        self._seen = server.change

    def changes(self, cursor: str) -> Iterator[Page]:
        """Pages since the cursor."""
        self.server.before("changes")
        known, skip, upto = _read(cursor)
        upto = upto or self.server.change
        self._seen = upto
        touched = [held for held in self.server.since(known) if held.changed <= upto or held.born <= upto]
        if not touched:
            return
        for start in range(skip, len(touched), PAGE):
            self.server.before("page")
            part = touched[start : start + PAGE]
            done = min(start + PAGE, len(touched))
            finished = done == len(touched)
            yield Page(
                _write(upto, 0, 0) if finished else _write(known, done, upto),
                tuple(held.mail for held in part if not held.gone and held.born > known),
                tuple(_moved(held.mail) for held in part if not held.gone and held.born <= known),
                tuple(held.mail.key for held in part if held.gone and held.born <= known),
                done=done, total=len(touched),
            )  # fmt: skip

    def raw(self, key: str) -> bytes:
        """The bytes as delivered."""
        self.server.before("raw")
        held = self.server.held(key)
        if held is None:
            raise Refused("That mail is no longer in the mailbox.")
        return held.raw

    def find_token(self, token: str, since: str) -> Found | None:
        """Our own letter in Sent, filed after the cursor."""
        self.server.before("find_token")
        known = _read(since)[0]
        for held in self.server.present():
            if held.mail.role is Role.SENT and held.changed > known and token and token in _marks(held.mail):
                return Found(held.mail.key, held.mail.message_id, Role.SENT, held.mail.received)
        return None

    def append_sent(self, letter: Letter) -> Found:
        """File a copy in Sent unless one is there."""
        found = self.find_token(letter.message_id, "")
        if found is not None:
            return found
        key = self.server.deliver(letter.raw, role=Role.SENT, flags=frozenset(("seen",)))
        return Found(key, letter.message_id, Role.SENT, self.server.now())

    def put_draft(self, letter: Letter, replaces: str = "") -> Draft:
        """A draft lies in Drafts; the one it replaces is gone afterwards."""
        self.server.before("put_draft")
        key = self.server.deliver(letter.raw, role=Role.DRAFTS, flags=frozenset(("draft",)))
        self.server.before("draft_put")
        if replaces:
            self.drop_draft(replaces)
        stored = self.read_draft(key)
        assert stored is not None
        return stored

    def read_draft(self, key: str) -> Draft | None:
        """The draft as it is now; None when it is no longer in Drafts."""
        held = self.server.held(key)
        if held is None or held.mail.role is not Role.DRAFTS:
            return None
        return as_draft(key, held.mail)

    def find_drafts(self, token: str) -> tuple[Draft, ...]:
        """Drafts with our marker."""
        self.server.before("find_drafts")
        lying = (as_draft(held.mail.key, held.mail) for held in self.server.present() if held.mail.role is Role.DRAFTS)
        return tuple(draft for draft in lying if carries(draft, token))

    def drop_draft(self, key: str) -> None:
        """Take a draft away; nothing happens when it is gone or was sent."""
        held = self.server.held(key)
        if held is not None and held.mail.role is Role.DRAFTS:
            self.server.remove(key)

    def wait(self, seconds: float, stopped: Callable[[], bool]) -> bool:  # noqa: ARG002
        """Whether something changed since the last look; returns at once."""
        self.server.before("wait")
        return self.server.change > self._seen

    def close(self) -> None:
        """Nothing is held open."""


def _marks(mail: Mail) -> tuple[str, str]:
    return mail.message_id, mail.header("x-relance-id")


def _moved(mail: Mail) -> Moved:
    return Moved(mail.key, mail.flags, mail.labels, mail.folder, mail.role)


def _write(known: int, skip: int, upto: int) -> str:
    return json.dumps({"v": 1, "known": known, "skip": skip, "upto": upto})


def _read(cursor: str) -> tuple[int, int, int]:
    if not cursor:
        return 0, 0, 0
    data = json.loads(cursor)
    return int(data["known"]), int(data["skip"]), int(data["upto"])
