"""What becomes of a letter that mail meets before it left; never moves anything itself."""

from __future__ import annotations

from dataclasses import dataclass

from agent.decide.gate.case import News
from agent.decide.gate.mailbox_checks import ENDS, PUT_OFF
from agent.decide.plans.lifecycle import Stage


@dataclass(frozen=True, slots=True)
class Met:
    """Where the letter goes, and why."""

    end: Stage
    code: str
    words: str = ""
    """Where the code does not say it all."""


def met(news: News, *, may_have_left: bool) -> Met | None:
    """Stopped by what ends the matter, kept for a person by a doubt, taken back by what only moves the day."""
    final = _final(news)
    if final:
        return Met(Stage.STOPPED, final)
    doubt = _doubt(news)
    if doubt:
        return Met(Stage.NEEDS_REVIEW, doubt, news.by_plan if doubt == "told_by_plan" else "")
    if not news.answers:
        return None
    # Of a letter that may be delivered nobody can say that it was taken back.
    end = Stage.NEEDS_REVIEW if may_have_left else Stage.CANCELLED
    return Met(end, min(news.answers, key=PUT_OFF.index))


def _final(news: News) -> str:
    ended = next((meaning for meaning in news.answers if meaning in ENDS and meaning not in PUT_OFF), "")
    by_hand = "by_hand" if news.by_hand else ""
    return news.settled or ("already_there" if news.already_there else "") or ended or by_hand


def _doubt(news: News) -> str:
    unclear = next((meaning for meaning in news.answers if meaning not in PUT_OFF), "")
    signs = (
        ("claimed", news.claimed), (unclear, bool(unclear)), ("maybe_answered", news.elsewhere),
        ("told_by_robot", news.by_robot), ("told_by_plan", bool(news.by_plan)),
        ("own_draft", news.own_draft), ("unreadable", news.unreadable),
    )  # fmt: skip
    return next((code for code, there in signs if there), "")
