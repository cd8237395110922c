"""Servers that drip, hang or never end keep nobody for longer than the limit, and say nothing false about a letter."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from providers.base import Letter, NotSent, Unknown, Unreachable
from providers.http import Client
from providers.imap import wire as imap_wire
from providers.imap.mailbox import ImapMailbox, ImapSettings
from providers.smtp import sender as smtp
from tests.peers.slow_server import Line, Talk, imap, slow_server

pytestmark = pytest.mark.slow

LETTER = Letter("<m@y.example>", "m", "sam@y.example", ("ann@x.example",), b"Subject: x\r\n\r\nHello\r\n")
BEFORE: dict[str, Talk] = {
    "drips instead of greeting": lambda line: line.drip(),
    "hangs before its greeting": lambda line: line.hang(),
    "hangs after its greeting": lambda line: (line.say(b"* OK ready\r\n"), line.hang())[1],
    "floods before signing in": lambda line: line.flood(b"* OK ready\r\n"),
}
AFTER: dict[str, Talk] = {
    "drips": lambda line: line.drip(),
    "hangs": lambda line: line.hang(),
    "hangs in a literal": lambda line: (line.say(b"* 1 FETCH (BODY[] {5000}\r\nabc"), line.hang())[1],
    "drips a literal": lambda line: (line.say(b"* 1 FETCH (BODY[] {5000}\r\n"), line.drip())[1],
    "never ends a line": lambda line: line.flood(b"x" * 10_000),
    "never ends an answer": lambda line: line.flood(b"* OK still there\r\n" * 1000),
}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_wire, "LONGEST_WAIT", 0.6)
    monkeypatch.setattr(imap_wire, "MOST_RESPONSES", 50_000)


def settings(port: int, whole: float = 60.0) -> ImapSettings:
    """Only what is to end early has little time, so that a busy machine makes no difference."""
    return ImapSettings("127.0.0.1", port, "none", "u", lambda: "p", timeout=5.0, whole=whole)


@pytest.mark.parametrize("how", BEFORE)
def test_signing_in_ends(how: str) -> None:
    with slow_server(BEFORE[how]) as port, pytest.raises(Unreachable):
        ImapMailbox(settings(port, 0.6))


@pytest.mark.parametrize("how", AFTER)
def test_reading_ends(how: str) -> None:
    with slow_server(imap(AFTER[how])) as port:
        mailbox = ImapMailbox(settings(port))
        with pytest.raises(Unreachable):
            list(mailbox.changes(""))
        mailbox.close()


def http(then: Talk) -> Talk:
    def talk(line: Line) -> None:
        while line.hear().strip():
            pass
        then(line)

    return talk


@pytest.mark.parametrize(
    "then",
    [
        lambda line: line.drip(),
        lambda line: (line.say(b"HTTP/1.1 200 OK\r\n"), line.drip(b"x: y\r\n"))[1],
        lambda line: (line.say(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"), line.drip())[1],
    ],
    ids=["status", "headers", "body"],
)
def test_a_request_ends(then: Talk) -> None:
    with slow_server(http(then)) as port:
        client = Client(["127.0.0.1"], whole=0.6)
        with pytest.raises(Unreachable):
            client.request("GET", f"http://127.0.0.1:{port}/")
        client.close()


def mail_server(**says: Callable[[Line], None] | bytes) -> Talk:
    """Says yes to everything but the named commands."""

    def talk(line: Line) -> None:
        line.say(b"220 hello\r\n")
        while command := line.hear():
            word = command.strip().split(b" ")[0].decode().lower()
            if word == "data":
                answer(line, says.get("data", b"354 go\r\n"))
                while line.hear().strip() != b".":
                    pass
                word = "dot"
            answer(line, says.get(word, b"250 fine\r\n"))

    return talk


def answer(line: Line, what: Callable[[Line], None] | bytes) -> None:
    if isinstance(what, bytes):
        line.say(what)
    else:
        what(line)


def sent(talk: Talk, **more: object) -> object:
    with slow_server(talk) as port:
        limits = {"seconds": 20.0, "whole_seconds": 60.0, "last_seconds": 0.5, **more}
        server = smtp.Server("127.0.0.1", port, "none", **limits)  # type: ignore[arg-type]
        return smtp.send(server, LETTER, lambda: None)


@pytest.mark.parametrize("how", [lambda line: line.drip(), lambda line: line.hang()], ids=["drip", "hang"])
def test_a_letter_without_an_answer_in_time_is_unknown(how: Callable[[Line], None]) -> None:
    with pytest.raises(Unknown):
        sent(mail_server(dot=how))


@pytest.mark.parametrize("word", ["ehlo", "mail", "rcpt"])
def test_before_the_letter_nothing_left(word: str) -> None:
    with pytest.raises((Unreachable, NotSent)) as met:
        sent(mail_server(**{word: lambda line: line.drip()}), whole_seconds=0.6)
    assert not getattr(met.value, "permanent", False)


def test_what_the_library_makes_up_is_no_refusal() -> None:
    long = b"250-" + b"x" * 20_000 + b"\r\n"
    with pytest.raises(Unknown):
        sent(mail_server(dot=long))
    with pytest.raises(Unreachable):
        sent(mail_server(ehlo=long))
    with pytest.raises(Unreachable):
        sent(mail_server(ehlo=b"250-x\r\n250 AUTH PLAIN\r\n", auth=long), user="sam", secret=lambda: "pw")
    with pytest.raises(Unreachable):
        sent(lambda line: (line.say(b"x" * 20_000 + b"\r\n"), line.hang())[1])
    for made_up in (b"nonsense\r\n", b"5x0 no\r\n"):
        with pytest.raises(Unknown):
            sent(mail_server(dot=made_up))
    with pytest.raises(NotSent) as refused:
        sent(mail_server(dot=b"550 no\r\n"))
    assert refused.value.permanent
