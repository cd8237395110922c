"""Learns from what the person changed between a draft and the mail that left; keeps no fact, no foreign word,
and nothing of a delicate matter."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from agent.common.desk import own_organisation
from agent.common.home import Home
from agent.common.person import me_of
from agent.decide.facts import check as facts
from agent.decide.threads.threads import Thread, moment
from agent.drafting.checking import likeness
from agent.models.asking import topic_of
from agent.store.base import settings
from agent.store.base.engine import Change, Store
from agent.store.base.values import DraftVersion, Followup
from agent.store.mail import mails
from agent.store.mail.origins import written_here
from agent.store.shown import views
from agent.store.work import followups, memories
from agent.store.work.followup_lists import sent_where_drafted
from providers.base import Mail
from voice.languages.detect import language_of
from voice.languages.pack import LANGUAGES
from voice.languages.quotes import typed
from voice.languages.text import words
from voice.learning.memories import Memory, learn, relevant
from voice.writing.checks import copied

SEEN = "memories.mail"
TAUGHT = "taught:"
MOST_MAILS = 200
"""Own mails of one pass that may be what a draft became."""
LEAST_ALIKE = 0.25
"""A mail less like the draft than this was not made of it."""
LONGEST_WAIT = timedelta(days=30)
"""A mail sent later than that is a new one, not the draft with changes."""
MOST_WORDS = 14
"""What was put in the place of a phrase is learned as wording only while it is a phrase itself."""
_QUOTED = re.compile(r"“(.{1,200})”")
_PATTERNS = frozenset({"greeting", "signoff"})


@dataclass(frozen=True, slots=True)
class Lesson:
    """One draft of the program and what the person made of it."""

    followup: int
    person: str
    draft: str
    sent: str
    thread: Thread
    own: frozenset[str]


def known_of(connection: Connection, person: str, language: str) -> tuple[str, ...]:
    """What a writer should know about writing to somebody."""
    circle = own_organisation(person)
    return tuple(
        note.text for note in relevant(memories.relevant_to(connection, person, circle), person, circle, language)
    )


def taught(store: Store, followup: Followup, draft: DraftVersion, thread: Thread, own: frozenset[str]) -> int:
    """An approval says that the text is right: what the person changed in it is a lesson."""
    if draft.writer != "person":
        return 0
    with store.write() as change:
        before = _draft_before(change.connection, followup.id, draft.version)
        if before is None:
            return 0
        lesson = Lesson(followup.id, followup.person, before.body, draft.body, thread, own)
        return _keep(change, lesson, change.now)


def learn_from_sent(home: Home) -> int:
    """Own mails that appeared in Sent since the last look, beside the drafts of their threads."""
    me = me_of(home.config, home.zone)
    with home.store.read() as connection:
        newest = mails.newest(connection)
        seen = settings.get(connection, SEEN)
        # Only what lies in Sent is surely the person's own.
        fresh = sent_where_drafted(connection, int(seen), MOST_MAILS) if seen else []
    if seen and int(seen) == newest:
        return 0
    with home.store.write() as change:
        settings.put(change, SEEN, str(newest))
        return sum(_from_mail(change, thread, message_id, me.keys) for thread, message_id in fresh)


def _from_mail(change: Change, thread_id: int, message_id: str, own: frozenset[str]) -> int:
    thread = mails.thread_mails(change.connection, [thread_id]).get(thread_id)
    mail = next((mail for mail in thread.mails if mail.message_id == message_id), None) if thread else None
    # What left here was looked at when it was approved; its copy in Sent teaches nothing more.
    if thread is None or mail is None or written_here(change.connection).has(mail):
        return 0
    drafts = [
        (row, _draft_before(change.connection, row.id)) for row in followups.of_thread(change.connection, thread_id)
    ]
    made = [(draft.made, row, draft) for row, draft in drafts if draft is not None and draft.made <= moment(mail)]
    if not made:
        return 0
    # Of several follow-ups of a thread the newest text is the one the person had before them.
    when, row, draft = max(made, key=lambda one: one[0])
    if moment(mail) > when + LONGEST_WAIT:
        return 0
    lesson = Lesson(row.id, row.person, draft.body, typed(mail.text), _before(thread, mail), own)
    return _keep(change, lesson, moment(mail))


def _before(thread: Thread, mail: Mail) -> Thread:
    """The thread as it was when the mail was written: nobody copies from an answer that is still to come."""
    return replace(thread, mails=tuple(other for other in thread.mails if moment(other) < moment(mail)))


def _draft_before(connection: Connection, followup: int, version: int | None = None) -> DraftVersion | None:
    """The newest text the program wrote."""
    texts = [one for one in reversed(views.drafts(connection, followup)) if one.writer != "person"]
    return next((one for one in texts if version is None or one.version < version), None)


def _keep(change: Change, lesson: Lesson, at: datetime) -> int:
    """Once for each text: what was approved and then seen in Sent is one lesson, also after a note was deleted."""
    name, mark = f"{TAUGHT}{lesson.followup}", hashlib.sha256(" ".join(words(lesson.sent)).encode()).hexdigest()[:16]
    if settings.get(change.connection, name) == mark:
        return 0
    settings.put(change, name, mark)
    return memories.keep(change, lessons(lesson, at))


def lessons(lesson: Lesson, at: datetime) -> list[Memory]:
    """What may be remembered of it."""
    if likeness(lesson.draft, lesson.sent) < LEAST_ALIKE or topic_of(lesson.thread):
        return []
    language = language_of(lesson.sent, LANGUAGES)
    found = learn(
        lesson.draft, lesson.sent, at, language, person=lesson.person, circle=own_organisation(lesson.person),
        about=f"followup {lesson.followup}",
    )  # fmt: skip
    texts = [mail.text for mail in lesson.thread.mails]
    others = [mail.text for mail in lesson.thread.mails if not mail.mine]
    return [memory for memory in found if harmless(memory, texts, others)]


def harmless(memory: Memory, thread: Sequence[str], others: Iterable[str]) -> bool:
    """Whether a note holds a habit and nothing of the matter: no fact, no name, no run of words from the thread."""
    quoted = _QUOTED.search(memory.text)
    if quoted is None:
        return True
    text = quoted.group(1).replace("{name}", "")
    if any(sign in text for sign in "@/\\<>") and memory.kind not in _PATTERNS:
        return False
    if memory.kind in _PATTERNS:
        return not any(sign.isdigit() for sign in text) and "@" not in text and "http" not in text.lower()
    report = facts.check(text, (), (), language=memory.language or "en")
    plain = report.ok and not report.marked and len(words(text)) <= MOST_WORDS
    return plain and not copied(text, thread) and not copied(text, others)
