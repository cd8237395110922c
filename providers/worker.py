"""Parses mails in a child process with limits; a mail that ends it is set aside instead of being read."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from providers.imap.letter import Pages, Raw, date_of
from providers.mail import mime
from providers.worker_child import Job, Quarantine, Result, Whole, get, put, read_results, written

ENDED = "It could not be read within the limits on time and memory."
START = "import sys; sys.path.insert(0, sys.argv[1]); from providers.worker_child import serve; serve()"
STRIKES = 2
"""Whatever else ended the child may have come from outside, so that such a mail is tried once more."""
IN_BATCH, ALONE, HASTY = 1.0, 0.4, 0.2
"""Seconds of processor time for one mail: at first, where one of few must be the culprit, and in a look with many."""
PIPE = 1024 * 1024
"""A page of mails fits in, so that neither side waits for the other to read; where a system has such pipes."""
TIMED_OUT = (-signal.SIGPROF, -signal.SIGALRM)
MANY, TOO_MANY = 3.0, 6.0
"""Seconds a look may lose to such mails before it hurries, and before it sets aside what it would have to try."""

__all__ = ["ENDED", "Quarantine", "Result", "Whole", "Worker"]


class Died(Exception):
    """The child ended before it had answered."""


class Worker:
    """One child process, started when first needed and again when it died."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._waiting: list[Job] = []
        self._lost = 0.0

    def begin(self) -> None:
        """A new look, with its own time to lose."""
        self._lost = 0.0

    def start(self) -> None:
        """Start the child while there is other work to do."""
        if self._child is None:
            self._child = self._start()

    def submit(self, jobs: Sequence[Job]) -> None:
        """Give a batch away; its results must be taken before the next one."""
        self._waiting = list(jobs)
        if not jobs:
            return
        try:
            self._write(self._waiting, self._seconds(IN_BATCH))
        except OSError:
            self.close()

    def collect(self) -> list[Result]:
        """The results of the batch, in its order."""
        jobs, self._waiting = self._waiting, []
        try:
            return self._read(len(jobs))
        except Died:
            self.close()
            self._lost += self._seconds(IN_BATCH)
        # One at a time tells which mail it was.
        return [self._alone(job) for job in jobs]

    def swap(self, jobs: Sequence[Job]) -> list[Result]:
        """The results of the batch before, if there was one; the next one is given away before they are looked at."""
        before = self._waiting
        answer = self._answer() if before else b""
        if answer is None:
            results = self.collect()
            self.submit(jobs)
            return results
        self.submit(jobs)
        results = read_results(answer) if answer else []
        if len(results) == len(before):
            return results
        # What it answered is no answer to what it was asked; the child is not believed with the next batch either.
        self.close()
        results = [self._alone(job) for job in before]
        self.submit(jobs)
        return results

    def read(self, jobs: Sequence[Job]) -> list[Result]:
        """A batch at once."""
        if not jobs:
            return []
        self.submit(jobs)
        return self.collect()

    def close(self) -> int:
        """End the child. Returns how it ended."""
        child, self._child = self._child, None
        if child is None:
            return 0
        child.kill()
        for pipe in (child.stdin, child.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:
                continue
        return child.wait()

    def _seconds(self, usual: float) -> float:
        return usual if self._lost < MANY else HASTY

    def _alone(self, job: Job) -> Result:
        for _ in range(STRIKES):
            if self._lost >= TOO_MANY:
                break
            seconds = self._seconds(ALONE)
            try:
                return self._only(job, seconds)
            except (Died, OSError):
                self._lost += seconds
                if self.close() in TIMED_OUT:
                    break
        return self._aside(job)

    def _aside(self, job: Job) -> Result:
        if not isinstance(job, Quarantine):
            job = harmless(job)
            try:
                return self._only(job, ALONE)
            except (Died, OSError):
                self.close()
        # Even its beginning is too much, so that it is left unread altogether.
        return mime.quarantined(job.where, b"", job.problem)

    def _only(self, job: Job, seconds: float) -> Result:
        self._write([job], seconds)
        return self._read(1)[0]

    def _start(self) -> subprocess.Popen[bytes]:
        root = str(Path(__file__).resolve().parent.parent)
        command = [sys.executable, "-c", START, root]
        # What the child could say about a crash might quote a mail.
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, pipesize=PIPE)

    def _write(self, jobs: list[Job], seconds: float) -> None:
        self.start()
        assert self._child is not None
        assert self._child.stdin is not None
        put(self._child.stdin, written(jobs, seconds))

    def _answer(self) -> bytes | None:
        if self._child is None:
            return None
        assert self._child.stdout is not None
        return get(self._child.stdout)

    def _read(self, count: int) -> list[Result]:
        answer = self._answer()
        results = read_results(answer) if answer is not None else []
        if len(results) != count:
            raise Died
        return results


def harmless(job: Raw | Pages | Whole) -> Quarantine:
    """In place of a mail that kills: only its head, for a mail that says so."""
    if isinstance(job, Pages):
        return Quarantine(job.where, b"", ENDED)
    if isinstance(job, Whole):
        return Quarantine(job.where, job.raw[: mime.MOST_HEAD], ENDED)
    uid = next((piece.split(b" ")[0] for piece in job.chunks[0].split(b"UID ")[1:]), b"0")
    key = job.where.key + uid.decode("ascii", "replace")
    where = mime.Where(key, date_of(job.chunks), job.where.folder, job.where.role)
    # What announces a piece stands right before it.
    pieces = zip(job.chunks[::2], job.chunks[1::2], strict=False)
    head = b"".join(piece for said, piece in pieces if said.rpartition(b"BODY[")[2].startswith(b"HEADER"))
    return Quarantine(where, (head or b"".join(job.chunks[1::2]))[: mime.MOST_HEAD], ENDED)
