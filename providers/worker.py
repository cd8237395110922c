"""Parses mails in a child process with limits; a mail that kills it twice is set aside instead of being read."""

from __future__ import annotations

import os
import pickle
import signal
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from providers import mime
from providers.base import Mail
from providers.imap_letter import Raw, Want, read

MEMORY = 512 * 1024 * 1024
WALL_SECONDS = 10
LENGTH = struct.Struct(">I")
ENDED = "It could not be read within the limits on time and memory."
START = "import sys; sys.path.insert(0, sys.argv[1]); from providers.worker import serve; serve()"
Whole = tuple[mime.Where, bytes]


@dataclass(frozen=True, slots=True)
class Quarantine:
    """A job whose mail is not to be read."""

    where: mime.Where
    head: bytes


Job = Raw | Whole | Quarantine
Result = Mail | Want | None


def work(job: Job) -> Result:
    """Read one job; what is wrong with a mail is in the mail."""
    if isinstance(job, Raw):
        return read(job)
    if isinstance(job, Quarantine):
        return mime.quarantined(job.where, job.head, ENDED)
    where, raw = job
    return mime.read_whole(raw, where)


class Died(Exception):
    """The child ended in the middle of a batch, at this position."""

    def __init__(self, position: int) -> None:
        super().__init__(f"the parsing process ended at mail {position} of its batch")
        self.position = position


class Worker:
    """One child process, started when first needed and again when it died."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._waiting: list[Job] = []

    def submit(self, jobs: Sequence[Job]) -> None:
        """Give a batch away; `collect` must follow before the next one."""
        self._waiting = list(jobs)
        try:
            self._write(self._waiting)
        except (BrokenPipeError, OSError):
            self.close()

    def collect(self) -> list[Result]:
        """The results of the batch, in its order."""
        jobs, self._waiting = self._waiting, []
        strikes: dict[int, int] = {}
        sent = self._child is not None
        while True:
            try:
                if not sent:
                    self._write(jobs)
                return self._read()
            except Died as death:
                sent = False
                self.close()
                at = min(death.position, len(jobs) - 1)
                strikes[at] = strikes.get(at, 0) + 1
                if strikes[at] >= 2:
                    jobs[at] = harmless(jobs[at])

    def read(self, jobs: Sequence[Job]) -> list[Result]:
        """A batch at once."""
        if not jobs:
            return []
        self.submit(jobs)
        return self.collect()

    def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    _close(pipe)
            child.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        root = str(Path(__file__).resolve().parent.parent)
        command = [sys.executable, "-c", START, root]
        # What the child could say about a crash might quote a mail.
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def _write(self, jobs: list[Job]) -> None:
        if self._child is None:
            self._child = self._start()
        assert self._child.stdin is not None
        put(self._child.stdin, jobs)

    def _read(self) -> list[Result]:
        if self._child is None:
            raise Died(0)
        assert self._child.stdout is not None
        position = 0
        while True:
            answer = get(self._child.stdout)
            if answer is None:
                raise Died(position)
            if not isinstance(answer, int):
                return list(answer)
            position = answer


def harmless(job: Job) -> Job:
    """In place of a mail that kills: only its ids, in a mail that says so."""
    if isinstance(job, Quarantine):
        return job
    if not isinstance(job, Raw):
        return Quarantine(job[0], job[1][:4096])
    uid = next((piece.split(b" ")[0] for piece in job.chunks[0].split(b"UID ")[1:]), b"0")
    where = replace(job.where, key=job.where.key + uid.decode("ascii", "replace"))
    return Quarantine(where, b"".join(job.chunks[1::2])[:16384])


def put(pipe: IO[bytes], value: Any) -> None:
    """One value into a pipe."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    pipe.write(LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def get(pipe: IO[bytes]) -> Any:
    """One value from a pipe; None at its end."""
    length = pipe.read(LENGTH.size)
    if len(length) < LENGTH.size:
        return None
    data = pipe.read(LENGTH.unpack(length)[0])
    # The other end is this program itself, started by us.
    return pickle.loads(data)  # noqa: S301


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except OSError:
        return


def limit() -> None:
    """What this process may use from now on."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ValueError, OSError):
        # macOS knows the limit and refuses to set it.
        return


def serve() -> None:
    """The life of the child: batches in, results out, until the pipe ends."""
    limit()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    while (jobs := get(source)) is not None:
        put(sink, [_one(sink, position, job) for position, job in enumerate(jobs)])


def _one(sink: IO[bytes], position: int, job: Job) -> Result:
    put(sink, position)
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)
    try:
        return work(job)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
