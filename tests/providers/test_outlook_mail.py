"""Graph's JSON becomes a mail whatever is missing in it, and nothing in it becomes another header."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.base import Role
from providers.outlook import mail as outlook_mail
from providers.outlook.mail import Extra, OutlookFolder

SENT = OutlookFolder("f", "Sent", Role.SENT)


def person(address: str, name: str = "") -> dict[str, Any]:
    return {"emailAddress": {"address": address, "name": name}}


@pytest.mark.parametrize(("entry", "shown"), [
    (person("ann@x.example", "Ann"), ['"Ann" <ann@x.example>']),
    (person("ann@x.example", 'Ann "the" \\ boss'), ['"Ann \\"the\\" \\\\ boss" <ann@x.example>']),
    (person("ann@x.example", "ann@x.example"), ["ann@x.example"]),
    (person("/O=EXCHANGELABS/OU=X/CN=ANN"), []),
    (person("ann@x.example>, eve@evil.example"), []),
    (person("a@x.example\r\nBcc: eve@evil.example"), []),
    ({"emailAddress": None}, []),
    ({}, []),
])  # fmt: skip
def test_only_addresses_mail_can_go_to_are_taken_over(entry: dict[str, Any], shown: list[str]) -> None:
    assert outlook_mail.people_of([entry]) == shown


def test_a_name_cannot_become_another_address() -> None:
    item = {
        "id": "x",
        "from": person("ann@x.example", '" <eve@evil.example>, "'),
        "toRecipients": [person("sam@example.org", "Sam\r\nCc: eve@evil.example")],
    }
    mail = outlook_mail.to_mail(item, SENT, Extra())
    assert mail.sender is not None
    assert mail.sender.email == "ann@x.example"
    assert [one.email for one in mail.recipients] == ["sam@example.org"]


def test_own_mail_gets_its_references_and_its_marker_from_the_properties() -> None:
    extra = Extra(
        {outlook_mail.IN_REPLY_TO: "<a@x>", outlook_mail.REFERENCES: "<r@x> <a@x>", outlook_mail.TOKEN: "tok"}
    )
    mail = outlook_mail.to_mail(
        {"id": "x", "internetMessageId": "<o@x>", "sentDateTime": "2026-11-18T10:00:00Z"}, SENT, extra
    )
    assert (mail.in_reply_to, mail.references, mail.message_id, mail.header("x-relance-id")) == (
        ("<a@x>",),
        ("<r@x>", "<a@x>"),
        "<o@x>",
        "tok",
    )
    assert mail.date is not None
    assert mail.date.isoformat() == "2026-11-18T10:00:00+00:00"


def test_the_header_as_it_came_wins_over_what_graph_tells() -> None:
    headers = [
        {"name": "Date", "value": "Wed, 18 Nov 2026 19:00:00 +0900"},
        {"name": "Auto-Submitted", "value": "auto-replied"},
    ]
    mail = outlook_mail.to_mail(
        {"id": "x", "sentDateTime": "2026-11-18T10:00:00Z", "internetMessageHeaders": headers}, SENT, Extra()
    )
    assert mail.date is not None
    assert mail.date.utcoffset() is not None
    assert mail.date.isoformat() == "2026-11-18T19:00:00+09:00"
    assert mail.header("auto-submitted") == "auto-replied"


@pytest.mark.parametrize(("item", "whole"), [
    ({"@odata.type": "#microsoft.graph.eventMessageResponse"}, True), ({"@odata.type": "#microsoft.graph.message"}, False),
    ({"internetMessageHeaders": [{"name": "Content-Type", "value": "multipart/report; report-type=delivery-status"}]}, True),
    ({"internetMessageHeaders": [{"name": "CONTENT-TYPE", "value": "Text/Calendar; method=REPLY"}]}, True), ({}, False),
])  # fmt: skip
def test_reports_and_meetings_are_read_from_their_bytes(item: dict[str, Any], whole: bool) -> None:
    assert outlook_mail.is_for_machines(item) is whole


TEXT = st.text(max_size=40)
ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "emailAddress": st.none() | st.fixed_dictionaries({}, optional={"address": TEXT, "name": TEXT | st.none()})
    },
)
ITEM = st.fixed_dictionaries({"id": TEXT}, optional={
    "subject": TEXT | st.none(), "from": ENTRY | st.none(), "toRecipients": st.lists(ENTRY, max_size=3), "replyTo": st.lists(ENTRY, max_size=2),
    "body": st.none() | st.fixed_dictionaries({}, optional={"contentType": st.sampled_from(["html", "text", "odd"]), "content": TEXT | st.none()}),
    "internetMessageId": TEXT | st.none(), "receivedDateTime": TEXT | st.none() | st.just("2026-11-18T10:00:00.1234567Z"), "isRead": st.booleans() | st.none(),
    "flag": st.none() | st.just({"flagStatus": "flagged"}), "categories": st.lists(TEXT, max_size=3) | st.none(),
    "internetMessageHeaders": st.none() | st.lists(st.fixed_dictionaries({"name": TEXT | st.none(), "value": TEXT | st.none()}), max_size=4),
})  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(ITEM)
def test_no_item_breaks_the_reading_or_brings_a_line_into_a_header(item: dict[str, Any]) -> None:
    mail = outlook_mail.to_mail(item, SENT, Extra())
    assert not any("\n" in value or "\r" in value for values in mail.headers.values() for value in values)
    assert "\n" not in mail.subject
    outlook_mail.is_partial(item)
    outlook_mail.is_for_machines(item)
