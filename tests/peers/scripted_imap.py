"""A small IMAP server that holds what it is told and answers like Gmail; records every line it gets."""

from __future__ import annotations

import contextlib
import re
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

FOLDERS = {
    "INBOX": "\\HasNoChildren", "[Gmail]": "\\Noselect \\HasChildren", "[Gmail]/All Mail": "\\All",
    "[Gmail]/Drafts": "\\Drafts", "[Gmail]/Sent Mail": "\\Sent", "[Gmail]/Spam": "\\Junk", "[Gmail]/Trash": "\\Trash",
    "Kunden": "\\HasNoChildren",
}  # fmt: skip
CAPABILITIES = "IMAP4rev1 UNSELECT IDLE NAMESPACE SPECIAL-USE LIST-EXTENDED LIST-STATUS UIDPLUS CONDSTORE X-GM-EXT-1"
SECTION = re.compile(rb"BODY\.PEEK\[([^\]]*)\](?:<0\.(\d+)>)?")


@dataclass
class Stored:
    """One mail as Gmail keeps it: once, with labels. Single part text only."""

    raw: bytes
    labels: str
    thread: int = 1
    flags: str = "\\Seen"
    modseq: int = 1


@dataclass
class Gmail:
    """What the server holds, by folder, and what it was told."""

    mails: dict[str, list[Stored]] = field(default_factory=dict)
    modseq: int = 1
    heard: list[bytes] = field(default_factory=list)
    turns: int = 0
    """How often the server had to wait for the client."""

    def touch(self, stored: Stored, labels: str) -> None:
        """Somebody changed the labels of a mail."""
        self.modseq += 1
        stored.labels, stored.modseq = labels, self.modseq

    def numbers(self, name: str) -> str:
        """The state of a folder."""
        count = len(self.mails.get(name, []))
        return f"MESSAGES {count} UIDNEXT {count + 1} UIDVALIDITY 7 HIGHESTMODSEQ {self.modseq}"


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    gmail: Gmail
    selected = ""

    def handle(self) -> None:
        self.say("* OK Gimap ready")
        waiting = b""
        while True:
            if b"\r\n" not in waiting:
                self.gmail.turns += 1
                more = self.request.recv(65536)
                if not more:
                    return
                waiting += more
                continue
            line, _, waiting = waiting.partition(b"\r\n")
            self.gmail.heard.append(line)
            tag, _, rest = line.decode().partition(" ")
            self.answer(tag, rest)

    def say(self, text: str | bytes) -> None:
        self.wfile.write((text if isinstance(text, bytes) else text.encode()) + b"\r\n")

    def answer(self, tag: str, rest: str) -> None:
        word = rest.split(" ")[0].upper()
        if word == "CAPABILITY":
            self.say(f"* CAPABILITY {CAPABILITIES}")
        elif word == "LIST":
            self.list(rest)
        elif word in ("SELECT", "EXAMINE"):
            self.selected = rest.split(" ", 1)[1].strip('"')
            self.say(f"* OK [UIDVALIDITY 7] fine\r\n* OK [UIDNEXT {len(self.here()) + 1}] fine")
        elif word == "UID" and " SEARCH " in rest:
            low, high = (int(one) for one in rest.rsplit(" ", 1)[1].split(":"))
            self.say("* SEARCH " + " ".join(str(uid) for uid, _ in self.here() if low <= uid <= high))
        elif word == "UID":
            self.fetch(rest.encode())
        elif word == "UNSELECT" and not self.selected:
            self.say(f"{tag} BAD nothing is open")
            return
        self.say(f"{tag} OK done")

    def list(self, rest: str) -> None:
        for name, marks in FOLDERS.items():
            self.say(f'* LIST ({marks}) "/" "{name}"')
            if "STATUS" in rest and "Noselect" not in marks:
                self.say(f'* STATUS "{name}" ({self.gmail.numbers(name)})')

    def here(self) -> list[tuple[int, Stored]]:
        return list(enumerate(self.gmail.mails.get(self.selected, []), 1))

    def fetch(self, rest: bytes) -> None:
        wanted = rest.split(b" ")[2].decode().replace("*", "999999")
        since = re.search(rb"CHANGEDSINCE (\d+)", rest)
        for uid, stored in self.here():
            inside = any(int(one.partition(":")[0]) <= uid <= int(one.rpartition(":")[2]) for one in wanted.split(","))
            if inside and (since is None or stored.modseq > int(since[1])):
                self.say(b"* %d FETCH (%s)" % (uid, b" ".join(self.items(uid, stored, rest))))

    def items(self, uid: int, stored: Stored, rest: bytes) -> Iterator[bytes]:
        head, _, body = stored.raw.partition(b"\r\n\r\n")
        yield b"UID %d FLAGS (%s) X-GM-THRID %d X-GM-LABELS (%s)" % (
            uid, stored.flags.encode(), stored.thread, stored.labels.encode(),
        )  # fmt: skip
        if b"BODYSTRUCTURE" in rest:
            yield b'INTERNALDATE "02-Mar-2026 10:00:00 +0000" RFC822.SIZE %d' % len(stored.raw)
            yield b'BODYSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" %d 1 NIL NIL NIL)' % len(body)
        for name, most in SECTION.findall(rest):
            data = head + b"\r\n\r\n" if name.startswith(b"HEADER") else stored.raw if not name else body
            data = data[: int(most)] if most else data
            yield b"BODY[%s]%s {%d}\r\n%s" % (name, b"<0>" if most else b"", len(data), data)


