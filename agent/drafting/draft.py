"""Learns the voice from the store and writes the drafts that are due; never approves one and never sends."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from time import monotonic

from sqlalchemy import Connection

from agent.common.desk import Desk
from agent.common.home import Home
from agent.common.outcome import Done, no
from agent.common.person import me_of
from agent.decide.gate.levels import ScopePlace
from agent.decide.plans.lifecycle import Progress
from agent.decide.plans.plans import CORRECTION
from agent.decide.threads.threads import Thread
from agent.drafting.memories import known_of, learn_from_sent
from agent.drafting.writing import Wish, WrittenDraft, brief_for, facts_json, learn, own_words, sent_mails, write
from agent.errors import RelanceError
from agent.models.asking import Writers
from agent.sequences.plans import plan_named
from agent.sequences.said import step_for
from agent.store.base import settings
from agent.store.base.audit import Event
from agent.store.base.engine import Change
from agent.store.base.values import Followup, KeptEnrolment
from agent.store.mail import mail_lists, mails
from agent.store.mail.origins import written_here
from agent.store.mail.threading import chunks
from agent.store.shown import views
from agent.store.work import enrolments, followup_lists, followups, memories
from agent.verbs import actions
from providers.base import Address
from voice.brief import WITHOUT, Brief, Signal, Writer
from voice.languages.detect import language_of
from voice.languages.pack import LANGUAGES
from voice.languages.quotes import typed
from voice.languages.text import folded
from voice.learning.corpus import Corpus, OwnMail
from voice.learning.profile import Profile, from_json
from voice.model.endpoint import Cancelled, Endpoint, never, silent
from voice.model.writer import Asked, ModelWriter
from voice.writing.steps import start
from voice.writing.wishing import known_wishes, understood

PROFILE = settings.PROFILE
MOST_AT_ONCE = 50
"""Drafts of one pass, so that letters that are due do not wait for all of them."""
MOST_THREADS = 8_000
"""The newest: a voice changes, and a profile of 10,000 mails takes 5.3 s (`python bench/voice_speed.py`)."""
TOGETHER = 200
"""Threads in memory at once."""
MOST_EXAMPLE_THREADS = 1_000
"""Of the newest, in which a model is shown how the user writes; few of them are needed."""
MOST_SEEN = 100
"""Earlier versions that a new one must not repeat."""
MOST_SECONDS = 60.0
"""One round of drafting may not keep a letter or an answer waiting for longer."""


@dataclass(frozen=True, slots=True)
class DraftingRound:
    """What one round of drafting did."""

    written: int
    abstained: int


def profile_of(home: Home) -> Profile:
    """The kept profile; learned first where there is none, or where it has another shape."""
    with home.store.read() as connection:
        kept = settings.get(connection, PROFILE)
    if kept:
        try:
            return from_json(json.loads(kept))
        except ValueError:
            return learn_voice(home)
    return learn_voice(home)


def learn_voice(home: Home) -> Profile:
    """Read everything the person sent and keep what it shows."""
    with home.store.read() as connection:
        profile = learn(own_threads(connection), written_here(connection).names)
    with home.store.write() as change:
        settings.put(change, PROFILE, json.dumps(profile.to_json(), ensure_ascii=False))
        change.record(Event("voice.learned", actor="policy", code=str(profile.mails)))
    return profile


def own_mails(home: Home) -> list[OwnMail]:
    """The newest mails the person typed, in parts, to pick examples from."""
    corpus = Corpus()
    with home.store.read() as connection:
        corpus.add(sent_mails(own_threads(connection, MOST_EXAMPLE_THREADS), written_here(connection).names))
    return corpus.mails()


def own_threads(connection: Connection, most: int = MOST_THREADS) -> Iterator[Thread]:
    """Threads with something the person sent, the newest first; a few are held at a time."""
    for part in chunks(mail_lists.own_threads(connection, most), TOGETHER):
        yield from mails.thread_mails(connection, part).values()


def draft_due(home: Home, writer: Writer | None = None, cancelled: Callable[[], bool] = never) -> DraftingRound:
    """A draft for every follow-up that has become quiet; a slow model leaves the rest to the next round."""
    learn_from_sent(home)
    with home.store.read() as connection:
        numbers = followup_lists.numbers_in(connection, (Progress.QUIET.value,), MOST_AT_ONCE)
    if not numbers:
        return DraftingRound(0, 0)
    profile, results, end = profile_of(home), [], monotonic() + MOST_SECONDS
    writers = writers_for(home, cancelled=cancelled)
    for number in numbers:
        if monotonic() > end or cancelled():
            break
        with suppress(Cancelled):
            results.append(draft_one(home, number, profile, writer=writer, writers=writers))
    return DraftingRound(sum(bool(result.body) for result in results), sum(not result.body for result in results))


def writers_for(
    home: Home, *, hear: Callable[[str], None] | None = None, cancelled: Callable[[], bool] = never
) -> Writers:
    """Who writes, as the config says; the own mails are read once, and only if a model asks for them."""
    return Writers(home, cache(lambda: own_mails(home)), hear=hear or silent, cancelled=cancelled)


def draft_one(
    home: Home, number: int, profile: Profile, *, say: str = "", by_wish: bool = False, writer: Writer | None = None,
    writers: Writers | None = None,
) -> WrittenDraft:  # fmt: skip
    """Write one draft and keep it with what was checked about it."""
    made = written_for(home, number, profile, say=say, writer=writer, writers=writers)
    with home.store.write() as change:
        keep(change, number, made, by_wish=by_wish)
    return made


def written_for(
    home: Home, number: int, profile: Profile, *, say: str = "", writer: Writer | None = None,
    writers: Writers | None = None, seen: tuple[str, ...] = (),
) -> WrittenDraft:  # fmt: skip
    """The draft itself, nothing kept; `seen` are texts it shall differ from."""
    row, thread, place = _matter(home, number)
    if writer is None:
        writer = (writers or writers_for(home))(place, thread, number)
    return write(_brief(home, row, thread, say, seen), profile, writer)


def _matter(home: Home, number: int) -> tuple[Followup, Thread, ScopePlace]:
    with home.store.read() as connection:
        row = followups.find(connection, number)
        if row is None:
            raise RelanceError(f"There is no follow-up {number}.")
        thread = mails.thread_mails(connection, [row.thread_id]).get(row.thread_id)
        place = _place(connection, row, thread) if thread else ScopePlace()
    if row.kind == "task":
        raise RelanceError(f"Follow-up {number} is a task; nothing is written for it.")
    if thread is None and row.enrolment_id is not None:
        thread = Thread(row.root, ())
    if thread is None:
        raise RelanceError(f"The mails of follow-up {number} are gone.")
    return row, thread, place


def _brief(home: Home, row: Followup, thread: Thread, say: str = "", seen: tuple[str, ...] = ()) -> Brief:
    me = me_of(home.config, home.zone)
    wish = replace(_wish(home, row, thread, say), seen=seen, memories=_remembered(home, row, thread))
    return brief_for(thread, me, home.clock(), wish, row.basis)


def start_of(home: Home, number: int) -> str:
    """What a person who writes a letter themselves begins with; empty for a task or where nothing is known."""
    try:
        row, thread, _ = _matter(home, number)
    except RelanceError:
        return ""
    return start(_brief(home, row, thread), profile_of(home))


def question(home: Home, number: int) -> tuple[Endpoint, Asked]:
    """Exactly what a model would be asked about this, and where; nothing is asked."""
    row, thread, place = _matter(home, number)
    writer = writers_for(home)(place, thread, number)
    brief = _brief(home, row, thread)
    if not isinstance(writer, ModelWriter) or not brief.own:
        raise RelanceError("No model is asked about this.", hint=getattr(writer, "reason", "The phrasebook writes it."))
    return writer.endpoint, writer.question(brief, profile_of(home))


def _remembered(home: Home, row: Followup, thread: Thread) -> tuple[str, ...]:
    """What earlier edits taught about writing to this person, in the language of the thread."""
    own = own_words(thread, me_of(home.config, home.zone), row.person, row.basis)
    with home.store.read() as connection:
        if not memories.count(connection):
            return ()
        return known_of(connection, row.person, language_of(typed(own[-1].text), LANGUAGES) if own else "")


def _place(connection: Connection, row: Followup, thread: Thread) -> ScopePlace:
    account = next((known.name for known in mails.account_rows(connection) if known.id == row.account_id), "")
    labels = tuple(sorted({label for mail in thread.mails for label in mail.labels}))
    return ScopePlace(account, labels, row.plan, row.person, row.root)


def _wish(home: Home, row: Followup, thread: Thread, say: str) -> Wish:
    enrolment = _enrolment(home, row)
    touch, step = step_for(plan_named(home.config, row.plan), row.touch, enrolment)
    # Whom the user enrolled, never who stands in a text.
    to = Address(row.person, enrolment.name) if enrolment else None
    return Wish(
        touch=row.touch, step=step, instruction=touch.instruction, say=say, touches=_earlier(home, row, thread),
        person=row.person, fence=secrets.token_hex(8),
        signal=Signal(row.signal) if row.signal else None, about=row.about, subject=row.subject, to=to,
    )  # fmt: skip


def _enrolment(home: Home, row: Followup) -> KeptEnrolment | None:
    if row.enrolment_id is None:
        return None
    with home.store.read() as connection:
        return enrolments.find(connection, row.enrolment_id)


def _earlier(home: Home, row: Followup, thread: Thread) -> tuple[str, ...]:
    """The follow-ups that already left; the mail that opened the matter is what they ask about again."""
    count = row.touch - 1
    own = own_words(thread, me_of(home.config, home.zone), row.person, row.basis)
    return tuple(mail.text for mail in own[1:][-count:]) if count > 0 else ()


def keep(change: Change, number: int, made: WrittenDraft, *, by_wish: bool = False) -> None:
    """A version of the text, or the reason why there is none."""
    if not made.body:
        followups.move(change, number, Progress.ASKED, actor="policy", code="no_draft", hold=_unwritten(made)[:200])
        return
    version = followups.add_draft(
        change, number, writer=made.writer, body=made.body, subject=made.subject, by_wish=by_wish,
        voice="" if made.voice is None else str(made.voice), facts=facts_json(made),
        notes=json.dumps(made.notes, ensure_ascii=False),
    )  # fmt: skip
    row = followups.find(change.connection, number)
    # Due once more, a text of the person's own is theirs to look at again.
    if version is not None or (row is not None and row.state == Progress.QUIET):
        code = "written" if version is not None else "own_text"
        followups.move(change, number, Progress.DRAFTED, actor="policy", code=code)


def _unwritten(made: WrittenDraft) -> str:
    """Why there is no text, of the phrasebook and of the model before it."""
    reason = next((note for note in made.notes if note.startswith(WITHOUT)), "")
    return f"{made.abstained}. {reason}" if reason else made.abstained


def redo(
    home: Home, desk: Desk, number: int, say: str = "", writer: Writer | None = None, *,
    hear: Callable[[str], None] | None = None, cancelled: Callable[[], bool] = never,
) -> Done:  # fmt: skip
    """Another text at the person's wish; the old versions are kept.

    `hear` gets the text so far, each time longer, while a model writes. `cancelled` is looked at many times a second;
    once it says so, nothing is changed.
    """
    with home.store.read() as connection:
        row = followups.find(connection, number)
        seen = tuple(draft.body for draft in views.drafts(connection, number))[-MOST_SEEN:]
    if row is not None and row.plan == CORRECTION:
        return no("correction", "What puts a letter right only you can say: write it with `relance edit`.")
    if say and not understood(say) and writer is None and home.config.model is None:
        return no("wish", f"Nothing was changed. {known_wishes()}")
    writers = writers_for(home, hear=hear, cancelled=cancelled)
    try:
        made = written_for(home, number, profile_of(home), say=say, writer=writer, writers=writers, seen=seen)
    except Cancelled:
        return no("cancelled", "Cancelled; the draft stays as it was.")
    if cancelled():
        return no("cancelled", "Cancelled; the draft stays as it was.")
    if folded(made.body) in {folded(text) for text in seen}:
        return no("same", "Nothing was changed: the same text came again.")
    return _redone(desk, number, made, say)


def _redone(desk: Desk, number: int, made: WrittenDraft, say: str) -> Done:
    reason = next((note for note in made.notes if note.startswith(WITHOUT)), "")
    if not made.body:
        return no("abstained", " ".join(filter(None, (f"Nothing was changed: {made.abstained}.", reason))))
    if say and reason and not understood(say):
        return no("wish", f"Nothing was changed. {reason} {known_wishes()}")
    done = actions.redo(
        desk, number, made.body, writer=made.writer, notes=json.dumps(made.notes, ensure_ascii=False),
        voice="" if made.voice is None else str(made.voice), facts=facts_json(made),
        subject=made.subject,
    )  # fmt: skip
    return replace(done, words=f"{done.words} {reason}".strip()) if done.ok else done


def choose(desk: Desk, number: int, version: int) -> Done:
    """An earlier text is the draft again; it becomes the newest version, so that no history is rewritten."""
    with desk.store.read() as connection:
        known = {draft.version: draft for draft in views.drafts(connection, number)}
    if version not in known:
        versions = ", ".join(str(one) for one in known) or "none"
        return no("version", f"There is no version {version}; there are {versions}.")
    if version == max(known):
        return no("version", f"Version {version} is the draft already.")
    old = known[version]
    kept = {"notes": old.notes, "voice": old.voice, "facts": old.facts, "subject": old.subject}
    done = actions.redo(desk, number, old.body, writer=old.writer, **kept)
    return replace(done, code="chosen", words=f"Version {version} is the draft again.") if done.ok else done


def mails_learned(home: Home) -> int:
    """How many own mails the voice rests on; 0 where it was never learned."""
    with home.store.read() as connection:
        kept = settings.get(connection, PROFILE)
    if not kept:
        return 0
    try:
        return from_json(json.loads(kept)).mails
    except ValueError:
        return 0
