"""An Outlook mailbox against a fake that is stricter than Graph."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from providers.base import Absence, Drafts, Mailbox, Page, Refused, Role, SignInNeeded, Sweep, Unreachable
from providers.graph import Graph, Lost, OutlookSettings
from providers.outlook import OutlookMailbox
from tests.peers import graph_schema
from tests.peers.fake_letters import SAM, incoming, letter
from tests.peers.graph_fake import GraphFake
from tests.providers.contract import SAMPLES, MailboxContract


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

    def test_headers_and_text_are_readable(self, mailbox: Mailbox) -> None:
        """As everywhere, but Exchange keeps one body: of two that differ it hands out the page."""
        mails = {mail.message_id: mail for page in mailbox.changes("") for mail in page.mails}
        assert mails["<one@a.example>"].subject == "café"
        assert mails["<one@a.example>"].text.strip() == "Hello there."
        assert mails["<two@example.org>"].text.strip() == "page"
        assert mails["<two@example.org>"].references == ("<zero@a.example>", "<one@a.example>")
        assert mails["<three@b.example>"].text.strip() == "Très bien"


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
    if not graph_schema.FILE.exists():
        pytest.skip("graph-mail.schema.json is not here: the fake checks nothing against Microsoft's schema")
    assert graph_schema.wrong("message", {"subject": "x", "mesage": 1})
    assert not graph_schema.wrong("message", {"id": "x", "subject": "x"})


def test_it_is_a_mailbox_with_drafts(fake: GraphFake) -> None:
    assert isinstance(opened(fake), Mailbox)
    assert isinstance(opened(fake), Drafts)


def test_the_first_sync_brings_every_folder_newest_first(fake: GraphFake) -> None:
    made = [fake.store.deliver(incoming(number)) for number in range(230)]
    sub = fake.store.folder("Kunden", "F-inbox")
    deep = fake.store.deliver(incoming(901), sub)
    junk = fake.store.deliver(incoming(902), "junkemail")
    pages, _ = synced(opened(fake))
    found = keys(pages)
    assert [key for key in found if key in made] == made[::-1]
    assert set(found) == {*made, deep, junk}
    by_key = {mail.key: mail for page in pages for mail in page.mails}
    assert (by_key[deep].folder, by_key[deep].role, by_key[junk].role) == ("Posteingang/Kunden", Role.OTHER, Role.JUNK)
    assert pages[-1].done == pages[-1].total == 232


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
    made = {fake.store.deliver(incoming(number)) for number in range(230)}
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
    made = {fake.store.deliver(incoming(number)) for number in range(230)}
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


@pytest.mark.parametrize("status", [429, 503, 504])
def test_throttled_parts_of_a_batch_are_asked_again(fake: GraphFake, status: int) -> None:
    for number in range(60):
        fake.store.deliver(incoming(number), "sentitems")
    fake.fail("status", "GET .*F-sentitems/messages\\?%24filter", times=9, status=400)
    sleeps = Sleeps()
    fake.part_faults.extend([200] * 15 + [status, 200] * 20)
    pages, _ = synced(opened(fake, sleep=sleeps))
    assert len(keys(pages)) == 60
    assert sleeps.total >= 2


@pytest.mark.parametrize("what", ["lose", "lose_answer", "status", "cut"])
def test_a_read_survives_a_bad_connection(fake: GraphFake, what: str) -> None:
    fake.store.deliver(incoming())
    fake.fail(what, "GET", times=3, status=503)
    assert len(keys(synced(opened(fake))[0])) == 1


def test_the_pause_outlook_asks_for_is_kept_and_a_long_one_is_handed_on(fake: GraphFake) -> None:
    sleeps = Sleeps()
    fake.fail("status", "GET", status=429, headers={"Retry-After": "17"})
    synced(opened(fake, sleep=sleeps))
    assert sleeps.total == 17
    fake.fail("status", "GET", status=429, headers={"Retry-After": "900"})
    with pytest.raises(Unreachable) as caught:
        synced(opened(fake))
    assert caught.value.retry_after == 900


@pytest.mark.parametrize(("status", "code", "kind", "words"), [
    (401, "InvalidAuthenticationToken", SignInNeeded, "no longer accepts"), (403, "ErrorAccessDenied", SignInNeeded, "does not cover"),
    (404, "MailboxNotEnabledForRESTAPI", Refused, "no mailbox"), (403, "Other", Refused, "said no"),
])  # fmt: skip
def test_what_outlook_forbids_is_said_in_a_sentence_that_helps(
    fake: GraphFake, status: int, code: str, kind: type[Exception], words: str
) -> None:
    fake.fail(
        "status",
        "GET /v1.0/me/mailFolders",
        times=2,
        status=status,
        value={"error": {"code": code, "message": "quotes a mail"}},
    )
    with pytest.raises(kind, match=words) as caught:
        synced(opened(fake))
    assert "quotes" not in str(caught.value)


def test_an_unreadable_folder_stops_the_round(fake: GraphFake) -> None:
    fake.fail("status", "F-junkemail/messages/delta", times=99, status=500)
    with pytest.raises(Unreachable):
        synced(opened(fake))


def test_a_folder_that_is_there_and_says_it_is_not_stops_the_round(fake: GraphFake) -> None:
    fake.fail("status", "F-junkemail/messages/delta", status=404)
    with pytest.raises(Unreachable, match="folder"):
        synced(opened(fake))


def test_a_folder_deleted_in_the_middle_of_a_round_is_passed_over(fake: GraphFake) -> None:
    extra, kept = fake.store.folder("Projekt"), fake.store.deliver(incoming())
    fake.fail("status", f"{extra}/messages/delta", status=404)
    fake.fail("status", f"mailFolders/{extra}.%24select", status=404)
    assert keys(synced(opened(fake))[0]) == [kept]


def test_a_search_that_looks_like_a_folder_is_passed_over(fake: GraphFake) -> None:
    fake.store.folders[fake.store.folder("Suche")].search = True
    assert len(synced(opened(fake))[0]) == 1


@pytest.mark.parametrize("private", [False, True])
def test_a_sign_in_by_another_of_the_own_addresses_is_accepted(fake: GraphFake, private: bool) -> None:
    fake.store.address = "sam.private@example.org"
    if private:
        fake.fail("status", "proxyAddresses", status=400)
    settings = OutlookSettings(SAM, lambda rejected="": "good", fake.graph_url, Sleeps(), ("Sam.Private@example.org",))
    assert len(synced(OutlookMailbox(settings))[0]) == 1


def test_a_sign_in_of_another_account_is_refused(fake: GraphFake) -> None:
    fake.store.address = "other@example.org"
    with pytest.raises(Refused, match="belongs to other"):
        synced(opened(fake))


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


def test_an_own_letter_is_found_once_it_is_no_draft_any_more(fake: GraphFake) -> None:
    box, one = opened(fake), letter(intent="x")
    draft = box.put_draft(one)
    assert box.find_token(one.token, "") is None
    fake.store.send(fake.store.items[draft.key])
    found = box.find_token(one.token, "")
    assert found is not None
    assert (found.key, found.message_id, found.role) == (draft.key, one.message_id, Role.SENT)
    assert box.find_token(one.message_id, "") == found
    assert box.find_token("other", "") is None
    assert box.find_token("a' or ep/value eq 'b", "") is None


def test_an_own_letter_without_its_marker_is_found_by_its_id(fake: GraphFake) -> None:
    one = letter(intent="x")
    key = fake.store.deliver(one.raw, "sentitems")
    found = opened(fake).find_token(one.token, "")
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(("replies", "found"), [
    ({"status": "disabled"}, None),
    ({"status": "alwaysEnabled"}, Absence()),
    ({"status": "scheduled", "scheduledStartDateTime": {"dateTime": "2026-12-20T08:00:00.0000000", "timeZone": "UTC"},
      "scheduledEndDateTime": {"dateTime": "2027-01-04T08:00:00.0000000", "timeZone": "Europe/Berlin"}},
     Absence(datetime(2026, 12, 20, 8, tzinfo=UTC), datetime(2027, 1, 4, 7, tzinfo=UTC))),
])  # fmt: skip
def test_the_own_automatic_replies_are_known(
    fake: GraphFake, replies: dict[str, object], found: Absence | None
) -> None:
    fake.store.replies = replies
    assert opened(fake, "reader").absence() == found


def test_a_draft_answers_the_mail_it_continues_and_goes_to_whom_it_should(fake: GraphFake) -> None:
    own = fake.store.deliver(incoming(1, sender=SAM, to="ann@acme.example"), "sentitems")
    draft = opened(fake).put_draft(letter(about="<mail1@acme.example>", reply_key=own))
    item = fake.store.items[draft.key]
    assert [one["emailAddress"]["address"] for one in item.value["toRecipients"]] == ["ann@acme.example"]
    assert item.properties["String 0x1042"] == "<mail1@acme.example>"
    assert "quoted" not in item.value["body"]["content"]
    assert item.headers == [{"name": "x-relance-id", "value": draft.token}]


def test_preparing_an_answer_leaves_an_unread_mail_unread(fake: GraphFake) -> None:
    key = fake.store.deliver(incoming(1))
    opened(fake).put_draft(letter(about="<mail1@acme.example>", reply_key=key))
    assert fake.store.items[key].value["isRead"] is False


def test_an_account_that_refuses_own_headers_gets_its_draft_without_them(fake: GraphFake) -> None:
    fake.strip_headers = True
    key = fake.store.deliver(incoming(1))
    draft = opened(fake).put_draft(letter(about="<mail1@acme.example>", reply_key=key))
    assert fake.store.items[draft.key].headers == []
    assert draft.token


@pytest.mark.parametrize("what", ["lose_answer", "status_after"])
@pytest.mark.parametrize("place", ["POST .*/createReply", "PATCH"])
def test_a_draft_whose_answer_was_lost_is_not_made_twice(fake: GraphFake, what: str, place: str) -> None:
    key = fake.store.deliver(incoming(1), read=True)
    fake.fail(what, place, times=1)
    one = letter(about="<mail1@acme.example>", reply_key=key)
    with pytest.raises(Unreachable):
        opened(fake).put_draft(one)
    draft = opened(fake).put_draft(one)
    assert [item.id for item in fake.store.drafts()] == [draft.key]
    assert draft.message_id == one.message_id


def test_a_draft_is_replaced_in_place(fake: GraphFake) -> None:
    box = opened(fake)
    first = box.put_draft(letter(intent="one"))
    second = box.put_draft(letter(intent="two", body="Shorter."), first.key)
    assert first.key == second.key
    assert first.digest != second.digest
    assert len(fake.store.drafts()) == 1


def test_what_a_person_types_at_the_same_moment_is_not_overwritten(fake: GraphFake) -> None:
    box = opened(fake)
    draft = box.put_draft(letter())
    fake.before_patch = lambda key: fake.store.touch(fake.store.items[key])
    with pytest.raises(Refused, match="in the meantime"):
        box.put_draft(letter(body="Other words"))
    fake.before_patch = None
    kept = box.read_draft(draft.key)
    assert kept == draft


def test_an_edit_elsewhere_shows_in_the_digest_and_a_change_of_form_does_not(fake: GraphFake) -> None:
    box = opened(fake)
    draft = box.put_draft(letter(body="One two\nthree"))
    item = fake.store.items[draft.key]
    fake.store.change(item, {"body": {"contentType": "html", "content": "<p>One  two three</p>"}})
    assert box.read_draft(draft.key) == draft
    fake.store.change(item, {"body": {"contentType": "html", "content": "<p>One two four</p>"}})
    changed = box.read_draft(draft.key)
    assert changed is not None
    assert changed.digest != draft.digest


def test_a_sent_mail_is_neither_a_draft_nor_dropped_under_its_old_id(fake: GraphFake) -> None:
    box = opened(fake)
    draft = box.put_draft(letter())
    fake.store.send(fake.store.items[draft.key])
    assert box.read_draft(draft.key) is None
    box.drop_draft(draft.key)
    assert len(fake.store.sent()) == 1


def test_a_deleted_draft_reads_as_none(fake: GraphFake) -> None:
    box = opened(fake)
    draft = box.put_draft(letter())
    box.drop_draft(draft.key)
    box.drop_draft(draft.key)
    assert box.read_draft(draft.key) is None


def test_a_draft_cannot_be_answered(fake: GraphFake) -> None:
    box = opened(fake)
    draft = box.put_draft(letter(intent="one"))
    with pytest.raises(Refused, match="draft"):
        box.put_draft(letter(intent="two", reply_key=draft.key))
