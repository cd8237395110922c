"""The lowest layer of IMAP alone: lines cut off, in pieces, and several at once."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Any, cast

import pytest

from providers.base import Unreachable
from providers.imap.letter import Located, needs
from providers.imap.wire import Wire
from providers.mail.structure import Leaf


class Line:
    """A connection over which this came, in pieces of these sizes, before it ended."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = [*pieces, b""]
        self.sock = self

    def recv(self, _: int) -> bytes:
        return self._pieces.pop(0)


def wire(*pieces: bytes) -> Wire:
    return Wire(cast("Any", Line(*pieces)))


@pytest.mark.parametrize(
    "received",
    [
        b"",
        b"* LIST (\\HasNoChi",
        b"* 1 FETCH (BODY[] {5}\r\n",
        b"* 1 FETCH (BODY[] {5}\r\nabc",
        b"* 1 FETCH (BODY[] {5}\r\nabcde FLA",
    ],
)
def test_a_response_that_was_cut_off_is_an_end(received: bytes) -> None:
    with pytest.raises(Unreachable, match="cut the connection"):
        wire(*([received] if received else [])).response()


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_responses_are_the_same_in_pieces_of_any_size(size: int) -> None:
    said = b"* 1 FETCH (BODY[] {5}\r\na\nb\r\n FLAGS ())\r\n* OK Still here\r\n"
    line = wire(*(said[start : start + size] for start in range(0, len(said), size)))
    assert line.response() == [b"* 1 FETCH (BODY[] {5}\r\n", b"a\nb\r\n", b" FLAGS ())\r\n"]
    assert line.response() == [b"* OK Still here\r\n"]
    assert line.received == len(said)


def test_a_line_without_an_end_is_given_up() -> None:
    with pytest.raises(Unreachable, match="too large"):
        wire(*[b"x" * 60_000] * 40).response()


def test_a_second_line_of_one_packet_is_noticed() -> None:
    here, there = socket.socketpair()
    with here, there:
        line = Wire(cast("Any", SimpleNamespace(sock=here)))
        there.sendall(b"+ idling\r\n* 3 EXISTS\r\n* 4 EX")
        assert line.response() == [b"+ idling\r\n"]
        assert line.ready(0), "what has come already is in no socket any more"
        assert line.response() == [b"* 3 EXISTS\r\n"]
        assert not line.ready(0), "half a line is no news yet"
        there.sendall(b"ISTS\r\n")
        assert line.ready(0)


class Counted(Line):
    """A connection whose commands are numbered."""

    def __init__(self, *pieces: bytes) -> None:
        super().__init__(*pieces)
        self.sent: list[bytes] = []

    def _new_tag(self) -> bytes:
        return b"A%d" % (len(self.sent) + 1)

    def send(self, data: bytes) -> None:
        self.sent.append(data)


def test_answers_that_are_read_later_stay_with_their_commands_whatever_is_asked_in_between() -> None:
    said = (
        b"* 1 FETCH (one)\r\nA1 OK\r\n* 2 FETCH (two)\r\nA2 OK\r\n* 3 EXISTS\r\nA3 OK\r\n* 4 FETCH (four)\r\nA4 OK\r\n"
    )
    line = Wire(cast("Any", Counted(said)))
    first, second = line.ahead(b"UID FETCH", b"1"), line.ahead(b"UID FETCH", b"2")
    assert [chunks[0] for chunks in line.run(b"NOOP")] == [b"* 3 EXISTS\r\n", b"A3 OK\r\n"]
    fourth = line.ahead(b"UID FETCH", b"4")
    assert [chunks[0] for chunks in line.responses(fourth)] == [b"* 4 FETCH (four)\r\n", b"A4 OK\r\n"]
    assert [chunks[0] for chunks in line.responses(second)] == [b"* 2 FETCH (two)\r\n", b"A2 OK\r\n"]
    assert [chunks[0] for chunks in line.responses(first)] == [b"* 1 FETCH (one)\r\n", b"A1 OK\r\n"]


@pytest.mark.parametrize(("size", "fetched"), [(900, ["1", "2"]), (200_000, ["1"])])
def test_a_small_page_is_fetched_beside_its_plain_text(size: int, fetched: list[str]) -> None:
    leaves = [Leaf("text/plain", size=40), Leaf("text/html", size=size), Leaf("image/png", size=9)]
    assert needs([(Located(str(place), leaf), b"b") for place, leaf in enumerate(leaves, 1)]) == fetched
