"""The narrated demo: real sync, judging, drafting, gate and outbox on a mailbox in memory; never a network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from agent.common.desk import Desk
from agent.common.home import Home
from agent.decide.gate.levels import Kind, Level, Scope
from agent.demo import mailbox as script
from agent.drafting.draft import draft_due
from agent.judging.judge import judge_changed
from agent.mailboxes.sync import sync_account
from agent.paths import Places
from agent.running.desk_setup import desk_for
from agent.running.jobs import Jobs, one_pass, wake_up
from agent.sending import outbox
from agent.store.base.values import NO_TEXT, Followup
from agent.store.shown import views
from agent.store.work.outbox import next_ready
from agent.verbs import actions
from providers.base import Letter, Receipt
from providers.local.memory import MemoryServer
from providers.mail.plain import plain

CLAIRE = "claire@atelier-moreau.example"
ANNA = "anna@lindqvist-health.example"
GRACE = "grace.osei@harbourmuseum.example"
KRAUS = "kraus@kraus-optik.example"
Say = Callable[[str], object]
CONFIG = f"""[me]
name = "{script.NAME}"
timezone = "{script.ZONE}"
holidays = "{script.HOLIDAYS}"

[[account]]
name = "demo"
provider = "memory"
address = "{script.ADDRESS}"
aliases = {list(script.ALIASES)!r}

[gate]
level = "copilot"
""".replace("'", '"')


@dataclass(slots=True)
class DemoScene:
    """The demo's home, its mailbox and a clock that the story moves."""

    home: Home
    server: MemoryServer
    now: datetime
    sent: list[Letter] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        return self.now.timestamp()

    def desk(self) -> Desk:
        """The real desk, with a sender that files into the same mailbox."""
        made = desk_for(self.home)
        made.sender = lambda _name: outbox.memory_sender(self._accept)
        made.seconds = self.seconds
        return made

    def _accept(self, letter: Letter) -> Receipt:
        self.sent.append(letter)
        return Receipt("accepted by the built-in mailbox", letter.message_id, self.server.accept(letter))

    def jobs(self) -> Jobs:
        account = self.home.config.account[0]
        return Jobs(
            sync=lambda _name: sync_account(self.home, account), judge=lambda: judge_changed(self.home),
            draft=lambda: draft_due(self.home),
        )  # fmt: skip

    def prepare(self) -> None:
        """Everything a first morning needs: read, judged, drafted."""
        sync_account(self.home, self.home.config.account[0])
        judge_changed(self.home)
        draft_due(self.home)

    def arrives(self, name: str, thread: str) -> str:
        """A scripted mail comes in; returns its sender."""
        (talk,) = [talk for talk in script.conversations(self.now) if talk.name == thread]
        last = talk.mails[-1]
        mail = script.arrival(name, self.now, follows=[last.message_id], subject="")
        self.server.deliver(
            mail.raw, role=mail.role, folder=mail.folder, flags=mail.flags, received=mail.received or self.now
        )
        return mail.message_id

    def forward(self, **steps: float) -> None:
        self.now += timedelta(**steps)


@contextmanager
def stage(folder: Path, now: datetime) -> Iterator[DemoScene]:
    """A home in that folder with the scripted mailbox; the machine's keyring is not touched."""
    where = Places(folder / "config.toml", folder / "data", folder / "state", folder / "logs")
    where.config_file.write_text(CONFIG, encoding="utf-8")
    scene: DemoScene
    home = Home(where, clock=lambda: scene.now, keyring=False)
    server = MemoryServer(lambda: scene.now)
    scene = DemoScene(home, server, now)
    for mail in script.build(now):
        server.deliver(mail.raw, role=mail.role, folder=mail.folder, flags=mail.flags, received=mail.received)
    home.servers["demo"] = server
    try:
        yield scene
    finally:
        home.close()


def tell(folder: Path, now: datetime, say: Say) -> int:
    """The whole story; the return value is the exit code."""
    with stage(folder, now) as scene:
        say("relance watches the mail you send, notices the threads that expected an answer and went quiet, and drafts")
        say("the follow-up in your own voice. Here it works on a made-up mailbox; nothing leaves this machine.\n")
        _reads(scene, say)
        _judges(scene, say)
        _drafts(scene, say)
        _acts(scene, say)
        return _proves(scene, say)


def _reads(scene: DemoScene, say: Say) -> None:
    done = sync_account(scene.home, scene.home.config.account[0])
    say(f"1. It read the mailbox of {script.NAME}: {done.fresh} mails.\n")


def _judges(scene: DemoScene, say: Say) -> None:
    judge_changed(scene.home)
    with scene.home.store.read() as connection:
        rows = views.recent_verdicts(connection, scene.now - timedelta(days=100))
    quiet = [row for row in rows if row.quiet]
    held = [row for row in rows if row.hold and not row.quiet]
    rest = [row for row in rows if not row.quiet and not row.hold]
    say(f"2. It judged every thread and says why. {len(quiet)} deserve a follow-up today:")
    for row in quiet:
        say(f"   • {_short(row.subject, 44):<44} {_short(row.sentence, 90)}")
    say(f"\n   {len(held)} are for a person to decide:")
    for row in held:
        say(f"   • {_short(row.subject, 44):<44} {_short(row.sentence, 90)}")
    say(f"\n   {len(rest)} it leaves alone, each for a reason:")
    for row in rest:
        say(f"   • {_short(row.subject, 44):<44} {_short(row.sentence, 90)}")
    say("")


