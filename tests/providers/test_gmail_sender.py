"""Sending through Gmail: what every kind of failure means, and that nothing goes twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from providers.base import Letter, NotSent, SignInNeeded, Unknown, Unreachable
from providers.gmail.api import GmailSettings
from providers.gmail.sender import GmailSender
from tests.peers.fake_letters import SAM, Committed, incoming, letter
from tests.peers.gmail_fake import GmailFake

SEND = "POST .*/drafts/send"
BUSY = {"error": {"code": 429, "message": "slow down", "errors": [{"reason": "rateLimitExceeded"}]}}


@pytest.fixture
def fake() -> Iterator[GmailFake]:
    with GmailFake() as server:
        server.store.address = SAM
        yield server


def sender(fake: GmailFake, token: str = "good") -> GmailSender:
    return GmailSender(GmailSettings(SAM, lambda rejected="": token, endpoint=fake.url, sleep=lambda seconds: None))


def reply(fake: GmailFake, **more: Any) -> Letter:
    root = fake.store.deliver(incoming())
    return letter(about="<mail1@acme.example>", thread=fake.store.mails[root].thread, **more)


def sent(fake: GmailFake) -> list[str]:
    return [mail.id for mail in fake.store.mails.values() if "SENT" in mail.labels]


def test_a_letter_leaves_once_in_its_thread_with_the_id_gmail_chose(fake: GmailFake) -> None:
    one, commit = reply(fake), Committed()
    receipt = sender(fake).send(one, commit)
    mail = fake.store.mails[receipt.key]
    assert (commit.times, sent(fake), mail.thread) == (1, [receipt.key], one.thread_hint)
    assert receipt.message_id == mail.header("Message-ID") != one.message_id
    assert mail.header("X-Relance-Id") == one.token
    assert fake.store.drafts == {}


@pytest.mark.parametrize("what", ["lose", "lose_answer", "status", "status_after", "cut"])
@pytest.mark.parametrize(
    ("place", "times"), [("GET .*sendAs", 6), (r"POST .*/drafts\?", 1), (r"GET .*/drafts\?", 6), ("GET .*/drafts/", 6)]
)
def test_trouble_before_the_commit_is_not_sent_and_a_second_try_sends_once(
    fake: GmailFake, what: str, place: str, times: int
) -> None:
    one, commit = reply(fake), Committed()
    fake.fail(what, place, times=times)
    with pytest.raises(NotSent) as caught:
        sender(fake).send(one, commit)
    assert (caught.value.permanent, commit.times, sent(fake)) == (False, 0, [])
    sender(fake).send(one, commit)
    assert (len(sent(fake)), fake.store.drafts) == (1, {})


@pytest.mark.parametrize(("status", "fits"), [("accepted", True), ("pending", False), (None, False)])
def test_an_alias_gmail_has_not_verified_is_refused_before_anything_happens(
    fake: GmailFake, status: str | None, fits: bool
) -> None:
    if status:
        fake.store.aliases["sales@example.org"] = status
    one = reply(fake, sender="sales@example.org")
    if fits:
        receipt = sender(fake).send(one, Committed())
        assert "sales@example.org" in fake.store.mails[receipt.key].header("From")
        return
    with pytest.raises(NotSent, match=r"as someone else|as another") as caught:
        sender(fake).send(one, Committed())
    assert caught.value.permanent
    assert fake.store.drafts == {}


def test_a_token_revoked_in_mid_send_loses_nothing(fake: GmailFake) -> None:
    one = reply(fake)

    def commit() -> None:
        fake.tokens.clear()

    with pytest.raises(NotSent, match="relance setup") as caught:
        sender(fake).send(one, commit)
    assert (caught.value.permanent, sent(fake), len(fake.store.drafts)) == (False, [], 1)
    fake.tokens["good"] = frozenset({"gmail.readonly", "gmail.compose"})
    sender(fake).send(one, Committed())
    assert (len(sent(fake)), fake.store.drafts) == (1, {})


def test_a_read_only_sign_in_cannot_send(fake: GmailFake) -> None:
    with pytest.raises(NotSent, match="does not cover"):
        sender(fake, "reader").send(reply(fake), Committed())
    assert sent(fake) == []


def test_a_draft_sent_by_hand_in_the_last_moment_is_found_and_not_sent_again(fake: GmailFake) -> None:
    one = reply(fake)

    def commit() -> None:
        fake.store.send_draft(next(iter(fake.store.drafts)))

    receipt = sender(fake).send(one, commit)
    assert sent(fake) == [receipt.key]


def test_a_draft_deleted_by_hand_in_the_last_moment_leaves_the_outcome_unknown(fake: GmailFake) -> None:
    with pytest.raises(Unknown):
        sender(fake).send(reply(fake), lambda: fake.store.drafts.clear())
    assert sent(fake) == []


def test_a_letter_that_is_in_sent_already_is_not_sent_again(fake: GmailFake) -> None:
    one = reply(fake)
    first = sender(fake).send(one, Committed())
    commit = Committed()
    second = sender(fake).send(one, commit)
    assert (second.key, commit.times, sent(fake)) == (first.key, 1, [first.key])


def test_the_draft_that_lies_in_the_mailbox_is_the_one_that_is_sent(fake: GmailFake) -> None:
    one = reply(fake)
    fake.store.create_draft(one.raw, one.thread_hint)
    sender(fake).send(one, Committed())
    assert (len(sent(fake)), fake.store.drafts) == (1, {})


def test_a_draft_that_was_edited_in_the_mailbox_is_never_sent(fake: GmailFake) -> None:
    one = reply(fake)
    key = fake.store.create_draft(reply(fake, body="My own words now.").raw, "")
    with pytest.raises(NotSent, match="edited") as caught:
        sender(fake).send(one, Committed())
    assert (caught.value.permanent, sent(fake), list(fake.store.drafts)) == (True, [], [key])


def test_a_subject_that_would_leave_the_thread_is_refused(fake: GmailFake) -> None:
    root = fake.store.deliver(incoming())
    one = letter(about="<mail1@acme.example>", subject="Something else", thread=fake.store.mails[root].thread)
    with pytest.raises(NotSent, match="new thread"):
        sender(fake).send(one, Committed())
    assert (sent(fake), fake.store.drafts) == ([], {})


def test_a_first_mail_without_a_thread_goes_out_as_well(fake: GmailFake) -> None:
    receipt = sender(fake).send(letter(), Committed())
    assert sent(fake) == [receipt.key]


@pytest.mark.parametrize("problem", [SignInNeeded("Sign in: `relance setup`."), Unreachable("no network")])
def test_a_token_that_cannot_be_had_for_the_send_itself_is_not_sent(fake: GmailFake, problem: Exception) -> None:
    one, commit = reply(fake), Committed()

    def tokens(rejected: str = "") -> str:
        if fake.store.drafts and fake.calls[-1] == "drafts.get":
            raise problem
        return "good"

    with pytest.raises(NotSent, match=r"Sign in|no network") as caught:
        GmailSender(GmailSettings(SAM, tokens, endpoint=fake.url, sleep=lambda seconds: None)).send(one, commit)
    assert (caught.value.permanent, commit.times, sent(fake)) == (False, 0, [])


def test_an_unreachable_gmail_is_not_sent(fake: GmailFake) -> None:
    one = reply(fake)
    nowhere = GmailSender(
        GmailSettings(SAM, lambda rejected="": "good", endpoint="http://127.0.0.1:9", sleep=lambda seconds: None)
    )
    with pytest.raises(NotSent, match="cannot be reached"):
        nowhere.send(one, Committed())


def test_the_id_gmail_chose_may_be_unknown_for_a_while(fake: GmailFake) -> None:
    one = reply(fake)
    fake.fail("status", "GET .*format=metadata", times=50, skip=0)
    fake.faults[0].match = "GET .*/messages/.*format=metadata"
    receipt = sender(fake).send(one, Committed())
    assert (receipt.message_id, sent(fake)) == ("", [receipt.key])
