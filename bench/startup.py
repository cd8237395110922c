"""How long a person waits for `--help` and `status`: median of ten runs each, in processes of their own."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 10
PROGRAM = Path(sys.executable).with_name("relance")


def median(*words: str, home: Path) -> float:
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(
            [str(PROGRAM), *words], capture_output=True, check=True, env={**os.environ, "RELANCE_HOME": str(home)}
        )
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


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
        print(f"relance --help   {median('--help', home=home):6.0f} ms (figure: 120)")
        print(f"relance status   {median('status', home=home):6.0f} ms (figure: 200)")
        print(f"bare interpreter {bare():6.0f} ms")


def bare() -> float:
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", ""], check=True)
        taken.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
