"""Puts the people of a file under plans, each as `enroll` would; nothing begins before every row was looked at."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from agent.address_forms import address_in
from agent.common.home import Home
from agent.decide.dates.when import parse
from agent.decide.gate.spelling import mailbox_of
from agent.decide.gate.typos import meant_domain
from agent.decide.plans.listed_people import MOST_BYTES, MOST_ROWS, ListedPerson, decoded, people_in
from agent.decide.threads.people import look_alike
from agent.errors import UsageError
from agent.sequences.enroll import SAME_TEXT, Answered, Considered, WantedEnrolment, consider, enter, fits
from agent.sequences.person_meant import MAILING, writing_from
from agent.sequences.wording import ENDED
from agent.store.mail import people
from agent.store.work import enrolments
from providers.mail.plain import plain

LONGEST_NAME = 100
"""Characters; a longer name is a column that was mistaken for one."""


class NotThisRow(Exception):
    """Why nobody is enrolled for a row, with the code of the reason."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


@dataclass(frozen=True, slots=True)
class LookedAt:
    """One row, and what would become of it."""

    person: ListedPerson
    code: str
    """good, already, or the reason why not."""
    words: str = ""
    wanted: WantedEnrolment | None = None
    found: Considered | None = None
    followup: int = 0

    @property
    def good(self) -> bool:
        return self.code == "good"


@dataclass(slots=True)
class _Seen:
    """What the rows above have taken already."""

    rows: dict[str, ListedPerson] = field(default_factory=dict)
    """The row of a mailbox."""
    words: dict[str, str] = field(default_factory=dict)
    """To whom something is said."""


@dataclass(frozen=True, slots=True)
class _RowsSoFar:
    """What is asked of the store once for all rows."""

    domains: frozenset[str]
    everybody: people.Everybody
    texts: dict[str, str]
    """What was to be said already, and to whom."""


def listed(place: Path) -> tuple[list[ListedPerson], list[str]]:
    """Everybody in a file, or in the CSV files of a folder, and what a person should know of how they were read."""
    if not place.is_dir():
        return _of_files([place])
    files = sorted(file for file in place.iterdir() if file.suffix.lower() == ".csv" and not file.name.startswith("."))
    if not files:
        raise UsageError(f"There is no CSV file in {place}.", hint="Their names end in .csv.")
    return _of_files(files)


def _of_files(files: Sequence[Path]) -> tuple[list[ListedPerson], list[str]]:
    found: list[ListedPerson] = []
    notes, size = [], 0
    for file in files:
        raw = _bytes(file)
        size += len(raw)
        if size > MOST_BYTES:
            raise UsageError(f"{file} is too much: an import takes {MOST_BYTES // 1_000_000} MB.", hint=MAILING)
        try:
            text, encoding = decoded(raw)
            found += people_in(text, file.name if len(files) > 1 else "")
        except ValueError as problem:
            raise UsageError(f"{file} {problem}.") from None
        if encoding != "utf-8-sig":
            notes.append(f"{file} is not UTF-8; it was read as Latin-1. Look at the letters with accents.")
    if len(found) > MOST_ROWS:
        raise UsageError(f"These are {len(found):,} rows; an import takes {MOST_ROWS:,}.", hint=MAILING)
    return found, notes


def _bytes(file: Path) -> bytes:
    if not file.is_file():
        raise UsageError(f"There is no file {file}.", hint="Name a CSV file, or a folder of them.")
    with file.open("rb") as opened:
        return opened.read(MOST_BYTES + 1)


def look(home: Home, rows: Iterable[ListedPerson], *, new: bool, account: str = "") -> list[LookedAt]:
    """What would become of every row; nothing is begun."""
    seen = _Seen()
    with home.store.read() as connection:
        writing_from(home, connection, account)
        known = _known(home, connection)
    return [_look(home, row, known, seen, new=new, account=account) for row in rows]


def _known(home: Home, connection: Connection) -> _RowsSoFar:
    since = home.clock() - SAME_TEXT
    said = [
        (person, str(text))
        for person, kept in enrolments.texts_said(connection, since)
        for text in json.loads(kept).get("say", {}).values()
    ]
    texts = {enrolments.fold(text): person for person, text in (*enrolments.told(connection, since), *said)}
    return _RowsSoFar(people.domains_answered(connection), people.everybody(connection), texts)


def _look(home: Home, row: ListedPerson, known: _RowsSoFar, seen: _Seen, *, new: bool, account: str) -> LookedAt:
    try:
        wanted = _wanted(home, row, known, new=new, account=account)
        _once(row, wanted, seen)
        found = consider(home, wanted, known.everybody)
        _no_dead_letter(home, wanted)
        _not_had(home, wanted, found)
        fits(home, found, wanted)
        _own_words(wanted, known, seen)
    except UsageError as problem:
        return LookedAt(row, "wrong", str(problem))
    except NotThisRow as problem:
        return LookedAt(row, problem.code, problem.words)
    seen.words.update((text, wanted.whom) for text in _words(wanted))
    return LookedAt(row, "good", wanted=wanted, found=found)


