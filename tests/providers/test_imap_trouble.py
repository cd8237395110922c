"""IMAP lines that hang, break or stop in the middle, and a server that can do next to nothing."""

from __future__ import annotations

import contextlib
import imaplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from providers.base import Mailbox, Unreachable
from providers.imap.mailbox import ImapMailbox, ImapSettings
from providers.kits import SAMPLES, MailboxContract, read_all
from tests.peers.dovecot import Dovecot, dovecot, free_port
from tests.peers.generate import into_maildir

__all__ = ["dovecot"]


@contextlib.contextmanager
def speaking(*lines: bytes, stay: bool = True) -> Iterator[int]:
    """A server that says these lines and then nothing, or hangs up."""
    server = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            line, _ = server.accept()
            held.append(line)
            for one in lines:
                line.sendall(one)
            if not stay:
                line.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        thread.join(5)
        for line in held:
            line.close()
        server.close()


def settings_of(port: int, user: str = "u", timeout: float = 0.5) -> ImapSettings:
    return ImapSettings("127.0.0.1", port, "none", user, lambda: "secret", timeout=timeout)


def test_a_server_that_says_nothing_is_given_up() -> None:
    with speaking() as port, pytest.raises(Unreachable, match="did not answer in time"):
        ImapMailbox(settings_of(port))


def test_a_server_that_hangs_after_its_greeting_is_given_up() -> None:
    with speaking(b"* OK hello\r\n") as port, pytest.raises(Unreachable):
        ImapMailbox(settings_of(port))


def test_a_server_that_hangs_up_can_be_tried_again() -> None:
    with speaking(b"* OK hello\r\n", stay=False) as port, pytest.raises(Unreachable):
        ImapMailbox(settings_of(port))


@pytest.mark.peer
def test_a_sync_cut_at_any_page_ends_like_an_uninterrupted_one(dovecot: Dovecot) -> None:
    place = dovecot.maildir("pages")
    into_maildir(place, 3, 1300, attachment=2000)
    dovecot.own(place)
    mailbox = ImapMailbox(settings_of(dovecot.port, "pages", 10))
    try:
        pages = list(mailbox.changes(""))
        whole = {mail.message_id: mail for page in pages for mail in page.mails}
        assert len(whole) == 1300 == sum(len(page.mails) for page in pages)
        assert len(pages) > 3
        dates = [mail.received for mail in pages[0].mails]
        assert dates == sorted(dates, reverse=True)
        for stop in range(1, len(pages)):
            before = {mail.message_id for page in pages[:stop] for mail in page.mails}
            after, _ = read_all(mailbox, pages[stop - 1].cursor)
            assert before | after.keys() == whole.keys()
            assert not before & after.keys()
    finally:
        mailbox.close()


@pytest.mark.peer
def test_other_questions_between_two_pages_disturb_neither(dovecot: Dovecot) -> None:
    place = dovecot.maildir("between")
    into_maildir(place, 4, 700, attachment=2000)
    dovecot.own(place)
    mailbox = ImapMailbox(settings_of(dovecot.port, "between", 10))
    try:
        found = {}
        for page in mailbox.changes(""):
            found |= {mail.message_id: mail for mail in page.mails}
            last = page.mails[-1]
            assert last.message_id.encode() in mailbox.raw(last.key)
            assert mailbox.find_token("<nobody@example.org>", "") is None
        assert len(found) == 700
        assert all(mail.sender for mail in found.values())
    finally:
        mailbox.close()


@pytest.fixture(scope="module")
def pymap() -> Iterator[int]:
    """A server without CONDSTORE, SPECIAL-USE and the like."""
    port = free_port() + 500
    command = [
        str(Path(sys.executable).parent / "pymap"),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-tls",
        "dict",
    ]
    process = subprocess.Popen([*command, "--demo-data"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.peer
class TestPymap(MailboxContract):
    @pytest.fixture
    def mailbox(self, pymap: int) -> Iterator[Mailbox]:
        with imaplib.IMAP4("127.0.0.1", pymap) as client:
            client.login("demouser", "demopass")
            _, listed = client.list()
            for one in listed:
                name = one.decode().rpartition(" ")[2]
                if name.strip('"') != "INBOX":
                    client.delete(name)
            client.select("INBOX")
            client.store("1:*", "+FLAGS", "(\\Deleted)")
            client.expunge()
            for raw in SAMPLES:
                client.append("INBOX", None, None, raw.replace(b"\n", b"\r\n"))  # type: ignore[arg-type]
        mailbox = ImapMailbox(ImapSettings("127.0.0.1", pymap, "none", "demouser", lambda: "demopass", timeout=10))
        yield mailbox
        mailbox.close()
