"""What is known about the people of a thread from everything else they wrote; it reads no more mail than it must."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from agent.decide.dates.zones import Place, country_of, guess
from agent.decide.gate.spelling import mailbox_of
from agent.decide.reading.answers import read_answer
from agent.decide.threads.copies import fingerprint
from agent.decide.threads.matter import Spoken, spoken
from agent.decide.threads.people import full_name
from agent.decide.threads.quiet import Reason, matter_of
from agent.decide.threads.robots import Notice, RobotSays, notices_of
from agent.decide.threads.summary import Summary
from agent.decide.threads.threads import Thread, moment
from agent.decide.threads.waits import usual_wait
from agent.decide.values import SPEAKS, Me
from providers.base import Address, Mail, Origin

MOST_DATES = 50
"""The newest Date headers tell where somebody lives now; older ones may tell where they lived."""
OF_ROBOTS = {RobotSays.SETTLED: Reason.BOOKED, RobotSays.TICKET: Reason.TICKET, RobotSays.UNDONE: Reason.UNDONE}
"""What a robot's mail about these people holds a thread for."""
Incoming = tuple[Mail, bool]
"""A mail, and whether we had written in its thread before."""


@dataclass(frozen=True, slots=True)
class UnreadMail:
    """A mail of somebody else's, not read yet."""

    name: Hashable
    """Tells it from every other one."""
    identity: str
    """Its Message-ID, which anybody may repeat, or its key."""
    read: Callable[[], Incoming | None]


@dataclass(frozen=True, slots=True)
class Inside:
    """The mails of the thread that is judged."""

    names: Collection[Hashable]
    identities: Collection[str]
    thread: Callable[[], Thread | None]

    def has(self, heard: UnreadMail) -> bool:
        """Whether it is in the thread: itself, or as a copy another account has, equal in all that is read of it."""
        if heard.name in self.names:
            return True
        if heard.identity not in self.identities or (found := heard.read()) is None:
            return False
        whole = self.thread()
        return whole is not None and fingerprint(found[0]) in map(fingerprint, whole.mails)


class Whereabouts(Protocol):
    """Where the rest of the mail is."""

    def samples(self, person: str) -> Sequence[int]:
        """How many workdays their answers took, in all threads."""

    def dates(self, person: str) -> Sequence[datetime]:
        """Some Date headers of theirs."""

    def others(self, summary: Summary) -> Iterable[Summary]:
        """Threads with the same people, at least those with news since our last mail in this one."""

    def addresses(self, name: str) -> Iterable[str]:
        """From where somebody with this full name wrote of late."""

    def spellings(self, address: str) -> Iterable[str]:
        """Other forms of the same address that mail came from."""

    def heard(self, address: str, since: datetime) -> Iterable[UnreadMail]:
        """What somebody wrote since then."""

    def notices(self) -> Iterable[Notice]:
        """What robots said of late."""


