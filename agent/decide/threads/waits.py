"""How long people take to answer, and how long we wait before we ask again; only of those we asked, by when it came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median

from agent.decide.dates.workdays import workdays_between
from agent.decide.threads.moves import ANSWERED, Move, expected, there_for
from agent.decide.threads.threads import moment
from agent.decide.values import Meaning
from providers.base import Mail

Sample = tuple[str, int]
"""Somebody and the workdays an answer of theirs took."""
CAP = 20
"""Workdays: who takes a month to answer is still asked again within one."""


def own_waits(read: list[Move]) -> tuple[int, ...]:
    """How many workdays we waited before asking the same people again by hand."""
    waits: list[int] = []
    asked: list[Mail] = []
    for place, move in enumerate(read):
        if not move.by_hand or move.mail.header("x-relance-id") or not expected(move).asks:
            continue
        before = next((mail for mail in reversed(asked) if not asked_of(mail).isdisjoint(asked_of(move.mail))), None)
        asked.append(move.mail)
        if before is None:
            continue
        waited = workdays_between(moment(before).date(), moment(move.mail).date())
        if waited > 0 and not any(_answers_to(other, before, move.mail) for other in read[:place]):
            waits.append(waited)
    return tuple(waits)


def _answers_to(move: Move, asked: Mail, again: Mail) -> bool:
    """Whether one of those asked had answered when we asked again."""
    if move.mine or move.answer.meaning not in ANSWERED or not from_asked(move.mail, asked):
        return False
    return moment(move.mail) > moment(asked) and there_for(move.mail, again)


def asked_of(mail: Mail) -> frozenset[str]:
    """Everybody a mail of ours went to."""
    return frozenset(address.key for address in (*mail.to, *mail.cc))


def from_asked(mail: Mail, asked: Mail) -> bool:
    """Whether it bears the address of somebody we asked."""
    return mail.sender is not None and mail.sender.key in asked_of(asked)


def own_habit(every: Iterable[Sequence[int]]) -> float:
    """The median wait of past follow-ups by hand; 0 until three of them show one."""
    waits = [wait for some in every for wait in some]
    return float(median(waits)) if len(waits) >= 3 else 0.0


def reply_times(read: list[Move]) -> tuple[Sample, ...]:
    """By person how many workdays their answers took; one that came later than its date says took longer."""
    times: list[Sample] = []
    asked: dict[str, Mail] = {}
    for move in read:
        writer = move.mail.sender.key if move.mail.sender else ""
        if move.by_hand:
            if expected(move).asks:
                asked = {**dict.fromkeys(asked_of(move.mail), move.mail), **asked}
        elif writer in asked and move.answer.meaning in {
            Meaning.REPLY, Meaning.DECLINE, Meaning.DELEGATE, Meaning.LATER,
        }:  # fmt: skip
            came, question = max(move.mail.received, moment(move.mail)), asked[writer]
            times.append((writer, workdays_between(moment(question).date(), came.date())))
            asked = {person: mail for person, mail in asked.items() if mail is not question}
    return tuple(times)


def usual_wait(times: Sequence[int]) -> float:
    """The median of at least three reply times, capped; 0 when nothing is known."""
    return float(min(CAP, median(times))) if len(times) >= 3 else 0.0
