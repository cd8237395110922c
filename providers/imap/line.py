"""The connection to an IMAP server until it is signed in, cut when that takes too long; says nothing by itself."""

from __future__ import annotations

import imaplib
import socket
import ssl

from imapclient import IMAPClient

from providers.patience import Patience


class ImapLine(IMAPClient):  # type: ignore[misc]
    """A client whose connection is known from its first moment."""

    def __init__(self, patience: Patience, host: str, **settings: object) -> None:
        self._patience = patience
        super().__init__(host, **settings)

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802 (the library calls it so)
        context = self.ssl_context if self.ssl else None
        return _Imap(self._patience, self.host, self.port, self._timeout.connect, context)


class _Imap(imaplib.IMAP4):
    """As the library makes it."""

    def __init__(
        self, patience: Patience, host: str, port: int, seconds: float, context: ssl.SSLContext | None
    ) -> None:
        self._patience = patience
        self._context = context
        self._name = host
        super().__init__(host, port, seconds)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        line = socket.create_connection((self._name, self.port), timeout)
        self._patience.watch(line)
        return line if self._context is None else self._context.wrap_socket(line, server_hostname=self._name)
