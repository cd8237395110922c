"""A stored thread knows where its provider shows it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.store import arrival
from agent.store.base.engine import Store
from agent.store.mail import mails
from agent.store.shown import views
from providers.base import Page
from tests.sim.world import ME, mail

GMAIL = "https://mail.google.com/mail/u/?authuser=sam%40y.example#all/18c2"
OUTLOOK = "https://outlook.live.com/owa/?ItemID=AA"


@pytest.mark.parametrize(("provider", "page"), [("gmail", GMAIL), ("outlook", OUTLOOK), ("imap", ""), ("memory", "")])
def test_the_page_of_a_thread_depends_on_its_account(store: Store, provider: str, page: str) -> None:
    said = mail("<a@y.example>", ME, "ann@x.example", store.clock())
    stored = replace(said, thread_hint="18c2", web=OUTLOOK)
    with store.write() as change:
        account = mails.account_number(change, "work", provider, ME)
        arrival.apply_page(store, change, account, Page("1", (stored,)))
    with store.read() as connection:
        assert views.web_page(connection, 1) == page
        assert views.web_page(connection, 99) == ""
