"""A look at the mailbox is complete or it failed, whatever the server leaves out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from providers.base import Mail, Page, Role, Unreachable
from providers.folders import with_roles, worth_reading
from providers.imap.mailbox import ImapMailbox, ImapSettings
from tests.peers.scripted_imap import Liar, Stored, gmail_at


def raw(name: str) -> bytes:
    return (
        f"From: ann@x.example\r\nTo: sam@y.example\r\nSubject: {name}\r\nMessage-ID: <{name}@x.example>\r\n"
        "Date: Mon, 02 Mar 2026 10:00:00 +0000\r\n\r\nHello\r\n"
    ).encode()


def filled(*names: str) -> Liar:
    server = Liar()
    server.mails = {"INBOX": [Stored(raw(name), "") for name in names], "Sent": []}
    return server


@contextmanager
def mailbox(server: Liar) -> Iterator[ImapMailbox]:
    with gmail_at(server) as port:
        made = ImapMailbox(ImapSettings("127.0.0.1", port, "none", "sam", lambda: "pw", timeout=10))
        try:
            yield made
        finally:
            made.close()


def read(box: ImapMailbox, cursor: str = "") -> tuple[list[Mail], str]:
    pages = list(box.changes(cursor))
    return [mail for page in pages for mail in page.mails], pages[-1].cursor if pages else cursor


def names(mails: list[Mail]) -> list[str]:
    return sorted(mail.subject for mail in mails)


def empty_list(server: Liar) -> None:
    server.folders = {}


def no_inbox(server: Liar) -> None:
    del server.folders["INBOX"]


def unfetched(server: Liar) -> None:
    server.unfetched = {3}


def unlisted(server: Liar) -> None:
    server.unlisted = {3}


def untold(server: Liar) -> None:
    server.untold = {"INBOX"}


def behind(server: Liar) -> None:
    server.behind = 2


LIES = [empty_list, no_inbox, unfetched, unlisted, untold, behind]


@pytest.mark.slow
@pytest.mark.parametrize("lie", LIES)
def test_a_look_that_leaves_something_out_has_failed_and_the_next_one_sees_it(lie: Callable[[Liar], None]) -> None:
    server = filled("one", "two")
    with mailbox(server) as box:
        found, cursor = read(box)
        assert names(found) == ["one", "two"]
        server.mails["INBOX"].append(Stored(raw("answer"), ""))
        lie(server)
        seen: list[Page] = []
        with pytest.raises(Unreachable, match="will be asked"):
            seen.extend(box.changes(cursor))
        assert not [mail for page in seen for mail in page.mails]
        honest(server)
        assert names(read(box, seen[-1].cursor if seen else cursor)[0]) == ["answer"]


def test_a_first_look_counts_too() -> None:
    server = filled("one", "two", "three")
    server.unfetched = {2}
    with mailbox(server) as box, pytest.raises(Unreachable, match="left out"):
        read(box)


def test_a_folder_that_vanishes_fails_one_look_and_is_gone_with_the_second() -> None:
    server = filled("one")
    server.folders["Projects"] = "\\HasNoChildren"
    server.mails["Projects"] = [Stored(raw("plan"), "")]
    with mailbox(server) as box:
        _, cursor = read(box)
        del server.folders["Projects"]
        pages: list[Page] = []
        with pytest.raises(Unreachable, match="left out a folder"):
            pages.extend(box.changes(cursor))
            pytest.fail("it was believed at once")
        # What was stored before the look failed is where the next one begins.
        with pytest.raises(Unreachable):
            for page in box.changes(cursor):
                cursor = page.cursor
        swept = [sweep.folder for page in box.changes(cursor) for sweep in page.swept]
        assert swept == ["Projects"]


def test_a_folder_that_comes_back_was_never_gone() -> None:
    server = filled("one")
    server.folders["Projects"] = "\\HasNoChildren"
    with mailbox(server) as box:
        _, cursor = read(box)
        marks = server.folders.pop("Projects")
        with pytest.raises(Unreachable):
            for page in box.changes(cursor):
                cursor = page.cursor
        server.folders["Projects"] = marks
        server.mails["Projects"] = [Stored(raw("answer"), "")]
        mails, cursor = read(box, cursor)
        assert names(mails) == ["answer"]
        del server.folders["Projects"]
        with pytest.raises(Unreachable):
            list(box.changes(cursor))


def test_a_mail_whose_structure_the_server_cannot_tell_is_there_and_unreadable() -> None:
    server = filled("one", "two")
    server.shapeless = {2}
    with mailbox(server) as box:
        found = {mail.message_id: mail for mail in read(box)[0]}
    assert set(found) == {"<one@x.example>", "<two@x.example>"}
    assert "could not tell" in found["<two@x.example>"].problem


def test_a_mail_whose_text_the_server_keeps_back_is_not_taken_for_an_empty_one() -> None:
    server = filled("one", "two")
    server.mails["INBOX"] = [Stored(raw(name) + b"No, never again.\r\n" * 500, "") for name in ("one", "two")]
    server.silent = {2}
    with mailbox(server) as box:
        found = {mail.message_id: mail for mail in read(box)[0]}
    assert "never again" in found["<one@x.example>"].text
    assert "could not tell" in found["<two@x.example>"].problem


@pytest.mark.parametrize(
    "said",
    [
        b"* %d FETCH (UID %d FLAGS (\\Seen))",
        b"* %d FETCH (UID %d BODY[1]<0> NIL)",
        b'* %d FETCH (UID %d BODY[1]<0> "x")',
    ],
)
def test_what_a_server_says_of_a_mail_once_more_takes_no_text_back(said: bytes) -> None:
    server = filled("one")
    server.mails["INBOX"] = [Stored(raw("one") + b"No, never again.\r\n" * 500, "")]
    server.afterwards = said
    with mailbox(server) as box:
        (found,) = read(box)[0]
    assert found.text.count("never again") == 500
    assert not found.problem


def test_a_mail_that_left_between_two_questions_is_no_lie() -> None:
    server = filled("one", "two")
    with mailbox(server) as box:
        _, cursor = read(box)
        server.mails["INBOX"].append(Stored(raw("gone"), ""))
        server.unfetched, server.unlisted = {3}, {3}
        numbers = server.numbers
        server.numbers = lambda name: numbers(name).replace("MESSAGES 3", "MESSAGES 2")  # type: ignore[method-assign]
        assert read(box, cursor)[0] == []


def honest(server: Liar) -> None:
    fresh = Liar()
    server.folders, server.unfetched, server.unlisted, server.untold, server.behind = (
        fresh.folders, set(), set(), set(), 0,
    )  # fmt: skip


TURNS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([None, *LIES])), min_size=1, max_size=6)


@pytest.mark.slow
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(TURNS)
def test_whatever_it_leaves_out_in_whichever_order_a_look_that_passes_knows_every_mail(
    turns: list[tuple[int, Callable[[Liar], None] | None]],
) -> None:
    server, known, cursor = filled("first"), set[str](), ""
    with mailbox(server) as box:
        for fresh, lie in [*turns, (0, None)]:
            server.mails["INBOX"] += [Stored(raw(f"n{len(server.mails['INBOX'])}-{one}"), "") for one in range(fresh)]
            if lie is not None:
                lie(server)
            try:
                for page in box.changes(cursor):
                    known |= {mail.subject for mail in page.mails}
                    assert not page.swept, "nothing was deleted"
                    cursor = page.cursor
            except Unreachable:
                assert lie is not None, "an honest server was not believed"
            else:
                there = server.mails["INBOX"] if lie is not behind else server.seen("INBOX")
                assert {
                    name for one in there for name in [one.raw.split(b"Subject: ")[1].split(b"\r")[0].decode()]
                } <= known
            honest(server)


@pytest.mark.parametrize("name", ["Todos", "All Mail", "Alle Nachrichten", "Tous les messages"])
def test_only_the_mark_makes_a_view_of_all_mail(name: str) -> None:
    plain = with_roles([(frozenset(), b"INBOX", "INBOX"), (frozenset(), name.encode(), name)])
    assert [one.role for one in worth_reading(plain, gmail=False)] == [Role.INBOX, Role.OTHER]
    marked = with_roles([(frozenset(), b"INBOX", "INBOX"), (frozenset({b"\\all"}), name.encode(), name)])
    assert [one.role for one in worth_reading(marked, gmail=False)] == [Role.INBOX]
