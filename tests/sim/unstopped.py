"""What has stopped stays stopped, whatever a stranger adds: after an answer, a refusal or a bounce no letter leaves.

python -m tests.sim.unstopped [SEEDS] [--seed N [--only K]]
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import combinations
from random import Random
from time import monotonic

from agent.drafting.draft import PROFILE, draft_due, learn_voice
from agent.judging.judge import judge_changed
from agent.running.jobs import Jobs, one_pass, wake_up
from agent.store import upkeep
from agent.store.base import settings
from agent.store.mail import verdicts
from agent.store.shown import views
from agent.verbs import actions
from providers.base import Role
from providers.mail import mime
from tests.peers.houses import MemoryHouse
from tests.sim.forged import ASK, FROM, about, furnish, letters, to_tuesday
from tests.sim.stops import ACTS, EVERYWHERE, NAMES, OLD, STOPS, Note, Scene, stop_of
from voice.brief import Brief, Drafted
from voice.learning.profile import Profile
from voice.writing.phrasebook import Phrasebook

MOMENTS = ("judged", "drafted", "hold", "touched")
"""The stop comes before anything is judged, after the draft, while the letter waits, or after a first letter left."""
ORDERS = ("before", "with", "after", "later")
PROGRAMS = ("", "", "", "trim", "restart", "read again", "restart, trim, read again")
"""What the program or its owner may do meanwhile."""
WEEK = ((1, 13), (2, 11), (3, 11), (6, 11), (6, 15), (7, 11), (8, 11), (8, 15))
"""Days after that Tuesday and hours at which it looks around; a second letter is due before they end."""
SHORT = ((0, 11), (0, 15), (1, 11), (3, 11), (6, 11), (8, 11), (8, 15))
"""The same where nothing is under way."""
LIVING, MOST_TRIES = 3, 60
"""So many people are to get their letter in every mailbox."""
FLOOD_EVERY = 150
PLACES_OF_STOPS = ("inbox", "inbox", "archive", "junk")
LIKELY = [kind for kind in ACTS if kind not in {"flood", "junk"}] * 2 + ["junk", "copy", "copy", "merge"]


@dataclass(frozen=True)
class Kind:
    """What the cases of one mailbox have in common."""

    level: str
    moments: tuple[str, ...]
    together: int


KINDS = (
    Kind("autopilot", ("judged",), 120), Kind("autopilot", MOMENTS[1:], 40), Kind("autopilot", ("judged",), 120),
    Kind("copilot", ("hold",), 40),
)  # fmt: skip


@dataclass(frozen=True)
class Act:
    """One thing a stranger does; the same every time."""

    kind: str
    order: str
    chance: int

    def notes(self, scene: Scene, stop: Note, came: datetime) -> list[Note]:
        return ACTS[self.kind](scene, stop, came, Random(self.chance))


@dataclass(frozen=True)
class Case:
    """One stop and what was added."""

    number: int
    """Whom it is about."""
    stop: str
    moment: str
    called: str = "latin"
    acts: tuple[Act, ...] = ()
    place: str = "inbox"
    """Where the stop lies; nothing else comes to be there for sure."""

    @property
    def control(self) -> tuple[str, str, str, str]:
        return self.stop, self.moment, self.called if self.stop == "answer, other address" else "latin", self.place

    def real(self, scene: Scene, at: datetime) -> Note:
        """The stop itself."""
        note = stop_of(self.stop, scene, at)
        return note if note.role is not Role.INBOX else replace(note, role=Role(self.place))


@dataclass
class Told:
    """What one mailbox did."""

    broken: dict[int, str] = field(default_factory=dict)
    """By person."""
    offered: set[int] = field(default_factory=set)
    """Where a letter was drafted or waits at the end."""
    dead: list[str] = field(default_factory=list)
    unproven: set[int] = field(default_factory=set)
    """Whose first letter had not left when the stop came."""
    letters: int = 0


@dataclass
class Count:
    """What many mailboxes did."""

    cases: int = 0
    controls: int = 0
    houses: int = 0
    letters: int = 0
    offered: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    classes: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)


class Quick:
    """The phrasebook, which says the same of the same again."""

    kept: dict[object, Drafted] = {}  # noqa: RUF012 (shared by all)

    def write(self, brief: Brief, profile: Profile) -> Drafted:
        name = repr([(one.text, one.subject) for one in (*brief.own, *brief.other)]), brief.recipient_name, brief.touch
        if name not in self.kept:
            self.kept[name] = Phrasebook().write(brief, profile)
        return self.kept[name]


class Play:
    """One mailbox with many cases in it, from the questions to the end of the next week."""

    voice = ""
    """Learned once; what is in it is no matter here."""

    def __init__(self, level: str, cases: Sequence[Case], program: str = "") -> None:
        self.level, self.cases, self.program = level, cases, program
        self.house = MemoryHouse(level=level, drafts="local")
        self.asked = to_tuesday(self.house) - timedelta(days=8)
        assert self.house.server is not None
        self.server = self.house.server
        self.server.now = lambda: self.house.home.clock()
        self.scenes = {case.number: Scene(case.number, case.called, self.asked) for case in cases}
        self.stops: dict[int, Note] = {}
        self.before: dict[int, int] = {}
        self.living = [Scene(number, "latin", self.asked) for number in range(140, 140 + LIVING)]

    def put(self, note: Note) -> None:
        came = note.came or note.at
        key = note.key or f"memory/{self.server.change + 1}-{note.name}"
        self.server.put(
            mime.parse(
                note.raw(),
                key=key,
                received=came,
                folder=note.folder or note.role.value,
                role=note.role,
                flags=note.flags,
            )
        )

    def ask(self, scene: Scene, case: Case | None) -> None:
        """The user's own mail: the question, an older one, and those to others."""

        def own(name: str, to: str, days: float, things: int, subject: str, head: str = "") -> None:
            at = self.asked + timedelta(days=days)
            self.put(Note(name, FROM["me"], at, about(ASK, things), subject=subject, to=to, role=Role.SENT, head=head))

        number = scene.number
        copied = f"Cc: bob@x{number}.example\r\n" if case and case.stop == "answer, colleague" else ""
        own(scene.ask, scene.shown, 0, number, f"Matter {number}", copied)
        if case is None:
            return
        own(scene.earlier, scene.shown, -45, number + 30, f"Older {number}")
        own(scene.to_eve, f"Eve <{scene.eve}>", -5, number + 50, f"Eve {number}")
        own(scene.to_third, f"third{number}@z{number}.example", -5, number + 70, f"Third {number}")
        if case.stop not in {"opt-out, other thread", "bounce, earlier mail"}:
            self.put(
                Note(
                    f"<olderre{number}@x.example>",
                    scene.shown,
                    self.asked - timedelta(days=44),
                    "The blue one, please.",
                    (scene.earlier,),
                )
            )
        for name, who in ((scene.to_eve, scene.eve), (scene.to_third, f"third{number}@z{number}.example")):
            self.put(Note(f"<re-{name[1:]}", who, self.asked - timedelta(days=4), "The red one, please.", (name,)))
        if case.stop in EVERYWHERE:
            own(f"<second{number}@y.example>", scene.shown, 0.01, number + 90, f"Second {number}")

    def stop(self, moment: str) -> None:
        """The stops of this moment, with what comes before, with and after them."""
        chosen = [case for case in self.cases if case.moment == moment]
        if not chosen:
            return
        now = self.house.home.clock()
        live = moment != "judged"
        for case in chosen:
            at = now if live else self.asked + timedelta(days=1 if case.stop not in OLD else -43)
            self.stops[case.number] = case.real(self.scenes[case.number], at)
        if live and self.add(chosen, "before", now - timedelta(minutes=2)):
            self.house.sync()
        if not live:
            self.add(chosen, "before", None)
        sent = letters(self.house)
        for case in chosen:
            self.before[case.number] = sum(self.scenes[case.number].p in to for to, _ in sent)
            self.put(self.stops[case.number])
        self.add(chosen, "with", now if live else None)
        if live:
            self.tick(0)
            self.add(chosen, "after", self.house.home.clock())
            self.tick(5)
        else:
            self.add(chosen, "after", None)

    def add(self, chosen: Iterable[Case], order: str, came: datetime | None) -> bool:
        """What strangers do at this moment; whether there was any."""
        apart = {"before": -0.5, "with": 0.001, "after": 1.0}
        done = False
        for case in chosen:
            stop = self.stops[case.number]
            for act in case.acts:
                if act.order == order:
                    at = came or stop.at + timedelta(days=apart[order])
                    for note in act.notes(self.scenes[case.number], stop, at):
                        self.put(self.with_token(case.number, note))
                    done = True
        return done

    def with_token(self, number: int, note: Note) -> Note:
        """The names of a letter of ours, where one left."""
        scene = self.scenes[number]
        if note.name != scene.ours and "TOKEN" not in note.head:
            return note
        with self.house.home.store.read() as connection:
            query = "SELECT message_id, token FROM outbox WHERE person = ? ORDER BY id LIMIT 1"
            row = connection.exec_driver_sql(query, (scene.p,)).first()
        name, token = row or (scene.ours, "0123456789abcdef")
        return replace(
            note, name=name if note.name == scene.ours else note.name, head=note.head.replace(f"TOKEN{number}", token)
        )

    def tick(self, minutes: float) -> None:
        """Some time, and one pass."""
        house = self.house
        house.forward(minutes=minutes)
        jobs = Jobs(
            sync=lambda _: house.sync(),
            judge=lambda: judge_changed(house.home),
            draft=lambda: draft_due(house.home, Quick()),
        )
        done = one_pass(house.desk, jobs)
        assert not done.failed, (done.failed, done.why)

    def approve(self) -> None:
        """A person who approves what lies there, for its best hour."""
        with self.house.home.store.read() as connection:
            drafted = [row.id for row in views.listed(connection) if row.state in {"drafted", "asked"}]
        for number in drafted:
            actions.approve(self.house.desk, number)

    def to(self, day: int, hour: int) -> None:
        """The pass at that hour of a day after the first Tuesday."""
        wanted = (self.asked + timedelta(days=8 + day)).replace(hour=hour, minute=10)
        self.tick((wanted - self.house.home.clock()).total_seconds() / 60)

    def own_program(self) -> None:
        house = self.house
        if "restart" in self.program:
            house.die()
            wake_up(house.desk)
        if "trim" in self.program:
            upkeep.trim(house.home.store, 30)
        if "read again" in self.program:
            with house.home.store.write() as change:
                verdicts.read_all_again(change)

    def teach(self) -> None:
        """The voice of sixty mails; without it nothing would leave alone."""
        with self.house.home.store.write() as change:
            settings.put(change, PROFILE, learned_voice())

    def run(self) -> Told:
        try:
            return self._run()
        finally:
            self.house.close()

    def _run(self) -> Told:
        house = self.house
        for scene in self.living:
            self.ask(scene, None)
        for case in self.cases:
            self.ask(self.scenes[case.number], case)
        self.teach()
        self.stop("judged")
        house.sync()
        judge_changed(house.home)
        draft_due(house.home, Quick())
        self.stop("drafted")
        self.add((case for case in self.cases if case.moment == "judged"), "later", house.home.clock())
        self.tick(5)
        if self.level == "copilot":
            self.approve()
        self.stop("hold")
        self.own_program()
        self.to(0, 9)
        if not any(case.moment != "judged" for case in self.cases):
            for day, hour in SHORT:
                self.to(day, hour)
            return self.told()
        self.add((case for case in self.cases if case.moment in {"drafted", "hold"}), "later", house.home.clock())
        for hour in (11, 13, 15, 17):
            self.to(0, hour)
        self.to(1, 5)
        self.stop("touched")
        self.own_program()
        self.to(1, 9)
        self.add((case for case in self.cases if case.moment == "touched"), "later", house.home.clock())
        for day, hour in WEEK:
            self.to(day, hour)
        return self.told()

    def told(self) -> Told:
        found = Told()
        reached: Counter[str] = Counter()
        sent = letters(self.house)
        found.letters = len(sent)
        for recipients, _ in sent:
            reached.update(recipients)
        allowed = {scene.p for scene in self.living}
        for case in self.cases:
            scene = self.scenes[case.number]
            extra = reached[scene.p] - self.before[case.number]
            if extra:
                found.broken[case.number] = f"{extra} to {scene.p}"
            if case.moment == "touched":
                if not self.before[case.number]:
                    found.unproven.add(case.number)
                allowed |= {f"bob@x{case.number}.example"}
            allowed |= {scene.p}
            for one in reached:
                if one not in allowed and one.partition("@")[2] in {
                    f"x{case.number}.example", f"evil{case.number}.example", f"z{case.number}.example",
                }:  # fmt: skip
                    found.broken[case.number] = f"{reached[one]} to {one}"
                    allowed |= {one}
        found.dead += [f"autopilot did not write to {scene.p}" for scene in self.living if not reached[scene.p]]
        found.dead += [f"somebody else got a letter: {one}" for one in reached if one not in allowed]
        with self.house.home.store.read() as connection:
            query = "SELECT person FROM followup WHERE state IN ('quiet', 'drafted', 'outbox')"
            waiting = set(connection.exec_driver_sql(query).scalars())
        found.offered = {case.number for case in self.cases if self.scenes[case.number].p in waiting}
        return found


