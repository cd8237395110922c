"""Reads mail that came since the last round for what it means to plans outside their own thread; changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from agent.decide.gate.spelling import mailbox_of, near_address
from agent.decide.machines.calendar import read_calendar
from agent.decide.plans.plans import ExitMail, plan_meant
from agent.decide.reading.answers import read_answer
from agent.decide.threads.matter import bare_subject, matter_words, names_most, names_person
from agent.decide.threads.people import same_organisation
from agent.decide.threads.robots import Notice, RobotSays, notice
from agent.decide.values import SPEAKS, Me, Meaning
from agent.sequences.situation import EnrolmentScene
from agent.store.base.values import KeptMail
from agent.store.mail import mail_lists
from agent.store.mail.mail_codec import from_row
from agent.store.mail.mails import newest
from providers.base import Mail, Origin, Role
from providers.mail.plain import plain
from voice.languages.quoted import typed
from voice.languages.tongues import normal

SEEN = "enrolments.seen"
MOST = 5_000
"""The newest mails of one round; a first sync brings more, and those were there before any plan began."""
MOST_READ = 20_000
"""Characters of a mail that a rule looks at."""


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
    move: str = ""
    """The plan that a branch of this one leads to."""
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
    notices: tuple[tuple[Fresh, Notice], ...]
    """What robots told."""
    wrote_in: frozenset[int]
    """Threads of these mails in which the user wrote."""


def arrived(connection: Connection, after: int, since: datetime) -> Arrived:
    """Everything with a higher number, drafts left out; of robots only what came since then is read."""
    fresh = [_fresh(row) for row in mail_lists.newest_after(connection, after, MOST)]
    by_thread: dict[int, list[Fresh]] = defaultdict(list)
    by_mailbox: dict[str, list[Fresh]] = defaultdict(list)
    for item in fresh:
        by_thread[item.thread].append(item)
        for mailbox in {mailbox_of(person) for person in _people(item.mail)}:
            by_mailbox[mailbox].append(item)
    robots = (item for item in fresh if item.mail.origin is Origin.OTHER and item.mail.received >= since)
    notices = tuple((item, said) for item in robots if (said := notice(item.mail)) is not None)
    own = mail_lists.own_threads_among(connection, by_thread)
    return Arrived(newest(connection), by_thread, by_mailbox, tuple(fresh), notices, own)


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
    found += [*_by_robots(scene, news.notices), *by_plan(scene, me, news)]
    return [sign for sign in found if sign is not None]


def by_plan(scene: EnrolmentScene, me: Me, news: Arrived) -> list[Sign]:
    """What only the plan knows to look for: a colleague's answer, or a mail that meets one of its rules."""
    return [*_by_colleagues(scene, me, news), *_by_rule(scene, news.all)]


def by_hand(scene: EnrolmentScene, news: Arrived) -> list[Sign]:
    """The user wrote to them about it outside the thread; what lies in it the letter itself is compared with."""
    items = news.by_mailbox.get(mailbox_of(scene.row.person), ())
    own = [
        item
        for item in items
        if item.mail.mine and item.thread != scene.row.thread_id and item.mail.received >= scene.row.made
    ]
    found = [_own(scene, item, inside=False) for item in own]
    return [sign for sign in found if sign is not None and sign.end]


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
    if inside and mail.message_id and mail.message_id == scene.cause.mail:
        # It began the plan; that it came says nothing more.
        return None
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
    calendar = read_calendar(mail)
    if calendar is not None and calendar.meaning is Meaning.BOOKED:
        return _told(scene, RobotSays.SETTLED, f'Their calendar says: "{plain(mail.subject[:200])}"')
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


def _by_robots(scene: EnrolmentScene, notices: Iterable[tuple[Fresh, Notice]]) -> list[Sign]:
    """What services wrote about this person or this matter; in the thread itself the judge has the word."""
    row, summary = scene.row, scene.summary
    words = summary.matter if summary is not None else matter_words(row.subject, row.about)
    return [
        _told(scene, said.told, f'{said.service} says: "{plain(said.said)}"')
        for item, said in notices
        if item.thread != row.thread_id and item.mail.received >= row.made
        and (said.names(_people_of(scene), _name_of(scene)) or names_most(said.everything, words))
    ]  # fmt: skip


def _told(scene: EnrolmentScene, told: RobotSays, words: str) -> Sign:
    """Done ends a plan, or holds it where the plan says so; what came to nothing and a ticket are for a person."""
    match told:
        case RobotSays.SETTLED:
            choice = scene.plan.on["booked"]
            if plan_meant(choice):
                return Sign(move=plan_meant(choice), words=words)
            return Sign(hold="booked", words=words) if choice == "hold" else Sign(end="booked", words=words)
        case RobotSays.TICKET:
            return Sign(hold=told.value, words=f"They filed a ticket since; a chase may be wrong now. {words}")
        case _:
            return Sign(hold=told.value, words=f"{words} Please look before more is sent.")


def _people_of(scene: EnrolmentScene) -> tuple[str, ...]:
    return (scene.row.person.lower(),)


def _name_of(scene: EnrolmentScene) -> str:
    return scene.row.name or (scene.summary.name if scene.summary is not None else "")


def _by_colleagues(scene: EnrolmentScene, me: Me, news: Arrived) -> list[Sign]:
    """Where the plan asks for it: somebody else at their organisation answered in another thread of the user's."""
    if not scene.plan.organisation:
        return []
    found = []
    for item in news.all:
        mail, writer = item.mail, item.mail.sender.key if item.mail.sender else ""
        elsewhere = item.thread in news.wrote_in and item.thread != scene.row.thread_id
        if not elsewhere or not _since(scene, mail) or near_address(writer, scene.row.person):
            continue
        if not same_organisation(writer, scene.row.person) or writer in me.keys:
            continue
        if read_answer(mail, me=me, in_thread=True).meaning in SPEAKS:
            words = f"{plain(writer)} of the same organisation answered you elsewhere since."
            ends = scene.plan.organisation == "end"
            found.append(Sign(end="organisation", words=words) if ends else Sign(hold="organisation", words=words))
    return found


def _since(scene: EnrolmentScene, mail: Mail) -> bool:
    """Somebody else's, and not what a first sync brings late: that was there before the plan began."""
    return mail.origin is Origin.OTHER and mail.received >= scene.row.made


def _by_rule(scene: EnrolmentScene, fresh: Iterable[Fresh]) -> list[Sign]:
    """Rules of the plan itself; whoever wrote the mail that meets one, it may end the plan and nothing else."""
    if not scene.plan.exit_when:
        return []
    rules = (scene.plan.exits(mail) for item in fresh if (mail := _for_rules(scene, item)) is not None)
    return [Sign(end="exit_rule", words=f"The plan ends for {rule}.") for rule in rules if rule]


def _for_rules(scene: EnrolmentScene, item: Fresh) -> ExitMail | None:
    """A mail of the thread, of that person, of their organisation, or one that names the person; None for others."""
    mail, person = item.mail, scene.row.person
    if not _since(scene, mail):
        return None
    writer = mail.sender.key if mail.sender else ""
    theirs = item.thread == scene.row.thread_id or near_address(writer, person) or same_organisation(writer, person)
    named = names_person(normal(f"{mail.subject[:300]}\n{mail.text[:MOST_READ]}"), _people_of(scene), _name_of(scene))
    if not theirs and not named:
        return None
    return ExitMail(writer, mail.subject, typed(mail.text[:MOST_READ]), mail.labels, named)
