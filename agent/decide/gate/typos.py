"""Finds the domain somebody meant and mistyped by one letter; only suggests, never puts it in its place."""

from __future__ import annotations

from collections.abc import Iterable

from agent.decide.gate.spelling import plain_domain
from agent.decide.threads.people import FREE_MAIL

LARGEST = (
    "gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "live.com", "aol.com", "gmx.de", "web.de",
    "orange.fr",
)  # fmt: skip
"""Where most private addresses lie."""
REAL = FREE_MAIL | {"mail.com", "ymail.com", "email.com", "gmx.com", "me.com", "laposte.net", "sfr.fr", "mail.de"}
"""Providers there are, however near to another."""
SHORTEST = 4
"""Letters of a name: of shorter ones most neighbours are somebody's too."""


def meant_domain(domain: str, known: Iterable[str]) -> str:
    """The one domain that is one slip of the hand away; empty where it is a known one, or near to none."""
    mine = plain_domain(domain)
    names = {plain_domain(name) for name in known}
    if mine in names or mine in REAL:
        return ""
    return next((name for name in (*LARGEST, *sorted(names)) if _slip(mine, name)), "")


def _slip(one: str, other: str) -> bool:
    name, _, end = one.rpartition(".")
    other_name, _, other_end = other.rpartition(".")
    if name == other_name and len(end) == len(other_end) == 2:
        return False  # the same firm in two countries
    return max(len(name), len(other_name)) >= SHORTEST and one_edit(one, other)


def one_edit(one: str, other: str) -> bool:
    """Whether one letter more, fewer, other or changed with its neighbour makes one of the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    if start is None:
        return True
    rest, other_rest = one[start:], other[start:]
    if len(rest) != len(other_rest):
        longer, shorter = sorted((rest, other_rest), key=len, reverse=True)
        return longer[1:] == shorter
    swapped = rest[1::-1] + rest[2:] if len(rest) > 1 else rest
    return rest[1:] == other_rest[1:] or swapped == other_rest
