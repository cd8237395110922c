"""Tells by its header whether a server brought a mail to its mailbox; never whose the mail is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

MARKS = (
    "return-path", "delivered-to", "x-delivered-to", "x-original-to", "x-resolved-to", "envelope-to", "x-envelope-to",
    "x-envelope-from", "delivery-date", "received-spf", "authentication-results",
)  # fmt: skip
"""Written when a mail is delivered, and by nobody into the copy of what was sent."""
HOPS = "received"
TRACES = (*MARKS, HOPS)
MOST_HOPS = 2
"""A second one tells that the mail travelled on; more say nothing new."""
SUBMITTED = frozenset(("esmtpa", "esmtpsa", "utf8smtpa", "utf8smtpsa", "http", "https"))
"""How a server takes a mail from somebody who signed in; everything else is how it takes one for its users."""
COMMENT = re.compile(r"\([^()]{0,2000}\)")
DEEPEST = 4
"""Comments in comments that are taken off; one that is deeper makes the field vouch for nothing."""


def delivered(headers: Mapping[str, Sequence[str]], own: frozenset[str]) -> bool:
    """Whether a mail bears what is written on delivery.

    Every server that passes a mail on adds a line on top, so a copy that was filed has none of them, or the one line of
    the server that took it from the user.
    """
    hops = headers.get(HOPS, ())
    return any(headers.get(name) for name in MARKS) or len(hops) > 1 or any(not submitted(hop, own) for hop in hops)


def submitted(hop: str, own: frozenset[str]) -> bool:
    """Whether a `Received` says that its server took the mail from somebody it knew, to bring it to somebody else."""
    # Quoted, a bracket would open no comment, so that what is taken for one may be the very clause that counts.
    if '"' in hop or "\\" in hop:
        return False
    for _ in range(DEEPEST):
        hop = COMMENT.sub(" ", hop)
    words = hop.lower().partition(";")[0].split()
    # Whoever connects chooses the name in front of `by`; it must not pass for a clause behind it.
    if words.count("by") != 1 or "(" in hop or ")" in hop:
        return False
    behind = words[words.index("by") + 2 :]
    named = dict(zip(behind[::2], behind[1::2], strict=False))
    if len(behind) != 2 * len(named):
        return False
    # Many servers give a user other addresses than the one that is known, under the same domain or below it.
    domain = named.get("for", "").strip("<>,.").rpartition("@")[2]
    home = any(f".{domain}".endswith("." + address.rpartition("@")[2]) for address in own)
    return named.get("with") in SUBMITTED and not home
