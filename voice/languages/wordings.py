"""Writes out wordings with choices, "a [mail|note] of mine", as plain sentences; bounded, never random."""

from __future__ import annotations

import re
from itertools import product

MOST = 48
_CHOICE = re.compile(r"\[([^\[\]]{0,200})\]")


def written_out(line: str, most: int = MOST) -> tuple[str, ...]:
    """Every sentence a line stands for, the first choices first; at most so many, spread evenly."""
    parts = _CHOICE.split(line)
    choices = [part.split("|") if place % 2 else [part] for place, part in enumerate(parts)]
    made = list(dict.fromkeys("".join(chosen) for chosen in product(*choices)))
    if len(made) <= most:
        return tuple(made)
    return tuple(made[place * len(made) // most] for place in range(most))
