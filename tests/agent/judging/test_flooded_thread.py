"""A thread that is too much for its number of mails is held whole; no genuine mail in it is set aside."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.bounds import TooMuchError
from agent.decide.threads.threads import Thread
from agent.decide.values import Me
from agent.judging import condensing
from providers.base import Address, Mail, Origin

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_the_search_for_the_mail_that_is_too_much_ends_and_blames_none(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 1000, 2))

    def too_much() -> object:
        raise TooMuchError

    monkeypatch.setattr(condensing, "within_bounds", too_much)
    monkeypatch.setattr(condensing, "process_time", lambda: float(next(clock)))
    own = Mail("a", "<a@x>", AT, AT, Address("me@x"), (Address("you@y"),), text="When?", origin=Origin.SENT)
    flood = [Mail(f"e{n}", f"<e{n}@y>", AT, AT, Address("eve@y"), references=("<a@x>",), text="Hi") for n in range(50)]
    summary, aside = condensing.condense(Thread("<a@x>", (own, *flood)), Me(addresses=("me@x",)))
    assert (summary.blocked, summary.problem, aside) == ("unsure", True, ())