@dataclass
class Liar(Gmail):
    """A plain server that leaves out what it is told to leave out."""

    folders: dict[str, str] = field(default_factory=lambda: {"INBOX": "\\HasNoChildren", "Sent": "\\Sent"})
    unfetched: set[int] = field(default_factory=set)
    unlisted: set[int] = field(default_factory=set)
    shapeless: set[int] = field(default_factory=set)
    """UIDs of which it tells no structure."""
    silent: set[int] = field(default_factory=set)
    """UIDs of which it tells no part when asked once more."""
    afterwards: bytes = b""
    """What it says of every mail once more after its parts, with %d for the number and the UID."""
    untold: set[str] = field(default_factory=set)
    """Folders of which it tells no state."""
    behind: int = 0
    """How many of its newest mails it does not know of, as a copy of it that lags would not."""

    def numbers(self, name: str) -> str:
        kept = self.seen(name)
        return f"MESSAGES {len(kept)} UIDNEXT {len(kept) + 1} UIDVALIDITY 7"

    def seen(self, name: str) -> list[Stored]:
        kept = self.mails.get(name, [])
        return kept[: len(kept) - self.behind] if self.behind else kept


class Lying(Session):
    """One connection to a server that lies."""

    gmail: Liar

    def answer(self, tag: str, rest: str) -> None:
        word = rest.split(" ")[0].upper()
        if word == "CAPABILITY":
            self.say("* CAPABILITY IMAP4rev1 UNSELECT SPECIAL-USE LIST-EXTENDED LIST-STATUS")
        elif word == "STATUS":
            self.status(rest.split(" ")[1].strip('"'))
        elif word == "UID" and " SEARCH " in rest:
            low, high = (int(one) for one in rest.rsplit(" ", 1)[1].split(":"))
            there = (uid for uid, _ in self.here() if uid not in self.gmail.unlisted)
            self.say("* SEARCH " + " ".join(str(uid) for uid in there if low <= uid <= high))
        elif word == "EXAMINE":
            self.selected = rest.split(" ", 1)[1].strip('"')
            count = len(self.here())
            self.say(f"* {count} EXISTS\r\n* OK [UIDVALIDITY 7] fine\r\n* OK [UIDNEXT {count + 1}] fine")
        else:
            super().answer(tag, rest)
            return
        self.say(f"{tag} OK done")

    def list(self, rest: str) -> None:
        for name, marks in self.gmail.folders.items():
            self.say(f'* LIST ({marks}) "/" "{name}"')
            if "STATUS" in rest:
                self.status(name)

    def status(self, name: str) -> None:
        if name not in self.gmail.untold:
            self.say(f'* STATUS "{name}" ({self.gmail.numbers(name)})')

    def here(self) -> list[tuple[int, Stored]]:
        return list(enumerate(self.gmail.seen(self.selected), 1))

    def fetch(self, rest: bytes) -> None:
        super().fetch(rest)
        if self.gmail.afterwards and b"HEADER" not in rest:
            for uid, _ in self.here():
                self.say(self.gmail.afterwards % (uid, uid))

    def items(self, uid: int, stored: Stored, rest: bytes) -> Iterator[bytes]:
        if uid in self.gmail.unfetched or (uid in self.gmail.shapeless and b"BODYSTRUCTURE" in rest):
            yield b"FLAGS ()"
            return
        if uid in self.gmail.silent and b"HEADER" not in rest:
            return
        yield from super().items(uid, stored, rest)


@contextlib.contextmanager
def gmail_at(gmail: Gmail) -> Iterator[int]:
    """The server for as long as the block lasts; gives its port."""
    kind = Lying if isinstance(gmail, Liar) else Session
    bound = type("Bound", (kind,), {"gmail": gmail})
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), bound)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