def _wanted(home: Home, row: ListedPerson, known: _RowsSoFar, *, new: bool, account: str) -> WantedEnrolment:
    if row.wrong:
        raise NotThisRow("cells", row.wrong)
    address = address_in(row.address)
    if not address or "." not in address.rpartition("@")[2]:
        raise NotThisRow("address", "that is no address." if row.address else "there is no address.")
    if not row.plan:
        raise NotThisRow("plan", "there is no plan; `relance plans` lists them.")
    _no_slip(home, address, known)
    name = " ".join(plain(row.name[: LONGEST_NAME * 4]).split())
    if len(name) > LONGEST_NAME or "@" in name:
        raise NotThisRow("name", f"a name has at most {LONGEST_NAME} characters and is no address.")
    return WantedEnrolment(
        address, row.plan, row.about, _day(home, row.date), new, account, say=row.texts, name=name
    )  # fmt: skip


def _no_slip(home: Home, address: str, known: _RowsSoFar) -> None:
    """Nobody's neighbour by one letter; who was enrolled before was meant."""
    local, _, domain = address.rpartition("@")
    meant = meant_domain(domain, known.domains) or look_alike(domain, known.domains)
    if not meant:
        return
    with home.store.read() as connection:
        if not enrolments.ever_of(connection, address):
            raise NotThisRow("typo", f"did you mean {local}@{meant}? If not, enroll it by itself.")


def _day(home: Home, text: str) -> date | None:
    """A day as `enroll --on` reads it."""
    if not text:
        return None
    now = home.clock().astimezone(home.zone)
    try:
        named = date.fromisoformat(text)
    except ValueError:
        found = parse(text, now, home.zone)
        if found is None:
            raise NotThisRow("date", f"{text[:40]!r} is no day to come; write it as 2026-12-01.") from None
        return found.date()
    if named < now.date():
        raise NotThisRow("past", f"{named} is in the past.")
    return named


def _once(row: ListedPerson, wanted: WantedEnrolment, seen: _Seen) -> None:
    """One row for a mailbox, however it is spelled: the first, whatever becomes of it."""
    first = seen.rows.setdefault(mailbox_of(wanted.whom), row)
    if first is not row:
        where = f" of {first.file}" if first.file != row.file else ""
        raise NotThisRow("twice", f"row {first.row}{where} has that mailbox already.")


def _no_dead_letter(home: Home, wanted: WantedEnrolment) -> None:
    with home.store.read() as connection:
        if people.bounced(home.store, connection, [wanted.whom]):
            raise NotThisRow("bounced", f"mail to {wanted.whom} could not be delivered.")


def _not_had(home: Home, wanted: WantedEnrolment, found: Considered) -> None:
    """The same words for the same person under the same plan are the same row of an earlier run."""
    if found.refused is not None:
        raise NotThisRow(found.refused.code, found.refused.words)
    with home.store.read() as connection:
        rows = [row for row in enrolments.ever_of(connection, wanted.whom) if row.plan == found.plan.name]
    same = next((row for row in reversed(rows) if row.about == found.about and row.said == found.said), None)
    if same is not None and same.state != "active":
        why = ENDED.get(same.reason, same.reason.replace("_", " "))
        raise NotThisRow("already", f"{wanted.whom} was under {found.plan.name} with these words; it ended: {why}.")


def _own_words(wanted: WantedEnrolment, known: _RowsSoFar, seen: _Seen) -> None:
    for text in _words(wanted):
        other = seen.words.get(text) or known.texts.get(text, wanted.whom)
        if other != wanted.whom:
            raise NotThisRow("same_to_many", f"{other} is to get the same words. {MAILING}")


def _words(wanted: WantedEnrolment) -> list[str]:
    """What is said to one person alone, in the form to compare by."""
    return [text for text in map(enrolments.fold, (wanted.about, *wanted.say.values())) if text]


def begin(home: Home, looked: Iterable[LookedAt]) -> Iterator[LookedAt]:
    """Enroll the good rows, each in a change of its own: whatever ends this in the middle, the rest is not lost."""
    for one in looked:
        if one.wanted is None or one.found is None:
            yield one
            continue
        try:
            done = enter(home, one.found, one.wanted)
        except UsageError as problem:
            done = Answered(False, "wrong", str(problem))
        yield LookedAt(one.person, done.code, done.words, followup=done.followup)
