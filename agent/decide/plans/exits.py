"""Says what an answer does to a plan: end it, hold it for a person, put it off, or lead to the other plan that the user
wrote down for it; never starts or writes anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from agent.decide.dates.workdays import USUAL, add_workdays
from agent.decide.plans.branches import AskedFor
from agent.decide.plans.plans import USUAL_BRANCHES, Plan, plan_meant
from agent.decide.threads.quiet import SENTENCES, Reason
from agent.decide.threads.summary import Summary
from providers.mail.plain import plain

ALWAYS = frozenset({
    "answered", "declined", "opted_out", "left", "bounced", "list", "no_reply", "robot", "many", "to_myself",
    "no_recipient",
})  # fmt: skip
"""What ends every plan."""
NO_DAY = {"later": 10, "away": 5}
"""Workdays to wait where no day was named."""
DOUBTFUL = frozenset({"unsure", "not_mine", "empty", "claimed", "joined", "whose_words"})
"""Whoever wrote, or whatever they meant: a person looks, and nobody is moved."""
WHY_MOVED = {Reason.PAUSED_LATER: "{person} asked for more time.", Reason.PAUSED_AWAY: "{person} is away."}
"""What is said of an answer that names no day any more, for another plan goes on."""
LONGEST_QUOTE = 200
"""Characters of a sentence of theirs that is shown."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the thread says about the plan; nothing of it set means: go on."""

    end: str = ""
    hold: str = ""
    wait: date | None = None
    """Nothing before this day."""
    words: str = ""
    move: str = ""
    """The plan that goes on instead."""
    task: str = ""
    """The sentence in which they asked for something; it is the user's to do."""


def standing(
    summary: Summary, plan: Plan, country: str = "", workdays: frozenset[int] = USUAL, *, asked: AskedFor | None = None,
    since: datetime | None = None,
) -> Standing:  # fmt: skip
    """Exits come before everything, then what they asked for, then what a person must look at, then the day.

    `asked`: words of an answer that the plan names; `since`: when the plan began, for an older answer moves nobody.
    """
    if summary.sensitive == "death":
        return _said(Reason.GRIEF, summary, end="grief")
    if summary.blocked in ALWAYS and not (asked is not None and summary.blocked == "answered"):
        return _said(Reason(summary.blocked), summary, end=summary.blocked)
    fresh = since is None or (bool(summary.answered_at) and datetime.fromisoformat(summary.answered_at) > since)
    if asked is not None:
        return _wanted(asked, doubt=summary.blocked in DOUBTFUL or _unread(summary))
    if summary.blocked == "booked":
        return _branch(Reason.BOOKED, summary, _choice(plan, "booked", fresh=fresh))
    if summary.blocked == "delegated":
        return _delegated(summary, plan, _choice(plan, "delegate", fresh=fresh))
    unread = _unread(summary)
    if summary.blocked in {"unsure", "not_mine", "empty"} or unread:
        return _said(Reason.UNREADABLE if unread else Reason.UNSURE, summary, hold="unsure")
    if summary.blocked in {"claimed", "joined", "whose_words"}:
        return _said(Reason(summary.blocked), summary, hold="unsure")
    if summary.meaning in NO_DAY:
        return _put_off(summary, _choice(plan, summary.meaning, fresh=fresh), country, workdays)
    return Standing()


def _unread(summary: Summary) -> bool:
    return summary.problem or summary.half_read


def _choice(plan: Plan, key: str, *, fresh: bool) -> str:
    """What the plan says; an answer from before it began moves nobody once more."""
    chosen = plan.on[key]
    return USUAL_BRANCHES[key] if plan_meant(chosen) and not fresh else chosen


def _wanted(asked: AskedFor, *, doubt: bool) -> Standing:
    """Words the plan names: a task of the user's, the end, a question, or another plan; never a letter."""
    said = f"They wrote: “{plain(asked.sentence)[:LONGEST_QUOTE]}”"
    target = plan_meant(asked.then)
    if asked.then == "task":
        return Standing("asked_for", words=f"{said} That is yours to do.", task=plain(asked.sentence)[:LONGEST_QUOTE])
    if asked.then == "stop":
        return Standing("exit_rule", words=f"{said} The plan ends for that.")
    if target and not doubt:
        return Standing(move=target, words=said)
    return Standing(hold="unsure", words=f"{said} Please look before more is sent.")


def _said(reason: Reason, summary: Summary, *, end: str = "", hold: str = "", wait: date | None = None) -> Standing:
    return Standing(end, hold, wait, _words(SENTENCES[reason], summary, wait))


def _words(sentence: str, summary: Summary, wait: date | None = None) -> str:
    name = summary.name or summary.person or "They"
    return sentence.format(person=name, asked=summary.last_own[:10], due=wait or "", until=summary.until or "now")


def _branch(reason: Reason, summary: Summary, choice: str) -> Standing:
    target = plan_meant(choice)
    if choice == "hold" or (target and _unread(summary)):
        return _said(reason, summary, hold="unsure")
    if target:
        return Standing(move=target, words=_words(WHY_MOVED.get(reason, SENTENCES[reason]), summary))
    return _said(reason, summary, end=reason.value)


def _delegated(summary: Summary, plan: Plan, choice: str) -> Standing:
    """Somebody else was named: only the user may write to an address that stood in a mail."""
    if plan_meant(choice):
        return _branch(Reason.DELEGATED, summary, choice)
    found = _said(Reason.DELEGATED, summary, end="delegated")
    if choice != "propose" or not summary.delegate:
        return found
    return Standing(
        found.end, words=f"{found.words} `relance enroll {summary.delegate} --plan {plan.name} --new` goes on there."
    )


def _put_off(summary: Summary, choice: str, country: str, workdays: frozenset[int]) -> Standing:
    reason = Reason.PAUSED_LATER if summary.meaning == "later" else Reason.PAUSED_AWAY
    if choice != "wait":
        return _branch(reason, summary, choice)
    said = date.fromisoformat(summary.answered_at[:10])
    until = date.fromisoformat(summary.until[:10]) if summary.until else None
    if until is not None and until < said:
        return Standing()
    day = add_workdays(until or said, 1 if until else NO_DAY[summary.meaning], country, workdays)
    return _said(reason, summary, wait=day)
