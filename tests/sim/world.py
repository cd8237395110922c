"""A small world to send in: mailboxes, a server that may lie, a clock that obeys; what it delivered is the truth."""

from __future__ import annotations

import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.util import LRUCache

from agent.common.desk import Desk, Judgement, Seat
from agent.decide.gate.case import Content
from agent.decide.gate.levels import DEFAULT, Level, Rule
from agent.failpoints import reach
from agent.paths import Places
from agent.store.base.engine import Store
from agent.store.mail import mails
from agent.store.mail.origins import settle
from agent.store.work import followups
from providers.base import (
    Address,
    Capabilities,
    Found,
    Letter,
    Mail,
    NotSent,
    Page,
    Receipt,
    Role,
    Unknown,
    Unreachable,
)
from providers.mail import mime
from providers.smtp.sender import envelope

START = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)
ME = "sam@y.example"
KEY = "ab" * 32
MOST_A_LOOK = 60.0
"""Seconds after which the provider gives a mailbox up."""
COMPILED: Any = LRUCache(2000)
SHARED: dict[str, Any] = {}


@dataclass
class Box:
    """One mailbox."""

    mails: list[Mail] = field(default_factory=list)


@dataclass
class World:
    """Everything outside the program. `save` makes it outlive a killed process."""

    now: datetime = START
    boxes: dict[str, Box] = field(default_factory=lambda: {"work": Box(), "home": Box()})
    delivered: list[tuple[str, str, datetime, bytes]] = field(default_factory=list)
    """Token, first recipient, when, bytes."""
    fault: str = "ok"
    files_copy: str = "at_once"
    """Whether the server files Sent copies: at_once, late, never."""
    late_copies: list[tuple[datetime, bytes]] = field(default_factory=list)
    down: bool = False
    race: list[Mail] = field(default_factory=list)
    """Mail that lands between the look and the acceptance."""
    raced: int = 0
    file: Path | None = None
    connections: int = 0
    step: timedelta = timedelta(milliseconds=20)
    drip: float = 0.0
    """Seconds each answer of a mailbox or of a sending server takes."""
    short: bool = False
    """Whether the mailbox leaves out some of what is new; the provider then breaks the look off."""

    def clock(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return (self.now - START).total_seconds()

    def pass_time(self, **parts: float) -> None:
        self.now += timedelta(**parts)
        due = [item for item in self.late_copies if item[0] <= self.now]
        self.late_copies = [item for item in self.late_copies if item[0] > self.now]
        for _, raw in due:
            self.put("work", mime.parse(raw, key="", received=self.now, folder="Sent", role=Role.SENT))
        self.save()

    def put(self, box: str, mail: Mail) -> Mail:
        kept = replace(mail, key=f"{box}-{len(self.boxes[box].mails) + 1}")
        self.boxes[box].mails.append(kept)
        self.save()
        return kept

    def save(self) -> None:
        if self.file is not None:
            fresh = self.file.with_suffix(".new")
            fresh.write_bytes(pickle.dumps(self.__dict__ | {"race": self.race}))
            fresh.replace(self.file)

    @classmethod
    def load(cls, file: Path) -> World:
        world = cls()
        world.__dict__.update(pickle.loads(file.read_bytes()))
        world.file = file
        return world


def mail(
    message_id: str, sender: str, to: str, at: datetime, *, refs: tuple[str, ...] = (), role: Role = Role.INBOX,
    text: str = "hello", subject: str = "Offer", headers: dict[str, tuple[str, ...]] | None = None,
) -> Mail:  # fmt: skip
    return Mail(
        key="new", message_id=message_id, date=at, received=at, sender=Address(sender), to=(Address(to),),
        subject=subject, in_reply_to=refs[-1:], references=refs, text=text, folder=role.value, role=role,
        headers=headers or {},
    )  # fmt: skip


class WorldMailbox:
    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(server_files_sent=None)

    def changes(self, cursor: str) -> Iterator[Page]:
        if self.world.down:
            raise Unreachable("no network")
        if self.world.drip:
            self.world.pass_time(seconds=self.world.drip)
            if self.world.drip > MOST_A_LOOK:
                raise Unreachable("took too long")
        known = int(cursor or 0)
        kept = self.world.boxes[self.name].mails
        if self.world.short and len(kept) > known:
            told = known + (len(kept) - known) // 2
            if told > known:
                yield Page(str(told), tuple(kept[known:told]))
            raise Unreachable("left out some of what it has")
        if len(kept) > known:
            yield Page(str(len(kept)), tuple(kept[known:]))

    def raw(self, key: str) -> bytes:
        return b""

    def find_token(self, token: str, since: str) -> Found | None:
        if self.world.down:
            raise Unreachable("no network")
        for item in self.world.boxes[self.name].mails:
            if item.role is Role.SENT and item.header("x-relance-id") == token:
                return Found(item.key, item.message_id, item.role)
        return None

    def append_sent(self, letter: Letter) -> Found:
        if self.world.down:
            raise Unreachable("no network")
        kept = self.world.put("work", mime.parse(letter.raw, received=self.world.now, folder="Sent", role=Role.SENT))
        return Found(kept.key, kept.message_id, kept.role)

    def close(self) -> None: ...


class WorldSender:
    """Goes through the phases of a real submission; the fault decides where it breaks."""

    def __init__(self, world: World) -> None:
        self.world = world

    def send(self, letter: Letter, commit: Callable[[], None]) -> Receipt:
        world = self.world
        envelope(letter)
        world.connections += 1
        reach("net.connect")
        if world.down or world.fault == "connect":
            raise Unreachable("cannot connect")
        if world.fault == "rcpt_temporary":
            raise NotSent("451 later", permanent=False)
        if world.fault == "rcpt_permanent":
            raise NotSent("550 unknown", permanent=True)
        world.now += world.step + timedelta(seconds=world.drip)
        commit()
        reach("net.data")
        world.now += world.step
        for item in world.race:
            world.put("work", item)
            world.raced += 1
        world.race = []
        if world.fault == "data_refused":
            raise NotSent("550 no", permanent=True)
        if world.fault == "data_put_off":
            raise NotSent("451 before the letter", permanent=False)
        if world.fault == "lost_before":
            raise Unknown("connection lost")
        self.deliver(letter)
        reach("net.stored")
        if world.fault in {"lost_after", "lying_452", "stall"}:
            raise Unknown("no usable answer")
        return Receipt("250 ok", letter.message_id)

    def deliver(self, letter: Letter) -> None:
        world = self.world
        world.delivered.append((letter.token, letter.recipients[0], world.now, letter.raw))
        if world.files_copy == "at_once":
            world.put("work", mime.parse(letter.raw, received=world.now, folder="Sent", role=Role.SENT))
        elif world.files_copy == "late":
            world.late_copies.append((world.now + timedelta(minutes=4), letter.raw))
        world.save()


FINE = Content(voice=0.9, learned_mails=500)


def fine_content(*_: Any) -> Content:
    return FINE


def memory_folder(name: str) -> Path:
    """On memory where the system has such a place: a simulation is not a disk test."""
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    return Path(tempfile.mkdtemp(prefix=f"relance-{name}-", dir=base))


def open_store(folder: Path, world: World) -> Store:
    return Store(
        Places(folder / "config.toml", folder, folder / "state", folder), KEY, encrypt=False, clock=world.clock
    )


def make_desk(store: Store, world: World, level: Level = Level.COPILOT, owner: str = "test:1", **changes: Any) -> Desk:
    settle(store, (ME, "s@y.example", "sam@home.example"), {})
    with store.write() as change:
        work = mails.account_number(change, "work", "memory", ME)
        home = mails.account_number(change, "home", "memory", "sam@home.example")
    values: dict[str, Any] = {
        "seats": (Seat("work", work, ME, frozenset({ME, "s@y.example"})),
                  Seat("home", home, "sam@home.example", frozenset({"sam@home.example"}))),
        "judgement": Judgement(meaning=meaning, content=fine_content), "rules": (Rule(DEFAULT, level),), "owner": owner,
        "pause_file": store.places.config_file.parent / "PAUSE", **changes,
    }  # fmt: skip
    return Desk(
        store=store, mailbox=lambda name: WorldMailbox(world, name), sender=lambda _name: WorldSender(world),
        seconds=world.seconds, **values,
    )  # fmt: skip


def meaning(item: Mail, _thread: object, _own: object) -> str:
    """The subject says it: this world's people are plain."""
    word = item.subject.partition("!")[0]
    return word if word in {"away", "receipt", "later", "bounce", "list", "unsure", "decline", "delay"} else "reply"


def sync(desk: Desk) -> None:
    from agent.sending.last_look import read_news

    for seat in desk.seats:
        read_news(desk, seat)


def ask(world: World, number: int, person: str = "", days: float = 4.0) -> str:
    """I wrote to somebody some days ago; returns the Message-ID."""
    message_id = f"<ask{number}@y.example>"
    person = person or f"p{number}@x{number}.example"
    world.put("work", mail(message_id, ME, person, world.now - timedelta(days=days), role=Role.SENT, text="Can you?"))
    return message_id


def drafted(desk: Desk, number: int, person: str = "", body: str = "Any news on this?\n") -> int:
    """A follow-up with a draft for `ask(number)`, as the judge would leave it."""
    person = person or f"p{number}@x{number}.example"
    basis = f"<ask{number}@y.example>"
    with desk.store.write() as change:
        query = "SELECT thread_id FROM reference WHERE message_id = ?"
        thread = change.connection.exec_driver_sql(query, (basis,)).scalar_one()
        made, _ = followups.plan(
            change, account_id=desk.seats[0].number, thread_id=thread, root=basis, basis=basis, person=person,
            subject="Offer", state="drafted", level="copilot",
        )  # fmt: skip
        if followups.newest_draft(change.connection, made) is None:
            followups.add_draft(change, made, writer="phrasebook", body=body, subject="Offer")
    return made


def reply(world: World, number: int, *, box: str = "work", word: str = "reply", role: Role = Role.INBOX,
          sender: str = "", threaded: bool = True) -> Mail:  # fmt: skip
    """The person answers."""
    person = sender or f"p{number}@x{number}.example"
    refs = (f"<ask{number}@y.example>",) if threaded else ()
    count = sum(len(item.mails) for item in world.boxes.values())
    return mail(f"<re{number}-{count}@x.example>", person, ME, world.now, refs=refs, role=role, subject=f"{word}! re")


@dataclass
class Scene:
    """One folder with a world, a store and a desk."""

    folder: Path
    world: World
    store: Store
    desk: Desk

    def close(self) -> None:
        self.store.engine.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)


def scene(level: Level = Level.COPILOT, **changes: Any) -> Scene:
    folder = memory_folder("scene")
    world = World()
    store = open_store(folder, world)
    return Scene(folder, world, store, make_desk(store, world, level, **changes))
