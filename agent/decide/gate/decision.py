"""The only place that decides whether a letter may leave; every check speaks, and it never sends anything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from agent.decide.gate import mailbox_checks as gate_mailbox
from agent.decide.gate import text_checks as gate_text
from agent.decide.gate.case import ALLOW, HOLD, Case, Check, CheckVerdict, Rule

CHECKS: dict[str, Rule] = {
    "pause": gate_text.pause,
    "origin": gate_mailbox.origin,
    "answered": gate_mailbox.answered,
    "restored": gate_mailbox.restored,
    "elsewhere": gate_mailbox.elsewhere,
    "own_draft": gate_mailbox.own_draft,
    "readable": gate_mailbox.readable,
    "look": gate_mailbox.looked,
    "recipients": gate_mailbox.recipients,
    "identity": gate_mailbox.identity,
    "facts": gate_text.facts,
    "voice": gate_text.voice,
    "language": gate_text.language,
    "pretence": gate_text.pretence,
    "sensitive": gate_text.sensitive,
    "injection": gate_text.injection,
    "length": gate_text.length,
    "repeat": gate_text.repeat,
    "attachment": gate_text.attachment,
    "timing": gate_mailbox.timing,
    "budget": gate_mailbox.budget,
    "month": gate_mailbox.month,
    "plan": gate_text.plan,
    "level": gate_text.level,
    "approval": gate_text.approval,
}
"""In the order people read them."""

ACCEPTABLE = frozenset({
    "facts", "voice", "language", "pretence", "sensitive", "injection", "length", "repeat", "attachment", "recipients",
    "timing", "own_draft", "elsewhere", "readable", "origin", "restored",
})  # fmt: skip
"""Holds that a person who saw them may pass by approving the text. The others bind everybody."""

STILL_NEW = frozenset({"elsewhere", "own_draft", "readable", "timing", "origin"})
"""Even when accepted, something that happened after the approval holds again; the case tells only what is new."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The worst verdict and everything that was said."""

    verdict: CheckVerdict
    checks: tuple[Check, ...]

    @property
    def against(self) -> tuple[Check, ...]:
        """What speaks against it, worst first."""
        loud = [check for check in self.checks if check.verdict is not ALLOW]
        return tuple(sorted(loud, key=lambda check: -check.verdict.rank))

    @property
    def waits_until(self) -> datetime | None:
        """When waiting alone would be enough."""
        times = [check.again_at for check in self.against]
        if self.verdict is not HOLD or not times or any(time is None for time in times):
            return None
        return max(time for time in times if time is not None)

    @property
    def code(self) -> str:
        """The strongest reason against it."""
        waiting = [check for check in self.against if check.again_at is None] or self.against
        return waiting[0].code if waiting else ""

    @property
    def reason(self) -> str:
        """The strongest reason as a sentence."""
        waiting = [check for check in self.against if check.again_at is None] or self.against
        return waiting[0].reason if waiting else "Every check allows it."


def decide(case: Case, now: datetime) -> Decision:
    """Ask every check; the worst verdict wins."""
    checks = tuple(_heard(check(case, now), case) for check in CHECKS.values())
    return Decision(max((check.verdict for check in checks), key=lambda verdict: verdict.rank), checks)


def _heard(check: Check, case: Case) -> Check:
    consent = case.consent
    known = check.name in consent.accepted and check.name in ACCEPTABLE - STILL_NEW and consent.approved_by == "user"
    if known and check.verdict is HOLD and check.again_at is None:
        return replace(check, verdict=ALLOW, reason=f"{check.reason} You approved it knowing that.")
    return check
