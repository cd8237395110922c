"""Lives through the summer: every built-in plan to its last letter, and every ending, on each kind of mailbox.

python -m tests.sim.summer [--box memory|dovecot|gmail|graph|all] [--family NAME] [--seed N] [--only letters|endings] [--show]
"""

from __future__ import annotations

import argparse
import sys
from time import monotonic

from tests.sim.summer.boxes import KINDS, houses
from tests.sim.summer.cast import FAMILIES
from tests.sim.summer.shares import Told, endings_for, letters_for, live


def main() -> int:
    """Zero where no letter was wrong and none left after an ending."""
    asked = argparse.ArgumentParser(prog="python -m tests.sim.summer", description=__doc__)
    asked.add_argument("--box", choices=(*KINDS, "all"), default="all")
    asked.add_argument("--family", choices=FAMILIES, default="")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--only", choices=("letters", "endings"), default="")
    asked.add_argument("--show", action="store_true")
    wanted = asked.parse_args()
    families = (wanted.family,) if wanted.family else FAMILIES
    failed = 0
    for kind in KINDS if wanted.box == "all" else (wanted.box,):
        shares = [] if wanted.only == "endings" else letters_for(kind, families, wanted.seed)
        shares += [] if wanted.only == "letters" else endings_for(kind, families, wanted.seed)
        told, began = Told(), monotonic()
        with houses(kind) as made:
            for share in shares:
                live(made, share, told, show=wanted.show)
        print(f"{kind:8} {told.line()}, {monotonic() - began:.0f} s", flush=True)
        for words in told.broken:
            print(f"    {words}")
        failed += len(told.broken)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
