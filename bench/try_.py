"""Seconds, processor seconds and memory of `relance try` on an mbox of 20,000 mails; prints, tests nothing."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from agent.act import trial
from tests.peers.generate import mails

COUNT = 20_000
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def write_mbox(file: Path, count: int = COUNT) -> None:
    """The same made-up mails at every run."""
    with file.open("wb") as out:
        for raw in mails(1, count):
            body = raw.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ")
            out.write(b"From a@b Thu Jan  1 00:00:00 2026\n" + body + b"\n\n")


def timed(name: str, begun: tuple[float, float]) -> None:
    wall, processor = time.perf_counter() - begun[0], time.process_time() - begun[1]
    print(f"{name}: {wall:.1f} s, {processor:.1f} s of the processor")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "big.mbox"
        write_mbox(file)
        begun = time.perf_counter(), time.process_time()
        threads = trial.threads_of(file)
        timed(f"{COUNT} mails parsed into {len(threads)} threads", begun)
        begun = time.perf_counter(), time.process_time()
        found = list(trial.run(threads, trial.me_from(["me@example.org"]), trial.Wanted(now=NOW)))
        timed(f"{len(found)} threads judged", begun)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"at most {most:.0f} MB")


if __name__ == "__main__":
    main()
