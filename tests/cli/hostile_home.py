"""A home full of words that drive terminals, for the tests of what is printed."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

from agent.common.home import Home
from agent.drafting.draft import draft_due
from providers.base import Role
from providers.local.memory import MemoryServer
from tests.agent.small import ME, read, small_home
from tests.conftest import Ticking

HOSTILE = (
    "a\u202eb\u2066c\u2028d\u2029e\x9b31mf\x1b[31mg\x85h\u200bi\u2060j\u00adk\ufeffl\U000e0041m\x7fn\u061co\u200fp\x1b]0;q\x07r"
    "\u180es\u3164t\ufff9u"
)
LOOSE = HOSTILE + "\ud800"
COLUMNS = (
    ("account", "trouble"), ("thread", "subject"), ("thread", "sentence"), ("followup", "subject"),
    ("followup", "evidence"), ("draft", "subject"), ("draft", "body"), ("memory", "person"),
)  # fmt: skip


def encoded(text: str) -> str:
    return f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="


def hostile_mail(number: int, clock: Ticking, body: str = "") -> bytes:
    """One of a stranger, with hostile words wherever words can stand."""
    at = clock() - timedelta(days=3, minutes=number)
    text = body or f"Hello {HOSTILE}\n\nCould you tell me {HOSTILE}?\n"
    head = (
        f"From: {encoded(HOSTILE)} <eve{number}@evil.example>\nTo: {encoded(HOSTILE)} <{ME}>\n"
        f"Subject: {encoded(HOSTILE)}\nDate: {format_datetime(at)}\nMessage-ID: <h{number}@evil.example>\n"
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
    )
    return (head + text).encode()


@contextmanager
def hostile_home(folder: Path, clock: Ticking) -> Iterator[Home]:
    """Read, judged and drafted; then every column that shows foreign words holds hostile ones."""
    home = small_home(folder, clock, theirs=f"Which {HOSTILE} do you take? {HOSTILE}")
    server = home.servers["home"]
    assert isinstance(server, MemoryServer)
    for number in range(3):
        server.deliver(hostile_mail(number, clock), received=clock(), folder=f"INBOX/{HOSTILE}", role=Role.INBOX)
    read(home)
    draft_due(home)
    with home.store.write() as change:
        for table, column in COLUMNS:
            change.connection.exec_driver_sql(f"UPDATE {table} SET {column} = ?", (HOSTILE,))
        change.connection.exec_driver_sql("UPDATE draft SET notes = ?", (json.dumps([HOSTILE]),))
        told = json.dumps({"evidence": LOOSE, "answer_evidence": LOOSE, "sensitive_evidence": LOOSE})
        change.connection.exec_driver_sql("UPDATE thread SET summary = ?", (told,))
    yield home
    home.close()
