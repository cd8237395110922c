"""Says which of several pauses holds: the one that ends last, of each writer and kind the newest; judges no mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from agent.decide.dates.workdays import add_workdays
from agent.decide.values import Answer, Meaning

NO_DAY = {Meaning.LATER: 10, Meaning.AWAY: 5, Meaning.DELAY: 0}
"""Workdays a pause lasts where no day was named."""


class Said(NamedTuple):
    """An answer, when it was given and by which address."""

    answer: Answer
    at: datetime
    writer: str = ""


def governing(read: Sequence[Said]) -> int | None:
    """The place of the answer that decides until when nothing is due; None where none of them pauses.

    Nobody shortens what somebody else said of themselves.
    """
    newest = {
        (said.writer, said.answer.meaning): place for place, said in enumerate(read) if said.answer.meaning in NO_DAY
    }
    return max(newest.values(), key=lambda place: (_end(read[place].answer, read[place].at), place), default=None)


def _end(answer: Answer, at: datetime) -> date:
    if answer.until is None:
        return add_workdays(at.date(), NO_DAY[answer.meaning])
    return max(answer.until, at.date())
