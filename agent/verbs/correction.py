"""Begins a mail that puts a letter right which cannot be taken back; a draft for the user, never approved by itself."""

from __future__ import annotations

import json

from agent.common.desk import Desk
from agent.decide.plans.lifecycle import Progress
from agent.decide.plans.plans import CORRECTION
from agent.sending.compose import basis_named, whole_thread
from agent.store.base.engine import Change
from agent.store.base.values import KeptLetter
from agent.store.work import followups
from providers.base import Mail
from providers.mail.freeze import reply_subject
from voice.languages.detect import language_of
from voice.languages.pack import LANGUAGES, pack
from voice.languages.quotes import typed
from voice.learning.parts import split

EDIT_IT = "Say in your own words what was wrong; nothing of this leaves before you approve it."
NO_WORDS = "Empty: there is no plain sentence in the language of this thread."

MOST_TEXT = 20_000
"""Characters that tell a language; as many as judging reads."""


def draft_correction(desk: Desk, change: Change, row: KeptLetter) -> int | None:
    """A draft in the same thread, once a letter. None where its follow-up is gone."""
    followup = followups.find(change.connection, row.followup_id)
    if followup is None:
        return None
    thread = whole_thread(change.connection, followup)
    basis = row.carried_id or row.message_id
    number, fresh = followups.plan(
        change, actor="user", account_id=followup.account_id, thread_id=followup.thread_id,
        root=followup.root, plan=CORRECTION, touch=1, basis=basis,
        person=followup.person, subject=followup.subject, state=Progress.ASKED.value, hold=CORRECTION,
        reason=CORRECTION, evidence="You wanted to undo a letter that had left.", code="undo",
    )  # fmt: skip
    if fresh:
        body = correction(basis_named(desk, basis, thread))
        notes = json.dumps([EDIT_IT if body else NO_WORDS])
        subject = reply_subject(followup.subject)
        followups.add_draft(change, number, writer="phrasebook", body=body, subject=subject, notes=notes)
    return number


def correction(last: Mail | None) -> str:
    """One sentence between the user's own greeting and sign-off of that mail; empty where none is known."""
    language = language_of(typed(last.text[:MOST_TEXT]), LANGUAGES) if last else ""
    if last is None or language not in LANGUAGES:
        return ""
    known = pack(language)
    line = known.correction
    if not line:
        return ""
    parts = split(typed(last.text), known)
    greeting = parts.greeting.pattern.replace("{name}", parts.greeting.name)
    if greeting.rstrip().endswith(",") and known.small_after_comma:
        line = line[0].lower() + line[1:]
    return "\n\n".join(part for part in (greeting, line, parts.signoff) if part) + "\n"
