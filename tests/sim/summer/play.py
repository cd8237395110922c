"""One house in the summer: many people under plans, a user who approves what every check allows, and what happens to them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from random import Random

from agent.cli.showing.read import why_lines
from agent.clock import system_now
from agent.decide.gate.case import CheckVerdict
from agent.decide.plans.parsing import built_in
from agent.drafting.draft import PROFILE, draft_due, start_of
from agent.judging.judge import judge_changed
from agent.running.jobs import Jobs, one_pass
from agent.sending import outbox
from agent.sequences.enroll import WantedEnrolment, enroll
from agent.sequences.wording import told
from agent.store.base import settings
from agent.store.base.values import Followup, KeptEnrolment
from agent.store.shown import views
from agent.store.work import enrolments
from agent.verbs import actions
from tests.peers.houses import ME
from tests.sim.summer.boxes import Summer, Wired
from tests.sim.summer.cast import BEGIN, LAST_DAY, RUNS_OUT, Somebody, greeted
from tests.sim.summer.endings import BETWEEN, DRAFTED, HOLD, Ending, mail

LOOKS = 10
"""The hour of the daily pass; on idle days nothing else happens."""
HIS = frozenset({"level", "voice"})
"""What an approval is for: the user reads it, and it sounds like them or they would write it anew."""
DELICATE = frozenset({"invoice"})
"""Plans about money owed; the user who begins one has said that they want such letters."""
ROUND_AGAIN = 2
"""Passes after the approval of a day: one that sends and one that reads the copies."""


@dataclass
class Life:
    """One person under one plan, and what happens to it."""

    who: Somebody
    ending: Ending | None = None
    after: int = 0
    """How many letters leave before that."""
    moment: str = BETWEEN
    share: float = 0.5
    """Of the time to the next letter, where it comes between two."""
    begun_first: bool = False
    """By a first mail, without a thread."""
    due: datetime | None = None
    happened: datetime | None = None
    before: int = 0
    until: datetime | None = None
    """Nothing may leave before this day, and something must after it."""
    letters: list[tuple[datetime, Wired]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    why: str = ""
    state: str = ""


def letters_of(family: str) -> int:
    """How many mails a plan has."""
    return sum(touch.kind == "mail" for touch in built_in()[family].touches)


class Play:
    """The people of one house, from May to October."""

    moment_apart = timedelta(minutes=7)
    alone = 0.5
    """The share of days on which the outbox works before the mailbox is read, so that only the last look sees what came."""

    def __init__(self, house: Summer, lives: Sequence[Life], seed: int) -> None:
        self.house, self.lives, self.chance = house, lives, Random(seed)
        self.by_address = {life.who.address: life for life in lives}
        self.numbers = count()
        self.seen = 0
        self.ran = 0

    # What endings need

    def fresh(self, domain: str) -> str:
        """A Message-ID nobody has."""
        return f"<s{next(self.numbers)}@{domain}>"

    def put(self, folder: str, raw: bytes) -> None:
        """A mail lands in the mailbox."""
        self.house.put(folder, raw)

    def day_after(self, at: datetime, days: int) -> datetime:
        """A workday so many days later."""
        found = at + timedelta(days=days)
        return found + timedelta(days=(7 - found.weekday()) % 7 if found.weekday() > 4 else 0)

    def newest(self, life: Life) -> str:
        """The Message-ID of the newest mail to them, as they know it."""
        with self.house.home.store.read() as connection:
            query = "SELECT coalesce(nullif(carried_id, ''), message_id) FROM outbox WHERE person = ? AND state = 'SENT' ORDER BY id DESC"
            row = connection.exec_driver_sql(query, (life.who.address,)).first()
        return str(row[0]) if row else "" if life.begun_first else life.who.asked

    def plan(self, life: Life) -> str:
        """The plan they are under."""
        more = life.ending.plan if life.ending else ""
        return f"{life.who.family}-{more}" if more else life.who.family

    def label(self, life: Life) -> str:
        """As a program that can write no slash would set it too."""
        return f"relance/{self.plan(life)}"

    def touch(self, life: Life) -> int:
        """The follow-up that is next."""
        return self._rows(life)[-1].id

    # The days

    def run(self, last: date = LAST_DAY) -> None:
        """From the first mail to the last day."""
        self.begin()
        day = BEGIN.date()
        while (day := self._next(day)) < last:
            self.day(datetime.combine(day, BEGIN.timetz()).replace(hour=LOOKS))
        self.finish()

    def _next(self, day: date) -> date:
        """The next workday on which anything can happen."""
        with self.house.home.store.read() as connection:
            rows = [row for row in views.listed(connection) if row.person in self.by_address]
            query = "SELECT count(*) FROM outbox WHERE state NOT IN ('SENT', 'CANCELLED', 'STOPPED', 'FAILED')"
            waits = connection.exec_driver_sql(query).scalar()
        happened = {life.who.address for life in self.lives if life.happened}
        busy = waits or any(row.state in {"quiet", "drafted"} for row in rows)
        # A thread that only goes quiet has no row before its day.
        busy = busy or bool(set(self.by_address) - {row.person for row in rows})
        busy = busy or any(row.state == "asked" and row.person not in happened for row in rows)
        days = [row.due.date() for row in rows if row.state == "watching" and row.due]
        days += [life.due.date() for life in self.lives if life.due and not life.happened]
        tomorrow = day + timedelta(days=1)
        found = tomorrow if busy else max(tomorrow, min(days, default=LAST_DAY))
        return found + timedelta(days=7 - found.weekday() if found.weekday() > 4 else 0)

    def begin(self) -> None:
        """The user's own mails, what the voice learned, and everybody under their plan."""
        house = self.house
        for life in self.lives:
            who = life.who
            if not life.begun_first:
                text = greeted(house.writer, who, who.body)
                at = BEGIN - timedelta(days=1, minutes=who.number)
                made = mail(ME, f"{who.name} <{who.address}>", who.subject, text, at, who.asked)
                self.put("sent", made.as_bytes())
                if life.ending is not None and life.ending.begins == "label":
                    house.mark(who.asked, self.label(life))
        with house.home.store.write() as change:
            settings.put(change, PROFILE, json.dumps(house.writer.profile.to_json(), ensure_ascii=False))
        house.sync()
        judge_changed(house.home)
        for life in self.lives:
            self._enroll(life)
        self.plan_ahead()

    def _enroll(self, life: Life) -> None:
        who, ending = life.who, life.ending
        if ending is not None and ending.begins == "label":
            return
        if who.family == "nudge" and ending is None:
            return
        on = RUNS_OUT if who.family == "renewal" else None
        whom, about = (who.address, who.body) if life.begun_first else (who.asked, "")
        wanted = WantedEnrolment(whom, self.plan(life), about=about, on=on, new=life.begun_first, name=who.name)
        done = enroll(self.house.home, wanted)
        assert done.ok, (who, done)

    def day(self, at: datetime) -> None:
        """One day: what came, a pass, what the user approves, what comes meanwhile, and what leaves."""
        house = self.house
        house.later = at - system_now()
        for life in self.lives:
            if life.due is not None and life.happened is None and life.due <= at:
                self.happens(life, life.due)
        self.passes()
        for life in self._ready(DRAFTED, "drafted"):
            self.happens(life, house.home.clock())
        approved = self.approve()
        for life in self._ready(HOLD, "outbox"):
            self.happens(life, house.home.clock())
        if approved:
            house.forward(minutes=2)
            if self.chance.random() < self.alone:
                self.letters_leave()
            for _ in range(ROUND_AGAIN):
                house.forward(minutes=1)
                self.passes()
            self.letters_leave()
            self.passes()
        self.plan_ahead()

    def letters_leave(self) -> None:
        """The outbox alone, until nothing is due: what came meanwhile only the last look sees."""
        while outbox.pump(self.house.desk):
            continue
        self.note()

    def happens(self, life: Life, at: datetime) -> None:
        """The ending, as the mailbox or the program has it from now on."""
        assert life.ending is not None
        self.note()
        lives = self.lives if life.ending.everybody else [life]
        for one in lives:
            one.happened, one.before = at, len(one.letters)
        life.ending.act(self, life, at)

    def _ready(self, moment: str, state: str) -> list[Life]:
        """Whose ending is to come at this moment, now that so many letters left."""
        waiting = [life for life in self.lives if life.ending and life.moment == moment and life.happened is None]
        waiting = [life for life in waiting if len(life.letters) == life.after]
        found = [life for life in waiting if any(row.state == state and row.kind == "mail" for row in self._rows(life))]
        return found[:1] if any(life.ending and life.ending.everybody for life in found) else found

    def plan_ahead(self) -> None:
        """When the endings between two letters come."""
        for life in self.lives:
            if life.ending is None or life.moment != BETWEEN or life.due or len(life.letters) != life.after:
                continue
            rows = [row for row in self._rows(life) if row.state == "watching" and row.due]
            if rows and rows[-1].due:
                now = self.house.home.clock()
                wait = (rows[-1].due - now) * life.share
                life.due = now + max(wait, timedelta(minutes=1))

    def passes(self) -> None:
        """One pass of the daemon."""
        house = self.house
        jobs = Jobs(
            sync=lambda name: house.sync() if name == "work" else None,
            judge=lambda: judge_changed(house.home), draft=lambda: draft_due(house.home),
        )  # fmt: skip
        done = one_pass(house.desk, jobs)
        assert not done.failed, (done.failed, done.why)
        self.ran += 1
        self.note()

    def note(self) -> None:
        """What left since the last look at the wire."""
        self.house.calm()
        fresh = self.house.wire(self.seen)
        for letter in fresh:
            for life in [found for one in letter.to if (found := self._to(one)) is not None]:
                life.letters.append((self.house.home.clock(), letter))
        self.seen += len(fresh)

    def _to(self, address: str) -> Life | None:
        found = self.by_address.get(address)
        return found or next((life for life in self.lives if life.who.private == address), None)

    def approve(self) -> int:
        """A user who approves what every check allows, and writes themselves where they are asked to."""
        done = 0
        for life in self.lives:
            for row in self._rows(life):
                # What a thread that went quiet begins anew, once the plan has ended, is another matter.
                if row.plan != self.plan(life):
                    continue
                if row.state == "asked" and not row.hold and life.happened is None:
                    self._write(life, row)
                    done += self._approve(life, row)
                elif row.state == "drafted":
                    done += self._approve(life, row)
        return done

    def _write(self, life: Life, row: Followup) -> None:
        life.asked.append(row.evidence or row.reason)
        text = f"{start_of(self.house.home, row.id).strip()}\n\n{life.who.subject} {row.touch}?\n"
        actions.edit(self.house.desk, row.id, text, row.subject or life.who.subject)

    def _approve(self, life: Life, row: Followup) -> int:
        desk = self.house.desk
        if row.kind == "mail":
            with desk.store.read() as connection:
                seen = actions.view(connection, desk, row.id)
            if isinstance(seen, actions.Done):
                life.held.append(seen.words)
                return 0
            against = [
                one for one in seen.decision.checks if one.verdict is not CheckVerdict.ALLOW and one.name not in HIS
            ]
            against = [one for one in against if one.name != "sensitive" or life.who.family not in DELICATE]
            if against:
                life.held.append(f"{against[0].name}: {against[0].reason}")
                return 0
        return int(actions.approve(desk, row.id, at_once=True).ok)

    # What became of them

    def _rows(self, life: Life) -> list[Followup]:
        with self.house.home.store.read() as connection:
            rows = [row for row in views.listed(connection) if row.person == life.who.address]
        return sorted(rows, key=lambda row: row.id)

    def enrolment(self, life: Life) -> KeptEnrolment | None:
        """The row of their plan."""
        with self.house.home.store.read() as connection:
            rows = enrolments.ever_of(connection, life.who.address)
        return rows[-1] if rows else None

    def finish(self) -> None:
        """What the program says of each."""
        for life in self.lives:
            rows, found = self._rows(life), self.enrolment(life)
            life.state = found.state if found is not None else rows[-1].state if rows else ""
            if rows and rows[-1].hold:
                life.state = f"{life.state} {rows[-1].hold}"
            if rows:
                with self.house.home.store.read() as connection:
                    row = views.verdict_row(connection, str(rows[-1].id))
                    life.why = "\n".join(why_lines(row, told(connection, row.id))) if row is not None else ""


