"""How long a person waits for `--help` and `status`: median of ten runs each, in processes of their own."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 10
PROGRAM = Path(sys.executable).with_name("relance")


def taken(words: list[str], home: Path) -> str:
    """Wall clock and processor time. Compiled modules are kept, as they are where a person installed it."""
    environment = {**os.environ, "RELANCE_HOME": str(home), "PYTHONDONTWRITEBYTECODE": ""}
    wall, cpu = [], []
    for _ in range(RUNS + 1):
        start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(words, capture_output=True, check=True, env=environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall.append((time.perf_counter() - start) * 1000)
        cpu.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000)
    # The first one compiles.
    return f"wall {statistics.median(wall[1:]):6.0f} ms   cpu {statistics.median(cpu[1:]):6.0f} ms"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "config.toml").write_text("[storage]\nencrypt = true\n")
        environment = {
            **os.environ,
            "RELANCE_HOME": str(home),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }
        subprocess.run([str(PROGRAM), "list"], capture_output=True, check=True, env=environment)
        print(f"relance --help   {taken([str(PROGRAM), '--help'], home)}   (figure: 120)")
        print(f"relance status   {taken([str(PROGRAM), 'status'], home)}   (figure: 200)")
        print(f"bare interpreter {taken([sys.executable, '-c', ''], home)}")


if __name__ == "__main__":
    main()
