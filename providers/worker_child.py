"""The parsing process: mails in, values out, within limits on time and memory; holds no secret and opens nothing."""

from __future__ import annotations

import contextlib
import os
import signal
import struct
from functools import cache
from typing import IO

import msgspec
from msgspec import Struct

from providers.base import Mail
from providers.imap.letter import Pages, Raw, Want, read
from providers.mail import mime

MEMORY = 512 * 1024 * 1024
"""For code that reads foreign mail; twenty times the largest mail."""
WALL_SECONDS = 10
"""For one mail; then it is set aside and the next one is read."""
MOST_BATCH = 256 * 1024 * 1024
"""A page of mails in one message to the child."""
LENGTH = struct.Struct(">I")


class Whole(Struct, frozen=True, array_like=True, tag="whole"):
    """A mail of which all bytes are there."""

    where: mime.Where
    raw: bytes


class Quarantine(Struct, frozen=True, array_like=True, tag="quarantine"):
    """A mail that is not to be read, with the beginning of it."""

    where: mime.Where
    head: bytes
    problem: str


Job = Raw | Pages | Whole | Quarantine
Result = Mail | Want | str | None
"""A string is what the pages of a mail say beyond its text."""


def work(job: Job) -> Result:
    """Read one job; what is wrong with a mail is in the mail."""
    if isinstance(job, Raw):
        return read(job)
    if isinstance(job, Pages):
        return mime.more_of(job.text, job.leaves)
    if isinstance(job, Quarantine):
        return mime.quarantined(job.where, job.head, job.problem)
    return mime.read_whole(job.raw, job.where)


@cache
def _jobs() -> msgspec.msgpack.Decoder[tuple[float, list[Job]]]:
    return msgspec.msgpack.Decoder(tuple[float, list[Job]])


@cache
def _results() -> msgspec.json.Decoder[list[Result]]:
    return msgspec.json.Decoder(list[Result])


def written(jobs: list[Job], seconds: float) -> bytes:
    """Jobs on their way to the child, and the processor time each of them may take."""
    return msgspec.msgpack.encode((seconds, jobs))


def read_results(data: bytes) -> list[Result]:
    """What the child answered; only values of mail can come out of it, whatever became of the child."""
    try:
        return _results().decode(data)
    except (msgspec.DecodeError, ValueError):
        return []


def put(pipe: IO[bytes], data: bytes) -> None:
    """One message into a pipe."""
    pipe.write(LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def get(pipe: IO[bytes]) -> bytes | None:
    """One message from a pipe; None at its end."""
    start = pipe.read(LENGTH.size)
    if len(start) < LENGTH.size:
        return None
    size = LENGTH.unpack(start)[0]
    data = pipe.read(size) if size <= MOST_BATCH else b""
    return data if len(data) == size else None


def serve() -> None:
    """The life of the child: batches in, results out, until the pipe ends."""
    limits()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    while (data := get(source)) is not None:
        seconds, jobs = _jobs().decode(data)
        put(sink, msgspec.json.encode([_one(job, seconds) for job in jobs]))


def _one(job: Job, seconds: float) -> Result:
    # Without a handler these signals end the process, in whatever C code it hangs.
    signal.setitimer(signal.ITIMER_REAL, WALL_SECONDS)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return work(job)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def limits() -> None:
    """Limit the memory of this process from now on; the time of each mail is limited by itself."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # macOS knows the limit and refuses to set it.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
