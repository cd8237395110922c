"""The bytes of a letter: exactly what was planned, or no letter."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.base import Address
from providers.mail.freeze import (
    NotFreezable,
    Sheet,
    dated,
    digest,
    freeze,
    identify,
    in_body,
    in_header,
    is_plain_address,
    reply_subject,
    usable_chain,
)
from providers.mail.plain import UNSEEN

LONG_ID = "<AM9PR08MB6737" + "F" * 90 + "@AM9PR08MB6737.eurprd08.prod.outlook.com>"
TOKEN, MESSAGE_ID = identify("ab" * 32, "intent", "y.example")
SHEET = Sheet(
    Address("sam@y.example", "Sam Okafor"), (Address("ann@x.example", "Ann Öst"),), "Re: Offer", "Hello Ann,\n\nyes?\n",
    MESSAGE_ID, TOKEN, in_reply_to=LONG_ID, references=("<a@b>", LONG_ID),
)  # fmt: skip
WHEN = datetime(2026, 11, 18, 9, 30, 12, 5, tzinfo=timezone(timedelta(hours=1)))


def test_long_ids_stay_whole_so_that_outlook_keeps_the_thread() -> None:
    raw = freeze(SHEET)
    assert f"In-Reply-To: {LONG_ID}\r\n".encode() in raw
    assert f"References: <a@b>\r\n {LONG_ID}\r\n".encode() in raw
    assert b"=?" not in raw.partition(b"In-Reply-To")[2].partition(b"X-Relance")[0]


def test_a_letter_looks_like_one_a_person_wrote() -> None:
    message = email.message_from_bytes(freeze(SHEET), policy=email.policy.default)
    assert message.get_content_type() == "text/plain"
    assert str(message["To"]) == "Ann Öst <ann@x.example>"
    assert message["Auto-Submitted"] is None
    assert message["X-Relance-Id"] == TOKEN
    assert set(MESSAGE_ID[1:].partition("@")[0]) <= set("abcdefghijklmnopqrstuvwxyz234567")


def test_mail_nobody_looked_at_says_so() -> None:
    assert b"\r\nAuto-Submitted: auto-generated\r\n" in freeze(replace(SHEET, automatic=True))


def test_the_date_is_set_when_it_leaves_and_changes_nothing_else() -> None:
    raw = freeze(SHEET)
    late = dated(raw, WHEN)
    assert b"Date: Wed, 18 Nov 2026 09:30:12 +0100\r\n" in late
    assert digest(late) == digest(raw)
    assert digest(freeze(replace(SHEET, body="Hello Ann,\n\nYes?\n"))) != digest(raw)
    assert dated(late, WHEN + timedelta(days=1)) == dated(raw, WHEN + timedelta(days=1))


def test_a_body_that_looks_like_a_date_line_is_left_alone() -> None:
    raw = freeze(replace(SHEET, body="Date: tomorrow\nDate: never\n"))
    assert dated(raw, WHEN).partition(b"\r\n\r\n")[2] == raw.partition(b"\r\n\r\n")[2]


HEADER_FIELDS = ["subject", "sender", "to", "message_id", "in_reply_to", "references", "token"]
HOSTILE = [
    "a\r\nBcc: evil@z.example", "a\nBcc: evil@z.example", "a\rBcc: x", "a\0b", "a\x0bb", "a\x85b", "a\u2028Bcc: x",
    "a\u2029b", "a\x1b]0;x\x07", "\x7f", "a\u202eb",
]  # fmt: skip


def hostile_sheet(place: str, text: str) -> Sheet:
    values: dict[str, object] = {
        "sender": Address("sam@y.example", text), "to": (Address(f"ann{text}@x.example"),),
        "references": (f"<{text}@x>",), "in_reply_to": f"<{text}@x>", "message_id": f"<{text}@x>",
    }  # fmt: skip
    return replace(SHEET, **{place: values.get(place, text)})


@pytest.mark.parametrize("place", HEADER_FIELDS)
@pytest.mark.parametrize("text", HOSTILE)
def test_no_control_character_gets_into_a_header(place: str, text: str) -> None:
    with pytest.raises(NotFreezable):
        freeze(hostile_sheet(place, text))


HIDDEN = [
    "a\u202eb",
    "a\u2066b",
    "a\u200bb",
    "a\u00adb",
    "a\ufeffb",
    "a\U000e0041b",
    "a\u200db",
    "a\u3164b",
    "a\ue000b",
]


@pytest.mark.parametrize("text", HIDDEN)
def test_nothing_that_turns_or_hides_gets_into_a_letter(text: str) -> None:
    for sheet in (
        replace(SHEET, body=text),
        replace(SHEET, subject=text),
        replace(SHEET, sender=Address("a@b.c", text)),
    ):
        with pytest.raises(NotFreezable):
            freeze(sheet)
    assert in_header(text) == in_body(text) == "ab"
    assert b"Subject: Re: ab" in freeze(replace(SHEET, subject=reply_subject(text), body=in_body(text)))


@pytest.mark.parametrize(
    "text", ["\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0915\u094d\u200d\u0937", "👨\u200d👩\u200d👧", "❤\ufe0f\u200d🔥", "1\ufe0f\u20e3"]
)  # fmt: skip
def test_a_joiner_stays_where_a_script_or_an_emoji_needs_it(text: str) -> None:
    assert in_header(text) == in_body(text) == text
    back = email.message_from_bytes(freeze(replace(SHEET, subject=text, body=text)), policy=email.policy.default)
    assert back["Subject"] == text
    assert back.get_content().strip() == text


@pytest.mark.parametrize("text", ["a\0b", "a\x1b[31mb", "a\x9bb", "a\x07b"])
def test_no_terminal_control_gets_into_a_body(text: str) -> None:
    with pytest.raises(NotFreezable):
        freeze(replace(SHEET, body=text))


@pytest.mark.parametrize(
    "end", ["\n.\n", "\r.\r", "\r\n.\n", "\n.\r\n", "\r\n.\r\n", "\r.\n", "\x0b.\x0c", "\u2028.\u2029"]
)
def test_every_line_end_becomes_the_one_that_cannot_be_smuggled(end: str) -> None:
    raw = freeze(replace(SHEET, body=f"before{end}MAIL FROM:<evil@z.example>{end}"))
    stripped = raw.replace(b"\r\n", b"")
    assert b"\r" not in stripped
    assert b"\n" not in stripped


@pytest.mark.parametrize(
    "address",
    ['"a\rb"@x.y', "a@b.c,d@e.f", "alice@example.org<bob@evil.com>", "a b@c.d", "a@b@c.d", "ann@", "@x.example", "ann",
     "ä@x.example", "ann@ä.example", "a..b@x.example", ".a@x.example", "<a@x.example>", "a@x.example\n", "a@[127.0.0.1]",
     "=?utf-8?q?a?=@x.example>", "a" * 65 + "@x.example", ""],
)  # fmt: skip
def test_an_address_that_programs_read_differently_is_refused(address: str) -> None:
    assert not is_plain_address(address)
    with pytest.raises(NotFreezable):
        freeze(replace(SHEET, to=(Address(address),)))


def test_plain_addresses_are_fine() -> None:
    for address in ("ann@x.example", "a.b+c@sub.x.example", "o'neil@x.example", "a_b-c@x-y.example"):
        assert is_plain_address(address)
        assert address.encode() in freeze(replace(SHEET, to=(Address(address, 'O\'Neil, "A" \\ B'),)))


@pytest.mark.parametrize(
    ("subject", "reply"),
    [("Offer", "Re: Offer"), ("re: Offer", "re: Offer"), ("RE : Offer", "RE : Offer"), ("", "Re:"),
     ("a\r\nBcc: x", "Re: a Bcc: x"), ("Report", "Re: Report")],
)  # fmt: skip
def test_the_subject_of_the_thread_is_kept(subject: str, reply: str) -> None:
    assert reply_subject(subject) == reply


def test_a_chain_keeps_what_can_be_written() -> None:
    assert usable_chain(("<a@b>", "bad", "<c d@e>", "<a@b>", LONG_ID)) == ("<a@b>", LONG_ID)
    many = tuple(f"<{number}@x>" for number in range(500))
    assert usable_chain(many)[0] == many[0]
    assert usable_chain(many)[1:] == many[-99:]


TEXTS = st.text(max_size=300)


@given(TEXTS, TEXTS, TEXTS)
def test_any_text_gives_exactly_one_letter_or_none(subject: str, body: str, name: str) -> None:
    sheet = replace(SHEET, subject=subject, body=body, to=(Address("ann@x.example", name),))
    try:
        raw = freeze(sheet)
    except NotFreezable:
        return
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert len(message.get_all("To", [])) == 1
    assert [address.addr_spec for address in message["To"].addresses] == ["ann@x.example"]
    assert message["Bcc"] is None
    assert max(map(len, raw.split(b"\r\n"))) <= 998


BLANK = "".join(filter(UNSEEN.match, map(chr, range(0x110000))))


@given(st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters=BLANK), min_size=1, max_size=200), st.lists(st.text(
    st.characters(min_codepoint=32, exclude_categories=["C", "Zl", "Zp"], exclude_characters=BLANK), max_size=200), min_size=1, max_size=20))  # fmt: skip
@settings(deadline=None)
def test_ordinary_text_always_makes_a_letter_and_comes_back_whole(subject: str, lines: list[str]) -> None:
    body = "\n".join(lines)
    raw = freeze(replace(SHEET, subject=subject, body=body))
    back = email.message_from_bytes(raw, policy=email.policy.default)
    assert back.get_content().replace("\r\n", "\n") == body.strip("\n") + "\n"
