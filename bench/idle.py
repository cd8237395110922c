"""What a waiting daemon costs: a mailbox of 100,000 mails, a real IDLE connection, five quiet minutes.

`--mails N`, `--seconds N`. Memory is what the process and its children hold; processor time is what they used. The five
minutes begin when the daemon's first round is over. The newest mail is of today; judging again is what an hour, or a
day, costs on top.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.sync import configure
from tests.peers.dovecot import Dovecot, running
from tests.peers.generate import into_maildir

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = (sys.executable, "-m", "agent")
AGAIN = """
import sys, time
from datetime import UTC, datetime, timedelta
from agent.common.home import Home
from agent.judging.judge import judge_changed
from agent.paths import places
moment = datetime.now(UTC) + timedelta(hours=int(sys.argv[1]))
with Home(places(None), clock=lambda: moment) as home:
    home.store
    begun = time.process_time()
    judged = judge_changed(home).judged
    print(f"{judged} threads again {sys.argv[1]} h later in {time.process_time() - begun:.1f} s of the processor")
"""
STEP = 5.0
CALM = 3
"""So many steps in a row with next to no work, longer than a tick of the daemon: its first round is over."""
NEXT_TO_NONE = 0.02
"""Of a core."""


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


def peak(number: int) -> float:
    """Megabytes a process held at most so far."""
    lines = Path(f"/proc/{number}/status").read_text().splitlines()
    return next((float(line.split()[1]) / 1e3 for line in lines if line.startswith("VmHWM")), 0.0)


def watched(program: list[str], environment: dict[str, str], heard: int | None) -> tuple[float, float]:
    """Seconds of processor time and megabytes at most of a program that does its work and ends."""
    started = subprocess.Popen(program, env=environment, cwd=ROOT, stdout=heard)
    most = 0.0
    # What the system adds up for an ended child counts this process in, from which it was forked.
    while (ended := os.waitid(os.P_PID, started.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)) is None:
        most = max(most, peak(started.pid))
        time.sleep(0.2)
    _, _, used = os.wait4(started.pid, 0)
    started.returncode = ended.si_status
    assert started.returncode == 0
    return used.ru_utime + used.ru_stime, most


def settle(daemon: subprocess.Popen[bytes]) -> float:
    """Seconds until the first round was over."""
    began, before, calm = time.monotonic(), 0.0, 0
    while calm < CALM:
        time.sleep(STEP)
        assert daemon.poll() is None
        used = cost(family(daemon.pid))[0]
        calm = calm + 1 if used - before < NEXT_TO_NONE * STEP else 0
        before = used
    return time.monotonic() - began - CALM * STEP


def measure(mails: int, seconds: int) -> None:
    with running() as server, tempfile.TemporaryDirectory() as folder:
        place = server.maildir("idle")
        into_maildir(place, 1, mails, attachment=2_000, newest=datetime.now(UTC))
        server.own(place)
        environment = configure(Path(folder), server, "idle")
        began = time.monotonic()
        used, most = watched([*PROGRAM, "run", "--once"], environment, subprocess.DEVNULL)
        took = time.monotonic() - began
        print(f"{mails} mails read, judged and drafted in {took:.0f} s, {used:.0f} s of processor time, ", end="")
        print(f"{most:.0f} MB at most", flush=True)
        for hours in ("1", "24"):
            used, most = watched([sys.executable, "-c", AGAIN, hours], environment, None)
            print(f"  {most:.0f} MB at most in that process", flush=True)
        daemon = subprocess.Popen([*PROGRAM, "run"], env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
        took = settle(daemon)
        print(f"first round of the daemon over after {took:.0f} s, {peak(daemon.pid):.0f} MB at most in it", flush=True)
        assert idling(server, "idle")
        numbers = family(daemon.pid)
        before, _ = cost(numbers)
        began = time.monotonic()
        most = 0.0
        while time.monotonic() < began + seconds:
            time.sleep(STEP)
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
