"""What is said about an enrolment wherever its thread is shown; changes nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from agent.decide.plans.lifecycle import Progress
from agent.store.work import enrolments
from providers.mail.plain import plain

Row = dict[str, Any]
BEGAN = {
    "enrolled": "you enrolled it", "label": "it has the label", "signal": "you noted a reason to write",
    "date": "you named the day",
}  # fmt: skip
ENDED = {
    "answered": "they answered", "declined": "they said no", "opted_out": "they asked not to be written to again",
    "delegated": "they named somebody else", "booked": "it was settled", "left": "they left",
    "bounced": "the mail could not be delivered", "by_hand": "you wrote yourself", "stopped": "you stopped it",
    "unlabelled": "its label was taken away", "plan_done": "every touch was made", "no_plan": "the plan is gone",
    "exit_rule": "a rule of the plan ended it", "grief": "there was a death",
}  # fmt: skip


def told(connection: Connection, thread: int) -> Row | None:
    """The newest enrolment of a thread as values; None where there never was one."""
    rows = enrolments.of_thread(connection, thread)
    if not rows:
        return None
    row = rows[-1]
    touches = enrolments.touches(connection, row.id)
    now = next((touch for touch in touches if touch.state != Progress.SKIPPED), None)
    now = touches[-1] if touches and row.state == "active" else now
    return {
        "plan": row.plan, "state": row.state, "trigger": row.trigger, "since": row.made,
        "about": row.about, "reason": row.reason, "changed": row.changed,
        "touch": now.touch if now else None, "due": now.due if now else None,
        "stands": now.state if now else None,
        "signals": [
            {"text": item.words, "evidence": item.evidence, "at": item.at, "touch": item.touch}
            for item in enrolments.signals(connection, row.id)
        ],
    }  # fmt: skip


def sentence(found: Row) -> str:
    """One sentence for a person."""
    plan = plain(found["plan"])
    if found["state"] != "active":
        why = ENDED.get(found["reason"], found["reason"].replace("_", " "))
        return f"The plan {plan} ended on {found['changed'].astimezone():%a %d %b %Y}: {why}."
    next_one = ""
    if found["stands"] in {Progress.ASKED, Progress.DRAFTED}:
        next_one = f" Touch {found['touch']} waits for you."
    elif found["stands"] in {Progress.WATCHING, Progress.SNOOZED} and found["due"]:
        next_one = f" Touch {found['touch']} comes on {found['due'].astimezone():%a %d %b %Y}."
    since = f"{found['since'].astimezone():%a %d %b %Y}"
    return f"It is under {plan} since {since}, because {BEGAN.get(found['trigger'], 'of a plan')}.{next_one}"


def lines(found: Row) -> list[str]:
    """Everything a screen shows of it, foreign text made plain."""
    said = [sentence(found)]
    if found["about"]:
        said.append(f"About: {plain(found['about'])}")
    said += [
        f"Reason to write: {plain(item['text'])}" + (f" ({plain(item['evidence'])})" if item["evidence"] else "")
        for item in found["signals"]
    ]
    return said
