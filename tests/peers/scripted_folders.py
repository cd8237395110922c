"""A small IMAP server whose folders have any bytes as names, one mail in each; records what it hears, literals apart."""

from __future__ import annotations

import contextlib
import re
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

LITERAL = re.compile(rb"\{(\d+)\+?\}$")
BODY = re.compile(rb"BODY\.PEEK\[([^\]]*)\]")


@dataclass
class Shelf:
    """The mail in each folder, by the name on the wire."""

    mails: dict[bytes, bytes]
    commands: list[bytes] = field(default_factory=list)
    opened: list[bytes] = field(default_factory=list)


class Session(socketserver.StreamRequestHandler):
    """One connection. Every name leaves as a literal, and may come back as one or quoted."""

    shelf: Shelf
    raw = b""
    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.say(b"* OK ready")
        while line := self.rfile.readline():
            words, spoken = line.rstrip(b"\r\n"), b""
            spoken += words
            names: list[bytes] = re.findall(rb'"((?:[^"\\]|\\.)*)"', words)
            while found := LITERAL.search(words):
                if not found[0].endswith(b"+}"):
                    self.say(b"+ go on")
                names.append(self.rfile.read(int(found[1])))
                words = self.rfile.readline().rstrip(b"\r\n")
                spoken += b"{}" + words
            self.shelf.commands.append(spoken)
            tag, _, rest = spoken.partition(b" ")
            if not self.answer(rest, names[-1:] or [b"INBOX"]):
                self.say(b"* BYE")
                return
            self.say(tag + b" OK done")

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")

    def answer(self, rest: bytes, names: list[bytes]) -> bool:
        word = rest.split(b" ")[0].upper()
        if word == b"CAPABILITY":
            self.say(b"* CAPABILITY IMAP4rev1 UNSELECT")
        elif word == b"LIST":
            for name in self.shelf.mails:
                self.say(b'* LIST () "/" {%d}\r\n%s' % (len(name), name))
        elif word == b"STATUS":
            self.say(b"* STATUS {%d}\r\n%s (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 7)" % (len(names[0]), names[0]))
        elif word in (b"SELECT", b"EXAMINE"):
            self.raw = self.shelf.mails[re.sub(rb"\\(.)", rb"\1", names[0])]
            self.shelf.opened.append(names[0])
            self.say(b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] fine\r\n* OK [UIDNEXT 2] fine")
        elif rest.upper().startswith(b"UID SEARCH"):
            self.say(b"* SEARCH 1")
        elif rest.upper().startswith(b"UID FETCH"):
            self.say(b"* 1 FETCH (" + b" ".join(self.items(rest)) + b")")
        return word != b"LOGOUT"

    def items(self, rest: bytes) -> Iterator[bytes]:
        head, _, body = self.raw.partition(b"\r\n\r\n")
        yield b"UID 1 FLAGS ()"
        if b"BODYSTRUCTURE" in rest:
            yield b'INTERNALDATE "02-Mar-2026 10:00:00 +0000" RFC822.SIZE %d' % len(self.raw)
            yield b'BODYSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" %d 1 NIL NIL NIL)' % len(body)
        for name in BODY.findall(rest):
            data = head + b"\r\n\r\n" if name.startswith(b"HEADER") else body if name else self.raw
            yield b"BODY[%s] {%d}\r\n%s" % (name, len(data), data)


@contextlib.contextmanager
def shelf_at(shelf: Shelf) -> Iterator[int]:
    """The server for as long as the block lasts; gives its port."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Bound", (Session,), {"shelf": shelf}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