class People:
    """Answers what the judge asks about people; each answer is found once."""

    def __init__(self, known: Whereabouts, me: Me) -> None:
        self._known = known
        self._me = me
        self._places: dict[str, Place] = {}
        self._waits: dict[str, float] = {}
        self._said: dict[Hashable, Spoken | None] = {}

    def usual_wait(self, summary: Summary) -> float:
        """How long this person usually takes to answer, in all threads."""
        if summary.person not in self._waits:
            self._waits[summary.person] = usual_wait(self._known.samples(summary.person))
        return self._waits[summary.person]

    def place(self, summary: Summary) -> Place:
        """Where the person lives."""
        if summary.person not in self._places:
            country = country_of(self._me, summary.person)
            dates = self._known.dates(summary.person)
            self._places[summary.person] = guess(dates, summary.person, self._me.zone, country=country)
        return self._places[summary.person]

    def matter(self, summary: Summary, inside: Inside) -> Reason | None:
        """What happened with these people outside this thread, in which these mails are."""
        spoken_elsewhere = self._spoken(summary, inside)
        return matter_of(summary, self._known.others(summary), spoken_elsewhere) or self._settled(summary)

    def _spoken(self, summary: Summary, inside: Inside) -> Iterator[Spoken]:
        # By the mail and not by the thread: in another account the same thread holds other mails.
        since = datetime.fromisoformat(summary.last_own)
        for address, person in self._addresses(summary).items():
            for heard in self._known.heard(address, since):
                if not inside.has(heard) and (said := self._read(heard)) is not None:
                    yield said._replace(person=person)

    def _addresses(self, summary: Summary) -> dict[str, str]:
        """Every address these people write from, with the one we wrote to."""
        known = {person: person for person in summary.people}
        name = full_name(Address(summary.person, summary.name))
        for address in self._known.addresses(name) if name else ():
            known.setdefault(address, summary.person)
        for address, person in list(known.items()):
            known |= {form: person for form in self._known.spellings(address) if form not in known}
        return known

    def _read(self, heard: UnreadMail) -> Spoken | None:
        """What a person said in a mail of another thread; None where no person speaks in it."""
        if heard.name not in self._said:
            self._said[heard.name] = None
            found = heard.read()
            if found is not None and read_answer(found[0], me=self._me, in_thread=False).meaning in SPEAKS:
                self._said[heard.name] = spoken(found[0], answers_other=found[1])
        return self._said[heard.name]

    def _settled(self, summary: Summary) -> Reason | None:
        for found in self._known.notices():
            if found.at > summary.last_own and found.about(summary.people, summary.name, summary.matter):
                return OF_ROBOTS[found.told]
        return None


class Gathered:
    """All threads in memory, as `Whereabouts`."""

    def __init__(self, threads: Sequence[Thread], summaries: Sequence[Summary]) -> None:
        self._by_person: dict[str, list[Summary]] = defaultdict(list)
        self._incoming: dict[str, list[Incoming]] = defaultdict(list)
        self._names: dict[str, set[str]] = defaultdict(set)
        self._forms: dict[str, set[str]] = defaultdict(set)
        self._notices: list[Notice] | None = None
        self._times: dict[str, list[int]] = defaultdict(list)
        for summary in summaries:
            for who, days in summary.samples:
                self._times[who].append(days)
            for person in {*summary.people, summary.person} - {""}:
                self._by_person[person].append(summary)
        for thread in threads:
            for mail, mine in incoming(thread):
                for writer in mail.writers:
                    self._incoming[writer].append((mail, mine))
                    self._forms[mailbox_of(writer)].add(writer)
                if mail.sender is not None:
                    self._names[full_name(mail.sender)].add(mail.sender.key)

    def samples(self, person: str) -> Sequence[int]:
        return self._times.get(person, ())

    def dates(self, person: str) -> Sequence[datetime]:
        known = (mail for mail, _ in self._incoming.get(person, ()) if mail.sender is not None)
        told = [mail.date for mail in known if mail.date is not None]
        return told[-MOST_DATES:]

    def others(self, summary: Summary) -> Iterable[Summary]:
        return (other for person in summary.people for other in self._by_person.get(person, ()))

    def addresses(self, name: str) -> Iterable[str]:
        return self._names.get(name, ())

    def spellings(self, address: str) -> Iterable[str]:
        return self._forms.get(mailbox_of(address), ())

    def heard(self, address: str, since: datetime) -> Iterable[UnreadMail]:
        for mail, mine in reversed(self._incoming.get(address, ())):
            if moment(mail) > since:
                yield UnreadMail(id(mail), mail.message_id or mail.key, partial(_same, (mail, mine)))

    def notices(self) -> Iterable[Notice]:
        if self._notices is None:
            every = (mail for entries in self._incoming.values() for mail, _ in entries if mail.sender is not None)
            self._notices = notices_of(every)
        return self._notices


def _same(item: Incoming) -> Incoming:
    return item


def incoming(thread: Thread) -> Iterator[Incoming]:
    """What others wrote in a thread, each with whether we had written there before."""
    mine = False
    for mail in thread.mails:
        if mail.mine:
            mine = True
        elif mail.writers and mail.origin is Origin.OTHER:
            yield mail, mine
