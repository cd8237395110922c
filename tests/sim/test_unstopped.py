"""A few of the cases of the simulation; `make unstopped` has the others."""

from __future__ import annotations

import pytest

from tests.sim import unstopped


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 3], ids=["before judging", "under way", "approved"])
def test_what_has_stopped_stays_stopped_whatever_a_stranger_adds(seed: int) -> None:
    count = unstopped.Count()
    unstopped.explore(seed, count, most=36, shrink=False)
    assert count.failed == []
    assert count.cases > 10
    assert count.letters >= unstopped.LIVING


def test_a_case_is_the_same_whoever_else_is_in_the_mailbox() -> None:
    case = unstopped.drawn(2, 5)
    assert case == unstopped.drawn(2, 5)
    assert case.acts
    assert unstopped.described(case, "")