def learned_voice() -> str:
    """What sixty mails of the user's show, learned once."""
    if not Play.voice:
        house = MemoryHouse(level="manual", drafts="local")
        try:
            furnish(house, 0, to_tuesday(house) - timedelta(days=8))
            house.sync()
            learn_voice(house.home)
            with house.home.store.read() as connection:
                Play.voice = settings.get(connection, PROFILE)
        finally:
            house.close()
    return Play.voice


def kind_of(seed: int) -> Kind:
    return KINDS[seed % len(KINDS)]


def program_of(seed: int) -> str:
    return Random(f"{seed}/program").choice(PROGRAMS)


def drawn(seed: int, number: int) -> Case:
    """One case of a seed, whatever the others are."""
    chance = Random(f"{seed}/{number}")
    stop, moment = chance.choice(STOPS), chance.choice(kind_of(seed).moments)
    acts = []
    for _ in range(chance.randint(1, 3)):
        kind = chance.choice(LIKELY) if chance.randrange(FLOOD_EVERY) else "flood"
        acts.append(Act(kind, chance.choice(ORDERS), chance.randrange(10**9)))
    called = chance.choice(list(NAMES)) if stop == "answer, other address" else "latin"
    return Case(number, stop, moment, called, tuple(acts), chance.choice(PLACES_OF_STOPS))


