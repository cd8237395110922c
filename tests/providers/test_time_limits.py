"""Servers on loopback that say a little for ever; each is given up in time and keeps nobody else waiting."""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
from collections.abc import Callable, Iterator
from time import monotonic

import pytest

from providers.base import NotSent, Unknown, Unreachable
from providers.http import Client
from providers.imap import connect as imap_connect
from providers.imap import wire as imap_wire
from providers.imap.connect import ImapSettings
from providers.imap.mailbox import ImapMailbox
from providers.smtp import sender as smtp
from tests.providers.test_smtp import LETTER

pytestmark = pytest.mark.slow

PAUSE = 0.02
HELLO = b"* OK ready\r\n"
Talk = Callable[[socket.socket], None]
ENOUGH = 120.0
"""Seconds after which a server gives up by itself; with a limit that works none comes near."""
LASTED: list[str] = []
"""Servers that were never hung up on."""


@contextlib.contextmanager
def serving(talk: Talk) -> Iterator[int]:
    """A server that talks so on each connection, until it is hung up on."""
    server = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def serve() -> None:
        with contextlib.suppress(OSError):
            while not over.is_set():
                line, _ = server.accept()
                line.settimeout(ENOUGH)
                threading.Thread(target=alone, args=(line,), daemon=True).start()

    def alone(line: socket.socket) -> None:
        with line, contextlib.suppress(OSError):
            talk(line)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        over.set()
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()


def drip(line: socket.socket, piece: bytes = b"x") -> None:
    end = monotonic() + ENOUGH
    tick = threading.Event()
    while monotonic() < end:
        line.sendall(piece)
        tick.wait(PAUSE)
    LASTED.append("drip")


def answered(line: socket.socket, last: bytes, told: bytes = b"* CAPABILITY IMAP4rev1\r\n") -> None:
    """Answers everything up to the command with this word, and hears the one after it."""
    word = b""
    while word != last:
        tag, _, rest = line.recv(65536).partition(b" ")
        word = rest.split()[0].upper()
        line.sendall((told if word == last else b"* CAPABILITY IMAP4rev1\r\n") + tag + b" OK done\r\n")
    line.recv(65536)


def drips_at_once(line: socket.socket) -> None:
    drip(line, b"*")


def drips_in_sign_in(line: socket.socket) -> None:
    line.sendall(HELLO)
    answered(line, b"CAPABILITY")
    drip(line, b"* OK wait\r\n")


def signed_in(line: socket.socket) -> None:
    line.sendall(HELLO)
    answered(line, b"LOGIN")


def drips_in_capabilities(line: socket.socket) -> None:
    line.sendall(HELLO)
    answered(line, b"LOGIN", b"")
    drip(line)


def drips_a_line(line: socket.socket) -> None:
    signed_in(line)
    drip(line)


def drips_lines(line: socket.socket) -> None:
    signed_in(line)
    drip(line, b"* 1 EXISTS\r\n")


def floods_lines(line: socket.socket) -> None:
    signed_in(line)
    for _ in itertools.repeat(None):
        line.sendall(b"* 1 EXISTS\r\n" * 5000)


def drips_a_literal(line: socket.socket) -> None:
    signed_in(line)
    line.sendall(b'* LIST () "/" {60000000}\r\n')
    drip(line)


def hangs_in_a_literal(line: socket.socket) -> None:
    signed_in(line)
    line.sendall(b'* LIST () "/" {600}\r\nhalf')
    threading.Event().wait(ENOUGH)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_wire, "LONGEST_WAIT", 0.4)
    monkeypatch.setattr(imap_wire, "LONGEST_OF_ALL", 0.8)
    monkeypatch.setattr(imap_wire, "MOST_RESPONSES", 50_000)


IMAP = [
    drips_at_once, drips_in_sign_in, drips_in_capabilities, drips_a_line, drips_lines, floods_lines, drips_a_literal,
    hangs_in_a_literal,
]  # fmt: skip


