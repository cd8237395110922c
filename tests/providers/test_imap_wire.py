"""The lowest layer of IMAP alone: what a line that was cut off may not do."""

from __future__ import annotations

from typing import Any, cast

import pytest

from providers.base import Unreachable
from providers.imap_wire import Wire


class Line:
    """A connection that ended; it gives its unfinished rest again whenever it is asked."""

    def __init__(self, received: bytes) -> None:
        self._left = received

    def readline(self) -> bytes:
        line, mark, rest = self._left.partition(b"\n")
        self._left = rest if mark else line
        return line + mark

    def read(self, size: int) -> bytes:
        data, self._left = self._left[:size], self._left[size:]
        return data


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
def test_a_response_that_was_cut_off_is_an_end_and_never_read_twice(received: bytes) -> None:
    with pytest.raises(Unreachable, match="cut the connection"):
        Wire(cast("Any", Line(received))).response()


def test_a_whole_response_is_read_with_its_literal() -> None:
    wire = Wire(cast("Any", Line(b"* 1 FETCH (BODY[] {5}\r\nabcde)\r\n* OK")))
    assert wire.response() == [b"* 1 FETCH (BODY[] {5}\r\n", b"abcde", b")\r\n"]
