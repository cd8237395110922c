"""The reasons of threads in the few groups a person looks for; never gives a reason itself."""

from __future__ import annotations

from agent.decide.threads.quiet import Reason

DUE, HELD, ALONE = "due", "held", "alone"
WORDS = {
    DUE: "due", HELD: "held", "waiting": "waiting", "answered": "answered", "stopped": "stopped", ALONE: "left alone",
}  # fmt: skip
"""Every group, in the order in which it matters, and how it is called."""
REASONS = {
    "waiting": (Reason.WAITING, Reason.PAUSED_LATER, Reason.PAUSED_AWAY, Reason.PATIENT, "enrolled"),
    "answered": (Reason.ANSWERED, Reason.BOOKED, Reason.DELEGATED, Reason.SETTLED_ELSEWHERE),
    "stopped": (Reason.DECLINED, Reason.OPTED_OUT, Reason.LEFT, Reason.BOUNCED, Reason.GRIEF, Reason.PLAN_DONE),
}
"""A thread that is neither due nor held belongs where its reason stands; where it stands nowhere, it is left alone."""


def group_of(*, quiet: bool, hold: str, reason: str) -> str:
    """Where a thread belongs."""
    if hold or quiet:
        return HELD if hold else DUE
    return next((group for group, reasons in REASONS.items() if reason in reasons), ALONE)
