"""Running needs a part of what developing needs, in the same versions."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOT_FOR_RUNNING = {"pytest", "mypy", "ruff", "scikit-learn", "scipy", "hypothesis", "deptry", "import-linter"}


def pinned(name: str) -> dict[str, str]:
    found = re.findall(r"^([a-z0-9._-]+)==([^ ;\\]+)", (ROOT / name).read_text(), re.MULTILINE)
    return dict(found)


def test_what_runs_is_a_part_of_what_develops():
    running, all_of_it = pinned("requirements-run.lock"), pinned("requirements.lock")
    assert running
    assert running.items() <= all_of_it.items()


def test_the_demo_brings_no_tool_of_developers():
    assert not set(pinned("requirements-run.lock")) & NOT_FOR_RUNNING
