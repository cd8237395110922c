"""The IMAP mailbox against a real server, and against lines that break."""

from __future__ import annotations

import imaplib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from providers.base import Letter, Mailbox, Refused, Role, SignInNeeded, Unreachable
from providers.imap.mailbox import ImapMailbox, ImapSettings
from providers.imap.watch import ImapWatcher
from providers.imap.wire import guarded
from providers.kits import SAMPLES, DraftsContract, MailboxContract, plain_letter, read_all
from tests.peers import fake_letters
from tests.peers.dovecot import Dovecot, dovecot, free_port
from tests.peers.dovecot_config import SENT

__all__ = ["dovecot"]
USERS = itertools.count(1)


def settings(server: Dovecot, user: str, **changed: object) -> ImapSettings:
    values = {"host": "127.0.0.1", "port": server.port, "security": "none", "user": user, "password": lambda: "secret"}
    return ImapSettings(**(values | changed))  # type: ignore[arg-type]


def append(server: Dovecot, user: str, raw: bytes, folder: str = "INBOX") -> None:
    with imaplib.IMAP4("127.0.0.1", server.port) as client:
        client.login(user, "secret")
        client.append(f'"{folder}"', None, None, raw.replace(b"\n", b"\r\n"))  # type: ignore[arg-type]


@pytest.fixture
def user() -> str:
    return f"user{next(USERS)}"


@pytest.fixture
def opened(dovecot: Dovecot, user: str) -> Iterator[Callable[[], ImapMailbox]]:
    held: list[ImapMailbox] = []

    def opener() -> ImapMailbox:
        held.append(ImapMailbox(settings(dovecot, user)))
        return held[-1]

    yield opener
    for mailbox in held:
        mailbox.close()


@pytest.mark.peer
class TestDovecot(MailboxContract):
    @pytest.fixture
    def mailbox(self, dovecot: Dovecot, user: str, opened: Callable[[], ImapMailbox]) -> Mailbox:
        for raw in SAMPLES:
            append(dovecot, user, raw)
        return opened()


class Drafting:
    def __init__(self, server: Dovecot, user: str, opened: Callable[[], ImapMailbox]) -> None:
        self.server, self.user, self.drafts = server, user, opened

    def letter(self, words: str) -> Letter:
        return plain_letter(words)

    def edit(self, key: str, words: str) -> None:
        self._remove()
        append(self.server, self.user, self._lines(words), "Drafts")

    def send(self, key: str) -> None:
        self._remove()
        append(self.server, self.user, self._lines("One two three"), SENT)

    def _lines(self, words: str) -> bytes:
        return plain_letter(words).raw.replace(b"\r\n", b"\n")

    def _remove(self) -> None:
        with imaplib.IMAP4("127.0.0.1", self.server.port) as client:
            client.login(self.user, "secret")
            client.select("Drafts")
            client.store("1:*", "+FLAGS", "\\Deleted")
            client.expunge()


@pytest.mark.peer
class TestDovecotDrafts(DraftsContract):
    @pytest.fixture
    def drafting(self, dovecot: Dovecot, user: str, opened: Callable[[], ImapMailbox]) -> Drafting:
        return Drafting(dovecot, user, opened)


@pytest.mark.peer
def test_new_flagged_moved_and_removed_mails_are_noticed(dovecot, user, opened) -> None:
    for raw in SAMPLES:
        append(dovecot, user, raw)
    mailbox = opened()
    before, cursor = read_all(mailbox)
    with imaplib.IMAP4("127.0.0.1", dovecot.port) as client:
        client.login(user, "secret")
        client.select("INBOX")
        client.store("1", "+FLAGS", "\\Answered")
        client.uid("MOVE", "2", "Trash")
        client.store("2", "+FLAGS", "\\Deleted")
        client.expunge()
    append(dovecot, user, SAMPLES[0].replace(b"<one@", b"<five@"))
    pages = list(mailbox.changes(cursor))
    moved = {one.key: one.flags for page in pages for one in page.moved}
    assert "answered" in moved[before["<one@a.example>"].key]
    gone = {key for page in pages for key in page.gone}
    assert gone == {before["<two@example.org>"].key, before["<three@b.example>"].key}
    came = {mail.message_id: mail.role for page in pages for mail in page.mails}
    assert came == {"<five@a.example>": Role.INBOX, "<two@example.org>": Role.TRASH}


@pytest.mark.peer
def test_a_new_numbering_of_a_folder_sweeps_it_and_reads_it_again(dovecot, user, opened) -> None:
    append(dovecot, user, SAMPLES[0])
    before, cursor = read_all(opened())
    place = dovecot.maildir(user)
    for file in [*place.glob("dovecot-uidlist*"), *place.glob("dovecot.index*")]:
        file.unlink()
    mailbox = opened()
    pages = list(mailbox.changes(cursor))
    after = {mail.message_id: mail.key for page in pages for mail in page.mails}
    (sweep,) = [one for page in pages for one in page.swept]
    assert after["<one@a.example>"].startswith(sweep.prefix)
    assert not before["<one@a.example>"].key.startswith(sweep.prefix)


