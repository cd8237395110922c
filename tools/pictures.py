"""Takes the pictures of the documentation from the accepted snapshots of the screens, so that none can be out of date.

python tools/pictures.py [--check]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SNAPSHOTS, PICTURES = ROOT / "tests/tui/snapshots", ROOT / "docs/pictures"
TAKEN = {
    "review": "review-120x36-dark",
    "why": "review-why-120x36-dark",
    "outbox": "outbox-120x36-dark",
    "watching": "watching-120x36-dark",
    "audit": "audit-120x36-dark",
}


def stale() -> list[str]:
    """Pictures that are not what the screens paint."""
    return [
        name
        for name, snapshot in TAKEN.items()
        if not (PICTURES / f"{name}.svg").exists()
        or (PICTURES / f"{name}.svg").read_bytes() != (SNAPSHOTS / f"{snapshot}.svg").read_bytes()
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say which are out of date")
    old = stale()
    if parser.parse_args().check:
        sys.stdout.write(("\n".join(old) or "all current") + "\n")
        return 1 if old else 0
    PICTURES.mkdir(exist_ok=True)
    for name in old:
        (PICTURES / f"{name}.svg").write_bytes((SNAPSHOTS / f"{TAKEN[name]}.svg").read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
