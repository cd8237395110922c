"""What comes from outside: connections nobody asked for, links to be fetched, hostile folder names, too many accounts.

Run by tests/sim/attacks.py.
"""

from __future__ import annotations

import re
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

from agent.cli.doing.working import jobs_of
from agent.common.home import Home
from agent.decide.gate.levels import Level
from agent.paths import Places
from agent.running.daemon import Daemon
from agent.running.desk_setup import desk_for
from agent.running.jobs import Jobs, one_pass
from agent.sending import outbox
from agent.verbs import actions
from providers.base import Unreachable
from providers.imap.mailbox import ImapMailbox, ImapSettings
from providers.local.memory import MemoryServer
from providers.smtp import sender as smtp
from tests.peers.scripted_folders import Shelf, shelf_at
from tests.peers.smtp_faults import fault_server
from tests.sim.mailing import Person, asking, letter
from tests.sim.scenarios import later, queued, stage
from tests.sim.town import Town
from tests.sim.world import memory_folder, sync

Report = tuple[list[str], str]
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@contextmanager
def guarded_socket() -> Iterator[list[str]]:
    """Every address anything connects to."""
    seen: list[str] = []
    original = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        seen.append(str(address[0]) if isinstance(address, tuple) else "unix")
        if isinstance(address, tuple) and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise OSError("refused by the guard")
        original(self, address)

    with patch.object(socket.socket, "connect", connect):
        yield seen


def egress() -> Report:
    """Manual opens no sending connection; a local-only model reaches this machine alone."""
    wrong = []
    with guarded_socket() as seen:
        with stage(Level.MANUAL) as here, fault_server() as server:
            here.desk.sender = lambda _name: outbox.smtp_sender(smtp.Server("127.0.0.1", server.port, "none"))
            made = queued(here)
            later(here)
            here.desk.rules = ()
            actions.approve(here.desk, made)
            one_pass(here.desk, Jobs(lambda _name: sync(here.desk)))
            if server.connections or here.world.connections:
                wrong.append("manual opened a sending connection")
        inside = len(seen)
        wrong += _model_calls()
    outside = [address for address in seen if address not in {"127.0.0.1", "::1", "localhost", "unix"}]
    wrong += [f"connected to {address}" for address in outside]
    return (
        wrong,
        f"{inside} connections at manual, {len(seen) - inside} by a local-only model, {len(outside)} to the outside",
    )


OUTSIDE = (
    "https://api.openai.com/v1", "http://10.0.0.1:8000/v1", "http://127.0.0.1.evil.example/v1", "http://localhost@evil.example/v1",
)  # fmt: skip


def _model_calls() -> list[str]:
    from voice.model.egress import Egress, EgressRefused, client, policy

    wrong = []
    for url in OUTSIDE:
        for rule in (Egress.LOCAL, Egress.OFF):
            with client(policy(rule, url), connect_seconds=2, read_seconds=2) as http:
                try:
                    http.get(url)
                except EgressRefused:
                    continue
                except Exception as problem:
                    wrong.append(f"{rule} tried {url}: {type(problem).__name__}")
                else:
                    wrong.append(f"{rule} reached {url}")
    return wrong


UNSUBSCRIBE = (
    "<https://evil.example/u?who=sam>, <mailto:evil@z.example?subject=unsubscribe&body=yes>",
    "<mailto:evil@z.example?to=evil2@z.example&cc=all@y.example>", "<file:///etc/passwd>, <http://127.0.0.1:9/x>",
    "<https://[::1", "javascript:alert(1)", "<mailto:" + "a" * 5000 + "@z.example>",
)  # fmt: skip


def unsubscribe() -> Report:
    """Newsletters and people whose mail asks to be unsubscribed from: nothing is fetched, nobody new is written to."""
    wrong, met = [], 0
    town = Town(Level.AUTOPILOT)
    try:
        with guarded_socket() as seen:
            for number, line in enumerate(UNSUBSCRIBE, 1):
                _with_unsubscribe(town, number, line)
                met += 1 + number % 2
            for _ in range(16):
                town.world.pass_time(hours=12)
                done = one_pass(town.desk, town.jobs)
                wrong += [f"{name} broke off with {problem}" for name, problem in done.failed.items()]
            for row in town.followups("drafted", "asked"):
                actions.approve(town.desk, row["id"], at_once=True)
                actions.stop(town.desk, row["id"])
        wrong += [f"connected to {address}" for address in seen if address != "unix"]
        people = {Person(number).address for number in range(1, len(UNSUBSCRIBE) + 1)}
        for _, person, _, raw in town.world.delivered:
            if person not in people or b"evil" in raw or b"nsubscribe" in raw:
                wrong.append(f"a letter to {person}: {raw[:200]!r}")
        left = len(town.world.delivered)
        wrong += ["no follow-up left, so nothing was shown"] * (not left)
    finally:
        town.close()
    return (
        wrong,
        f"{met} mails with {len(UNSUBSCRIBE)} hostile lines, {left} ordinary follow-ups left, {len(seen)} connections",
    )


