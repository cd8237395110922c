"""A mailbox on an IMAP server; writes only drafts and copies of sent mail, and puts no received text in a command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from providers.base import Capabilities, Draft, Found, Letter, Page, Refused, Role
from providers.drafts import MARKER, as_draft, mark_of_bytes
from providers.folders import Folder, worth_reading
from providers.imap import server as imap_server
from providers.imap.connect import ImapSettings, connect, explained
from providers.imap.cursor import read as read_cursor
from providers.imap.gmail_labels import EXTENSION
from providers.imap.letter import fetched, flags, internal_date
from providers.imap.sync import SyncRound
from providers.imap.wire import DELETED, DRAFT, SEEN, Atom, Literal, Wire, quoted
from providers.mail import mime
from providers.mail.headers import fields, ids
from providers.mail.structure import first
from providers.worker import Worker

if TYPE_CHECKING:
    from providers.imap.line import ImapLine

__all__ = ["ImapMailbox", "ImapSettings"]

GMAIL_HOSTS = ("imap.gmail.com", "imap.googlemail.com")
FILES_SENT = (*GMAIL_HOSTS, "outlook.office365.com", "imap-mail.outlook.com", "imap.mail.me.com", "imap.zoho.com")
MARKS = b"(UID INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID X-RELANCE-ID)])"
LOOK_BACK = 200
"""Mails before the newest, where a place in Sent is lost: a letter of ours is among the last that were filed."""


class ImapMailbox:
    """One kept connection to one mailbox."""

    def __init__(self, settings: ImapSettings) -> None:
        self._settings = settings
        self._since = int(settings.compared_since.timestamp()) if settings.compared_since is not None else 0
        self._worker = Worker()
        self._client: ImapLine | None = None
        self._wire: Wire | None = None
        self._known: frozenset[str] = frozenset()
        self._folders: list[Folder] = []
        self._open()
        knows = settings.host.lower() in FILES_SENT
        self.capabilities = Capabilities(
            watch="IDLE" in self._known, drafts=self._role(Role.DRAFTS) is not None,
            labels=EXTENSION in self._known, server_files_sent=True if knows else None,
        )  # fmt: skip

    @property
    def received(self) -> int:
        """Bytes that came over the connection in answers."""
        return self._wire.received if self._wire else 0

    def changes(self, cursor: str) -> Iterator[Page]:
        """Pages since the cursor, newest mail first when there was none."""
        with self._line() as wire:
            listed, states = imap_server.survey(wire, self._known)
            self._folders = imap_server.with_inbox(listed)
            folders = worth_reading(self._folders, gmail=EXTENSION in self._known)
            self._worker.begin()
            work = SyncRound(wire, self._worker, folders, self._known, read_cursor(cursor), self._since, states)
            try:
                yield from work.pages()
            except BaseException:
                # A reader that stops in the middle leaves answers on the line and with the worker.
                self._worker.close()
                self._hang_up()
                raise

    def raw(self, key: str) -> bytes:
        """The whole mail."""
        with self._line() as wire:
            uid = self._enter(wire, key)
            size = b"<0.%d>" % mime.MOST_RAW
            for chunks in wire.run(b"UID FETCH", b"%d" % uid, b"(UID BODY.PEEK[]" + size + b")"):
                found = fetched(chunks).get(b"BODY[]<0>")
                if isinstance(found, bytes):
                    return found
        raise Refused("That mail is no longer in the mailbox.")

    def find_token(self, token: str, since: str) -> Found | None:
        """Our own letter among what came into Sent since the cursor."""
        folder = self._role(Role.SENT)
        return self._find(folder, token, since) if folder is not None and token else None

    def append_sent(self, letter: Letter) -> Found:
        """File a copy in Sent, unless one is there already."""
        folder = self._role(Role.SENT)
        if folder is None:
            raise Refused("The mailbox has no Sent folder that can be told from the others.")
        found = self._find(folder, letter.message_id, "") or self._find(folder, letter.token, "")
        if found is None:
            self._append(folder, SEEN, letter.raw)
            found = self._find(folder, letter.message_id, "")
        if found is None:
            raise Refused("The copy in Sent did not appear after it was filed.")
        return found

    def put_draft(self, letter: Letter, replaces: str = "") -> Draft:
        """A draft lies in Drafts; the one it replaces goes only after that."""
        folder = self._drafts()
        there = self.find_drafts(letter.token)
        found = _saying(there, letter)
        if found is None:
            self._append(folder, DRAFT, letter.raw)
            # Some servers set the words of a draft otherwise; what was not there before is still ours.
            known = {one.key for one in there}
            fresh = [one for one in self.find_drafts(letter.token) if one.key not in known]
            found = _saying(fresh, letter) or next(reversed(fresh), None)
        if found is None:
            raise Refused("The draft did not appear in Drafts after it was filed.")
        if replaces and replaces != found.key:
            self.drop_draft(replaces)
        return found

    def read_draft(self, key: str) -> Draft | None:
        """The draft as it lies there now; None when it is gone, or marked to go."""
        if not key.startswith(self._drafts().ident + "/"):
            return None
        try:
            return None if "deleted" in self._flags(key) else as_draft(key, mime.parse(self.raw(key)))
        except Refused:
            return None

    def find_drafts(self, token: str) -> tuple[Draft, ...]:
        """Drafts with our marker, whatever a mail program made of their Message-ID."""
        keys = [found.key for found in self._all(self._drafts(), token, "")] if token else []
        return tuple(draft for draft in map(self.read_draft, keys) if draft is not None)

    def drop_draft(self, key: str) -> None:
        """Take one draft away; touches no other mail."""
        folder = self._drafts()
        if not key.startswith(folder.ident + "/"):
            raise Refused("Only drafts can be taken away.")
        with self._line() as wire:
            try:
                uid = self._enter(wire, key, write=True)
            except Refused:
                return
            wire.run(b"UID STORE", b"%d" % uid, b"+FLAGS.SILENT", DELETED)
            if "UIDPLUS" in self._known:
                wire.run(b"UID EXPUNGE", b"%d" % uid)

    def close(self) -> None:
        """Sign out and end the parsing process."""
        self._worker.close()
        self._hang_up()

    def _drafts(self) -> Folder:
        folder = self._role(Role.DRAFTS)
        if folder is None:
            raise Refused("The mailbox has no Drafts folder that can be told from the others.")
        return folder

    def _role(self, role: Role) -> Folder | None:
        return next((one for one in self._folders if one.role is role), None)

    def _enter(self, wire: Wire, key: str, *, write: bool = False) -> int:
        """Open the folder of a key; the UID in it. Keys are ours, and checked all the same."""
        ident, _, rest = key.partition("/")
        validity, _, uid = rest.partition("/")
        folder = next((one for one in self._folders if one.ident == ident), None)
        if folder is None or not validity.isdigit() or not uid.isdigit():
            raise Refused("That mail is no longer in the mailbox.")
        state = imap_server.select(wire, folder, write=write)
        if state.get(b"UIDVALIDITY") != int(validity):
            raise Refused("That mail is no longer in the mailbox.")
        return int(uid)

    def _flags(self, key: str) -> frozenset[str]:
        with self._line() as wire:
            uid = self._enter(wire, key)
            answers = wire.run(b"UID FETCH", b"%d" % uid, b"(UID FLAGS)")
            return next((flags(items[b"FLAGS"]) for items in map(fetched, answers) if b"FLAGS" in items), frozenset())

    def _find(self, folder: Folder, token: str, since: str) -> Found | None:
        return next(reversed(self._all(folder, token, since)), None)

    def _all(self, folder: Folder, token: str, since: str) -> list[Found]:
        with self._line() as wire:
            state = imap_server.select(wire, folder)
            start = self._from(folder, since, state)
            answers = wire.run(b"UID FETCH", b"%d:*" % start, MARKS)
            found = (self._matching(folder, state, fetched(chunks), token) for chunks in answers)
            return [one for one in found if one is not None]

    def _from(self, folder: Folder, since: str, state: dict[bytes, int]) -> int:
        reached = read_cursor(since).folders.get(folder.ident)
        if reached is not None and reached.validity == state.get(b"UIDVALIDITY"):
            return reached.next
        return max(1, state.get(b"UIDNEXT", 1) - LOOK_BACK)

    def _matching(self, folder: Folder, state: dict[bytes, int], items: dict[bytes, Atom], token: str) -> Found | None:
        head = next((value for name, value in items.items() if name.startswith(b"BODY[HEADER")), None)
        uid = items.get(b"UID")
        if not isinstance(head, bytes) or not isinstance(uid, bytes):
            return None
        own = fields(head)
        message_id = next(iter(ids(first(own, "message-id"))), "")
        key = f"{folder.ident}/{state.get(b'UIDVALIDITY', 0)}/{uid.decode()}"
        if token not in (message_id, first(own, MARKER)) and not message_id.startswith(f"<{token}@"):
            return None
        return Found(key, message_id, folder.role, internal_date(items.get(b"INTERNALDATE")))

    def _append(self, folder: Folder, flags: bytes, raw: bytes) -> None:
        with self._line() as wire:
            wire.run(b"APPEND", quoted(folder.wire), flags, Literal(raw))

    @contextmanager
    def _line(self) -> Iterator[Wire]:
        """A living connection; one that breaks is given up, so that the next call signs in again."""
        if self._wire is None:
            self._open()
        assert self._wire is not None
        with explained(self._settings):
            try:
                yield self._wire
            except Refused:
                # The server said no, or we did; the line itself is as good as before.
                raise
            except BaseException:
                self._hang_up()
                raise

    def _open(self) -> None:
        self._client = connect(self._settings)
        try:
            self._begin(self._client)
        except BaseException:
            self._hang_up()
            raise

    def _begin(self, client: ImapLine) -> None:
        with explained(self._settings):
            self._known = frozenset(one.decode("ascii", "replace").upper() for one in client.capabilities())
            self._wire = Wire(client._imap)  # noqa: SLF001 - the signed-in connection has no public name
            if "QRESYNC" in self._known and "ENABLE" in self._known:
                self._wire.run(b"ENABLE QRESYNC")
            else:
                self._known -= {"QRESYNC"}
            self._folders = imap_server.list_folders(self._wire, self._known)

    def _hang_up(self) -> None:
        client, self._client, self._wire = self._client, None, None
        if client is not None:
            try:
                client.shutdown()
            except OSError:
                return


def _saying(drafts: Sequence[Draft], letter: Letter) -> Draft | None:
    """The newest draft that already says what the letter says."""
    wanted = mark_of_bytes(letter.raw)
    return next((one for one in reversed(drafts) if one.digest == wanted), None)
