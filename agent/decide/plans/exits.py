"""Says what an answer does to a plan: end it, hold it for a person, or move it; never starts or writes anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from agent.decide.dates.workdays import USUAL, add_workdays
from agent.decide.plans.plans import Plan
from agent.decide.threads.quiet import SENTENCES, Reason
from agent.decide.threads.summary import Summary

ALWAYS = frozenset({
    "answered", "declined", "opted_out", "left", "bounced", "list", "no_reply", "robot", "many", "to_myself",
    "no_recipient",
})  # fmt: skip
"""What ends every plan."""
NO_DAY = {"later": 10, "away": 5}
"""Workdays to wait where no day was named."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the thread says about the plan; nothing of it set means: go on."""

    end: str = ""
    hold: str = ""
    wait: date | None = None
    """Nothing before this day."""
    words: str = ""


def standing(summary: Summary, plan: Plan, country: str = "", workdays: frozenset[int] = USUAL) -> Standing:
    """Exits come before everything, then what a person must look at, then what only moves the day."""
    if summary.sensitive == "death":
        return _said(Reason.GRIEF, summary, end="grief")
    if summary.blocked in ALWAYS:
        return _said(Reason(summary.blocked), summary, end=summary.blocked)
    if summary.blocked == "booked":
        return _branch(Reason.BOOKED, summary, plan.on["booked"])
    if summary.blocked == "delegated":
        return _delegated(summary, plan)
    unread = summary.problem or summary.half_read
    if summary.blocked in {"unsure", "not_mine", "empty"} or unread:
        return _said(Reason.UNREADABLE if unread else Reason.UNSURE, summary, hold="unsure")
    if summary.blocked in {"claimed", "joined", "whose_words"}:
        return _said(Reason(summary.blocked), summary, hold="unsure")
    if summary.meaning in NO_DAY:
        return _put_off(summary, plan, country, workdays)
    return Standing()


def _said(reason: Reason, summary: Summary, *, end: str = "", hold: str = "", wait: date | None = None) -> Standing:
    name = summary.name or summary.person or "They"
    words = SENTENCES[reason].format(
        person=name, asked=summary.last_own[:10], due=wait or "", until=summary.until or "now"
    )
    return Standing(end, hold, wait, words)


def _branch(reason: Reason, summary: Summary, choice: str) -> Standing:
    if choice == "hold":
        return _said(reason, summary, hold="unsure")
    return _said(reason, summary, end=reason.value)


def _delegated(summary: Summary, plan: Plan) -> Standing:
    """Somebody else was named: only the user may write to an address that stood in a mail."""
    found = _said(Reason.DELEGATED, summary, end="delegated")
    if plan.on["delegate"] != "propose" or not summary.delegate:
        return found
    return Standing(
        found.end, words=f"{found.words} `relance enroll {summary.delegate} --plan {plan.name} --new` goes on there."
    )


def _put_off(summary: Summary, plan: Plan, country: str, workdays: frozenset[int]) -> Standing:
    reason = Reason.PAUSED_LATER if summary.meaning == "later" else Reason.PAUSED_AWAY
    choice = plan.on[summary.meaning]
    if choice != "wait":
        return _branch(reason, summary, choice)
    said = date.fromisoformat(summary.answered_at[:10])
    until = date.fromisoformat(summary.until[:10]) if summary.until else None
    if until is not None and until < said:
        return Standing()
    day = add_workdays(until or said, 1 if until else NO_DAY[summary.meaning], country, workdays)
    return _said(reason, summary, wait=day)
