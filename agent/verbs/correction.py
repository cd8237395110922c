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

LINES = {
    "en": "My last mail was sent by mistake and needs no reply.",
    "fr": "Mon dernier message est parti par erreur et n'appelle pas de réponse.",
    "de": "Meine letzte Mail war ein Versehen und kann unbeachtet bleiben.",
    "es": "Mi último correo salió por error y no necesita respuesta.",
    "it": "La mia ultima mail è partita per errore e non richiede risposta.",
    "pt": "O meu último e-mail foi enviado por engano e não precisa de resposta.",
    "nl": "Mijn laatste mail is per ongeluk verstuurd en behoeft geen antwoord.",
}
"""Plain, and without a word that says how the two address each other."""
GOES_ON = frozenset({"de", "nl"})
"""Languages in which a sentence after a greeting and its comma begins small."""
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
    line = LINES.get(language, "")
    if last is None or not line:
        return ""
    known = pack(language if language in LANGUAGES else "en")
    parts = split(typed(last.text), known)
    greeting = parts.greeting.pattern.replace("{name}", parts.greeting.name)
    if greeting.rstrip().endswith(",") and language in GOES_ON:
        line = line[0].lower() + line[1:]
    return "\n\n".join(part for part in (greeting, line, parts.signoff) if part) + "\n"
