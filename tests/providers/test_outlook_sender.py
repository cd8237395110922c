"""Sending through Outlook: what every kind of failure means, and that nothing goes twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from providers.base import Letter, NotSent, Unknown
from providers.outlook.graph import OutlookSettings
from providers.outlook.mailbox import OutlookMailbox
from providers.outlook.sender import OutlookSender
from tests.peers.fake_letters import SAM, Committed, incoming, letter
from tests.peers.graph_fake import GraphFake

SEND = "POST .*/send$"


@pytest.fixture
def fake() -> Iterator[GraphFake]:
    with GraphFake() as server:
        yield server


def settings(fake: GraphFake, token: str = "good") -> OutlookSettings:
    return OutlookSettings(SAM, lambda rejected="": token, fake.graph_url, lambda seconds: None)


def sender(fake: GraphFake, token: str = "good") -> OutlookSender:
    return OutlookSender(settings(fake, token))


def reply(fake: GraphFake, **more: Any) -> Letter:
    key = fake.store.deliver(incoming(), read=True)
    return letter(about="<mail1@acme.example>", reply_key=key, **more)


def test_a_letter_leaves_once_in_its_conversation_with_our_own_id(fake: GraphFake) -> None:
    one, commit = reply(fake), Committed()
    receipt = sender(fake).send(one, commit)
    (item,) = fake.store.sent()
    assert (commit.times, item.id, receipt.message_id) == (1, receipt.key, one.message_id)
    assert item.value["conversationId"] == fake.store.items[one.reply_key].value["conversationId"]
    assert item.properties["String 0x1042"] == "<mail1@acme.example>"
    assert item.value["subject"] == "Re: The offer"
    assert item.value["body"]["content"].strip() == "Did you have time to look at it?"
    assert fake.store.drafts() == []


def test_copies_go_along_and_nobody_else_gets_it(fake: GraphFake) -> None:
    sender(fake).send(reply(fake, to=("ann@acme.example", "bob@acme.example"), cc=("eve@acme.example",)), Committed())
    (item,) = fake.store.sent()
    shown = {
        name: [one["emailAddress"]["address"] for one in item.value[name]]
        for name in ("toRecipients", "ccRecipients", "bccRecipients")
    }
    assert shown == {
        "toRecipients": ["ann@acme.example", "bob@acme.example"],
        "ccRecipients": ["eve@acme.example"],
        "bccRecipients": [],
    }


@pytest.mark.parametrize("looks", [1, 2, 50])
def test_a_mail_that_still_looks_like_a_draft_after_202_was_sent(fake: GraphFake, looks: int) -> None:
    fake.store.late = looks
    one = reply(fake)
    receipt = sender(fake).send(one, Committed())
    assert (receipt.message_id, fake.count(SEND)) == (one.message_id, 1)
    assert ("not moved" in receipt.evidence) is (looks == 50)


def test_a_late_move_after_a_lost_answer_is_unknown_and_found_afterwards(fake: GraphFake) -> None:
    fake.store.late = 6
    one = reply(fake)
    fake.fail("lose_answer", SEND)
    with pytest.raises(Unknown):
        sender(fake).send(one, Committed())
    box = OutlookMailbox(settings(fake))
    item = fake.store.drafts()[0]
    while item.transit:
        assert box.find_token(one.token, "") is None
        fake.store.look(item)
    assert box.find_token(one.token, "") is not None
    assert fake.count(SEND) == 1


@pytest.mark.parametrize("what", ["lose", "lose_answer", "status", "status_after", "cut"])
@pytest.mark.parametrize(
    ("place", "times"), [("GET .*filter=", 6), ("POST .*/createReply", 1), ("PATCH", 1), ("GET .*expand=", 6)]
)
def test_trouble_before_the_commit_is_not_sent_and_a_second_try_sends_once(
    fake: GraphFake, what: str, place: str, times: int
) -> None:
    one, commit = reply(fake), Committed()
    fake.fail(what, place, times=times)
    with pytest.raises(NotSent) as caught:
        sender(fake).send(one, commit)
    assert (caught.value.permanent, commit.times, fake.store.sent()) == (False, 0, [])
    sender(fake).send(one, commit)
    assert (len(fake.store.sent()), fake.store.drafts()) == (1, [])


def test_an_alias_the_account_may_not_use_is_refused_by_outlook_and_nothing_leaves(fake: GraphFake) -> None:
    with pytest.raises(NotSent) as caught:
        sender(fake).send(reply(fake, sender="sales@example.org"), Committed())
    assert caught.value.permanent
    fake.store.send_as.add("sales@example.org")
    sender(fake).send(reply(fake, sender="sales@example.org", intent="two"), Committed())
    assert fake.store.sent()[0].value["from"]["emailAddress"]["address"] == "sales@example.org"


def test_a_token_revoked_in_mid_send_loses_nothing(fake: GraphFake) -> None:
    one = reply(fake)
    with pytest.raises(NotSent, match="relance setup") as caught:
        sender(fake).send(one, fake.tokens.clear)
    assert (caught.value.permanent, fake.store.sent(), len(fake.store.drafts())) == (False, [], 1)
    fake.tokens["good"] = frozenset({"Mail.ReadWrite", "Mail.Send"})
    sender(fake).send(one, Committed())
    assert (len(fake.store.sent()), fake.store.drafts()) == (1, [])


def test_a_read_only_sign_in_cannot_send(fake: GraphFake) -> None:
    with pytest.raises(NotSent, match="does not cover"):
        sender(fake, "reader").send(reply(fake), Committed())
    assert fake.store.sent() == []


def test_a_draft_sent_by_hand_in_the_last_moment_is_found_and_not_sent_again(fake: GraphFake) -> None:
    one = reply(fake)
    receipt = sender(fake).send(one, lambda: fake.store.send(fake.store.drafts()[0]))
    assert [item.id for item in fake.store.sent()] == [receipt.key]


def test_a_draft_deleted_by_hand_in_the_last_moment_leaves_the_outcome_unknown(fake: GraphFake) -> None:
    with pytest.raises(Unknown):
        sender(fake).send(reply(fake), lambda: fake.store.erase(fake.store.drafts()[0].id))
    assert fake.store.sent() == []


def test_a_letter_that_was_sent_already_is_not_sent_again(fake: GraphFake) -> None:
    one, commit = reply(fake), Committed()
    first = sender(fake).send(one, Committed())
    second = sender(fake).send(one, commit)
    assert (second.key, commit.times, len(fake.store.sent())) == (first.key, 1, 1)


def test_the_draft_that_lies_in_the_mailbox_is_the_one_that_is_sent(fake: GraphFake) -> None:
    one = reply(fake)
    draft = OutlookMailbox(settings(fake)).put_draft(one)
    receipt = sender(fake).send(one, Committed())
    assert (receipt.key, fake.store.drafts()) == (draft.key, [])


def test_a_draft_that_was_edited_in_the_mailbox_is_never_sent(fake: GraphFake) -> None:
    one = reply(fake)
    draft = OutlookMailbox(settings(fake)).put_draft(one)
    fake.store.change(fake.store.items[draft.key], {"body": {"contentType": "html", "content": "My own words."}})
    with pytest.raises(NotSent, match="edited"):
        sender(fake).send(one, Committed())
    assert (fake.store.sent(), [item.id for item in fake.store.drafts()]) == ([], [draft.key])


def test_a_mail_that_is_gone_cannot_be_answered(fake: GraphFake) -> None:
    one = reply(fake)
    fake.store.erase(one.reply_key)
    with pytest.raises(NotSent) as caught:
        sender(fake).send(one, Committed())
    assert caught.value.permanent


def test_a_first_mail_without_a_thread_goes_out_as_well(fake: GraphFake) -> None:
    receipt = sender(fake).send(letter(), Committed())
    assert [item.id for item in fake.store.sent()] == [receipt.key]


def test_an_unreachable_outlook_is_not_sent(fake: GraphFake) -> None:
    nowhere = OutlookSender(
        OutlookSettings(SAM, lambda rejected="": "good", "http://127.0.0.1:9/v1.0", lambda seconds: None)
    )
    with pytest.raises(NotSent, match="cannot be reached"):
        nowhere.send(letter(), Committed())
