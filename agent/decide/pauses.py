"""Says which of several pauses holds: the one that ends last, and of each kind only the newest; never judges a mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from agent.decide.values import Answer, Meaning
from agent.decide.workdays import add_workdays

NO_DAY = {Meaning.LATER: 10, Meaning.AWAY: 5, Meaning.DELAY: 0}
"""Workdays a pause lasts where no day was named."""


def governing(read: Sequence[tuple[Answer, datetime]]) -> int | None:
    """The place of the answer that decides until when nothing is due; None where none of them pauses."""
    newest = {answer.meaning: place for place, (answer, _) in enumerate(read) if answer.meaning in NO_DAY}
    return max(newest.values(), key=lambda place: (_end(*read[place]), place), default=None)


def _end(answer: Answer, at: datetime) -> date:
    if answer.until is None:
        return add_workdays(at.date(), NO_DAY[answer.meaning])
    return max(answer.until, at.date())
