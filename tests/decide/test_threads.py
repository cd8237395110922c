"""Threads follow references; the oracle is what a mail server answers for real mail."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from agent.decide.threads.threads import gather, node, root_of
from providers.base import Address, Mail, Origin, Part, Role

ORACLE = Path(__file__).parent / "oracles" / "threads-oracle.json"
NOW = datetime(2026, 11, 18, tzinfo=UTC)


def mail(name: str, *references: str, day: int = 1, **values: object) -> Mail:
    at = datetime(2026, 3, day, tzinfo=UTC)
    given: dict[str, object] = {
        "key": name,
        "message_id": f"<{name}>",
        "date": at,
        "received": at,
        "sender": Address("a@x"),
        "references": tuple(f"<{r}>" for r in references),
    }
    return Mail(**{**given, **values})  # type: ignore[arg-type]


def keys(*mails: Mail) -> list[tuple[str, list[str]]]:
    return [(thread.key, [item.key for item in thread.mails]) for thread in gather(mails)]


def test_a_missing_root_still_names_the_thread() -> None:
    assert keys(mail("b", "a", day=2), mail("c", "a", "b", day=3)) == [("<a>", ["b", "c"])]


def test_two_roots_take_the_older_one() -> None:
    assert keys(mail("a", day=2), mail("b", day=1), mail("c", "a", "b", day=3))[0][0] == "<a>"


def test_mails_that_reference_each_other_in_a_ring_end() -> None:
    assert len(keys(mail("a", "b"), mail("b", "a"))) == 1


def test_a_mail_that_references_itself_is_one_mail() -> None:
    assert keys(mail("a", "a")) == [("<a>", ["a"])]


def test_in_reply_to_counts_as_a_reference() -> None:
    assert len(keys(mail("a"), mail("b", in_reply_to=("<a>",)))) == 1


def test_a_provider_s_thread_joins_what_has_lost_its_references() -> None:
    assert len(keys(mail("a", thread_hint="t"), mail("b", thread_hint="t"), mail("c"))) == 2


def test_an_endless_chain_is_cut_in_the_middle() -> None:
    long = mail("z", *[f"r{n}" for n in range(5000)])
    assert len(node(long).chain) == 200
    assert root_of([node(long)]) == "<r0>"


def test_a_date_from_the_future_does_not_reorder_a_thread() -> None:
    odd = mail("a", date=datetime(2031, 1, 1, tzinfo=UTC), received=datetime(2026, 3, 1, tzinfo=UTC))
    assert keys(odd, mail("b", "a", day=2)) == [("<a>", ["a", "b"])]


def test_nothing_stands_before_the_mail_it_answers_however_wrong_its_date() -> None:
    slow = mail("b", "a", day=5, date=datetime(2000, 1, 1, tzinfo=UTC))
    slower = mail("c", "b", day=6, date=datetime(1999, 1, 1, tzinfo=UTC))
    assert keys(mail("a", day=4), slow, slower, mail("d", "a", day=7)) == [("<a>", ["a", "b", "c", "d"])]
    # Somebody else takes the id of our mail again: the answer stays where it was.
    taken = mail("x", "a", message_id="<a>", sender=Address("b@x"), day=9)
    assert keys(mail("a", day=4), mail("b", "a", day=5), mail("d", "b", day=6), taken)[0][1] == ["a", "b", "d", "x"]


@pytest.mark.parametrize(
    "marks",
    [
        {"role": Role.DRAFTS},
        {"flags": frozenset({"draft"})},
        {"labels": ("Drafts",)},
        {"headers": {"x-mozilla-draft-info": ("internal/draft",)}},
        {"headers": {"x-status": ("T",)}},
    ],
)
def test_a_draft_is_no_move_whatever_program_keeps_it(marks: dict[str, Any]) -> None:
    (thread,) = gather([mail("a"), mail("b", "a", **marks, origin=Origin.CLAIMED)])
    assert [item.key for item in thread.mails] == ["a"]
    assert [item.key for item in thread.drafts] == ["b"]
    (thread,) = gather([mail("a"), mail("b", "a", **marks, origin=Origin.OTHER)])
    hidden = "draft" in marks.get("flags", ())
    assert [item.key for item in thread.mails] == (["a"] if hidden else ["a", "b"]), (
        "an answer cannot call itself a draft"
    )


def test_copies_are_one_mail_and_the_sent_copy_speaks() -> None:
    (thread,) = gather([mail("a", key="INBOX/1"), mail("a", key="Sent/1", role=Role.SENT)])
    assert [item.key for item in thread.mails] == ["Sent/1"]


def test_threads_equal_the_server_s_where_references_alone_decide() -> None:
    """The server splits at a parent that is not in the mailbox, at copies of one Message-ID, and where In-Reply-To says more than
    References. We keep those together, because an answer there is an answer; a subject still joins nothing."""
    oracle = json.loads(ORACLE.read_text())
    ours = [{int(item.key) for item in thread.mails} for thread in gather(map(oracle_mail, oracle["messages"]))]
    of = {uid: index for index, group in enumerate(ours) for uid in group}
    theirs = [set(group) for group in oracle["dovecot_thread_refs"]]
    split_by_us = [group for group in theirs if len({of[uid] for uid in group}) > 1]
    equal = sum(group in ours for group in theirs)
    joined = [group for group in ours if group not in theirs]
    print(f"\nREFS threads {len(theirs)}, ours {len(ours)}, equal {equal}, joined by us {joined}")
    assert split_by_us == []
    for group in joined:
        parts = [part for part in theirs if part <= group]
        assert shares_a_reference(parts, oracle["messages"]), group


def oracle_mail(message: dict[str, Any]) -> Mail:
    try:
        at = parsedate_to_datetime(message["date"]).replace(tzinfo=UTC)
    except (ValueError, TypeError):
        at = NOW
    return mail(
        message["id"] or f"none-{message['uid']}", *message["references"], key=str(message["uid"]), date=at, received=NOW,
        in_reply_to=tuple(f"<{name}>" for name in message["in_reply_to"]), sender=Address(f"u{message['uid']}@x"),
    )  # fmt: skip


def shares_a_reference(parts: list[set[int]], messages: list[dict[str, Any]]) -> bool:
    """Whether each part is tied to another one by an id both name."""
    by_uid = {message["uid"]: message for message in messages}
    named = [
        {name for uid in part for name in (by_uid[uid]["id"], *by_uid[uid]["references"], *by_uid[uid]["in_reply_to"])}
        for part in parts
    ]
    reached = named[0]
    left = named[1:]
    while left:
        tied = [names for names in left if names & reached]
        if not tied:
            return False
        for names in tied:
            reached |= names
            left.remove(names)
    return True


def returned_letter(line: str) -> Mail:
    parts = (
        Part("message/delivery-status", "Action: failed"),
        Part("text/rfc822-headers", f"Subject: Offer\n{line}\n"),
    )
    return mail("report", parts=parts)


def test_a_delivery_report_belongs_to_the_mail_it_gives_back() -> None:
    assert keys(mail("a"), returned_letter("Message-Id:  <a>")) == [("<a>", ["a", "report"])]
    assert len(keys(mail("a"), returned_letter("X-Text: Message-ID: <a>"))) == 2
    assert len(keys(mail("a"), mail("b", parts=(Part("text/calendar", "Message-ID: <a>"),)))) == 2
