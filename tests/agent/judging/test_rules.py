"""What was judged by other rules, or before an address was known as the person's own, is read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.common.home import Home
from agent.judging import rules_changed
from agent.judging.judge import judge_changed
from agent.paths import places
from tests.agent.small import small_home
from tests.conftest import Ticking


def test_threads_are_read_again_only_when_rules_or_own_addresses_change(
    private_home: Path, clock: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = small_home(private_home, clock)
    assert judge_changed(home).read == 0
    monkeypatch.setattr(rules_changed, "_rules", lambda: "newer")
    assert judge_changed(home).read > 0
    assert judge_changed(home).read == 0
    home.close()
    config = private_home / "config.toml"
    config.write_text(config.read_text() + 'aliases = ["bo@lund.example"]\n')
    again = Home(places(), clock=clock, keyring=False)
    assert judge_changed(again).read > 0
    with again.store.read() as connection:
        found = connection.exec_driver_sql("SELECT reason FROM thread WHERE root = '<a1@example.org>'").scalar()
    assert found == "to_myself"
    again.close()
