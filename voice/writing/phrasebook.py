"""The writer without a model: own frames, own asks, computed time;
it restates and never adds a fact, or says why it does not write."""

from __future__ import annotations

import re
from dataclasses import replace

from voice.brief import Brief, Drafted, language_of_brief
from voice.jobs import OF_SILENCE, Job
from voice.languages.detect import named
from voice.languages.pack import LANGUAGES
from voice.languages.quotes import typed
from voice.learning.profile import Profile
from voice.writing.candidates import plans
from voice.writing.desk import laid_out
from voice.writing.first import write_first
from voice.writing.setting import abstain, first_that_fits
from voice.writing.steps import says_itself, write_step

QUESTION = re.compile(r"[^.!?。！？؟\n]{1,160}[?？؟]")


class Phrasebook:
    """Writes from the user's own sentences and, where those are missing, from neutral ones."""

    def write(self, brief: Brief, profile: Profile) -> Drafted:
        """A draft, or the reason why there is none."""
        if brief.step is not None and (says_itself(brief.step) or brief.job not in OF_SILENCE | {Job.FIRST}):
            return write_step(brief, brief.step, profile)
        if brief.job is Job.FIRST and (brief.step is None or not brief.own or brief.about.strip() or brief.signal):
            return write_first(brief, profile)
        if brief.job is Job.FIRST:
            # In a thread that is there already the user's own mail says what it is about.
            brief = replace(brief, job=Job.ASK_AGAIN)
        if not brief.own:
            return abstain("there is no mail of yours in this thread to follow up on")
        language = language_of_brief(brief, profile)
        if language not in LANGUAGES:
            return abstain(unwritable(language, brief))
        desk = laid_out(brief, profile, language)
        return first_that_fits(desk, plans(desk), profile)


def unwritable(language: str, brief: Brief) -> str:
    """Why there is no draft in a language nobody here writes, with what the user had asked."""
    asked = open_question(typed(brief.own[-1].text)) if brief.own else ""
    return f"I cannot write {named(language)} yet" + (f". Your question was: {asked}" if asked else "")


def open_question(text: str) -> str:
    """The last sentence that ends like a question, in any script."""
    found = QUESTION.findall(text)
    return " ".join(found[-1].split()) if found else ""
