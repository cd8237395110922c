"""A second process that reads and judges a part of a large mailbox file; it changes nothing and decides no more
than this process would: whatever it does not answer is done here."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, TypeVar

import msgspec

from agent.act.helper_child import Begin, Judge, Read
from agent.decide.summary import Summary
from agent.decide.threads import Thread
from agent.decide.values import Me
from providers.archive import ArchiveMailbox, Spot
from providers.base import Mail
from providers.worker_child import get, put

START = "import sys; sys.path.insert(0, sys.argv[1]); from agent.act.helper_child import serve; serve()"
WORTH_IT = 1_500
"""Mails below which one process is as quick."""
BATCH = 400
Request = Read | Begin | Judge
Item = TypeVar("Item")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]


class Helper:
    """The other process, started for the first large task."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._usable = (os.cpu_count() or 1) > 1

    @property
    def working(self) -> bool:
        """Whether the other process runs."""
        return self._child is not None

    def read(self, mailbox: ArchiveMailbox, path: Path, spots: Sequence[Spot], progress: Progress) -> list[Mail]:
        """Every mail at these spots, in their order."""

        def alone(part: Sequence[Spot]) -> list[Mail]:
            return mailbox.read(part)

        def asked(part: Sequence[Spot]) -> Request:
            return Read(os.fsencode(path), list(part))

        batches = [spots[start : start + BATCH] for start in range(0, len(spots), BATCH)]
        worth = len(spots) >= WORTH_IT
        return self._shared(batches, alone, asked if worth else None, list[Mail], progress)

    def judge(
        self, threads: Sequence[Thread], me: Me, own_ids: frozenset[str], alone: Callable[[Thread], Summary],
        progress: Progress,
    ) -> list[Summary]:  # fmt: skip
        """What `alone` says of every thread, in their order."""
        worth = sum(len(thread.mails) for thread in threads) >= WORTH_IT and self._tell(Begin(me, sorted(own_ids)))

        def asked(part: Sequence[Thread]) -> Request:
            return Judge(list(part))

        batches = [threads[start : start + BATCH] for start in range(0, len(threads), BATCH)]
        return self._shared(
            batches, lambda part: [alone(thread) for thread in part], asked if worth else None, list[Summary], progress
        )

    def close(self) -> None:
        """End the other process."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        child.wait()

    def _shared(
        self, batches: Sequence[Sequence[Item]], alone: Callable[[Sequence[Item]], list[Result]],
        asked: Callable[[Sequence[Item]], Request] | None, kind: type[list[Result]], progress: Progress,
    ) -> list[Result]:  # fmt: skip
        """Every other batch goes to the other process while the one before is done here."""
        total, found = sum(map(len, batches)), list[Result]()
        for place in range(0, len(batches), 2):
            theirs = batches[place + 1] if place + 1 < len(batches) else ()
            waits = bool(theirs) and asked is not None and self._tell(asked(theirs))
            found += alone(batches[place])
            if theirs:
                answer = self._hear(kind, len(theirs)) if waits else None
                found += alone(theirs) if answer is None else answer
            progress(len(found), total)
        return found

    def _tell(self, request: Request) -> bool:
        if not self._usable:
            return False
        try:
            put(self._stdin(), msgspec.json.encode(request))
        except (OSError, ValueError):
            self._give_up()
        return self._usable

    def _stdin(self) -> IO[bytes]:
        if self._child is None:
            root = str(Path(__file__).resolve().parent.parent.parent)
            command = [sys.executable, "-c", START, root]
            # What it could say about a crash might quote a mail.
            self._child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        assert self._child.stdin is not None
        return self._child.stdin

    def _hear(self, kind: type[list[Result]], count: int) -> list[Result] | None:
        assert self._child is not None
        assert self._child.stdout is not None
        data = get(self._child.stdout)
        try:
            answer = msgspec.json.decode(data, type=kind) if data else []
        except (msgspec.DecodeError, ValueError):
            answer = []
        if len(answer) == count:
            return answer
        self._give_up()
        return None

    def _give_up(self) -> None:
        self._usable = False
        self.close()
