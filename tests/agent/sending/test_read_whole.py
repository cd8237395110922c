"""Before a letter leaves, what its people wrote long ago is read in all its forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from agent.sending import read_whole
from providers.base import Role, Unreachable
from providers.mail import mime
from tests.agent.asking import CONTROL, FORBIDS, Asking, asking
from tests.peers.houses import ME

ANN = "ann@x1.example"
SAID = "Thank you for your mail."


def wrote_long_ago(box: Asking, page: str, name: str = "out", *, tied: bool = True) -> str:
    """An old mail of hers as IMAP reads it: by its plain text, which says less than its page."""
    at = box.asked + timedelta(days=-149)
    tie = "In-Reply-To: <boat@m.example>\r\nReferences: <boat@m.example>\r\n" if tied else ""
    raw = (
        f"From: {ANN}\r\nTo: {ME}\r\nSubject: Re: Boat\r\nDate: {format_datetime(at)}\r\nMessage-ID: <{name}@x1.example>\r\n"
        f"{tie}MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
        f"{SAID}\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>{SAID}</p><p>{page}</p>\r\n--b--\r\n"
    )
    server = box.house.server
    key = server.deliver(raw.encode(), role=Role.INBOX, received=at)
    held = server.held(key)
    assert held is not None
    server._held[key] = replace(held, mail=replace(held.mail, text=SAID, half_read=True))
    return key


def whom(change: Callable[[Asking], Any], page: str = "", *, tied: bool = True) -> set[str]:
    with asking() as box:
        box.ask("boat", ANN, -150, "Boat")
        key = wrote_long_ago(box, page, tied=tied)
        box.ask("lamp", ANN, 0, "Lamp")
        box.judge()
        change(box)
        if change is gone:
            box.house.server.remove(key)
        return box.go()


def nothing(_: Asking) -> None:
    """All is well."""


def gone(_: Asking) -> None:
    """The mail is no longer in the mailbox."""


def broken(box: Asking) -> None:
    plain = box.house.server.before

    def before(name: str) -> None:
        plain(name)
        if name == "raw":
            raise Unreachable("It cannot be read now.")

    box.house.server.before = before  # type: ignore[method-assign]


def damaged(box: Asking) -> None:
    """Its bytes cannot be taken apart."""
    for held in box.house.server._held.values():
        if held.mail.half_read:
            held.raw = b"x" * (mime.MOST_RAW + 1)


def many(box: Asking) -> None:
    for number in range(7):
        wrote_long_ago(box, "", f"more{number}")


@pytest.mark.slow
@pytest.mark.parametrize("tied", [True, False])
def test_an_opt_out_in_the_page_alone_is_heard(tied: bool) -> None:
    assert whom(nothing, FORBIDS, tied=tied) == {CONTROL}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "left"),
    [
        (nothing, {CONTROL, ANN}),
        (gone, {CONTROL, ANN}),
        (broken, {CONTROL}),
        (damaged, {CONTROL}),
        (many, {CONTROL, ANN}),
    ],
)
def test_what_cannot_be_read_holds_and_what_says_no_more_does_not(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[Asking], Any], left: set[str]
) -> None:
    monkeypatch.setattr(read_whole, "AT_ONCE", 3)
    assert whom(change) == left
