"""Seconds, processor seconds and memory of `relance try` on an mbox of 20,000 mails; prints, tests nothing."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from agent.trying import trial
from agent.trying.second_process import Helper
from tests.peers.generate import mails

COUNT = 20_000
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def write_mbox(file: Path, count: int = COUNT) -> None:
    """The same made-up mails at every run."""
    with file.open("wb") as out:
        for raw in mails(1, count):
            body = raw.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ")
            out.write(b"From a@b Thu Jan  1 00:00:00 2026\n" + body + b"\n\n")


def used() -> float:
    """Processor seconds of this process and of those it ended."""
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in both)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "big.mbox"
        write_mbox(file)
        me = trial.me_from(["me@example.org"])
        begun, before, helper = time.perf_counter(), used(), Helper()
        threads = trial.threads_of(file, me, None, helper)
        read = time.perf_counter() - begun
        wanted = trial.TrialWishes(now=NOW, helper=helper)
        found = list(trial.run(threads, me, wanted))
        helper.close()
        spent = time.perf_counter() - begun
        print(f"{COUNT} mails read in {read:.1f} s, {len(found)} threads judged {spent - read:.1f} s later")
        print(f"together {spent:.1f} s, {used() - before:.1f} s of the processor")
    most = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(f"at most {most[0]:.0f} MB here and {most[1]:.0f} MB in the process beside")


if __name__ == "__main__":
    main()