@pytest.mark.parametrize("talk", IMAP)
def test_a_mailbox_that_never_comes_to_an_end_is_given_up(talk: Talk, impatient: None) -> None:
    with serving(talk) as port:
        settings = ImapSettings("127.0.0.1", port, "none", "u", lambda: "secret", timeout=0.6, whole=1.0)
        with hung_up_in_time(), pytest.raises(Unreachable, match="tried again"):
            ImapMailbox(settings)


def test_a_handshake_that_drips_is_given_up(impatient: None) -> None:
    with serving(lambda line: drip(line, b"\x16\x03\x03\x40\x00")) as port:
        settings = ImapSettings("127.0.0.1", port, "tls", "u", lambda: "secret", timeout=0.6, whole=1.0)
        with hung_up_in_time(), pytest.raises(Unreachable):
            imap_connect.connect(settings)


@contextlib.contextmanager
def hung_up_in_time() -> Iterator[None]:
    """It was not the server who ended it."""
    LASTED.clear()
    yield
    assert not LASTED


def letter_to(*said: bytes, then: Talk) -> Talk:
    """Answers each command with the next of these, then does something else."""

    def talk(line: socket.socket) -> None:
        heard = line.makefile("rb")
        line.sendall(said[0])
        for answer in said[1:]:
            word = heard.readline()
            line.sendall(answer)
            if word.upper().startswith(b"DATA") and answer.startswith(b"354"):
                while heard.readline() not in (b".\r\n", b""):
                    pass
        then(line)

    return talk


GREETED = (b"220 test\r\n", b"250 test\r\n")
ADDRESSED = (*GREETED, b"250 ok\r\n", b"250 ok\r\n", b"250 ok\r\n")
TAKEN = (*ADDRESSED, b"354 go on\r\n")


def hang(line: socket.socket) -> None:
    threading.Event().wait(ENOUGH)


def endless(line: socket.socket) -> None:
    while True:
        line.sendall(b"250-more\r\n" * 1000)


SMTP: dict[str, tuple[Talk, type[Exception]]] = {
    "drips before it greets": (drip, Unreachable),
    "drips lines before it greets": (lambda line: drip(line, b"220-wait\r\n"), Unreachable),
    "never ends its greeting": (endless, Unreachable),
    "makes no sense at once": (lambda line: line.sendall(b"x" * 9000 + b"\r\n"), Unreachable),
    "makes no sense when addressed": (letter_to(*GREETED, then=lambda line: line.sendall(b"abc\r\n")), Unreachable),
    "drips when addressed": (letter_to(*GREETED, then=lambda line: drip(line, b"250-ok\r\n")), Unreachable),
    "drips before the letter": (letter_to(*ADDRESSED, then=drip), NotSent),
    "drips after the letter": (letter_to(*TAKEN, then=lambda line: drip(line, b"250-ok\r\n")), Unknown),
    "never ends its answer to the letter": (letter_to(*TAKEN, then=endless), Unknown),
    "hangs after the letter": (letter_to(*TAKEN, then=hang), Unknown),
    "makes no sense after the letter": (letter_to(*TAKEN, then=lambda line: line.sendall(b"5xx\r\n")), Unknown),
    "says too long a line after it": (
        letter_to(*TAKEN, then=lambda line: line.sendall(b"550 " + b"x" * 9000)),
        Unknown,
    ),
}


@pytest.mark.parametrize("name", SMTP)
def test_a_letter_is_unknown_only_once_it_is_out(name: str, impatient: None) -> None:
    talk, expected = SMTP[name]
    with serving(talk) as port:
        server = smtp.Server("127.0.0.1", port, "none", seconds=0.5, whole_seconds=0.6, last_seconds=0.5)
        with hung_up_in_time(), pytest.raises(expected) as caught:
            smtp.send(server, LETTER, lambda: None)
    assert type(caught.value) is expected
    assert not getattr(caught.value, "permanent", False), "nobody refused it"


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_a_web_answer_that_drips_is_given_up(start: bytes, impatient: None) -> None:
    def talk(line: socket.socket) -> None:
        line.recv(65536)
        line.sendall(start)
        drip(line)

    with serving(talk) as port:
        client = Client({"127.0.0.1"}, whole=0.5)
        with hung_up_in_time(), pytest.raises(Unreachable):
            client.request("GET", f"http://127.0.0.1:{port}/")
        client.close()
