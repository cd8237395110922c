"""The jobs a follow-up can have, each with the words that plans call it by; never guesses a job from other words."""

from __future__ import annotations

import re
from enum import StrEnum

FIELD = re.compile(r"\{(\w*)\}")
FIELDS = ("name", "date", "about")
"""What a text of the user's for a step may name."""


class Job(StrEnum):
    """What one touch is there for."""

    ASK_AGAIN = "ask_again"
    EASY = "easy"
    WAY_OUT = "way_out"
    CLOSE = "close"
    FIRST = "first"
    OWN = "own"
    """In words of the user's that name no job there are wordings for."""

    ONE_QUESTION = "one_question"
    MORE_DETAIL = "more_detail"
    WHO_ELSE = "who_else"
    LAST = "last"
    STARTED = "started"
    HOW_FAR = "how_far"
    MISSING = "missing"
    CALL = "call"
    HOW_IT_WENT = "how_it_went"
    WHATS_NEW = "whats_new"
    PROJECT = "project"
    STILL_INTERESTED = "still_interested"
    TIMING = "timing"
    HELP = "help"
    STAY_IN_TOUCH = "stay_in_touch"
    WHAT_CHANGED = "what_changed"
    PICK_UP = "pick_up"
    DATE_COMES = "date_comes"
    THEIR_PLANS = "their_plans"
    DECISION = "decision"
    ARRIVED = "arrived"
    BETTER = "better"
    ANYTHING_ELSE = "anything_else"
    WOULD_TALK = "would_talk"
    WHEN_TALK = "when_talk"
    ROLE_QUESTIONS = "role_questions"
    INVOICE = "invoice"
    WHEN_PAID = "when_paid"
    INVOICE_PROBLEM = "invoice_problem"
    FIND_TIME = "find_time"
    ANOTHER_TIME = "another_time"


WORDS = {
    Job.ASK_AGAIN: "ask the open question again",
    Job.EASY: "make it easy to answer",
    Job.WAY_OUT: "offer an easy way out",
    Job.CLOSE: "close the question kindly",
    Job.FIRST: "say what it is about in one sentence",
    Job.ONE_QUESTION: "ask one simple question",
    Job.MORE_DETAIL: "offer to say more about it",
    Job.WHO_ELSE: "ask whether somebody else should hear about it",
    Job.LAST: "say that this is the last mail about it",
    Job.STARTED: "ask whether the start worked",
    Job.HOW_FAR: "ask how far they have come",
    Job.MISSING: "ask what is missing",
    Job.CALL: "offer a short call",
    Job.HOW_IT_WENT: "ask how it went",
    Job.WHATS_NEW: "ask what is new with them",
    Job.PROJECT: "ask how their project goes",
    Job.STILL_INTERESTED: "ask whether it is still of interest",
    Job.TIMING: "ask about timing",
    Job.HELP: "offer help",
    Job.STAY_IN_TOUCH: "ask whether to stay in touch",
    Job.WHAT_CHANGED: "ask what changed",
    Job.PICK_UP: "offer to pick it up again",
    Job.DATE_COMES: "mention the date",
    Job.THEIR_PLANS: "ask about their plans",
    Job.DECISION: "ask for the decision",
    Job.ARRIVED: "ask whether everything arrived",
    Job.BETTER: "ask what could be better",
    Job.ANYTHING_ELSE: "ask whether they need anything else",
    Job.WOULD_TALK: "ask whether they would like to talk",
    Job.WHEN_TALK: "ask when a call would suit",
    Job.ROLE_QUESTIONS: "offer to answer questions about the role",
    Job.INVOICE: "remind of the invoice kindly",
    Job.WHEN_PAID: "ask when it will be paid",
    Job.INVOICE_PROBLEM: "ask whether something is wrong with the invoice",
    Job.FIND_TIME: "ask for a time after an introduction",
    Job.ANOTHER_TIME: "offer to find another time",
}
"""What a plan says and a person reads; there are wordings for exactly these."""
OF_SILENCE = frozenset({Job.ASK_AGAIN, Job.EASY, Job.WAY_OUT, Job.CLOSE})
"""They go back to what the user's last mail asked; every other job stands without it."""
SAYS_LAST = frozenset({Job.LAST, Job.CLOSE, Job.WAY_OUT, Job.STAY_IN_TOUCH, Job.DECISION})
"""They say themselves that no further letter comes, ask whether one may, or ask for a word before a day."""
POINTS = frozenset({Job.LAST, Job.STILL_INTERESTED, Job.TIMING, Job.PICK_UP, Job.WHO_ELSE, Job.MORE_DETAIL})
"""Alone they speak of "this"; where the matter has a plain name, it stands there."""
NEEDS_DATE = frozenset({Job.DATE_COMES, Job.THEIR_PLANS, Job.DECISION})
_NAMED = {**{words: job for job, words in WORDS.items()}, **{job.value: job for job in WORDS}}


def job_of(words: str) -> Job:
    """The job these words name, letter for letter but for case, spaces and a full stop."""
    return _NAMED.get(" ".join(words.lower().split()).rstrip("."), Job.OWN)
