"""What goes over the line to an IMAP server, and lines that die, break or crawl."""

from __future__ import annotations

import imaplib
import itertools
import re
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from providers.base import Letter, Role, Unreachable
from providers.imap.mailbox import ImapMailbox, ImapSettings
from providers.imap.watch import ImapWatcher
from providers.kits import SAMPLES, read_all
from tests.peers.dovecot import Dovecot, dovecot
from tests.peers.dovecot_config import SENT
from tests.peers.tcp_proxy import Proxy, proxy_to

__all__ = ["dovecot"]
pytestmark = pytest.mark.peer
USERS = itertools.count(1)
EVIL = b'EVILMARK"\r\nX1 EXPUNGE\r\nX2 DELETE INBOX'
HIDDEN = b"=?utf-8?q?=3CEVILMARK=40b=3E=22=0D=0AX1_EXPUNGE?="
HOSTILE = (
    b"From: =?utf-8?q?EVILMARK=0D=0AX1_EXPUNGE?= <EVILMARK@a.example>\r\nTo: me@example.org\r\nSubject: " + HIDDEN + b"\r\n"
    b"Message-ID: " + HIDDEN + b"\r\nReferences: <EVILMARK@b> " + HIDDEN + b"\r\nIn-Reply-To: <EVILMARK\\@b>\r\n"
    b"X-Relance-Id: EVILMARK* (\\Deleted)\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="EVILMARK)]"\r\n\r\n--EVILMARK)]\r\n'
    b"Content-Type: text/plain; charset=EVILMARK\r\n\r\n" + EVIL + b"\r\n--EVILMARK)]\r\n"
    b'Content-Type: text/calendar; name="EVILMARK\\"\r\n\r\n' + EVIL + b"\r\n--EVILMARK)]--\r\n"
)  # fmt: skip
COMMAND = re.compile(
    rb"[A-Z]+\d+ (?:CAPABILITY|LOGIN \S+ \S+|ENABLE QRESYNC|UNSELECT|NOOP|IDLE|LOGOUT|LIST \"\" \"\*\" RETURN \([^\r\n]*\)"
    rb'|STATUS "[^"\r\n\\]+" \([A-Z ]+\)|(?:SELECT|EXAMINE) "[^"\r\n\\]+"|UID SEARCH UID \d+:\d+'
    rb"|UID FETCH [\d,:*]+ \([A-Za-z0-9 .<>\[\]()_-]+\)(?: \(CHANGEDSINCE \d+(?: VANISHED)?\))?"
    rb'|UID STORE \d+ \+FLAGS\.SILENT \(\\Deleted\)|UID EXPUNGE \d+|APPEND "[^"\r\n\\]+" \([A-Za-z\\ ]+\) \{\d+\})\r\n'
)


@pytest.fixture
def user() -> str:
    return f"proxied{next(USERS)}"


@pytest.fixture
def proxy(dovecot: Dovecot) -> Iterator[Proxy]:
    with proxy_to(dovecot.port) as between:
        yield between


def settings(proxy: Proxy, user: str, timeout: float = 10) -> ImapSettings:
    return ImapSettings("127.0.0.1", proxy.port, "none", user, lambda: "secret", timeout=timeout)


def append(server: Dovecot, user: str, raw: bytes, *folders: str) -> None:
    with imaplib.IMAP4("127.0.0.1", server.port) as client:
        client.login(user, "secret")
        for folder in folders:
            client.create(folder)
            client.append(folder, None, None, raw)  # type: ignore[arg-type]


def commands(heard: bytes) -> bytes:
    """What was said without the letters that were filed, which are announced by their length."""
    left, found = heard, b""
    while match := re.search(rb"\{(\d+)\}\r\n", left):
        found += left[: match.end()]
        left = left[match.end() + int(match[1]) + 2 :]
    return found + left


