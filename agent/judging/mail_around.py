"""The mail beside the threads that are judged, as the store has it; it never holds more than a few mails at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property, partial

from sqlalchemy import Connection

from agent.decide.gate.spelling import mailbox_of
from agent.decide.machines.carriers import is_robot, service_of
from agent.decide.threads.people import full_name
from agent.decide.threads.robots import Notice, notices_of
from agent.decide.threads.summary import Summary
from agent.decide.threads.threads import Thread
from agent.decide.values import Me
from agent.judging.people_around import Incoming, Inside, UnreadMail, incoming
from agent.store.mail import asked_by_judge, mails, standing, verdicts
from agent.store.mail.asked_by_judge import MailLine
from agent.store.mail.verdicts import Stored
from providers.base import Address, Mail, Origin

THREADS = 8
"""So many whole threads are held at a time."""


class Lately:
    """What everybody wrote of late, read once for all parts of one judging, and only when asked for."""

    def __init__(self, since: datetime, me: Me) -> None:
        self.since = since
        self._me = me
        self._threads: dict[str, list[int]] | None = None
        self._names: dict[str, set[str]] | None = None
        self._notices: list[Notice] | None = None
        self._perhaps: dict[str, list[MailLine]] | None = None

    def threads(self, connection: Connection) -> dict[str, list[int]]:
        """By person the threads with news."""
        if self._threads is None:
            self._threads = asked_by_judge.threads_with_news(connection, self.since)
        return self._threads

    def names(self, connection: Connection) -> dict[str, set[str]]:
        """By full name the addresses it was seen with."""
        if self._names is None:
            self._names = defaultdict(set)
            for address, name in asked_by_judge.names_of_writers(connection, self.since):
                if address not in self._me.keys:
                    self._names[full_name(Address(address, name))].add(address)
        return self._names

    def perhaps(self, connection: Connection) -> dict[str, list[MailLine]]:
        """By mailbox the mails that an unclear header may say are from there."""
        if self._perhaps is None:
            self._perhaps = asked_by_judge.lines_perhaps_written(connection)
        return self._perhaps

    def notices(self, connection: Connection) -> list[Notice]:
        """What robots said is settled."""
        if self._notices is None:
            senders = asked_by_judge.senders(connection, self.since) - self._me.keys
            robots = [address for address in senders if is_robot(address) or service_of(address) is not None]
            sent = asked_by_judge.by_machines(connection, robots, self.since)
            theirs = (mail for mail in sent if mail.sender is not None and mail.origin is Origin.OTHER)
            self._notices = notices_of(theirs)
        return self._notices


def _named(mail: Mail, line: MailLine) -> bool:
    return (mail.message_id or mail.key) == line.identity


def _may_be_from(mail: Mail, address: str) -> bool:
    return mail.sender.key == address if mail.sender else mailbox_of(address) in map(mailbox_of, mail.writers)


class Beside:
    """`Whereabouts` for some threads that are judged together, within one reading of the store."""

    def __init__(self, connection: Connection, lately: Lately, judged: Sequence[Stored], me: Me) -> None:
        self._connection = connection
        self._lately = lately
        self._judged = judged
        self._me = me
        self._lines: dict[str, tuple[datetime, list[MailLine]]] = {}
        self._threads: dict[int, Thread | None] = {}
        self._forms: dict[str, set[str]] = {}

    def samples(self, person: str) -> Sequence[int]:
        return self._samples.get(person, ())

    @cached_property
    def _samples(self) -> dict[str, list[int]]:
        return asked_by_judge.samples(self._connection, {item.summary.person for item in self._judged} - {""})

    def dates(self, person: str) -> Sequence[datetime]:
        return verdicts.dates_of(self._connection, person) if person else ()

    def inside(self, number: int) -> Inside:
        """The mails of a judged thread."""
        mails = self._inside.get(number, {})
        return Inside(mails.keys(), frozenset(mails.values()), partial(self._thread, number))

    @cached_property
    def _inside(self) -> dict[int, dict[int, str]]:
        return asked_by_judge.identities(self._connection, [item.number for item in self._judged])

    def others(self, summary: Summary) -> Iterable[Summary]:
        numbers = set(self._recent(summary.people))
        since = datetime.fromisoformat(summary.last_own)
        if since < self._lately.since:
            numbers |= asked_by_judge.threads_of_people(self._connection, summary.people, since)
        missing = numbers - self._summaries.keys()
        known = {**self._summaries, **verdicts.summaries(self._connection, missing)} if missing else self._summaries
        found = (known[number] for number in sorted(numbers) if number in known)
        newer = [other for other in found if max(other.answered_at, other.last_own) > summary.last_own]
        return sorted(newer, key=lambda other: other.answered_at <= summary.last_own)

    def _recent(self, people: Iterable[str]) -> Iterator[int]:
        recent = self._lately.threads(self._connection)
        return (number for person in people for number in recent.get(person, ()))

    @cached_property
    def _summaries(self) -> dict[int, Summary]:
        """Threads with news, of everybody whose own thread is young enough to be asked about."""
        told = (item.summary for item in self._judged)
        young = [summary for summary in told if summary.last_own > self._lately.since.isoformat()]
        numbers = {number for summary in young for number in self._recent(summary.people)}
        return verdicts.summaries(self._connection, numbers)

    def addresses(self, name: str) -> Iterable[str]:
        return self._lately.names(self._connection).get(name, ())

    def spellings(self, address: str) -> Iterable[str]:
        if address not in self._forms:
            self._forms[address] = standing.spellings_seen(self._connection, address)
        return self._forms[address]

    def heard(self, address: str, since: datetime) -> Iterator[UnreadMail]:
        begin, lines = self._lines.get(address, (None, []))
        if begin is None or since < begin:
            perhaps = self._lately.perhaps(self._connection).get(mailbox_of(address), [])
            lines = [*asked_by_judge.lines_written_by(self._connection, address, since), *perhaps]
            self._lines[address] = since, lines
        return (
            UnreadMail(line.number, line.identity, partial(self._read, address, line))
            for line in lines
            if line.at > since
        )

    def _read(self, address: str, line: MailLine) -> Incoming | None:
        """A mail as its thread has it: copies folded into one, drafts left out."""
        thread = self._thread(line.thread)
        found = list(incoming(thread)) if thread else []
        # What was folded into a copy of it says the same; of others under its name it is the one in its place.
        folded = (one for one in found if _named(one[0], line) and _may_be_from(one[0], address))
        return next((one for one in found if one[0].key == line.key), None) or next(folded, None)

    def _thread(self, number: int) -> Thread | None:
        if number not in self._threads:
            if len(self._threads) >= THREADS:
                self._threads.clear()
            self._threads[number] = mails.thread_mails(self._connection, [number]).get(number)
        return self._threads[number]

    def notices(self) -> Iterable[Notice]:
        return self._lately.notices(self._connection)
