"""No header and no text makes the reading of a mail long, whichever provider it comes from."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from providers.base import Mail, Role
from providers.gmail import mail as gmail_mail
from providers.imap.letter import Raw, read
from providers.imap.wire import Chunks
from providers.mail import addresses, headers, mime
from providers.outlook import mail as outlook_mail

PIECES = (
    '"', '""', ".", ". ", ",", "a,", "(", "()", "<", "<>", "@", "@a,", "\\", '\\"', ":;", "a:;", ";", "[", " ", "a b ", '"a" ',
    "=?utf-8?q?", "=?utf-8?q?a?= ", "=?", "a@b.c,", "<a@b>", "é",
)  # fmt: skip
NAMES = ("To", "Cc", "Reply-To", "Bcc", "From")
SECONDS = 1.0
Entry = dict[str, str]


def long_ones(piece: str) -> list[Entry]:
    """25 fields of 10 KB."""
    return [{"name": NAMES[i % 5], "value": f"{i} {(piece * 9900)[:9900]} <a@b.c>"} for i in range(25)]


def many(piece: str) -> list[Entry]:
    """As many bytes as both parsers may read, in one field and in small ones, and 900 more fields."""
    whole = (piece * addresses.MOST_CAREFUL)[: addresses.MOST_CAREFUL - 100]
    small = [{"name": NAMES[i % 5], "value": (piece * 200)[:200] + "@"} for i in range(900)]
    return [{"name": "To", "value": whole + "@"}, *small]


def whole(entries: list[Entry], body: str = "hi") -> Mail:
    return mime.parse(
        "".join(f"{one['name']}: {one['value']}\r\n" for one in entries).encode() + b"\r\n" + body.encode()
    )


def over_imap(entries: list[Entry]) -> Mail:
    head = "".join(f"{one['name']}: {one['value']}\r\n" for one in entries).encode() + b"\r\n"
    structure = b'("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 2 1)'
    chunks: Chunks = [
        b"* 1 FETCH (UID 7 FLAGS () RFC822.SIZE 9 BODYSTRUCTURE %s BODY[HEADER.FIELDS.NOT (x)] {%d}" % (structure, len(head)),
        head, b" BODY[1]<0> {2}", b"hi", b")",
    ]  # fmt: skip
    found = read(Raw(mime.Where("f/1/"), chunks))
    assert isinstance(found, Mail)
    return found


def over_gmail(entries: list[Entry]) -> Mail:
    payload = {"headers": entries, "mimeType": "text/plain", "body": {"data": "aGk="}}
    return gmail_mail.to_mail({"id": "x", "payload": payload}, {}, {})


def over_graph(entries: list[Entry]) -> Mail:
    people = [{"emailAddress": {"address": "a@b.c", "name": one["value"]}} for one in entries]
    item: dict[str, Any] = {"id": "x", "body": {"content": "hi"}, "subject": entries[0]["value"]}
    told = {**item, "toRecipients": people, "from": people[0]}
    outlook_mail.to_mail(told, outlook_mail.OutlookFolder("f", "Inbox", Role.INBOX), outlook_mail.Extra())
    item["internetMessageHeaders"] = entries
    return outlook_mail.to_mail(item, outlook_mail.OutlookFolder("f", "Inbox", Role.INBOX), outlook_mail.Extra())


def taken(way: Callable[[list[Entry]], Mail], entries: list[Entry]) -> float:
    started = time.process_time()
    way(entries)
    return time.process_time() - started


@pytest.mark.parametrize("way", [whole, over_imap, over_gmail, over_graph], ids=["bytes", "imap", "gmail", "graph"])
@pytest.mark.parametrize("made", [long_ones, many], ids=["long", "many"])
def test_no_header_takes_a_second_to_read(
    way: Callable[[list[Entry]], Mail], made: Callable[[str], list[Entry]]
) -> None:
    for piece in PIECES:
        assert taken(way, made(piece)) < SECONDS, piece


def test_what_is_too_long_to_be_read_carefully_holds_and_keeps_its_sender() -> None:
    mail = whole([{"name": "From", "value": "Ann <ann@x.example>"}, *long_ones(".")[1:4]])
    assert mail.sender is not None
    assert (mail.sender.email, mail.cc) == ("ann@x.example", ())
    assert mail.problem == "Its Cc header can be read in two ways."


def test_people_nobody_else_would_name_first_are_read_within_the_limit() -> None:
    value = ", ".join(f'"Иван {number}" <i{number}@x.example>' for number in range(60))
    found = addresses.read((value,))
    assert found is not None
    assert len(found) == 60
    assert addresses.read((value, value, value)) is None


@pytest.mark.parametrize("value", [
    ", ".join(f"a{number}@x.example" for number in range(700))[: headers.MOST_VALUE],
    ", ".join(f"a{number}@x.example" for number in range(900)),
])  # fmt: skip
def test_a_list_of_people_that_was_cut_off_is_none(value: str) -> None:
    assert addresses.read((value,)) is None


def test_more_fields_than_a_mail_has_are_not_read() -> None:
    assert addresses.read(("a@b.example",) * addresses.MOST_FIELDS) is not None
    assert addresses.read(("a@b.example",) * (addresses.MOST_FIELDS + 1)) is None


@pytest.mark.parametrize("way", [over_gmail, over_graph], ids=["gmail", "graph"])
def test_a_head_beyond_all_limits_is_not_read_to_its_end(way: Callable[[list[Entry]], Mail]) -> None:
    entries = [{"name": "X-Spam-Status", "value": "x" * 9000} for _ in range(40)]
    assert way(entries).problem == headers.TOO_LONG
    assert way(entries[:20]).problem == ""