def _with_unsubscribe(town: Town, number: int, line: str) -> None:
    """I asked somebody; a newsletter comes and, for every other one, a robot's mail in the thread, with that line."""
    person, now = Person(number), town.world.now
    town.world.put("work", asking(person, now - timedelta(days=6)))
    marks = (("List-Unsubscribe", line), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    news = (f"<news{number}@z.example>", "News <news@z.example>", (), marks)
    robot = (
        f"<robot{number}@z.example>",
        "Desk <desk@z.example>",
        (person.ask,),
        (*marks, ("Auto-Submitted", "auto-replied")),
    )
    for name, sender, refs, headers in (news, robot)[: 1 + number % 2]:
        mail = letter(
            name, sender, "sam@y.example", now, "News for you", "Read all about it.", refs=refs, headers=headers
        )
        town.world.put("work", mail)


NAMES = (
    b"INBOX", b"\x1b]52;c;x\x07", b"a\r\nX1 LOGOUT", b'x" "y', b"\\", b"n" * 9000, b"&", b"&AAA-", b"&2D3-", b"\xe9\xff",
    b"\x9b2J", "\u202eknuJ".encode(), b"", b"a\x7fb", b"%*", b"\x00x", b"Sent\r\n", b"{12}", b"../../etc/passwd",
)  # fmt: skip


def folder_names() -> Report:
    """A server whose folders have any bytes as names: each is read, and no name becomes a command."""
    raw = (
        b"From: p@x.example\r\nTo: sam@y.example\r\nSubject: s\r\nDate: Mon, 02 Mar 2026 10:00:00 +0000\r\n"
        b"Message-ID: <m%d@x.example>\r\n\r\nhi\r\n"
    )
    shelf = Shelf({name: raw % number for number, name in enumerate(NAMES)})
    with shelf_at(shelf) as port:
        mailbox = ImapMailbox(ImapSettings("127.0.0.1", port, "none", "u", lambda: "secret", timeout=10))
        try:
            read = [mail.message_id for page in mailbox.changes("") for mail in page.mails]
            mailbox.find_token("nothing", "")
        finally:
            mailbox.close()
    wrong = [f"the mail of {NAMES[number]!r:.40} was not read" for number in range(len(NAMES))
             if f"<m{number}@x.example>" not in read]  # fmt: skip
    verbs = {words[1].upper() for line in shelf.commands if len(words := line.split(b" ", 2)) > 1}
    wrong += [f"the server heard {verb!r}" for verb in verbs - SPOKEN]
    wrong += [f"a control byte in {line[:60]!r}" for line in shelf.commands if re.search(rb"[^ -~]", line)]
    return wrong, f"{len(NAMES)} folders, {len(read)} mails read, {len(shelf.commands)} commands"


SPOKEN = {
    b"CAPABILITY", b"LOGIN", b"LIST", b"STATUS", b"SELECT", b"EXAMINE", b"UID", b"UNSELECT", b"NOOP", b"LOGOUT",
    b"AUTHENTICATE", b"ID", b"ENABLE",
}  # fmt: skip
ACCOUNTS = 50
MOST_MEGABYTES = 60


def many_accounts() -> Report:
    """Fifty accounts, one of them full and two of them dead: all others are read in each turn, and nothing piles up."""
    folder = memory_folder("crowd")
    now = datetime(2026, 11, 18, 9, tzinfo=UTC)
    entry = '[[account]]\nname = "a{0}"\nprovider = "memory"\naddress = "sam@a{0}.example"\n'
    text = '[me]\nname = "Sam"\ntimezone = "UTC"\n' + "".join(entry.format(number) for number in range(ACCOUNTS))
    (folder / "config.toml").write_text(text)
    home = Home(
        Places(folder / "config.toml", folder / "data", folder / "state", folder / "logs"),
        clock=lambda: now,
        keyring=False,
    )
    servers = {f"a{number}": MemoryServer(lambda: now) for number in range(ACCOUNTS)}
    home.servers |= servers
    servers["a7"].before = servers["a8"].before = _dead
    for number, server in enumerate(servers.values()):
        for count in range(1500 if number == 3 else 2):
            server.deliver(_plain(number, count), received=now - timedelta(days=3))
    try:
        return _crowd(home, servers)
    finally:
        home.close()


def _dead(_operation: str) -> None:
    raise Unreachable("no network")


def _plain(number: int, count: int) -> bytes:
    return (
        f"From: Pat <p@x{number}.example>\r\nTo: sam@a{number}.example\r\nSubject: Plan {count}\r\n"
        f"Date: Sun, 15 Nov 2026 09:00:00 +0000\r\nMessage-ID: <m{count}@x{number}.example>\r\n\r\nHello Sam\r\n"
    ).encode()


def _crowd(home: Home, servers: dict[str, MemoryServer]) -> Report:
    desk = desk_for(home)
    daemon = Daemon(desk, jobs_of(home))
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    first = daemon.turn()
    for number, server in enumerate(servers.values()):
        server.deliver(_plain(number, 9999))
    for name in servers:
        daemon.heard(name)
    second = daemon.turn()
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    grown = (after.ru_maxrss - before.ru_maxrss) // 1024
    alive = set(servers) - {"a7", "a8"}
    wrong = [f"turn {place}: {len(alive - set(done.synced))} accounts were not read" for place, done in enumerate((first, second))
             if done is None or not alive <= set(done.synced)]  # fmt: skip
    with home.store.read() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM mail").scalar_one()
    expected = 1500 + 2 * (len(alive) - 1) + len(alive)
    wrong += [f"{found} mails instead of {expected}"] * (found != expected)
    wrong += [f"{grown} MB more than before"] * (grown > MOST_MEGABYTES)
    return wrong, f"{len(servers)} accounts, 2 of them dead, {found} mails in two turns, {grown} MB more, {took:.1f} s"
