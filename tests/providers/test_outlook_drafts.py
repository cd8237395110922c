"""Finding our own letters in Outlook, the own absence, and drafts that survive people and crashes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from providers.base import Absence, Letter, Refused, Role, Unreachable
from providers.kits import DraftsContract
from providers.outlook.graph import OutlookSettings
from providers.outlook.mailbox import OutlookMailbox
from tests.peers.fake_letters import SAM, incoming, letter
from tests.peers.graph_fake import GraphFake


@pytest.fixture
def fake() -> Iterator[GraphFake]:
    with GraphFake() as server:
        yield server


class Sleeps:
    def __init__(self) -> None:
        self.total = 0.0

    def __call__(self, seconds: float) -> None:
        self.total += seconds


def opened(fake: GraphFake, token: str = "good", sleep: Sleeps | None = None) -> OutlookMailbox:
    return OutlookMailbox(OutlookSettings(SAM, lambda rejected="": token, fake.graph_url, sleep or Sleeps()))


class Drafting:
    def __init__(self, fake: GraphFake) -> None:
        self.fake = fake

    def drafts(self) -> OutlookMailbox:
        return opened(self.fake)

    def letter(self, words: str) -> Letter:
        return letter(body=words)

    def edit(self, key: str, words: str) -> None:
        body = {"contentType": "html", "content": f"<p>{words}</p>"}
        self.fake.store.change(self.fake.store.items[key], {"body": body})

    def send(self, key: str) -> None:
        self.fake.store.send(self.fake.store.items[key])


class TestOutlookDrafts(DraftsContract):
    @pytest.fixture
    def drafting(self, fake: GraphFake) -> Drafting:
        return Drafting(fake)


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