CONTROLS: dict[tuple[str, tuple[str, str, str, str]], tuple[str, bool]] = {}
"""By level and what is controlled: what was broken with the stop alone, and whether a letter was offered."""


def control(level: str, cases: Iterable[Case], count: Count) -> None:
    """The stops alone, each once."""
    missing = dict.fromkeys(case.control for case in cases if (level, case.control) not in CONTROLS)
    while missing:
        part = [
            Case(number, stop, moment, called, place=place)
            for number, (stop, moment, called, place) in enumerate(list(missing)[:60])
        ]
        told = Play(level, part).run()
        count.failed += told.dead
        for case in part:
            CONTROLS[level, case.control] = told.broken.get(case.number, ""), case.number in told.offered
            del missing[case.control]
            count.controls += 1
            if case.number in told.broken:
                count.failed.append(f"control: {' / '.join(case.control)} at {level}: {told.broken[case.number]}")


def smaller(level: str, program: str, cases: Sequence[Case]) -> dict[int, tuple[Case, str]]:
    """For each case one act alone, or none, with which it still breaks, without the program's own where that is enough."""
    found: dict[int, tuple[Case, str]] = {}
    for doing in dict.fromkeys(("", program)):
        tries = [
            (case, replace(case, acts=acts))
            for case in cases
            if case.number not in found
            for size in (0, 1)
            for acts in combinations(case.acts, size)
        ]
        for start in range(0, len(tries), MOST_TRIES):
            part = tries[start : start + MOST_TRIES]
            told = Play(level, [replace(less, number=place) for place, (_, less) in enumerate(part)], doing).run()
            for place, (case, less) in enumerate(part):
                best = found.get(case.number)
                if place in told.broken and (best is None or len(less.acts) < len(best[0].acts)):
                    found[case.number] = less, doing
    return found


