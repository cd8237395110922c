"""What a waiting daemon costs: a mailbox of 100,000 mails, a real IDLE connection, five quiet minutes.

`--mails N`, `--seconds N`. Memory is what the process and its children hold; processor time is what they used.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.sync import configure
from tests.peers.dovecot import Dovecot, running
from tests.peers.generate import into_maildir

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = (sys.executable, "-m", "agent")
SETTLES = 30
"""Seconds after the first pass in which the daemon may still be busy with it."""


def family(number: int) -> list[int]:
    """A process and everything it started."""
    found = [number]
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == number:
            found += family(int(stat.parent.name))
    return found


def cost(numbers: list[int]) -> tuple[float, float]:
    """Seconds of processor time used so far, and megabytes held."""
    seconds = memory = 0.0
    for number in numbers:
        fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        memory += int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return seconds, memory


def idling(server: Dovecot, user: str) -> bool:
    """Whether the server has a connection of ours that waits."""
    lines = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return f"[{user} " in lines or (server.home / "dovecot.log").read_text().count(f"user=<{user}>") > 0


def measure(mails: int, seconds: int) -> None:
    with running() as server, tempfile.TemporaryDirectory() as folder:
        place = server.maildir("idle")
        into_maildir(place, 1, mails, attachment=2_000)
        server.own(place)
        environment = configure(Path(folder), server, "idle")
        began = time.monotonic()
        subprocess.run([*PROGRAM, "run", "--once"], env=environment, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        print(f"{mails} mails read, judged and drafted in {time.monotonic() - began:.0f} s", flush=True)
        daemon = subprocess.Popen([*PROGRAM, "run"], env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
        time.sleep(SETTLES)
        assert daemon.poll() is None
        assert idling(server, "idle")
        numbers = family(daemon.pid)
        before, _ = cost(numbers)
        began = time.monotonic()
        most = 0.0
        while time.monotonic() < began + seconds:
            time.sleep(5)
            most = max(most, cost(numbers)[1])
        used, took = cost(numbers)[0] - before, time.monotonic() - began
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(30)
    print(
        f"idle for {took:.0f} s with IDLE open, {len(numbers)} process(es): "
        f"{most:.0f} MB at most, {100 * used / took:.2f} % of a core"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=300)
    chosen = parser.parse_args()
    measure(chosen.mails, chosen.seconds)


if __name__ == "__main__":
    main()