def broken(lives: Iterable[Life], *, now: datetime) -> list[str]:
    """Where a letter left after an ending, where one is missing, and where `why` is silent."""
    found = []
    for life in lives:
        told = f"{life.who.language} {life.who.family} to {life.who.address}"
        if life.ending is None:
            if len(life.letters) != letters_of(life.who.family):
                found.append(
                    f"{told}: {len(life.letters)} letters of {letters_of(life.who.family)}; {life.held[-1:]} {life.state}"
                )
            continue
        told = f"{told}: {life.ending.name}, {life.moment} after {life.after}"
        found += [f"{told}: {words}" for words in _wrong(life, life.ending, now)]
    return found


def _wrong(life: Life, ending: Ending, now: datetime) -> Iterable[str]:
    if life.happened is None:
        yield f"it never happened: {len(life.letters)} letters, {life.state}, {life.held[-1:]}"
        return
    late = life.letters[life.before :]
    if ending.does == "moves":
        assert life.until is not None
        early = [at for at, _ in late if at.date() < life.until.date()]
        if early:
            yield f"{len(early)} letters before {life.until:%d %b}"
        if not late and now > life.until + timedelta(days=14):
            yield f"no letter after {life.until:%d %b}: {life.state} {life.held[-1:]}"
        return
    if late:
        yield f"{len(late)} letters after it: {[f'{at:%d %b}' for at, _ in late]}; {life.state}; {life.why!r}"
    if ending.does == "ends" and life.state.split()[0] not in {"ended", "done", "stopped", "answered"}:
        yield f"it has not ended: {life.state}; {life.why!r}"
    if ending.says and not any(words.lower() in life.why.lower() for words in ending.says):
        yield f"why does not say it: {life.why!r}"
