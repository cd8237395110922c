"""The page of a thread is the provider's own, whatever a mail or a server says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import webmail
from providers.base import Mail

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
MAIL = Mail(key="k", message_id="<a+b/c@x.example>", date=NOON, received=NOON, sender=None)
GMAIL = "https://mail.google.com/mail/u/?authuser=sam%40gmail.com#"
OUTLOOK = "https://outlook.office365.com/owa/?ItemID=AAMk&exvsurl=1"


@pytest.mark.parametrize(("provider", "hint", "web", "page"), [
    ("gmail", "18c2a9f0e1b2c3d4", "", f"{GMAIL}all/18c2a9f0e1b2c3d4"),
    ("gmail", "", "", f"{GMAIL}search/rfc822msgid%3Aa%2Bb%2Fc%40x.example"),
    ("gmail", "../evil?x=", "", f"{GMAIL}search/rfc822msgid%3Aa%2Bb%2Fc%40x.example"),
    ("gmail", "1" * 30, "", f"{GMAIL}search/rfc822msgid%3Aa%2Bb%2Fc%40x.example"),
    ("gmail", "18c2", "https://evil.example/", f"{GMAIL}all/18c2"),
    ("imap", "1783900000000000000", "", f"{GMAIL}all/18c1af9936d1c000"),
    ("imap", "", "", ""),
    ("outlook", "", OUTLOOK, OUTLOOK),
    ("outlook", "", "", ""),
    ("outlook", "", "http://outlook.office365.com/owa/", ""),
    ("outlook", "", "https://outlook.office365.com.evil.example/owa/", ""),
    ("outlook", "", "https://outlook.office365.com@evil.example/", ""),
    ("outlook", "", "https://sam:x@outlook.office365.com/", ""),
    ("outlook", "", "https://outlook.office365.com:8443/", ""),
    ("outlook", "", "https://outlook.office365.com/a b", ""),
    ("outlook", "", "https://outlook.office365.com/\x1b]8;;x", ""),
    ("outlook", "", "https://[outlook/", ""),
    ("outlook", "", "javascript:alert(1)//outlook.office.com", ""),
    ("archive", "18c2", OUTLOOK, ""),
    ("memory", "18c2", OUTLOOK, ""),
])  # fmt: skip
def test_a_thread_leads_to_the_page_its_provider_has(provider: str, hint: str, web: str, page: str) -> None:
    assert webmail.link(provider, "sam@gmail.com", [replace(MAIL, thread_hint=hint, web=web)]) == page


def test_the_newest_mail_with_a_usable_page_decides() -> None:
    old = replace(MAIL, web=OUTLOOK)
    new = replace(MAIL, web=OUTLOOK + "&new", received=NOON + timedelta(days=1))
    broken = replace(MAIL, web="https://evil.example/", received=NOON + timedelta(days=2))
    assert webmail.link("outlook", "", [old, broken, new]) == OUTLOOK + "&new"
    assert webmail.link("outlook", "", []) == ""


@given(st.sampled_from(["gmail", "imap", "outlook"]), st.text(max_size=40), st.text(max_size=60), st.text(max_size=60))
def test_nothing_foreign_leads_anywhere_else(provider: str, address: str, name: str, web: str) -> None:
    page = webmail.link(provider, address, [replace(MAIL, message_id=name, thread_hint=web, web=f"https://{web}")])
    assert page == "" or page.partition("/mail/")[0].partition("/owa")[0].removeprefix("https://") in webmail.HOSTS
