"""Reads mail that came since the last round for what it means to plans outside their own thread; changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from agent.decide.gate.spelling import mailbox_of, near_address
from agent.decide.reading.answers import read_answer
from agent.decide.threads.matter import bare_subject
from agent.decide.threads.people import same_organisation
from agent.decide.values import SPEAKS, Me, Meaning
from agent.sequences.situation import EnrolmentScene
from agent.store.base.values import KeptMail
from agent.store.mail.mail_codec import from_row, kept_mails
from agent.store.mail.threading import MAIL
from providers.base import Mail, Origin, Role

SEEN = "enrolments.seen"
MOST = 5_000
"""The newest mails of one round; a first sync brings more, and those were there before any plan began."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A mail that came, and where it lies."""

    number: int
    thread: int
    mail: Mail


@dataclass(frozen=True, slots=True)
class Sign:
    """What a mail means for a plan: it ends it, was the touch itself, or is for a person to look at."""

    end: str = ""
    hold: str = ""
    made: bool = False
    """The user sent by hand what was handed over."""
    words: str = ""
    join: int = 0
    """A thread that is this one under another name."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Mail since the last round, by those it is from, to and about."""

    upto: int
    by_thread: dict[int, list[Fresh]]
    by_mailbox: dict[str, list[Fresh]]
    """However the address is written: an answer from another spelling is theirs too."""
    all: tuple[Fresh, ...]


def newest(connection: Connection) -> int:
    """The number of the newest mail."""
    return int(connection.execute(select(func.max(MAIL.c.id))).scalar() or 0)


def arrived(connection: Connection, after: int) -> Arrived:
    """Everything with a higher number, drafts left out."""
    query = select(MAIL).where(MAIL.c.id > after, MAIL.c.role != Role.DRAFTS.value).order_by(MAIL.c.id.desc())
    fresh = [_fresh(row) for row in kept_mails(connection, query.limit(MOST))][::-1]
    by_thread: dict[int, list[Fresh]] = defaultdict(list)
    by_mailbox: dict[str, list[Fresh]] = defaultdict(list)
    for item in fresh:
        by_thread[item.thread].append(item)
        for mailbox in {mailbox_of(person) for person in _people(item.mail)}:
            by_mailbox[mailbox].append(item)
    return Arrived(newest(connection), by_thread, by_mailbox, tuple(fresh))


def _fresh(row: KeptMail) -> Fresh:
    return Fresh(row.id, row.thread_id, from_row(row))


def _people(mail: Mail) -> set[str]:
    people = {*mail.writers, *mail.possible_recipients, *(address.key for address in mail.to + mail.cc)}
    return people | {name.lower() for name in mail.failed}


def signs(scene: EnrolmentScene, me: Me, news: Arrived) -> list[Sign]:
    """What the new mail means for one enrolment."""
    row = scene.row
    near = {item.number: item for item in news.by_mailbox.get(mailbox_of(row.person), ())}
    near.update((item.number, item) for item in news.by_thread.get(row.thread_id, ()))
    # What a first sync brings late was there before the plan began.
    recent = [item for item in near.values() if item.mail.received >= row.made]
    found = [_sign(scene, me, item) for item in sorted(recent, key=lambda item: item.number)]
    found += _by_rule(scene, news.all)
    return [sign for sign in found if sign is not None]


def _sign(scene: EnrolmentScene, me: Me, item: Fresh) -> Sign | None:
    inside = item.thread == scene.row.thread_id
    if item.mail.mine:
        return _own(scene, item, inside=inside)
    # In the thread itself the judge has the word, on what only claims to be the user's too.
    if inside or item.mail.claimed:
        return None
    return _elsewhere(scene, me, item.mail)


def _own(scene: EnrolmentScene, item: Fresh, *, inside: bool) -> Sign | None:
    """The user wrote: in the thread that ends the plan, unless it is the letter itself or what was handed over."""
    mail, current = item.mail, scene.current
    if _is_letter(scene, mail):
        return None if inside else Sign(join=item.thread)
    if mail.header("auto-submitted").lower() not in {"", "no"} or mail.role is not Role.SENT:
        return None
    same = inside or bare_subject(mail.subject) == bare_subject(scene.row.subject) != ""
    if current is not None and current.state == "approved" and same:
        return Sign(made=True, join=0 if inside else item.thread)
    if same:
        return Sign(end="by_hand", words="You wrote to them about it yourself.")
    return None if scene.wrote else Sign(hold="maybe_answered", words="You wrote to them about something else since.")


def _is_letter(scene: EnrolmentScene, mail: Mail) -> bool:
    if mail.header("x-relance-id"):
        return any(mail.header("x-relance-id") == letter.token for letter in scene.letters.values())
    return mail.message_id in scene.names


def _elsewhere(scene: EnrolmentScene, me: Me, mail: Mail) -> Sign | None:
    person = scene.row.person
    theirs = any(near_address(writer, person) for writer in mail.writers)
    if not theirs and any(near_address(name, person) for name in mail.failed):
        return _bounced(scene, me, mail)
    if not theirs:
        return None
    answer = read_answer(mail, me=me, in_thread=False)
    if answer.meaning is Meaning.OPT_OUT:
        return Sign(end="opted_out", words="They asked not to be written to again.")
    if answer.meaning in SPEAKS:
        return Sign(hold="maybe_answered", words="They wrote to you elsewhere since; that may be the answer.")
    return None


def _bounced(scene: EnrolmentScene, me: Me, mail: Mail) -> Sign | None:
    """A report on a letter of this plan; on anybody else's mail it says nothing."""
    if read_answer(mail, me=me, own_ids=scene.names, in_thread=True).meaning is not Meaning.BOUNCE:
        return None
    return Sign(end="bounced", words="Your mail to them could not be delivered.")


def _by_rule(scene: EnrolmentScene, fresh: Iterable[Fresh]) -> list[Sign]:
    """Rules of the plan itself; they look at this thread, this person and their organisation."""
    if not scene.plan.exit_when:
        return []
    found = []
    for item in fresh:
        mail, writer = item.mail, item.mail.sender.key if item.mail.sender else ""
        near = item.thread == scene.row.thread_id or same_organisation(writer, scene.row.person)
        if near and mail.origin is Origin.OTHER and mail.received >= scene.row.made:
            rule = scene.plan.exits(writer, mail.subject, ())
            if rule:
                found.append(Sign(end="exit_rule", words=f"The plan ends for {rule}."))
    return found