def _short(text: str, most: int) -> str:
    words = " ".join(plain(text).split())
    return words if len(words) <= most else words[: most - 1] + "…"


def _drafts(scene: DemoScene, say: Say) -> None:
    draft_due(scene.home)
    rows = drafted(scene)
    say(f"3. It wrote {len(rows)} drafts from the person's own phrases, in each thread's language. Some of them:\n")
    for person in (ANNA, CLAIRE, KRAUS):
        body = next((body for followup, body in rows if followup.person == person), None)
        if body is not None:
            say(f"   To {person}")
            say("\n".join(f"   │ {line}" for line in plain(body).rstrip().split("\n")) + "\n")


def drafted(scene: DemoScene) -> list[tuple[Followup, str]]:
    """Follow-ups that have a draft, each with its text."""
    with scene.home.store.read() as connection:
        rows = views.listed(connection, "drafted")
        return [(row, (views.newest_draft(connection, row.id) or NO_TEXT).body) for row in rows]


def _number(scene: DemoScene, desk: Desk, person: str) -> int:
    """The follow-up to a person; where no draft could be written, their user writes one."""
    with scene.home.store.read() as connection:
        row = next(row for row in views.listed(connection) if row.person == person)
    if row.state != "drafted":
        actions.edit(desk, row.id, "Bonjour,\n\nAvez-vous pu regarder ?\n\nBien à toi,\nSam\n")
    return row.id


def _acts(scene: DemoScene, say: Say) -> None:
    desk, jobs = scene.desk(), scene.jobs()
    wake_up(desk)
    helen, claire, anna = (
        "helen.marsh@tidewater.example",
        "claire@atelier-moreau.example",
        "anna@lindqvist-health.example",
    )
    say("4. At level copilot it sends what you approve, after a hold in which you can change your mind.")
    first, second, third = (_number(scene, desk, person) for person in (helen, claire, anna))
    _line(say, "approve", helen, actions.approve(desk, first, at_once=True).words)
    _line(say, "approve", claire, actions.approve(desk, second, at_once=True).words)
    _line(say, "approve", anna, actions.approve(desk, third, at_once=True).words)
    _line(say, "undo", anna, actions.undo(desk, third).words)
    scene.forward(seconds=12)
    scene.arrives("answer", "maquette-claire")
    say("   … 12 seconds later Claire's answer arrives, while her follow-up still waits …")
    scene.forward(seconds=40)
    done = one_pass(desk, jobs)
    _line(say, "stopped", claire, f"{len(done.stopped)} letter taken back: an answer came, so nothing leaves.")
    _line(say, "left", helen, f"{len(scene.sent)} letter accepted, after a last look at the mailbox.")
    _autopilot(scene, desk, jobs, say)


def _line(say: Say, verb: str, person: str, words: str) -> None:
    say(f"   {verb:<9} {person:<34} {words}")


def _autopilot(scene: DemoScene, desk: Desk, jobs: Jobs, say: Say) -> None:
    person = GRACE
    say("\n5. You may trust it with one person. Raising a level takes typing its name:")
    done = actions.set_level(desk, Scope(Kind.PERSON, person), Level.AUTOPILOT, "autopilot")
    _line(say, "level", person, done.words)
    before = len(scene.sent)
    one_pass(desk, jobs)
    for _ in range(6):
        with scene.home.store.read() as connection:
            ready = next_ready(connection)
        if len(scene.sent) > before or ready is None:
            break
        scene.now = max(scene.now + timedelta(minutes=1), ready + timedelta(seconds=1))
        one_pass(desk, jobs)
    new = scene.sent[before:]
    if new:
        at = scene.now.astimezone(scene.home.zone).strftime("%A %H:%M")
        _line(
            say,
            "left",
            person,
            f"after the long hold, in their working hours ({at}), with every check of the gate passed.",
        )
    else:
        _line(say, "held", person, "a check of the gate held it back; `relance show` says which.")


def _state_now(connection: Connection) -> list[str]:
    """What a person calls the state of each follow-up: that of its letter where there is one."""
    rows = views.listed(connection)
    letters = views.letters(connection, [row.id for row in rows])
    return [letters[row.id].state if row.state == "outbox" else row.state for row in rows]


def _proves(scene: DemoScene, say: Say) -> int:
    scene.home.store.anchor()
    verdict = scene.home.store.verify()
    with scene.home.store.read() as connection:
        counts = Counter(state.lower() for state in _state_now(connection))
    say(f"\n6. Everything above is in the audit log: {verdict.rows} rows, " + (
        "each following the one before it, complete." if verdict.complete else f"BROKEN at {verdict.broken_at}."
    ))  # fmt: skip
    say("   Follow-ups now: " + ", ".join(f"{number} {state}" for state, number in sorted(counts.items())) + ".")
    say("\nNext: `relance setup` connects your own mailbox, at level manual: it finds and drafts, you send.")
    say("`relance try takeout.mbox --me YOU@…` judges an export without connecting anything.")
    return 0 if verdict.complete else 6
