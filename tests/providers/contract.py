"""What every mailbox must do, whatever holds its mail; each kind of mailbox runs this class over its own."""

from __future__ import annotations

from collections.abc import Sequence

from providers.base import Mail, Mailbox, Role

SAMPLES = (
    (b"From: Ann <ann@a.example>\nTo: me@example.org\nSubject: =?utf-8?q?caf=C3=A9?=\nMessage-ID: <one@a.example>\n"
    b"Date: Mon, 02 Mar 2026 10:00:00 +0100\n\nHello there.\n"),
    b"From: me@example.org\nTo: Ann <ann@a.example>\nSubject: Re: plan\nMessage-ID: <two@example.org>\n"
    b"In-Reply-To: <one@a.example>\nReferences: <zero@a.example> <one@a.example>\nDate: Tue, 03 Mar 2026 10:00:00 +0100\n"
    b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n\n--x\nContent-Type: multipart/alternative; '
    b'boundary="y"\n\n--y\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n'
    b"Gr=C3=BC=C3=9Fe\n--y\nContent-Type: text/html\n\n<p>Gr&uuml;&szlig;e</p>\n--y--\n--x\nContent-Type: application/pdf; "
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


class MailboxContract:
    """Subclasses give `mailbox`, a fixture that holds SAMPLES."""

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

    def test_raw_gives_the_bytes(self, mailbox: Mailbox) -> None:
        mail = read_all(mailbox)[0]["<one@a.example>"]
        raw = mailbox.raw(mail.key).replace(b"\r\n", b"\n")
        assert raw.rstrip(b"\n") == SAMPLES[0].rstrip(b"\n")

    def test_a_token_nobody_wrote_is_not_found(self, mailbox: Mailbox) -> None:
        assert mailbox.find_token("<nobody@example.org>", "") is None
        assert Role.INBOX
