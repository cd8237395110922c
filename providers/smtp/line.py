"""The connection to an SMTP server, cut when it takes too long; every code it tells is one the server said."""

from __future__ import annotations

import smtplib
import socket
import ssl
from typing import BinaryIO

from providers.patience import Patience

MOST_LINES = 200
"""Of one answer, so that one without an end ends."""
LONGEST_LINE = 2_000
"""RFC 5321, 4.5.3.1.5 allows 512; some servers say more."""


class SmtpLine(smtplib.SMTP):
    """Says nothing but what it is told to say."""

    patience: Patience

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        line = socket.create_connection((host, port), timeout)
        self.patience.watch(line)
        return line

    def getreply(self) -> tuple[int, bytes]:
        """What the server answered; the library makes a refusal of an answer that it cannot read."""
        if self.file is None:
            if self.sock is None:
                raise smtplib.SMTPServerDisconnected("It hung up.")
            self.file = self.sock.makefile("rb")
        said: list[bytes] = []
        while len(said) < MOST_LINES:
            line = self._heard(self.file)
            said.append(line[4:].strip())
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(said)
        self.close()
        raise smtplib.SMTPServerDisconnected("The answer has no end.")

    def _heard(self, answers: BinaryIO) -> bytes:
        try:
            line = answers.readline(LONGEST_LINE + 1)
        except OSError as problem:
            self.close()
            raise smtplib.SMTPServerDisconnected(type(problem).__name__) from None
        if line.endswith(b"\n") and len(line) <= LONGEST_LINE and line[:3].isdigit() and len(line[:3]) == 3:
            return line
        self.close()
        raise smtplib.SMTPServerDisconnected("The answer makes no sense." if line else "It hung up.")


class TlsSmtpLine(smtplib.SMTP_SSL, SmtpLine):
    """The same, encrypted from the start."""


def open_line(
    patience: Patience, place: tuple[str, int], hello: str, *, seconds: float, context: ssl.SSLContext | None
) -> SmtpLine:
    """Connected and greeted."""
    # The library connects while it is made, so that the kind must know already who watches over it.
    watcher = patience

    class WatchedLine(SmtpLine):
        patience = watcher

    class WatchedTlsLine(TlsSmtpLine):
        patience = watcher

    if context is None:
        return WatchedLine(*place, hello, timeout=seconds)
    return WatchedTlsLine(*place, hello, timeout=seconds, context=context)
