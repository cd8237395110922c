"""The narrated demo makes sense, ends well and stays on this machine."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.demo.story import tell

pytestmark = pytest.mark.slow

MOMENTS = [
    datetime(2026, 11, 18, 10, 0, tzinfo=UTC),
    datetime(2026, 11, 21, 22, 30, tzinfo=UTC),
    datetime(2027, 1, 3, 6, 0, tzinfo=UTC),
]


@pytest.mark.parametrize("now", MOMENTS, ids=["a Wednesday", "a Saturday night", "after New Year"])
def test_the_story_tells_everything_and_ends_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    def no_network(*_: object) -> None:
        raise AssertionError("the demo opened a connection")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    lines: list[str] = []
    assert tell(tmp_path, now, lines.append) == 0
    told = "\n".join(lines)
    for words in (
        "deserve a follow-up today", "it leaves alone", "Queued; leaves", "Cancelled. It was not sent",
        "an answer came, so nothing leaves", "1 letter accepted", "with every check of the gate passed", "complete.",
    ):  # fmt: skip
        assert words in told, words
    assert "\x1b" not in told
    assert "None" not in told
