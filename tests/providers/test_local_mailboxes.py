"""The mailboxes that need no server keep the contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from providers.base import Letter, Mailbox, Refused, Role
from providers.kits import SAMPLES, DraftsContract, MailboxContract, plain_letter, read_all
from providers.local import mbox
from providers.local.archive import ArchiveMailbox
from providers.local.memory import MemoryMailbox, MemoryServer

NOW = datetime(2026, 3, 10, tzinfo=UTC)


class TestMemory(MailboxContract):
    @pytest.fixture
    def mailbox(self) -> Iterator[Mailbox]:
        server = MemoryServer(lambda: NOW)
        for raw in SAMPLES:
            server.deliver(raw)
        yield MemoryMailbox(server)


class Drafting:
    def __init__(self) -> None:
        self.server = MemoryServer(lambda: NOW)

    def drafts(self) -> MemoryMailbox:
        return MemoryMailbox(self.server)

    def letter(self, words: str) -> Letter:
        return plain_letter(words)

    def edit(self, key: str, words: str) -> None:
        self.server.remove(key)
        self.server.deliver(plain_letter(words).raw, role=Role.DRAFTS, flags=frozenset(("draft",)))

    def send(self, key: str) -> None:
        self.server.move(key, Role.SENT)


class TestMemoryDrafts(DraftsContract):
    @pytest.fixture
    def drafting(self) -> Drafting:
        return Drafting()


class TestMbox(MailboxContract):
    @pytest.fixture
    def mailbox(self, tmp_path: Path) -> Iterator[Mailbox]:
        file = tmp_path / "inbox.mbox"
        file.write_bytes(b"".join(b"From x Mon Mar  2 10:00:00 2026\n" + raw + b"\n" for raw in SAMPLES))
        yield ArchiveMailbox(file)


class TestMaildir(MailboxContract):
    @pytest.fixture
    def mailbox(self, tmp_path: Path) -> Iterator[Mailbox]:
        for part in ("cur", "new", "tmp"):
            (tmp_path / part).mkdir()
        for number, raw in enumerate(SAMPLES):
            (tmp_path / "cur" / f"{number}.host:2,S").write_bytes(raw)
        yield ArchiveMailbox(tmp_path)


def test_an_mbox_with_from_lines_in_its_text_is_cut_only_between_mails(tmp_path: Path) -> None:
    body = b"Subject: a\nMessage-ID: <a@b>\n\n>From here on\n\nFrom my side nothing\nend\n"
    file = tmp_path / "all.mbox"
    file.write_bytes(
        b"From - Mon Mar  2 10:00:00 2026\n" + body + b"\nFrom x@y Mon Mar  2 10:00:00 2026\r\n" + SAMPLES[0]
    )
    mails, _ = read_all(ArchiveMailbox(file))
    assert mails["<a@b>"].text == "From here on\n\nFrom my side nothing\nend\n"
    assert len(mails) == 2


@pytest.mark.parametrize(
    ("before", "separates"),
    [
        (b"end\n\n", True), (b"end\r\n\r\n", True), (b"end\n", False), (b"end\n \n", False), (b"end\n\r", False),
    ],
)  # fmt: skip
def test_a_mail_begins_after_an_empty_line_wherever_a_block_ends(
    before: bytes, separates: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mbox, "BLOCK", 600)
    line = b"From x@y Mon Mar  2 10:00:00 2026\n"
    for shift in (*range(20, 100), *range(530, 610)):
        file = BytesIO(line + b"a" * shift + before + line + b"Subject: b\n")
        assert len(list(mbox.separators(file))) == 1 + separates, shift


def test_takeout_labels_give_the_role(tmp_path: Path) -> None:
    file = tmp_path / "takeout.mbox"
    file.write_bytes(
        b"From 1@xxx Mon Mar  2 10:00:00 +0000 2026\nX-GM-THRID: 77\nX-Gmail-Labels: Sent,Important\n" + SAMPLES[1]
    )
    mail = read_all(ArchiveMailbox(file))[0]["<two@example.org>"]
    assert (mail.role, mail.labels, mail.thread_hint) == (Role.SENT, ("Sent", "Important"), "77")


LINE = b"From x@y Mon Mar  2 10:00:00 2026\n"
OWN = b"From: me@example.org\nTo: ann@a.example\nMessage-ID: <own%d@example.org>\n\nWhich of the two?\n\n"
CAME = b"Return-Path: <eve@evil.example>\nFrom: eve@evil.example\nMessage-ID: <came@evil.example>\n\nHello\n\n"
LABELS = b"X-Gmail-Labels: %s\n"


@pytest.mark.parametrize(
    ("name", "pieces", "sent"),
    [
        ("all", (OWN % 1, OWN % 2), {1, 2}),
        # What looks like a mail behind one that was delivered may stand in the text of that one.
        ("all", (OWN % 1, CAME, OWN % 2), {1}),
        ("all", (CAME, OWN % 1, OWN % 2), set()),
        ("all", (OWN % 1, CAME, LABELS % b"Sent" + OWN % 2), {1}),
        ("all", (LABELS % b"Inbox" + CAME, LABELS % b"Sent" + OWN % 1), {1}),
        ("all", (LABELS % b"Sent" + OWN % 1, LABELS % b"Inbox" + CAME, OWN % 2), {1}),
        ("Sent", (OWN % 1, CAME, OWN % 2), {1, 2}),
    ],
)
def test_an_mbox_shows_what_was_sent_where_nobody_else_can_have_written_it(
    name: str, pieces: tuple[bytes, ...], sent: set[int], tmp_path: Path
) -> None:
    file = tmp_path / f"{name}.mbox"
    file.write_bytes(b"".join(LINE + piece for piece in pieces))
    box = ArchiveMailbox(file)
    wanted = {f"<own{number}@example.org>" for number in sent}
    for mails in (read_all(box)[0].values(), [mail for spot in box.spots() for mail in box.read([spot])]):
        assert {mail.message_id for mail in mails if "sent" in mail.flags} == wanted


def test_a_missing_archive_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="There is no mailbox"):
        ArchiveMailbox(tmp_path / "nothing")
    with pytest.raises(Refused, match="no Maildir"):
        ArchiveMailbox(tmp_path)


@pytest.mark.parametrize(
    ("held", "problem"),
    [
        (b"PK\x03\x04Takeout", "is packed"),
        (b"\x1f\x8b\x08", "is packed"),
        (b"\x7fELF\x02", "no mbox file"),
        (b"%PDF-1.7\n", "no mbox file"),
        (b"{\n", "no mbox file"),
    ],
)
def test_a_file_that_is_no_mailbox_is_refused(tmp_path: Path, held: bytes, problem: str) -> None:
    (tmp_path / "file").write_bytes(held)
    with pytest.raises(Refused, match=problem):
        ArchiveMailbox(tmp_path / "file")


@pytest.mark.parametrize("head", [b"", b"\xef\xbb\xbfFrom x\n", b"\n\nFrom x\n", b"Subject: a single mail\n\nHello\n"])
def test_a_file_that_may_be_a_mailbox_is_read(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "file").write_bytes(head)
    list(ArchiveMailbox(tmp_path / "file").changes(""))


def test_the_memory_server_files_what_it_accepts_and_reports_moves() -> None:
    server = MemoryServer(lambda: NOW)
    mailbox = MemoryMailbox(server)
    key = server.deliver(SAMPLES[0])
    _, cursor = read_all(mailbox)
    server.move(key, Role.TRASH)
    server.accept(Letter("<two@example.org>", "t", "me@example.org", ("ann@a.example",), SAMPLES[1]))
    pages = list(mailbox.changes(cursor))
    assert [one.role for page in pages for one in page.moved] == [Role.TRASH]
    found = mailbox.find_token("<two@example.org>", cursor)
    assert found is not None
    assert found.role is Role.SENT
    server.remove(key)
    assert [one for page in mailbox.changes(pages[-1].cursor) for one in page.gone] == [key]


def test_a_draft_can_be_replaced_and_taken_away_but_a_sent_mail_stays() -> None:
    server = MemoryServer(lambda: NOW)
    mailbox = MemoryMailbox(server)
    letter = Letter("<two@example.org>", "t", "me@example.org", ("ann@a.example",), SAMPLES[1])
    old = mailbox.put_draft(letter)
    new = mailbox.put_draft(letter, replaces=old.key)
    assert mailbox.read_draft(old.key) is None
    assert mailbox.read_draft(new.key) is not None
    sent = server.deliver(SAMPLES[0], role=Role.SENT)
    mailbox.drop_draft(sent)
    assert server.held(sent) is not None
