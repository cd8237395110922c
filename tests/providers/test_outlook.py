"""An Outlook mailbox against a fake that is stricter than Graph."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from providers.base import Drafts, Mailbox, Page, Role, Sweep
from providers.kits import SAMPLES, MailboxContract
from providers.outlook.graph import Graph, Lost, OutlookSettings
from providers.outlook.mailbox import OutlookMailbox
from tests.peers import graph_schema
from tests.peers.fake_letters import SAM, incoming
from tests.peers.graph_fake import GraphFake


@pytest.fixture
def fake() -> Iterator[GraphFake]:
    with GraphFake() as server:
        yield server


class TestOutlook(MailboxContract):
    @pytest.fixture
    def mailbox(self, fake: GraphFake) -> OutlookMailbox:
        for raw in SAMPLES:
            fake.store.deliver(raw)
        return opened(fake)


class Sleeps:
    def __init__(self) -> None:
        self.total = 0.0

    def __call__(self, seconds: float) -> None:
        self.total += seconds


def opened(fake: GraphFake, token: str = "good", sleep: Sleeps | None = None) -> OutlookMailbox:
    return OutlookMailbox(OutlookSettings(SAM, lambda rejected="": token, fake.graph_url, sleep or Sleeps()))


def synced(box: OutlookMailbox, cursor: str = "") -> tuple[list[Page], str]:
    pages = list(box.changes(cursor))
    return pages, pages[-1].cursor


def keys(pages: list[Page]) -> list[str]:
    return [mail.key for page in pages for mail in page.mails]


def moves(pages: list[Page]) -> dict[str, Role | None]:
    return {item.key: item.role for page in pages for item in page.moved}


def gone(pages: list[Page]) -> list[str]:
    return [key for page in pages for key in page.gone]


def test_the_schema_of_microsoft_checks_the_fake() -> None:
    assert graph_schema.wrong("message", {"subject": "x", "mesage": 1})
    assert not graph_schema.wrong("message", {"id": "x", "subject": "x"})


def test_it_is_a_mailbox_with_drafts(fake: GraphFake) -> None:
    assert isinstance(opened(fake), Mailbox)
    assert isinstance(opened(fake), Drafts)


def test_the_first_sync_brings_every_folder_newest_first(fake: GraphFake) -> None:
    made = [fake.store.deliver(incoming(number)) for number in range(130)]
    sub = fake.store.folder("Kunden", "F-inbox")
    deep = fake.store.deliver(incoming(901), sub)
    junk = fake.store.deliver(incoming(902), "junkemail")
    pages, _ = synced(opened(fake))
    found = keys(pages)
    assert [key for key in found if key in made] == made[::-1]
    assert set(found) == {*made, deep, junk}
    by_key = {mail.key: mail for page in pages for mail in page.mails}
    assert (by_key[deep].folder, by_key[deep].role, by_key[junk].role) == ("Posteingang/Kunden", Role.OTHER, Role.JUNK)
    assert pages[-1].done == pages[-1].total == 132


def test_read_only_access_is_enough_to_sync(fake: GraphFake) -> None:
    fake.store.deliver(incoming())
    assert len(keys(synced(opened(fake, "reader"))[0])) == 1


def test_never_more_than_four_requests_run_at_once(fake: GraphFake) -> None:
    fake.latency = 0.01
    for number in range(30):
        fake.store.deliver(incoming(number), fake.store.folder(f"Ordner {number}"))
    for number in range(10):
        fake.store.deliver(incoming(100 + number), "sentitems")
    assert len(keys(synced(opened(fake))[0])) == 40
    assert 2 <= fake.peak <= 4
    assert fake.too_many == 0


@pytest.mark.parametrize("stop_after", [1, 2, 3, 4])
def test_a_sync_that_was_killed_goes_on_where_it_stopped(fake: GraphFake, stop_after: int) -> None:
    made = {fake.store.deliver(incoming(number)) for number in range(130)}
    made |= {fake.store.deliver(incoming(500 + number), "archive") for number in range(130)}
    running, first = opened(fake).changes(""), []
    for _ in range(stop_after):
        first.append(next(running))
    running.close()
    rest, _ = synced(opened(fake), first[-1].cursor)
    assert set(keys(first)) | set(keys(rest)) == made
    assert len(keys(first)) + len(keys(rest)) == len(made)


def test_nothing_new_gives_one_empty_page(fake: GraphFake) -> None:
    fake.store.deliver(incoming())
    _, cursor = synced(opened(fake))
    pages, again = synced(opened(fake), cursor)
    assert (len(pages), keys(pages)) == (1, [])
    assert keys(synced(opened(fake), again)[0]) == []


def test_a_mail_that_moved_is_not_gone_and_one_that_was_deleted_is(fake: GraphFake) -> None:
    moved, deleted = fake.store.deliver(incoming(1)), fake.store.deliver(incoming(2))
    _, cursor = synced(opened(fake))
    fake.store.move(moved, "archive")
    fake.store.erase(deleted)
    pages, cursor = synced(opened(fake), cursor)
    assert gone(pages) == [deleted]
    assert moves(pages)[moved] is Role.ARCHIVE
    assert {mail.key: mail.role for page in pages for mail in page.mails} == {moved: Role.ARCHIVE}


def test_a_small_change_is_read_whole(fake: GraphFake) -> None:
    key = fake.store.deliver(incoming())
    _, cursor = synced(opened(fake))
    fake.store.change(fake.store.items[key], {"categories": ["relance/sales"], "isRead": True})
    pages, _ = synced(opened(fake), cursor)
    (mail,) = [mail for page in pages for mail in page.mails]
    assert (mail.labels, mail.flags, mail.subject) == (("relance/sales",), {"relance/sales", "seen"}, "The offer")


def test_a_mail_that_vanished_after_a_small_change_breaks_nothing(fake: GraphFake) -> None:
    key = fake.store.deliver(incoming())
    _, cursor = synced(opened(fake))
    fake.store.change(fake.store.items[key], {"isRead": True})
    fake.part_faults.extend([404] * 3)
    assert keys(synced(opened(fake), cursor)[0]) == []


@pytest.mark.parametrize("trap", ["empty_pages", "replay"])
def test_empty_and_repeated_pages_lose_and_double_nothing(fake: GraphFake, trap: str) -> None:
    made = [fake.store.deliver(incoming(number)) for number in range(120)]
    setattr(fake, trap, True)
    pages, _ = synced(opened(fake))
    assert set(keys(pages)) == set(made)
    assert all(len({mail.key for mail in page.mails}) == len(page.mails) for page in pages)


def test_a_folder_whose_state_is_lost_is_read_again_alone(fake: GraphFake) -> None:
    inbox, archived = fake.store.deliver(incoming(1)), fake.store.deliver(incoming(2), "archive")
    _, cursor = synced(opened(fake))
    late = fake.store.deliver(incoming(3))
    fake.store.folders["F-inbox"].generation += 1
    pages, _ = synced(opened(fake), cursor)
    assert set(keys(pages)) == {inbox, late}
    assert archived not in keys(pages)


def test_a_state_lost_in_the_middle_of_a_round_starts_the_folder_again(fake: GraphFake) -> None:
    made = {fake.store.deliver(incoming(number)) for number in range(130)}
    running = opened(fake).changes("")
    first = next(page for page in running if page.mails)
    running.close()
    fake.store.folders["F-inbox"].generation += 1
    rest, _ = synced(opened(fake), first.cursor)
    assert set(keys(rest)) == made


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (410, "SyncStateNotFound"),
        (410, "resyncRequired"),
        (400, "ErrorInvalidSkipToken"),
        (400, "syncStateNotFound"),
        (404, "SyncStateInvalid"),
    ],
)
def test_every_spelling_of_a_lost_state_is_understood(fake: GraphFake, status: int, code: str) -> None:
    key = fake.store.deliver(incoming())
    _, cursor = synced(opened(fake))
    fake.fail("status", "F-inbox/messages/delta", status=status, value={"error": {"code": code, "message": ""}})
    assert keys(synced(opened(fake), cursor)[0]) == [key]


@pytest.mark.parametrize("link", [
    "https://attacker.example/v1.0/me/mailFolders/F-inbox/messages/delta?$deltatoken=1", "http://127.0.0.1:1/v1.0/me/x", "file:///etc/passwd",
    "{root}@attacker.example/v1.0/me/messages", "{root}/me/../users/other/messages", "{root}/users/other/messages", "{root}evil/me/x",
])  # fmt: skip
def test_a_link_that_leads_elsewhere_is_not_followed(fake: GraphFake, link: str) -> None:
    graph = Graph(OutlookSettings(SAM, lambda rejected="": "good", fake.graph_url))
    with pytest.raises(Lost):
        graph.link(link.replace("{root}", fake.graph_url))
    key = fake.store.deliver(incoming())
    value = json.loads(synced(opened(fake))[1])
    value["places"]["F-inbox"][0] = link
    assert keys(synced(opened(fake), json.dumps(value))[0]) == [key]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "{}",
        "[]",
        '{"v":9}',
        '{"v":1,"provider":"gmail"}',
        '{"v":1,"provider":"outlook","places":{"a":1},"known":{},"done":0}',
    ],
)
def test_a_cursor_that_is_not_ours_means_the_start(fake: GraphFake, cursor: str) -> None:
    fake.store.deliver(incoming())
    assert len(keys(synced(opened(fake), cursor)[0])) == 1


def test_a_folder_that_was_deleted_takes_its_mails_along(fake: GraphFake) -> None:
    extra = fake.store.folder("Projekt")
    fake.store.erase(fake.store.deliver(incoming(), extra))
    _, cursor = synced(opened(fake))
    del fake.store.folders[extra]
    pages, cursor = synced(opened(fake), cursor)
    assert pages[-1].swept == (Sweep("Projekt", "-"),)
    assert synced(opened(fake), cursor)[0][-1].swept == ()


def test_more_folders_than_fit_on_a_page_are_all_read(fake: GraphFake) -> None:
    made = {fake.store.deliver(incoming(number), fake.store.folder(f"Ordner {number}")) for number in range(120)}
    assert set(keys(synced(opened(fake))[0])) == made


def test_sent_mail_has_its_references_from_what_exchange_keeps(fake: GraphFake) -> None:
    fake.store.deliver(
        incoming(
            2,
            sender=SAM,
            extra="In-Reply-To: <mail1@acme.example>\r\nReferences: <mail0@acme.example> <mail1@acme.example>\r\n",
        ),
        "sentitems",
    )
    pages, _ = synced(opened(fake))
    (mail,) = [mail for page in pages for mail in page.mails]
    assert mail.in_reply_to == ("<mail1@acme.example>",)
    assert mail.references == ("<mail0@acme.example>", "<mail1@acme.example>")
    assert (mail.role, mail.sender and mail.sender.email, mail.thread_hint) == (Role.SENT, SAM, "")


@pytest.mark.parametrize("refused", [False, True])
def test_references_of_many_sent_mails_come_in_one_request_where_outlook_allows_it(
    fake: GraphFake, refused: bool
) -> None:
    for number in range(60):
        fake.store.deliver(
            incoming(number, sender=SAM, extra=f"In-Reply-To: <root{number}@acme.example>\r\n"), "sentitems"
        )
    if refused:
        fake.fail("status", "GET .*F-sentitems/messages\\?%24filter", times=9, status=400)
    pages, _ = synced(opened(fake))
    mails = [mail for page in pages for mail in page.mails]
    assert [mail.in_reply_to for mail in mails] == [(f"<root{number}@acme.example>",) for number in reversed(range(60))]
    assert fake.count("batch") == (1 if not refused else 4)


def test_sent_mails_of_one_moment_fall_on_two_pages(fake: GraphFake) -> None:
    for number in range(130):
        name = f"<mail{number}@acme.example>".encode()
        raw = incoming(1, sender=SAM, extra=f"In-Reply-To: <root{number}@acme.example>\r\n")
        fake.store.deliver(raw.replace(b"<mail1@acme.example>", name), "sentitems")
    pages, _ = synced(opened(fake))
    mails = [mail for page in pages for mail in page.mails]
    assert {mail.in_reply_to for mail in mails} == {(f"<root{number}@acme.example>",) for number in range(130)}


def test_a_meeting_answer_is_read_from_its_bytes(fake: GraphFake) -> None:
    raw = incoming(1).replace(
        b"Content-Type: text/plain; charset=utf-8\r\n\r\nHello 1\r\n",
        b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nAccepted\r\n--b\r\n'
        b"Content-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n--b--\r\n",
    )
    fake.store.deliver(raw, kind="#microsoft.graph.eventMessageResponse")
    pages, _ = synced(opened(fake))
    (mail,) = [mail for page in pages for mail in page.mails]
    assert [part.content_type for part in mail.parts] == ["text/calendar"]
    assert "METHOD:REPLY" in mail.parts[0].text


def test_attachments_are_named_and_not_fetched(fake: GraphFake) -> None:
    raw = incoming(1).replace(
        b"Content-Type: text/plain; charset=utf-8\r\n\r\nHello 1\r\n",
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee it\r\n--b\r\n'
        b'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="offer.pdf"\r\n\r\nPDFPDF\r\n--b--\r\n',
    )
    fake.store.deliver(raw)
    pages, _ = synced(opened(fake))
    (mail,) = [mail for page in pages for mail in page.mails]
    assert [(one.name, one.content_type, one.size) for one in mail.attachments] == [("offer.pdf", "application/pdf", 6)]
    assert mail.text.strip() == "See it"


def test_html_becomes_text_and_hostile_names_stay_names(fake: GraphFake) -> None:
    raw = (
        incoming(1, sender='"Ann, \\"x\\" <evil@x.example>" <ann@acme.example>')
        .replace(b"text/plain", b"text/html")
        .replace(b"Hello 1", b"<p>Hello <b>you</b></p>")
    )
    fake.store.deliver(raw)
    item = next(iter(fake.store.items.values()))
    item.headers = []
    pages, _ = synced(opened(fake))
    (mail,) = [mail for page in pages for mail in page.mails]
    assert mail.text.strip() == "Hello you"
    assert mail.sender is not None
    assert mail.sender.email == "ann@acme.example"


def test_the_raw_mail_and_its_unique_part_can_be_had(fake: GraphFake) -> None:
    key = fake.store.deliver(incoming(1, body="New words<hr>old words"))
    assert opened(fake).raw(key) == incoming(1, body="New words<hr>old words")
    assert opened(fake).unique(key) == "New words"


def test_a_conversation_is_read_from_all_folders_and_joins_nothing_itself(fake: GraphFake) -> None:
    root = fake.store.deliver(incoming(1))
    fake.store.deliver(incoming(2, subject="Re: The offer", extra="In-Reply-To: <mail1@acme.example>\r\n"), "junkemail")
    fake.store.deliver(incoming(3, sender="stranger@x.example"))
    found = {mail.message_id: (mail.role, mail.in_reply_to) for mail in opened(fake).thread(root)}
    assert found["<mail2@acme.example>"] == (Role.JUNK, ("<mail1@acme.example>",))
    assert found["<mail3@acme.example>"][1] == ()
    assert opened(fake).thread("gone") == ()


def test_a_reply_the_person_has_begun_is_a_draft_in_its_thread(fake: GraphFake) -> None:
    about = fake.store.deliver(incoming())
    begun = fake.store.reply_to(about, {})
    pages, _ = synced(opened(fake))
    (mail,) = [mail for page in pages for mail in page.mails if mail.key == begun.id]
    assert (mail.role, mail.references) == (Role.DRAFTS, ("<mail1@acme.example>",))