def test_nothing_that_was_received_is_ever_part_of_a_command(dovecot: Dovecot, proxy: Proxy, user: str) -> None:
    append(dovecot, user, HOSTILE, "INBOX", f'"{SENT}"', "Drafts", "Archive/Sub")
    mailbox = ImapMailbox(settings(proxy, user))
    try:
        mails, cursor = [], ""
        for page in mailbox.changes(""):
            mails += page.mails
            cursor = page.cursor
        assert len(mails) == 4
        for mail in mails:
            mailbox.raw(mail.key)
            for word in (
                mail.message_id,
                mail.subject,
                mail.text,
                mail.header("x-relance-id"),
                *mail.references,
                EVIL.decode(),
            ):
                mailbox.find_token(word, "")
                mailbox.find_token(word, cursor)
        raw = HOSTILE.replace(HIDDEN, b"<own@example.org>").replace(b"X2 DELETE", b"X3 DELETE")
        own = Letter("<own@example.org>", "EVILMARK* (\\Deleted)", "me@example.org", (), raw)
        draft = mailbox.put_draft(own)
        mailbox.drop_draft(mailbox.put_draft(own, replaces=draft.key).key)
        assert mailbox.append_sent(replace(own, token="other")).role is Role.SENT
        append(dovecot, user, HOSTILE, "INBOX")
        assert sum(len(page.mails) for page in mailbox.changes(cursor)) >= 2
    finally:
        mailbox.close()
    said = commands(bytes(proxy.heard))
    assert b"APPEND" in said
    assert b"EVILMARK" not in said
    assert COMMAND.sub(b"", said) == b""


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a b(c)", "k\u00e4se", "*", "%"])
def test_a_folder_of_any_name_is_read_and_its_name_stays_one_argument(
    dovecot: Dovecot, proxy: Proxy, user: str, name: str
) -> None:
    from imapclient.imap_utf7 import encode

    quoted = '"' + encode(name).decode().replace("\\", "\\\\").replace('"', '\\"') + '"'
    append(dovecot, user, SAMPLES[0].replace(b"\n", b"\r\n"), quoted)
    mailbox = ImapMailbox(settings(proxy, user))
    try:
        mails, _ = read_all(mailbox)
    finally:
        mailbox.close()
    assert [mail.folder for mail in mails.values()] == [name]


def test_a_line_that_died_while_idle_is_noticed(proxy: Proxy, user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("providers.imap.watch.REISSUE", 0.3)
    monkeypatch.setattr("providers.imap.watch.ALIVE", 0.3)
    watcher = ImapWatcher(settings(proxy, user))
    try:
        assert watcher.wait(0.2, lambda: False) is False
        proxy.silent = True
        with pytest.raises(Unreachable):
            watcher.wait(20, lambda: False)
    finally:
        watcher.close()


def test_idle_ends_soon_when_the_program_is_stopped(proxy: Proxy, user: str) -> None:
    watcher = ImapWatcher(settings(proxy, user))
    stopped = threading.Event()
    threading.Timer(0.2, stopped.set).start()
    try:
        assert watcher.wait(60, stopped.is_set) is False
    finally:
        watcher.close()


@pytest.mark.parametrize("after", [1, 40, 400, 900, 2500])
def test_a_line_cut_anywhere_is_said_so_and_the_next_try_reads_everything(
    dovecot: Dovecot, proxy: Proxy, user: str, after: int
) -> None:
    for raw in SAMPLES:
        append(dovecot, user, raw.replace(b"\n", b"\r\n"), "INBOX")
    mailbox = ImapMailbox(settings(proxy, user))
    try:
        proxy.cut_after = after
        with pytest.raises(Unreachable):
            read_all(mailbox)
        proxy.cut_after = None
        mails, _ = read_all(mailbox)
    finally:
        mailbox.close()
    assert len(mails) == len(SAMPLES)


def test_a_server_that_stops_in_the_middle_is_given_up(dovecot: Dovecot, proxy: Proxy, user: str) -> None:
    append(dovecot, user, SAMPLES[0].replace(b"\n", b"\r\n"), "INBOX")
    mailbox = ImapMailbox(settings(proxy, user, timeout=0.5))
    try:
        proxy.silent = True
        with pytest.raises(Unreachable, match="did not answer in time"):
            read_all(mailbox)
    finally:
        mailbox.close()


def test_a_slow_server_is_waited_for(dovecot: Dovecot, proxy: Proxy, user: str) -> None:
    for raw in SAMPLES:
        append(dovecot, user, raw.replace(b"\n", b"\r\n"), "INBOX")
    proxy.pace = 0.02
    mailbox = ImapMailbox(settings(proxy, user, timeout=5))
    try:
        assert len(read_all(mailbox)[0]) == len(SAMPLES)
    finally:
        mailbox.close()
