"""An SMTP server on loopback that misbehaves on purpose and counts what it really took."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

OK = "ok"
CASES = {
    # name: (was it stored, what a careful client must say)
    "ok": (True, "sent"),
    "ok_then_drop": (True, "sent"),
    "no_banner_drop": (False, "not_sent"),
    "banner_554": (False, "not_sent"),
    "banner_421": (False, "not_sent"),
    "auth_535": (False, "not_sent"),
    "mail_451": (False, "not_sent"),
    "mail_drop": (False, "not_sent"),
    "rcpt_550": (False, "not_sent"),
    "rcpt_second_550": (False, "not_sent"),
    "rcpt_drop": (False, "not_sent"),
    "data_451": (False, "not_sent"),
    "data_drop": (False, "not_sent"),
    "body_drop": (False, "unknown"),
    "dot_550": (False, "not_sent"),
    "dot_drop_before_store": (False, "unknown"),
    "dot_drop_after_store": (True, "unknown"),
    "dot_stall_after_store": (True, "unknown"),
    "dot_garbage_after_store": (True, "unknown"),
    "dot_452_after_store": (True, "unknown"),
    "dot_451": (False, "unknown"),
}


class Drop(Exception):
    pass


@dataclass
class FaultServer:
    """`case` may be changed between connections; `taken` holds (sender, recipients, bytes)."""

    case: str = OK
    port: int = 0
    connections: int = 0
    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    commands: list[bytes] = field(default_factory=list)
    stall: float = 3.0
    _listener: socket.socket | None = None

    def start(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()

    def _accept(self) -> None:
        assert self._listener is not None
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(Drop, OSError):
            Session(self, connection).run()


class Session:
    def __init__(self, server: FaultServer, connection: socket.socket) -> None:
        self.server = server
        self.connection = connection
        self.lines = connection.makefile("rb")
        self.sender = ""
        self.recipients: list[str] = []

    def say(self, text: str) -> None:
        self.connection.sendall(text.encode() + b"\r\n")

    def when(self, case: str, reply: str) -> bool:
        if self.server.case != case:
            return False
        if reply == "drop":
            raise Drop
        self.say(reply)
        return True

    def run(self) -> None:
        self.when("no_banner_drop", "drop")
        if self.when("banner_554", "554 go away") or self.when("banner_421", "421 4.7.0 slow down"):
            raise Drop
        self.say("220 test ESMTP")
        while line := self.lines.readline():
            self.server.commands.append(line)
            word = line[:4].upper()
            if word == b"EHLO":
                self.say("250-test\r\n250-AUTH PLAIN XOAUTH2\r\n250 SIZE 10000000")
            elif word == b"AUTH":
                self.when("auth_535", "535 no") or self.say("235 ok")
            elif word == b"MAIL":
                self.mail(line)
            elif word == b"RCPT":
                self.rcpt(line)
            elif word == b"DATA":
                self.data()
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def mail(self, line: bytes) -> None:
        self.when("mail_drop", "drop")
        if not self.when("mail_451", "451 later"):
            self.sender, self.recipients = line[11:-3].decode(), []
            self.say("250 ok")

    def rcpt(self, line: bytes) -> None:
        self.when("rcpt_drop", "drop")
        if self.when("rcpt_550", "550 unknown") or (self.recipients and self.when("rcpt_second_550", "550 unknown")):
            return
        self.recipients.append(line[9:-3].decode())
        self.say("250 ok")

    def data(self) -> None:
        self.when("data_drop", "drop")
        if self.when("data_451", "451 later"):
            return
        self.say("354 go on")
        body = bytearray()
        while (line := self.lines.readline()) not in {b".\r\n", b""}:
            self.when("body_drop", "drop")
            body += line[1:] if line.startswith(b".") else line
        self.end(bytes(body))

    def end(self, body: bytes) -> None:
        case = self.server.case
        self.when("dot_drop_before_store", "drop")
        if self.when("dot_550", "550 no") or self.when("dot_451", "451 later"):
            return
        self.server.taken.append((self.sender, list(self.recipients), body))
        self.when("dot_drop_after_store", "drop")
        if case == "dot_stall_after_store":
            time.sleep(self.server.stall)
            raise Drop
        if self.when("dot_garbage_after_store", "what?") or self.when("dot_452_after_store", "452 full"):
            return
        self.say("250 2.0.0 queued as 1")
        self.when("ok_then_drop", "drop")


@contextlib.contextmanager
def fault_server(case: str = OK) -> Iterator[FaultServer]:
    server = FaultServer(case)
    server.start()
    try:
        yield server
    finally:
        server.stop()
