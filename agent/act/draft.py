"""Learns the voice from the store and writes the drafts that are due; never approves one and never sends."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from agent.act import actions
from agent.act.done import Done, no
from agent.act.home import Home
from agent.act.person import is_own, me_of
from agent.act.plans import plan_named
from agent.act.ports import Desk
from agent.act.writing import Wish, Written, brief_for, facts_json, learn, write
from agent.decide.lifecycle import Progress
from agent.decide.threads import Thread
from agent.decide.values import Me
from agent.errors import RelanceError
from agent.store import followups, mails, settings
from agent.store.audit import Event
from agent.store.engine import Change
from agent.store.threading import FOLLOWUP, MAIL
from voice.brief import Writer
from voice.profile import Profile, build, from_json

PROFILE = "voice.profile"
MOST_AT_ONCE = 50
MOST_THREADS = 20_000


@dataclass(frozen=True, slots=True)
class Round:
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
    me = me_of(home.config, home.zone)
    with home.store.read() as connection:
        threads = own_threads(connection, me)
    profile = learn(threads, me) if threads else build_empty()
    with home.store.write() as change:
        settings.put(change, PROFILE, json.dumps(profile.to_json(), ensure_ascii=False))
        change.record(Event("voice.learned", actor="policy", code=str(profile.mails)))
    return profile


def build_empty() -> Profile:
    """Nothing is known yet."""
    from voice.corpus import Corpus

    return build(Corpus())


def own_threads(connection: Connection, me: Me) -> list[Thread]:
    """Threads with something the person sent."""
    query = select(MAIL.c.thread_id).where(MAIL.c.sender.in_(sorted(me.keys)), MAIL.c.role != "drafts").distinct()
    numbers = [int(number) for number in connection.execute(query.limit(MOST_THREADS)).scalars()]
    return list(mails.thread_mails(connection, numbers).values())


def draft_due(home: Home, writer: Writer | None = None) -> Round:
    """A draft for every follow-up that has become quiet."""
    with home.store.read() as connection:
        query = select(FOLLOWUP.c.id).where(FOLLOWUP.c.state == Progress.QUIET.value).limit(MOST_AT_ONCE)
        numbers = [int(number) for number in connection.execute(query).scalars()]
    if not numbers:
        return Round(0, 0)
    profile = profile_of(home)
    results = [draft_one(home, number, profile, writer=writer) for number in numbers]
    return Round(sum(bool(result.body) for result in results), sum(not result.body for result in results))


def draft_one(
    home: Home, number: int, profile: Profile, *, say: str = "", by_wish: bool = False, writer: Writer | None = None
) -> Written:
    """Write one draft and keep it with what was checked about it."""
    made = written_for(home, number, profile, say=say, writer=writer)
    with home.store.write() as change:
        keep(change, number, made, by_wish=by_wish)
    return made


def written_for(home: Home, number: int, profile: Profile, *, say: str = "", writer: Writer | None = None) -> Written:
    """The draft itself, nothing kept."""
    me = me_of(home.config, home.zone)
    with home.store.read() as connection:
        row = followups.find(connection, number)
        if row is None:
            raise RelanceError(f"There is no follow-up {number}.")
        thread = mails.thread_mails(connection, [row["thread_id"]]).get(row["thread_id"])
    if thread is None:
        raise RelanceError(f"The mails of follow-up {number} are gone.")
    return write(brief_for(thread, me, home.clock(), _wish(home, row, thread, me, say), row["basis"]), profile, writer)


def _wish(home: Home, row: dict[str, Any], thread: Thread, me: Me, say: str) -> Wish:
    touches = plan_named(home.config, row["plan"]).touches
    job = touches[min(row["touch"], len(touches)) - 1].job
    return Wish(
        touch=row["touch"], job=job, say=say, touches=_earlier(thread, me, row["touch"] - 1), fence=secrets.token_hex(8)
    )


def _earlier(thread: Thread, me: Me, count: int) -> tuple[str, ...]:
    """The touches that already left."""
    own: Sequence[str] = [mail.text for mail in thread.mails if is_own(mail, me)]
    return tuple(own[-count:]) if count > 0 else ()


def keep(change: Change, number: int, made: Written, *, by_wish: bool = False) -> None:
    """A version of the text, or the reason why there is none."""
    if not made.body:
        followups.move(change, number, Progress.ASKED, actor="policy", code="no_draft", hold=made.abstained[:200])
        return
    version = followups.add_draft(
        change, number, writer=made.writer, body=made.body, subject=made.subject, by_wish=by_wish,
        voice="" if made.voice is None else str(made.voice), facts=facts_json(made),
        notes=json.dumps(made.notes, ensure_ascii=False),
    )  # fmt: skip
    if version is not None:
        followups.move(change, number, Progress.DRAFTED, actor="policy", code="written")


def redo(home: Home, desk: Desk, number: int, say: str = "", writer: Writer | None = None) -> Done:
    """Another text at the person's wish; the old versions are kept."""
    made = written_for(home, number, profile_of(home), say=say, writer=writer)
    if not made.body:
        return no("abstained", f"No other text could be written: {made.abstained}.")
    return actions.redo(
        desk, number, made.body, writer=made.writer, notes=json.dumps(made.notes, ensure_ascii=False),
        voice="" if made.voice is None else str(made.voice), facts=facts_json(made),
        subject=made.subject,
    )  # fmt: skip


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