def described(case: Case, program: str) -> str:
    """A case in words: the mails that were added."""
    scene = Scene(case.number, case.called, datetime(2026, 3, 2, 5))
    stop = case.real(scene, scene.asked + timedelta(days=1))
    lines = []
    for act in case.acts:
        for note in act.notes(scene, stop, scene.asked + timedelta(days=1, hours=1))[:1]:
            days = (note.at - stop.at).total_seconds() / 86400
            lines.append(
                f"{act.kind} {act.order}: {note.name} From {note.sender!r} dated {days:+.1f}d of the stop, refs {note.refs}, in {note.role.value}, "
                f"subject {note.subject!r}, head {note.head!r}, parts {[kind for kind, _ in note.parts]}, says {note.words[:40]!r}"
            )  # fmt: skip
    return "; ".join([*lines, program and f"the program: {program}"]).strip("; ")


def class_of(case: Case, program: str) -> str:
    """What failures have in common."""
    called = f", {case.called}" if case.called != "latin" else ""
    return f"{case.stop}{called}: {' + '.join(sorted(act.kind for act in case.acts)) or 'nothing'}{program and f' + {program}'}"


def explore(seed: int, count: Count, only: int | None = None, *, most: int = 1_000, shrink: bool = True) -> None:
    """The cases of a seed, in one mailbox."""
    level, program = kind_of(seed).level, program_of(seed)
    numbers = range(min(most, kind_of(seed).together)) if only is None else (only,)
    cases = [drawn(seed, number) for number in numbers]
    control(level, cases, count)
    sound = [case for case in cases if not CONTROLS[level, case.control][0]]
    told = Play(level, sound, program).run()
    count.houses, count.letters = count.houses + 1, count.letters + told.letters
    count.cases += len(sound) - len(told.unproven)
    count.failed += [f"seed {seed}: {words}" for words in told.dead]
    broken = [case for case in sound if case.number in told.broken]
    less = smaller(level, program, broken) if broken and shrink else {}
    for case in broken:
        small, doing = less.get(case.number, (case, program))
        name = class_of(small, doing)
        count.classes[name] += 1
        words = f"--seed {seed} --only {case.number} ({level}, {case.stop} in {case.place}, {case.moment}): {told.broken[case.number]}: {described(small, doing)}"
        count.first.setdefault(name, words)
        count.failed.append(words)
    for case in sound:
        if case.number in told.offered and not CONTROLS[level, case.control][1] and case.number not in told.broken:
            count.offered[f"{case.stop}, {case.moment}"] += 1


def show(count: Count, seconds: float) -> None:
    print(f"{count.cases} cases and {count.controls} controls in {count.houses} mailboxes, {count.letters} letters, {seconds:.0f} s; "
          f"broken {sum(count.classes.values())} in {len(count.classes)} classes")  # fmt: skip
    for name, number in count.classes.most_common():
        print(f"{number:6} {name}")
        print(f"           {count.first[name]}")
    for name, number in count.offered.most_common(20):
        print(f"{number:6} offered, not sent: {name}")
    for words in count.failed:
        if not words.startswith("--seed"):
            print(f"       {words}")


def main(words: list[str]) -> int:
    def number(flag: str) -> int | None:
        return int(words[words.index(flag) + 1]) if flag in words else None

    seed, only, count, start = number("--seed"), number("--only"), Count(), monotonic()
    many = next((int(word) for word in words[:1] if word.isdigit()), 50)
    shrink = "--plain" not in words
    with suppress(KeyboardInterrupt):
        for one in [seed] if seed is not None else range(1, many + 1):
            explore(one, count, only, shrink=shrink)
    show(count, monotonic() - start)
    return 1 if count.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
