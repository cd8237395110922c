"""What every mailbox, sender and Drafts folder must do, as tests to subclass; never loaded by relance itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

import pytest

from providers.base import (
    Address,
    Drafts,
    Letter,
    Mail,
    Mailbox,
    NotSent,
    ProviderError,
    Receipt,
    Refused,
    Sender,
    Unknown,
    Unreachable,
)
from providers.mail.freeze import Sheet, dated, freeze, identify

__all__ = [
    "SAMPLES", "Committed", "Drafting", "DraftsContract", "MailboxContract", "Posting", "ReadingContract",
    "SenderContract", "plain_letter", "read_all",
]  # fmt: skip

SAMPLES = (
    (b"From: Ann <ann@a.example>\nTo: me@example.org\nSubject: =?utf-8?q?caf=C3=A9?=\nMessage-ID: <one@a.example>\n"
    b"Date: Mon, 02 Mar 2026 10:00:00 +0100\n\nHello there.\n"),
    b"From: me@example.org\nTo: Ann <ann@a.example>\nSubject: Re: plan\nMessage-ID: <two@example.org>\n"
    b"In-Reply-To: <one@a.example>\nReferences: <zero@a.example> <one@a.example>\n"
    b"Date: Tue, 03 Mar 2026 10:00:00 +0100\n"
    b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: multipart/alternative; '
    b'boundary="y"\n\n--y\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n'
    b"Gr=C3=BC=C3=9Fe\n--y\nContent-Type: text/html\n\n<p>Gr&uuml;&szlig;e</p>\n--y--\n"
    b"--x\nContent-Type: application/pdf; "
    b'name="a.pdf"\nContent-Disposition: attachment; filename="../../a.pdf"\nContent-Transfer-Encoding: base64\n\n'
    + b"QUJD" * 3000 + b"\n--x--\n",
    (b"From: Bob <bob@b.example>\nTo: me@example.org\nSubject: page only\nMessage-ID: <three@b.example>\n"
    b"Date: Wed, 04 Mar 2026 10:00:00 +0100\nMIME-Version: 1.0\nContent-Type: text/html; charset=iso-8859-1\n\n"
    b"<p>Tr\xe8s bien</p><p style='display:none'>secret</p>\n"),
    b'From: "\nSubject: broken\nMessage-ID: <four@b.example>\nDate: nonsense\n\nstill text\n',
)  # fmt: skip


def read_all(mailbox: Mailbox, cursor: str = "") -> tuple[dict[str, Mail], str]:
    """Every mail by Message-ID, and where the cursor got to."""
    found: dict[str, Mail] = {}
    for page in mailbox.changes(cursor):
        found |= {mail.message_id: mail for mail in page.mails}
        cursor = page.cursor
    return found, cursor


def plain_letter(words: str = "Did you have time to look at it?") -> Letter:
    """A letter to one person; with other words it stays the same letter, as a draft that is written anew does."""
    token, message_id = identify("00" * 32, "one", "example.org")
    sender, ann = Address("me@example.org", "Me"), Address("ann@a.example")
    sheet = Sheet(sender, (ann,), "The offer", words, message_id, token)
    raw = dated(freeze(sheet), datetime(2026, 3, 5, 10, tzinfo=UTC))
    return Letter(message_id, token, sender.email, sheet.envelope, raw)


class Committed:
    """Counts commits, and fails instead when told to."""

    def __init__(self, failure: BaseException | None = None) -> None:
        self.times = 0
        self.failure = failure

    def __call__(self) -> None:
        self.times += 1
        if self.failure:
            raise self.failure


class ReadingContract:
    """What a mailbox must do that is only read. Subclasses give `mailbox`, a fixture that holds SAMPLES."""

    def test_it_offers_every_mail_once(self, mailbox: Mailbox) -> None:
        mails: Sequence[Mail] = [mail for page in mailbox.changes("") for mail in page.mails]
        assert sorted(mail.message_id for mail in mails) == sorted(
            ["<one@a.example>", "<two@example.org>", "<three@b.example>", "<four@b.example>"]
        )
        assert len({mail.key for mail in mails}) == len(mails)

    def test_headers_and_text_are_readable(self, mailbox: Mailbox) -> None:
        mails, _ = read_all(mailbox)
        assert mails["<one@a.example>"].subject == "café"
        assert mails["<one@a.example>"].text.strip() == "Hello there."
        assert mails["<two@example.org>"].text.strip() == "Grüße"
        assert mails["<two@example.org>"].references == ("<zero@a.example>", "<one@a.example>")
        assert mails["<three@b.example>"].text.strip() == "Très bien"

    def test_attachments_are_named_and_not_kept(self, mailbox: Mailbox) -> None:
        mail = read_all(mailbox)[0]["<two@example.org>"]
        assert [(one.name, one.content_type) for one in mail.attachments] == [("a.pdf", "application/pdf")]
        assert 8000 < mail.attachments[0].size < 12500
        assert "QUJD" not in mail.text

    def test_a_broken_sender_is_nobody_and_a_problem(self, mailbox: Mailbox) -> None:
        mail = read_all(mailbox)[0]["<four@b.example>"]
        assert mail.sender is None
        assert mail.problem
        assert mail.date is None

    def test_nothing_new_gives_no_mail(self, mailbox: Mailbox) -> None:
        _, cursor = read_all(mailbox)
        assert read_all(mailbox, cursor)[0] == {}

    def test_stopping_at_any_page_loses_nothing(self, mailbox: Mailbox) -> None:
        whole, _ = read_all(mailbox)
        pages = list(mailbox.changes(""))
        for stop in range(1, len(pages) + 1):
            seen = {mail.message_id for page in pages[:stop] for mail in page.mails}
            rest, _ = read_all(mailbox, pages[stop - 1].cursor)
            assert seen | set(rest) == set(whole)


class MailboxContract(ReadingContract):
    """What every mailbox must do from which letters leave as well."""

    def test_raw_gives_the_bytes(self, mailbox: Mailbox) -> None:
        mail = read_all(mailbox)[0]["<one@a.example>"]
        raw = mailbox.raw(mail.key).replace(b"\r\n", b"\n")
        assert raw.rstrip(b"\n") == SAMPLES[0].rstrip(b"\n")

    def test_a_token_nobody_wrote_is_not_found(self, mailbox: Mailbox) -> None:
        assert mailbox.find_token("<nobody@example.org>", "") is None


class Posting(Protocol):
    """A server that letters are handed to, as a test sees it."""

    letter: Letter

    def sender(self) -> Sender:
        """A fresh sender."""
        ...

    def taken(self) -> int:
        """How many letters the server took."""
        ...

    def refuse(self) -> None:
        """It says no to the next letter."""
        ...

    def lose_answer(self) -> None:
        """It takes the next letter, and what it says to that is lost."""
        ...


class SenderContract:
    """Subclasses give `posting`, a fixture with a server that works."""

    def test_a_letter_leaves_once_and_a_receipt_says_under_which_id(self, posting: Posting) -> None:
        commit = Committed()
        receipt = posting.sender().send(posting.letter, commit)
        assert isinstance(receipt, Receipt)
        assert receipt.message_id.startswith("<")
        assert (posting.taken(), commit.times) == (1, 1)

    def test_the_commit_comes_before_the_letter_leaves(self, posting: Posting) -> None:
        seen: list[int] = []
        posting.sender().send(posting.letter, lambda: seen.append(posting.taken()))
        assert seen == [0]

    @pytest.mark.parametrize(
        "failure",
        [ValueError("no"), OSError("disk"), Refused("stop"), Unreachable("later"), KeyboardInterrupt()],
        ids=lambda failure: type(failure).__name__,
    )
    def test_a_commit_that_fails_sends_nothing_and_is_passed_on(self, posting: Posting, failure: BaseException) -> None:
        with pytest.raises(type(failure)) as caught:
            posting.sender().send(posting.letter, Committed(failure))
        assert caught.value is failure
        assert posting.taken() == 0

    def test_a_refusal_is_proof_that_nothing_left(self, posting: Posting) -> None:
        posting.refuse()
        with pytest.raises(NotSent):
            posting.sender().send(posting.letter, Committed())
        assert posting.taken() == 0

    def test_a_lost_answer_is_never_called_a_refusal_and_nothing_is_tried_twice(self, posting: Posting) -> None:
        posting.lose_answer()
        commit = Committed()
        try:
            outcome: object = posting.sender().send(posting.letter, commit)
        except ProviderError as problem:
            outcome = problem
        assert isinstance(outcome, Receipt | Unknown), outcome
        assert (posting.taken(), commit.times) == (1, 1)


class Drafting(Protocol):
    """A mailbox with a Drafts folder, and the person who works in it."""

    def drafts(self) -> Drafts:
        """The mailbox, opened."""
        ...

    def letter(self, words: str) -> Letter:
        """The same letter each time, with these words."""
        ...

    def edit(self, key: str, words: str) -> None:
        """The person writes something else into the draft, in their own mail program."""
        ...

    def send(self, key: str) -> None:
        """The person sends the draft from there."""
        ...


class DraftsContract:
    """Subclasses give `drafting`, a fixture with an empty Drafts folder."""

    def test_a_draft_that_was_laid_is_read_and_found_by_its_token(self, drafting: Drafting) -> None:
        box, letter = drafting.drafts(), drafting.letter("One two three")
        draft = box.put_draft(letter)
        assert draft.token == letter.token
        assert draft.recipients == tuple(sorted(one.lower() for one in letter.recipients))
        assert "One two three" in draft.text
        assert box.read_draft(draft.key) == draft
        assert [one.key for one in box.find_drafts(letter.token)] == [draft.key]
        assert box.find_drafts("nobody-s-token") == ()

    def test_one_draft_takes_the_place_of_another(self, drafting: Drafting) -> None:
        box = drafting.drafts()
        first = box.put_draft(drafting.letter("One two three"))
        second = box.put_draft(drafting.letter("Four five six"), first.key)
        assert second.digest != first.digest
        assert [one.digest for one in box.find_drafts(first.token)] == [second.digest]

    def test_an_edit_elsewhere_shows_in_the_digest(self, drafting: Drafting) -> None:
        box = drafting.drafts()
        draft = box.put_draft(drafting.letter("One two three"))
        drafting.edit(draft.key, "One two four")
        (changed,) = box.find_drafts(draft.token)
        assert changed.digest != draft.digest
        assert "One two four" in changed.text

    def test_a_draft_that_was_taken_away_reads_as_none(self, drafting: Drafting) -> None:
        box = drafting.drafts()
        draft = box.put_draft(drafting.letter("One two three"))
        box.drop_draft(draft.key)
        box.drop_draft(draft.key)
        assert box.read_draft(draft.key) is None
        assert box.find_drafts(draft.token) == ()

    def test_a_draft_that_was_sent_is_a_draft_no_more_and_is_not_taken_away(self, drafting: Drafting) -> None:
        box = drafting.drafts()
        draft = box.put_draft(drafting.letter("One two three"))
        drafting.send(draft.key)
        assert box.read_draft(draft.key) is None
        box.drop_draft(draft.key)
        assert isinstance(box, Mailbox)
        assert box.find_token(draft.token, "") is not None
