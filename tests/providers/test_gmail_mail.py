"""Gmail's JSON says the same as the bytes it was made from, and no answer of any shape breaks the reading."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.base import Role
from providers.gmail import mail as gmail_mail
from providers.gmail.api import GmailSettings
from providers.gmail.mailbox import GmailMailbox
from providers.mail import mime
from tests.peers.fake_letters import SAM, incoming
from tests.peers.gmail_fake import GmailFake

BOUNCE = (
    b"From: Mailer <mailer-daemon@mx.example>\r\nTo: sam@example.org\r\nSubject: Undelivered\r\nMessage-ID: <b1@mx.example>\r\n"
    b"Date: Wed, 18 Nov 2026 10:00:00 +0000\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    b"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; ann@acme.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    b"--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: sam@example.org\r\nTo: ann@acme.example\r\nSubject: The offer\r\n"
    b"Message-ID: <own1@example.org>\r\n\r\nHello\r\n--b--\r\n"
)
MEETING = incoming(2).replace(
    b"Content-Type: text/plain; charset=utf-8\r\n\r\nHello 2\r\n",
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=iso-2022-jp\r\n\r\n"
    + "会議".encode("iso-2022-jp")
    + b"\r\n--b\r\nContent-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n"
    b'--b\r\nContent-Type: application/ics; name="invite.ics"\r\nContent-Disposition: attachment; filename="invite.ics"\r\n\r\nBEGIN\r\n--b--\r\n',
)
LONG = incoming(3, body="A line of a long mail. " * 4000)
WESTERN = incoming(4).replace(b"utf-8", b"iso-8859-1").replace(b"Hello 4", "Grüße".encode("latin-1"))


@pytest.fixture
def fake() -> Iterator[GmailFake]:
    with GmailFake() as server:
        server.store.address = SAM
        yield server


@pytest.mark.parametrize(
    "raw",
    [BOUNCE, MEETING, LONG, WESTERN, incoming(5, subject="=?utf-8?q?Gr=C3=BC=C3=9Fe?=")],
    ids=["bounce", "meeting", "long", "western", "subject"],
)
def test_the_json_of_a_mail_says_what_its_bytes_say(fake: GmailFake, raw: bytes) -> None:
    fake.store.deliver(raw)
    box = GmailMailbox(GmailSettings(SAM, lambda rejected="": "good", endpoint=fake.url))
    (mail,) = [mail for page in box.changes("") for mail in page.mails]
    direct = mime.parse(raw)
    for name in (
        "message_id",
        "date",
        "sender",
        "to",
        "cc",
        "subject",
        "in_reply_to",
        "references",
        "failed",
        "problem",
    ):
        assert getattr(mail, name) == getattr(direct, name), name
    assert mail.text.split() == direct.text.split()
    assert [(part.content_type, part.text.split()) for part in mail.parts] == [
        (part.content_type, part.text.split()) for part in direct.parts
    ]
    assert [(one.name, one.content_type) for one in mail.attachments] == [
        (one.name, one.content_type) for one in direct.attachments
    ]


def test_a_bounce_names_whom_it_is_about(fake: GmailFake) -> None:
    fake.store.deliver(BOUNCE)
    box = GmailMailbox(GmailSettings(SAM, lambda rejected="": "good", endpoint=fake.url))
    (mail,) = [mail for page in box.changes("") for mail in page.mails]
    assert mail.failed == ("ann@acme.example",)
    assert any("<own1@example.org>" in part.text for part in mail.parts)


@pytest.mark.parametrize(("labels", "role"), [
    (["INBOX", "UNREAD"], Role.INBOX), (["SENT"], Role.SENT), (["SENT", "INBOX"], Role.SENT), (["SPAM"], Role.JUNK), (["TRASH", "INBOX"], Role.TRASH),
    (["DRAFT", "SENT"], Role.DRAFTS), (["Label_1"], Role.ARCHIVE), ([], Role.ARCHIVE),
])  # fmt: skip
def test_the_most_telling_label_is_the_role(labels: list[str], role: Role) -> None:
    assert gmail_mail.role_of(labels) is role


@pytest.mark.parametrize(("data", "declared", "used"), [
    ("Grüße".encode(), "iso-8859-1", "utf-8"), ("Grüße".encode("latin-1"), "iso-8859-1", "iso-8859-1"), ("会議".encode("iso-2022-jp"), "iso-2022-jp", "iso-2022-jp"), (b"x", "", "utf-8"),
])  # fmt: skip
def test_the_bytes_decide_when_the_header_names_another_charset(data: bytes, declared: str, used: str) -> None:
    assert gmail_mail.charset(data, declared) == used


def test_parts_without_end_are_a_problem_and_not_a_crash() -> None:
    deep: dict[str, Any] = {"mimeType": "text/plain", "body": {"data": "eA"}}
    for _ in range(60):
        deep = {"mimeType": "multipart/mixed", "parts": [deep]}
    many = {"mimeType": "multipart/mixed", "parts": [{"mimeType": "text/plain"}] * 5000}
    for payload in (deep, many):
        assert gmail_mail.to_mail({"id": "x", "payload": payload}, {}, {}).problem


HEADER = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["From", "To", "Subject", "Date", "Message-ID", "References", "Content-Type", "X"]),
        "value": st.text(max_size=60),
    }
)
DATA = st.binary(max_size=80).map(lambda raw: base64.urlsafe_b64encode(raw).decode()) | st.text(max_size=30)
PART = st.recursive(
    st.fixed_dictionaries({}, optional={
        "mimeType": st.sampled_from(["text/plain", "text/html", "message/rfc822", "message/delivery-status", "image/png", "multipart/mixed", "odd"]),
        "headers": st.lists(HEADER, max_size=5), "filename": st.text(max_size=20),
        "body": st.fixed_dictionaries({}, optional={"size": st.integers(0, 10**7), "data": DATA, "attachmentId": st.text(max_size=5)}),
    }),
    lambda inner: st.fixed_dictionaries({"mimeType": st.sampled_from(["multipart/mixed", "message/rfc822"]), "parts": st.lists(inner, max_size=4)}),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(PART, st.lists(st.sampled_from(["INBOX", "SENT", "DRAFT", "X"])), st.text(max_size=20))
def test_no_answer_breaks_the_reading_or_brings_a_line_into_a_header(
    payload: dict[str, Any], labels: list[str], date: str
) -> None:
    mail = gmail_mail.to_mail(
        {"id": "x", "payload": payload, "labelIds": labels, "internalDate": date}, {"X": "relance/x"}, {}
    )
    assert not any("\n" in value or "\r" in value for values in mail.headers.values() for value in values)
    assert "\n" not in mail.subject
    gmail_mail.kept_back(payload)
