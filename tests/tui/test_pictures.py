"""The pictures of the documentation show the screens as they are painted now."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_picture_is_an_accepted_snapshot() -> None:
    done = subprocess.run(
        [sys.executable, "tools/pictures.py", "--check"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.stdout.strip() == "all current", "run: python tools/pictures.py"


def test_the_readme_shows_pictures_that_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = [part.split(")")[0] for part in text.split("](docs/pictures/")[1:]]
    assert shown
    assert all((ROOT / "docs/pictures" / name).exists() for name in shown)
