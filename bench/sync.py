"""The first sync of 20,000 generated mails from a private Dovecot, beside mbsync + notmuch where they are installed.

The mailbox ends in the spring of 2026, so that all of it is history; `--newest-today` lets it end now, and then pages
beside plain text are compared as well. `--mails N`: another size. `--runs N`: another number of runs, of which the
median counts. `--no-peers`: leave the others out. One round before the first one is not counted: it lets the server
build its own caches.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.peers.dovecot import Dovecot, running
from tests.peers.generate import into_maildir

ROUND = """
import json, os, resource, sys, time
from agent.common.home import Home
from agent.mailboxes.sync import register
from agent.mailboxes.accounts import open_mailbox
from agent.store import arrival
from agent.store.mail import mails
home = Home.usual()
account = home.config.account[0]
number = register(home, account)
before = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
start = time.perf_counter()
mailbox = open_mailbox(home, account)
opened = time.perf_counter() - start
with home.store.read() as connection:
    cursor = mails.cursor(connection, number)
first = None
stored = 0
for page in mailbox.changes(cursor):
    with home.store.write() as change:
        stored += arrival.apply_page(home.store, change, number, page)
    if first is None and stored >= 200:
        first = time.perf_counter() - start
took = time.perf_counter() - start
wire = getattr(mailbox, "received", 0)
mailbox.close()
spent = [sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
with home.store.read() as connection:
    counts = mails.counts(connection)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"took": took, "opened": opened, "first": first, "stored": stored, "wire": wire, "peak": peak / 1024,
                  "counts": list(counts.values()), "own": spent[0] - before, "child": spent[1]}))
home.close()
"""


def fill(server: Dovecot, user: str, count: int, newest: datetime | None = None) -> int:
    """A mailbox made directly in the server's store; returns its size in bytes."""
    place = server.maildir(user)
    size = into_maildir(place, 1, count, newest=newest)
    server.own(place)
    return size


def configure(home: Path, server: Dovecot, user: str) -> dict[str, str]:
    """A home with one account; returns the environment for it."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "config.toml").write_text(
        '[[account]]\nname = "bench"\nprovider = "imap"\naddress = "me@example.org"\n[account.imap]\n'
        f'host = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\nuser = "{user}"\n'
        'password = { env = "BENCH_PASSWORD" }\n'
    )
    return {
        **os.environ, "RELANCE_HOME": str(home), "BENCH_PASSWORD": "secret",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }  # fmt: skip


def round_of(environment: dict[str, str]) -> dict[str, float]:
    done = subprocess.run([sys.executable, "-c", ROUND], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def peers(folder: Path, server: Dovecot, user: str, count: int) -> None:
    """The usual tools on the same mailbox."""
    if not (shutil.which("mbsync") and shutil.which("notmuch")):
        print("mbsync + notmuch: not installed here, left out")
        return
    mail = folder / "peer"
    mail.mkdir()
    (folder / "mbsyncrc").write_text(
        f"FSync no\n\nIMAPAccount a\nHost 127.0.0.1\nPort {server.port}\nUser {user}\nPass secret\nSSLType None\n"
        f"AuthMechs LOGIN\n\nIMAPStore r\nAccount a\n\nMaildirStore l\nPath {mail}/\nInbox {mail}/INBOX\n"
        "SubFolders Verbatim\n\nChannel c\nFar :r:\nNear :l:\nPatterns *\nCreate Near\nSyncState *\n"
    )
    (folder / "notmuchrc").write_text(
        f"[database]\npath={mail}\n[user]\nname=a\nprimary_email=a@b.c\n[new]\ntags=new\n"
    )
    start = time.perf_counter()
    subprocess.run(["mbsync", "-q", "-c", str(folder / "mbsyncrc"), "c"], check=True)
    middle = time.perf_counter()
    environment = {**os.environ, "NOTMUCH_CONFIG": str(folder / "notmuchrc")}
    subprocess.run(["notmuch", "new", "--quiet"], check=True, env=environment, capture_output=True)
    took = time.perf_counter() - start
    parts = f"mbsync (no fsync) {middle - start:.1f} s + notmuch new {took - middle + start:.1f} s"
    print(f"{parts}: {count / took:,.0f} mails/s")
    start = time.perf_counter()
    subprocess.run(["mbsync", "-q", "-c", str(folder / "mbsyncrc"), "c"], check=True, capture_output=True)
    print(f"mbsync, nothing new: {(time.perf_counter() - start) * 1000:.0f} ms")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--mails", type=int, default=20_000)
    words.add_argument("--runs", type=int, default=3)
    words.add_argument("--newest-today", action="store_true")
    words.add_argument("--no-peers", action="store_true")
    chosen = words.parse_args()
    with running() as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = fill(server, "bench", chosen.mails, datetime.now(UTC) if chosen.newest_today else None)
        print(f"{chosen.mails} mails, {size / 1e6:.0f} MB")
        rounds = []
        round_of(configure(folder / "warm", server, "bench"))
        for number in range(chosen.runs):
            environment = configure(folder / f"home{number}", server, "bench")
            rounds.append(round_of(environment))
        report(rounds, chosen.mails, size)
        quiet = [round_of(environment) for _ in range(5)]
        took = statistics.median(entry["took"] - entry["opened"] for entry in quiet)
        print(f"nothing new: {took * 1000:.0f} ms beyond signing in (figure: 50)")
        if not chosen.no_peers:
            peers(folder, server, "bench", chosen.mails)


def report(rounds: list[dict[str, float]], count: int, size: int) -> None:
    took = statistics.median(entry["took"] for entry in rounds)
    first = statistics.median(entry["first"] or 0 for entry in rounds)
    wire, peak = rounds[0]["wire"], max(entry["peak"] for entry in rounds)
    print(f"relance: {took:.1f} s, {count / took:,.0f} mails/s fetched, parsed, threaded, stored (figure: 4,000)")
    own, child = (1e6 * statistics.median(entry[name] for entry in rounds) / count for name in ("own", "child"))
    print(f"         CPU per mail: {own:.0f} us fetching and storing, {child:.0f} us parsing beside it")
    print(f"         first 200 mails stored after {first:.2f} s (figure: 1)")
    print(f"         {wire / 1e6:.1f} MB on the wire, {100 * wire / size:.1f} % of the mailbox (figure: 12)")
    print(f"         peak memory {peak:.0f} MB, both processes (figure: 200)")
    print(f"         stored {rounds[0]['stored']:.0f} mails in {rounds[0]['counts']}")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
