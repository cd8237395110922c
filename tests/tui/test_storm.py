"""A slice of the storm of keys: two screens, a daemon and the commands on one store."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.tui.storm import storm

SECONDS = 15.0


@pytest.mark.slow
def test_two_screens_a_daemon_and_commands_survive_random_keys_on_one_store(tmp_path: Path) -> None:
    seed = int(os.environ.get("RELANCE_STORM_SEED", "7"))
    assert storm(tmp_path, SECONDS, seed) == [], f"again with RELANCE_STORM_SEED={seed}"
