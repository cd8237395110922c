"""Checks about the text, the plan and the consent; each says one sentence, none changes anything."""

from __future__ import annotations

from datetime import datetime

from agent.decide.gate.case import ALLOW, HOLD, REFUSE, Case, Check
from agent.decide.gate.levels import Level
from providers.mail.plain import plain
from voice.languages.detect import named

LONGEST = 1_200
"""A follow-up takes a few sentences; one that takes more says something new, and a person reads it first."""
COPIED_MOST = 60
"""Letters; a name or a subject may be repeated, a sentence of theirs may not."""
TOO_ALIKE = 0.85
"""Of the words, in their order: a greeting and a sign-off may be the same, the sentences between may not."""
FEW_MAILS = 10
"""The same number of own mails from which `voice` lets a draft leave alone (ENOUGH_TO_WRITE_ALONE)."""
LEAST_VOICE = 0.5
"""The middle of a scale from 0 to 1; `python -m bench.voice --authors` shows what passes."""
MOST_NAMED, MOST_FOUND = 60, 3
"""A sentence about a draft quotes so many characters of so many things in it."""


def facts(case: Case, _now: datetime) -> Check:
    """Nothing in it that the user did not say."""
    name, content = "facts", case.content
    if content.unsupported:
        said = f"You never wrote {_named(content.unsupported)}."
        return Check(name, HOLD, "new_facts", said)
    if content.from_others:
        said = f"Only they said {_named(content.from_others)}."
        return Check(name, HOLD, "their_facts", said)
    return Check(name, ALLOW, "no_new_facts", "It states nothing you did not write before.")


def _named(found: tuple[str, ...]) -> str:
    """The first of what was found, as it may stand on a screen."""
    named = ", ".join(f"“{plain(item)[:MOST_NAMED]}”" for item in found[:MOST_FOUND])
    more = len(found) - MOST_FOUND
    return f"{named} and {more} more" if more > 0 else named


def voice(case: Case, _now: datetime) -> Check:
    """It sounds like the user; without enough mail nobody can say so."""
    name, content = "voice", case.content
    if content.tells:
        return Check(name, HOLD, "tells", "Some phrases in it are not yours.")
    if content.voice is not None and content.voice < LEAST_VOICE:
        return Check(name, HOLD, "not_you", "It does not sound like you.")
    if content.voice is None or content.learned_mails < FEW_MAILS:
        return Check(name, HOLD, "unknown_voice", "There is too little of your own mail to know your voice.")
    return Check(name, ALLOW, "sounds_like_you", f"It sounds like you ({content.voice:.2f}).")


def language(case: Case, _now: datetime) -> Check:
    """It is in the language the user writes in here."""
    name, (written, spoken) = "language", case.content.languages
    if written and spoken and written != spoken:
        return Check(name, HOLD, "other_language", f"It is in {named(written)}, and you write {named(spoken)} here.")
    return Check(name, ALLOW, "same_language", "It is in the language you write in here.")


def pretence(case: Case, _now: datetime) -> Check:
    """It does not speak of a question that nobody asked."""
    name, found = "pretence", case.content.pretends
    if found:
        return Check(name, HOLD, "no_question", f"It says “{plain(found)[:MOST_NAMED]}”, and you asked nothing here.")
    return Check(name, ALLOW, "true", "It speaks of no question that was not asked.")


def sensitive(case: Case, _now: datetime) -> Check:
    """Grief, illness, law and the like are never automatic."""
    name = "sensitive"
    if case.content.sensitive:
        return Check(name, HOLD, case.content.sensitive, "The matter is delicate; only you can write here.")
    return Check(name, ALLOW, "ordinary", "The matter is an ordinary one.")


def injection(case: Case, _now: datetime) -> Check:
    """Nobody tries to steer the program by mail."""
    name, content = "injection", case.content
    if content.injection:
        return Check(name, HOLD, content.injection, "A mail in the thread tries to give instructions to a program.")
    if content.copied > COPIED_MOST:
        return Check(name, HOLD, "copied", "The text repeats a long piece of what they wrote.")
    return Check(name, ALLOW, "clean", "Nothing in the thread tries to steer the text.")


def length(case: Case, _now: datetime) -> Check:
    """There is a text, and it is a short one."""
    name, size = "length", case.content.length
    if size <= 0:
        return Check(name, REFUSE, "empty", "There is no text.")
    if size > LONGEST:
        return Check(name, HOLD, "long", f"The text has more than {LONGEST} characters.")
    return Check(name, ALLOW, "short", "The text is short.")


def repeat(case: Case, _now: datetime) -> Check:
    """It does not say the same in the same words again, nor to several people."""
    name, content = "repeat", case.content
    if content.same_text_to:
        return Check(name, REFUSE, "same_to_many", "The same text goes to several people; use a mailing tool for that.")
    if content.likeness >= TOO_ALIKE:
        return Check(name, HOLD, "repeats", "It repeats the wording of a mail you sent before.")
    return Check(name, ALLOW, "fresh_words", "It does not repeat your earlier mails.")


def attachment(case: Case, _now: datetime) -> Check:
    """What it says is attached is attached."""
    name, content = "attachment", case.content
    if content.mentions_attachment and not content.attachments:
        return Check(name, HOLD, "missing", "It speaks of an attachment and has none.")
    return Check(name, ALLOW, "nothing_missing", "It promises no attachment that is missing.")


def plan(case: Case, _now: datetime) -> Check:
    """The plan still wants this touch."""
    name, step = "plan", case.step
    if step.ended:
        return Check(name, REFUSE, step.ended, "The plan has ended for this thread.")
    if step.is_task:
        return Check(name, REFUSE, "task", "This step is a task for you, not a mail.")
    if step.touch > step.touches:
        return Check(name, REFUSE, "last_touch", "The plan has no further touch.")
    return Check(name, ALLOW, "planned", f"Touch {step.touch} of {step.touches} of {step.plan or 'the plan'}.")


def level(case: Case, _now: datetime) -> Check:
    """How far the user lets it go here."""
    name, consent = "level", case.consent
    why = f" ({consent.ceiling})" if consent.ceiling else ""
    if consent.level is Level.MANUAL:
        verdict = REFUSE if case.sending else HOLD
        return Check(name, verdict, "manual", f"You send this yourself: the level is manual{why}.")
    if consent.level is Level.AUTOPILOT:
        return Check(name, ALLOW, "autopilot", "The level is autopilot.")
    if case.alone:
        return Check(name, HOLD, "copilot", f"It waits for your approval: the level is copilot{why}.")
    return Check(name, ALLOW, "copilot", "The level is copilot and you approved it.")


def approval(case: Case, _now: datetime) -> Check:
    """Exactly these bytes, once."""
    name, consent = "approval", case.consent
    if not case.sending:
        return Check(name, ALLOW, "not_yet", "The approval is asked for later.")
    if not consent.approved_by:
        return Check(name, HOLD, "none", "Nobody approved it.")
    if not consent.digest or consent.approved_digest != consent.digest:
        return Check(name, HOLD, "changed", "The letter is not the one that was approved.")
    if consent.used:
        return Check(name, REFUSE, "used", "The approval has served already.")
    return Check(name, ALLOW, "same_bytes", "These are the bytes that were approved.")


def pause(case: Case, _now: datetime) -> Check:
    """Nothing is paused."""
    name, consent = "pause", case.consent
    if consent.paused and case.sending:
        return Check(name, HOLD, "paused", f"Paused: {consent.paused}.")
    return Check(name, ALLOW, "running", "Nothing is paused here." if not consent.paused else "Paused; it will wait.")