@pytest.mark.peer
def test_sent_has_a_foreign_name_and_takes_one_copy_only(dovecot, user, opened) -> None:
    mailbox = opened()
    letter = Letter("<two@example.org>", "t-1", "me@example.org", (), SAMPLES[1].replace(b"\n", b"\r\n"))
    first = mailbox.append_sent(letter)
    again = mailbox.append_sent(letter)
    assert first.key == again.key
    assert first.role is Role.SENT
    assert read_all(mailbox)[0]["<two@example.org>"].folder == SENT


@pytest.mark.peer
def test_a_draft_is_replaced_once_the_new_one_lies_there(dovecot, user, opened) -> None:
    mailbox = opened()
    old = mailbox.put_draft(fake_letters.letter())
    assert mailbox.put_draft(fake_letters.letter()).key == old.key
    new = mailbox.put_draft(fake_letters.letter(body="Other words."), replaces=old.key)
    assert old.key != new.key
    assert [draft.key for draft in mailbox.find_drafts(new.token)] == [new.key]
    assert mailbox.read_draft(old.key) is None
    assert mailbox.read_draft(new.key).digest == new.digest
    mailbox.drop_draft(new.key)
    assert mailbox.read_draft(new.key) is None


@pytest.mark.peer
def test_our_letter_is_found_by_token_after_the_cursor(dovecot, user, opened) -> None:
    mailbox = opened()
    append(dovecot, user, SAMPLES[0])
    _, cursor = read_all(mailbox)
    append(dovecot, user, b"X-Relance-Id: abc\n" + SAMPLES[1], SENT)
    found = mailbox.find_token("abc", cursor)
    assert found is not None
    assert found.message_id == "<two@example.org>"
    assert mailbox.find_token("abcd", cursor) is None


@pytest.mark.peer
def test_idle_hears_a_new_mail_and_nothing_is_nothing(dovecot, user) -> None:
    append(dovecot, user, SAMPLES[0])
    watcher = ImapWatcher(settings(dovecot, user))
    try:
        assert watcher.wait(0.2, lambda: False) is False
        append(dovecot, user, SAMPLES[2])
        assert watcher.wait(10, lambda: False) is True
    finally:
        watcher.close()


@pytest.mark.peer
def test_a_wrong_password_asks_to_sign_in(dovecot, user) -> None:
    with pytest.raises(SignInNeeded, match="did not accept the password"):
        ImapMailbox(settings(dovecot, user, password=lambda: "wrong"))


HOSTILE = b"=?utf-8?q?=3Ca=40b=3E=22=0D=0AX1_EXPUNGE?="


@pytest.mark.peer
def test_a_hostile_message_id_never_reaches_the_wire(dovecot, user, opened, monkeypatch) -> None:
    append(dovecot, user, b"Message-ID: " + HOSTILE + b"\n" + SAMPLES[0].replace(b"Message-ID: <one@a.example>\n", b""))
    sent: list[bytes] = []
    plain_send = imaplib.IMAP4.send
    monkeypatch.setattr(imaplib.IMAP4, "send", lambda self, data: (sent.append(data), plain_send(self, data))[1])
    mailbox = opened()
    mails = [mail for page in mailbox.changes("") for mail in page.mails]
    for mail in mails:
        for token in (mail.message_id, mail.subject, '<a@b>"\r\nX1 EXPUNGE'):
            mailbox.find_token(token, "")
        mailbox.raw(mail.key)
    assert len(mails) == 1
    assert b"FETCH" in b"".join(sent)
    assert b"EXPUNGE" not in b"".join(sent)
    assert b"a@b" not in b"".join(sent)


@pytest.mark.parametrize("part", [b"a\r\nX EXPUNGE", b'a"b', b"a\\b", b"\x7f", b"\x00", b'"a" b"'])
def test_no_argument_can_become_a_command(part: bytes) -> None:
    with pytest.raises(Refused):
        guarded(part)


def test_mail_goes_unencrypted_only_to_this_machine() -> None:
    with pytest.raises(Refused, match="needs encryption"):
        ImapMailbox(ImapSettings("192.0.2.1", 143, "none", "u", lambda: "p"))


def test_nobody_at_the_port_is_said_so() -> None:
    with pytest.raises(Unreachable, match="Nothing answers"):
        ImapMailbox(ImapSettings("127.0.0.1", free_port(), "none", "u", lambda: "p"))


PAGE = (
    b"From: ann@a.example\r\nTo: me@x.example\r\nSubject: %s\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nI am away.\r\n'
    b"--b\r\nContent-Type: text/html\r\n\r\n<p>I am away.</p><p>Please never write to me again.</p>\r\n--b--\r\n"
)


@pytest.mark.peer
def test_of_mail_older_than_is_asked_about_only_the_plain_text_is_read_and_the_mail_says_so(dovecot, user) -> None:
    now = datetime.now(UTC)
    with imaplib.IMAP4("127.0.0.1", dovecot.port) as client:
        client.login(user, "secret")
        for name, days in ((b"old", 200), (b"new", 2)):
            client.append("INBOX", "", imaplib.Time2Internaldate(now - timedelta(days=days)), PAGE % name)
    box = ImapMailbox(replace(settings(dovecot, user), compared_since=now - timedelta(days=120)))
    try:
        found = {mail.subject: mail for page in box.changes("") for mail in page.mails}
    finally:
        box.close()
    assert "never write" in found["new"].text
    assert not found["new"].half_read
    assert "never write" not in found["old"].text
    assert found["old"].half_read
