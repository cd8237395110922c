"""Parses mails in a child process with limits; a mail that kills it twice is set aside instead of being read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from providers import mime
from providers.imap_letter import Raw
from providers.worker_child import Job, Quarantine, Result, Whole, get, put, read_results, written

ENDED = "It could not be read within the limits on time and memory."
START = "import sys; sys.path.insert(0, sys.argv[1]); from providers.worker_child import serve; serve()"
STRIKES = 2

__all__ = ["ENDED", "Quarantine", "Result", "Whole", "Worker"]


class Died(Exception):
    """The child ended before it had answered."""


class Worker:
    """One child process, started when first needed and again when it died."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._waiting: list[Job] = []

    def start(self) -> None:
        """Start the child while there is other work to do."""
        if self._child is None:
            self._child = self._start()

    def submit(self, jobs: Sequence[Job]) -> None:
        """Give a batch away; `collect` must follow before the next one."""
        self._waiting = list(jobs)
        try:
            self._write(self._waiting)
        except OSError:
            self.close()

    def collect(self) -> list[Result]:
        """The results of the batch, in its order."""
        jobs, self._waiting = self._waiting, []
        try:
            return self._read(len(jobs))
        except Died:
            self.close()
        # One at a time tells which mail it was.
        return [self._alone(job) for job in jobs]

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
                try:
                    if pipe is not None:
                        pipe.close()
                except OSError:
                    continue
            child.wait()

    def _alone(self, job: Job) -> Result:
        for _ in range(STRIKES):
            try:
                self._write([job])
                return self._read(1)[0]
            except (Died, OSError):
                self.close()
        if isinstance(job, Quarantine):
            # Even its beginning is too much, so that it is left unread altogether.
            return mime.quarantined(job.where, b"", job.problem)
        return self.read([harmless(job)])[0]

    def _start(self) -> subprocess.Popen[bytes]:
        root = str(Path(__file__).resolve().parent.parent)
        command = [sys.executable, "-c", START, root]
        # What the child could say about a crash might quote a mail.
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def _write(self, jobs: list[Job]) -> None:
        self.start()
        assert self._child is not None
        assert self._child.stdin is not None
        put(self._child.stdin, written(jobs))

    def _read(self, count: int) -> list[Result]:
        if self._child is None:
            raise Died
        assert self._child.stdout is not None
        answer = get(self._child.stdout)
        results = read_results(answer) if answer is not None else []
        if len(results) != count:
            raise Died
        return results


def harmless(job: Raw | Whole) -> Quarantine:
    """In place of a mail that kills: only its ids, in a mail that says so."""
    if isinstance(job, Whole):
        return Quarantine(job.where, job.raw[: mime.MOST_PART], ENDED)
    uid = next((piece.split(b" ")[0] for piece in job.chunks[0].split(b"UID ")[1:]), b"0")
    where = mime.Where(job.where.key + uid.decode("ascii", "replace"), None, job.where.folder, job.where.role)
    return Quarantine(where, b"".join(job.chunks[1::2])[:16384], ENDED)
