"""Drafts in Gmail that survive people and crashes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from providers.base import Letter, Refused, Unreachable
from providers.gmail.api import GmailSettings
from providers.gmail.mailbox import GmailMailbox
from providers.kits import DraftsContract
from tests.peers.fake_letters import ANN, SAM, incoming, letter
from tests.peers.gmail_fake import GmailFake


@pytest.fixture
def fake() -> Iterator[GmailFake]:
    with GmailFake() as server:
        server.store.address = SAM
        yield server


def opened(fake: GmailFake) -> GmailMailbox:
    settings = GmailSettings(SAM, lambda rejected="": "good", endpoint=fake.url, sleep=lambda seconds: None)
    return GmailMailbox(settings)


class Drafting:
    def __init__(self, fake: GmailFake) -> None:
        self.fake = fake

    def drafts(self) -> GmailMailbox:
        return opened(self.fake)

    def letter(self, words: str) -> Letter:
        return letter(body=words)

    def edit(self, key: str, words: str) -> None:
        self.fake.store.update_draft(key, letter(body=words).raw, "")

    def send(self, key: str) -> None:
        self.fake.store.send_draft(key)


class TestGmailDrafts(DraftsContract):
    @pytest.fixture
    def drafting(self, fake: GmailFake) -> Drafting:
        return Drafting(fake)


def test_a_draft_lies_in_the_thread_and_is_replaced_in_place(fake: GmailFake) -> None:
    root = fake.store.deliver(incoming())
    thread = fake.store.mails[root].thread
    box = opened(fake)
    one = letter(about="<mail1@acme.example>", thread=thread)
    draft = box.put_draft(one)
    assert draft.token == one.token
    assert fake.store.mails[fake.store.drafts[draft.key]].thread == thread
    other = box.put_draft(letter(about="<mail1@acme.example>", thread=thread, body="Shorter.", intent="two"), draft.key)
    assert other.key == draft.key
    assert other.digest != draft.digest
    assert len(fake.store.drafts) == 1


@pytest.mark.parametrize("what", ["lose_answer", "status_after"])
def test_a_draft_whose_answer_was_lost_is_not_made_twice(fake: GmailFake, what: str) -> None:
    fake.fail(what, "POST .*/drafts")
    box = opened(fake)
    with pytest.raises(Unreachable):
        box.put_draft(letter())
    draft = box.put_draft(letter())
    assert list(fake.store.drafts) == [draft.key]


def test_an_edit_elsewhere_shows_in_the_digest_and_white_space_does_not(fake: GmailFake) -> None:
    box = opened(fake)
    draft = box.put_draft(letter(body="One two\nthree"))
    fake.store.update_draft(draft.key, letter(body="One  two three").raw, "")
    same = box.read_draft(draft.key)
    assert same is not None
    assert same.digest == draft.digest
    fake.store.update_draft(draft.key, letter(body="One two four").raw, "")
    changed = box.read_draft(draft.key)
    assert changed is not None
    assert changed.digest != draft.digest


def test_a_draft_that_was_sent_or_deleted_reads_as_none(fake: GmailFake) -> None:
    box = opened(fake)
    sent, deleted = box.put_draft(letter(intent="one")), box.put_draft(letter(intent="two"))
    fake.store.send_draft(sent.key)
    box.drop_draft(deleted.key)
    box.drop_draft(deleted.key)
    assert box.read_draft(sent.key) is box.read_draft(deleted.key) is None


def test_a_draft_that_would_start_a_new_thread_is_taken_back(fake: GmailFake) -> None:
    root = fake.store.deliver(incoming())
    thread = fake.store.mails[root].thread
    with pytest.raises(Refused, match="new thread"):
        opened(fake).put_draft(letter(about="<mail1@acme.example>", subject="Other words", thread=thread, to=(ANN,)))
    assert fake.store.drafts == {}
