"""Gmail over IMAP: labels take the place of folders, and nothing is read twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from agent.decide.threads.threads import is_draft
from providers.base import Mail, Role
from providers.imap.mailbox import ImapMailbox, ImapSettings
from tests.peers.scripted_imap import Gmail, Stored, gmail_at

ALL, TRASH, SPAM = "[Gmail]/All Mail", "[Gmail]/Trash", "[Gmail]/Spam"


def mail(name: str, labels: str, thread: int = 1) -> Stored:
    head = f"From: Ann <ann@a.example>\r\nTo: me@example.org\r\nMessage-ID: <{name}@a.example>\r\nSubject: {name}"
    return Stored(f"{head}\r\n\r\nHello from {name}.\r\n".encode(), labels, thread)


@pytest.fixture
def gmail() -> Gmail:
    return Gmail(
        {
            ALL: [
                mail("came", '"\\\\Inbox" "\\\\Important" Kunden', 18446744073709551615),
                mail("mine", '"\\\\Sent"'),
                mail("half", '"\\\\Draft"'),
                mail("kept", '"\\\\Starred" "Gr&APw-n" "two words"'),
                mail("self", "\\Inbox \\Sent"),
                mail("bare", ""),
            ],
            TRASH: [mail("gone", '"\\\\Sent"')],
            SPAM: [mail("junk", '"\\\\Inbox"')],
            "INBOX": [mail("came", '"\\\\Important"')],
            "Kunden": [mail("came", "")],
        }
    )


@pytest.fixture
def mailbox(gmail: Gmail) -> Iterator[ImapMailbox]:
    with gmail_at(gmail) as port:
        opened = ImapMailbox(ImapSettings("127.0.0.1", port, "none", "me", lambda: "secret", timeout=10))
        yield opened
        opened.close()


def read(mailbox: ImapMailbox) -> tuple[dict[str, Mail], str]:
    pages = list(mailbox.changes(""))
    found = [one for page in pages for one in page.mails]
    assert len(found) == len({one.message_id for one in found})
    return {one.subject: one for one in found}, pages[-1].cursor


def test_the_most_telling_label_is_the_role(mailbox: ImapMailbox) -> None:
    mails, _ = read(mailbox)
    assert {name: one.role for name, one in mails.items()} == {
        "came": Role.INBOX, "mine": Role.SENT, "half": Role.DRAFTS, "kept": Role.ARCHIVE, "self": Role.SENT,
        "bare": Role.ARCHIVE, "gone": Role.TRASH, "junk": Role.JUNK,
    }  # fmt: skip
    assert is_draft(mails["half"])
    assert not is_draft(mails["mine"])


def test_own_labels_are_labels_and_stars_are_flags(mailbox: ImapMailbox) -> None:
    mails, _ = read(mailbox)
    assert mails["came"].labels == ("Kunden",)
    assert mails["kept"].labels == ("Grün", "two words")
    assert mails["kept"].flags == {"seen", "flagged"}
    assert mails["half"].flags == {"seen", "draft"}
    assert mails["mine"].labels == ()


def test_the_thread_of_gmail_is_a_hint(mailbox: ImapMailbox) -> None:
    mails, _ = read(mailbox)
    assert mails["came"].thread_hint == "18446744073709551615"
    assert mails["mine"].text.strip() == "Hello from mine."


def test_a_label_taken_or_given_later_moves_the_mail(gmail: Gmail, mailbox: ImapMailbox) -> None:
    mails, cursor = read(mailbox)
    gmail.touch(gmail.mails[ALL][0], "Kunden")
    gmail.touch(gmail.mails[ALL][2], '"\\\\Sent"')
    moved = {one.key: one for page in mailbox.changes(cursor) for one in page.moved}
    assert moved.keys() == {mails["came"].key, mails["half"].key}
    assert moved[mails["came"].key].role is Role.ARCHIVE
    assert moved[mails["came"].key].labels == ("Kunden",)
    assert moved[mails["half"].key].role is Role.SENT
    assert "draft" not in moved[mails["half"].key].flags


def test_nothing_new_is_one_question_and_one_answer(gmail: Gmail, mailbox: ImapMailbox) -> None:
    _, cursor = read(mailbox)
    before, heard = gmail.turns, len(gmail.heard)
    assert list(mailbox.changes(cursor)) == []
    assert gmail.turns - before == 1
    assert [line.split()[1] for line in gmail.heard[heard:]] == [b"UNSELECT", b"LIST"]


def test_our_letter_is_found_in_sent_by_its_token(gmail: Gmail, mailbox: ImapMailbox) -> None:
    stored = mail("mine", "")
    gmail.mails["[Gmail]/Sent Mail"] = [Stored(b"X-Relance-Id: t-1\r\n" + stored.raw, "")]
    found = mailbox.find_token("t-1", "")
    assert found is not None
    assert (found.message_id, found.role) == ("<mine@a.example>", Role.SENT)
    assert mailbox.find_token("t-2", "") is None
