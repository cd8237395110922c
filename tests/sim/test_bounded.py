"""A share of `make bounded`: no mail takes a judge long, or much memory."""

from __future__ import annotations

import pytest

from tests.sim import bounded


@pytest.mark.slow
def test_no_mail_takes_long() -> None:
    total, slow, grown = bounded.run(500, seed=7, every=10)
    assert total > 500 + 20, "the mails of the tests themselves are always here"
    assert not slow
    assert grown < bounded.MOST_MEMORY
