"""Everything about one follow-up, read in one view of the store; the gate decides, this only shows what it said."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from agent.common.desk import Desk
from agent.decide.threads.threads import Thread, moment
from agent.sending.compose import whole_thread
from agent.sequences import wording
from agent.store.base.values import DraftVersion, Followup
from agent.store.shown import screens, views
from agent.store.work import followups
from agent.verbs import actions
from agent.verbs.actions import Viewed
from providers.base import Mail
from tui.door import rows as real_rows
from tui.door.values import CheckLine, SaidMail, ShownMatter, Version, VoiceOf
from tui.text import NOTHING, Foreign
from voice.languages.replies import unquoted

MOST_MAILS = 60
"""The newest; older ones explain no draft and take time to lay out."""
MOST_TEXT = 20_000
"""Characters of a mail, as many as are painted (MOST of `tui/text.py`)."""
STANDS = {
    "watching": "waits for its day", "quiet": "is due", "drafted": "is drafted", "approved": "is approved",
    "outbox": "is with the outbox", "snoozed": "was put off", "skipped": "was skipped", "stopped": "was stopped",
    "answered": "ended with an answer", "asked": "waits for your decision",
}  # fmt: skip


def matter(connection: Connection, desk: Desk, number: int, now: datetime) -> ShownMatter | None:
    """The draft as it would be approved now, with what every check says."""
    base, followup = preview(connection, desk, number, now), followups.find(connection, number)
    if base is None or followup is None:
        return None
    base = _around(connection, base, followup)
    if base.item.task:
        return replace(base, digest="task", level="manual")
    seen = actions.view(connection, desk, number)
    return _viewed(base, seen) if isinstance(seen, Viewed) else _refused(base, seen.words)


def _around(connection: Connection, base: ShownMatter, followup: Followup) -> ShownMatter:
    """What is known beside the text: its plan, and where its thread can be read."""
    found = wording.told(connection, followup.thread_id)
    said = wording.lines(found) if found is not None else []
    return replace(
        base, webmail=views.web_page(connection, followup.thread_id), plan=tuple(Foreign(text) for text in said)
    )


def preview(connection: Connection, desk: Desk, number: int, now: datetime) -> ShownMatter | None:
    """Text and thread alone. The checks load large word lists once, and nobody should wait for that to read."""
    followup, row = followups.find(connection, number), screens.queued(connection, number)
    if followup is None or row is None:
        return None
    drafts = views.drafts(connection, number)
    versions = tuple(Version(one.version, Foreign(one.body), one.writer) for one in drafts)
    mails = said(whole_thread(connection, followup))
    why, quoted = _why(followup, row.sentence), _evidence(followup, row.sentence)
    return ShownMatter(
        real_rows.item(row, now, desk), why, quoted, mails, (Foreign(followup.person),), NOTHING,
        versions, level=row.level, voice=voice(drafts[-1]) if drafts else VoiceOf(), delicate=_delicate(row.summary),
    )  # fmt: skip


def _delicate(summary: str) -> Foreign:
    """The words of the thread that the judge found delicate."""
    try:
        found = json.loads(summary or "{}").get("sensitive_evidence") or ""
    except (ValueError, AttributeError):
        found = ""
    return Foreign(str(found))


def _viewed(base: ShownMatter, seen: Viewed) -> ShownMatter:
    made, found = seen.matter.made, seen.decision.checks
    return replace(
        base, recipients=tuple(Foreign(one) for one in made.letter.recipients), sender=Foreign(made.letter.sender),
        digest=made.digest, level=seen.level.value, slot=seen.decision.waits_until,
        checks=tuple(CheckLine(check.name, check.verdict.value, Foreign(check.reason)) for check in found),
    )  # fmt: skip


def _refused(base: ShownMatter, words: str) -> ShownMatter:
    return replace(base, checks=(CheckLine("letter", "refuse", Foreign(words)),))


def _evidence(followup: Followup, sentence: str) -> Foreign:
    return Foreign(followup.evidence) if followup.evidence != sentence else NOTHING


def _why(followup: Followup, sentence: str) -> Foreign:
    quoted = _evidence(followup, sentence).raw
    parts = [sentence, f"“{quoted}”" if quoted else ""]
    return Foreign(" ".join(part for part in parts if part) or followup.reason.replace("_", " "))


def said(thread: Thread) -> tuple[SaidMail, ...]:
    """The mails of a thread as a person reads them, without what they quote."""
    return tuple(_mail(mail) for mail in thread.mails[-MOST_MAILS:])


def writer_of(mail: Mail) -> str:
    """Who wrote it, as far as anybody vouches for that."""
    if mail.mine:
        return "You"
    if mail.claimed:
        return "Somebody in your name"
    return (mail.sender.name or mail.sender.email) if mail.sender else "nobody known"


def _mail(mail: Mail) -> SaidMail:
    text = unquoted(mail.text[:MOST_TEXT]).strip() or mail.text[:MOST_TEXT]
    files = tuple(Foreign(file.name) for file in mail.attachments)
    return SaidMail(moment(mail), Foreign(writer_of(mail)), Foreign(text), own=mail.mine, attachments=files)


def voice(draft: DraftVersion) -> VoiceOf:
    """What was measured when the text was written."""
    try:
        score = float(draft.voice)
    except (TypeError, ValueError):
        score = None
    try:
        notes = json.loads(draft.notes or "[]")
    except ValueError:
        notes = [line for line in str(draft.notes).split("\n") if line]
    tells = tuple(Foreign(str(note)) for note in notes) if isinstance(notes, list) else ()
    return VoiceOf(score, (), (), tells)


def why(connection: Connection, number: int) -> tuple[Foreign, ...]:
    """Why a follow-up is where it is."""
    followup = followups.find(connection, number)
    if followup is None:
        return (Foreign("Nothing is known of it."),)
    thread = screens.thread(connection, followup.thread_id)
    sentence = (thread.sentence if thread else "") or followup.reason.replace("_", " ")
    state = f"Follow-up {followup.touch} {STANDS.get(followup.state, followup.state)}."
    quoted = followup.evidence if followup.evidence != sentence else ""
    evidence = (Foreign(f"“{quoted}”"),) if quoted else ()
    return (Foreign(sentence), *evidence, Foreign(state))


def why_thread(connection: Connection, desk: Desk, number: int) -> tuple[Foreign, ...]:
    """Why a thread is touched or left alone, with its newest mails."""
    row = screens.thread(connection, number)
    if row is None:
        return (Foreign("Nothing is known of it."),)
    found = views.whole_thread(connection, number)
    mails = said(found)[-3:] if found is not None else ()
    told = [Foreign(row.sentence or "It was not judged yet.")]
    told += [
        Foreign(f"{mail.who.raw}, {mail.at.astimezone(desk.zone):%Y-%m-%d %H:%M}\n{mail.text.raw}") for mail in mails
    ]
    return tuple(told)
