"""A second process that reads and judges a part of a large mailbox file; it changes nothing and decides no more
than this process would: whatever it does not answer is done here."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, TypeVar

import msgspec

from agent.decide.threads.summary import Summary
from agent.decide.threads.threads import Thread
from agent.decide.values import Me
from agent.trying.second_process_child import Begin, Judge, MailsToRead
from providers.base import Mail
from providers.local.archive import ArchiveMailbox, Spot
from providers.worker_child import get, put

START = "import sys; sys.path.insert(0, sys.argv[1]); from agent.trying.second_process_child import serve; serve()"
WORTH_IT = 1_500
"""Mails below which one process is as quick."""
BATCH = 400
"""Mails handed over at once: enough that the pipe costs little, few enough that nobody waits for the other."""
PIECE = 40
"""Done here before the other process is looked after again."""
Request = MailsToRead | Begin | Judge
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
            return MailsToRead(os.fsencode(path), list(part))

        worth = len(spots) >= WORTH_IT
        return self._shared(spots, alone, asked if worth else None, list[Mail], progress)

    def judge(
        self, threads: Sequence[Thread], me: Me, own_ids: frozenset[str], alone: Callable[[Thread], Summary],
        progress: Progress,
    ) -> list[Summary]:  # fmt: skip
        """What `alone` says of every thread, in their order."""
        worth = sum(len(thread.mails) for thread in threads) >= WORTH_IT and self._tell(Begin(me, sorted(own_ids)))

        def asked(part: Sequence[Thread]) -> Request:
            return Judge(list(part))

        return self._shared(
            threads, lambda part: [alone(thread) for thread in part], asked if worth else None, list[Summary], progress
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
        self, items: Sequence[Item], alone: Callable[[Sequence[Item]], list[Result]],
        asked: Callable[[Sequence[Item]], Request] | None, kind: type[list[Result]], progress: Progress,
    ) -> list[Result]:  # fmt: skip
        """From the front it is done here, from the end the other process does it, until they meet."""
        front, back = list[Result](), list[list[Result]]()
        end, theirs = len(items), items[:0]
        while len(front) < end or theirs:
            left = end - len(front)
            if not theirs and asked is not None and left > PIECE and self._tell(asked(items[end - _share(left) : end])):
                theirs, end = items[end - _share(left) : end], end - _share(left)
            elif theirs and (len(front) == end or self._has_answered()):
                answer = self._hear(kind, len(theirs))
                back.append(alone(theirs) if answer is None else answer)
                theirs = items[:0]
            else:
                front += alone(items[len(front) : min(end, len(front) + PIECE)])
            progress(len(front) + sum(map(len, back)), len(items))
        return [*front, *(found for part in reversed(back) for found in part)]

    def _has_answered(self) -> bool:
        assert self._child is not None
        assert self._child.stdout is not None
        return bool(select.select([self._child.stdout.fileno()], [], [], 0)[0])

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


def _share(left: int) -> int:
    """How much the other process gets of what is left: less towards the end, so that nobody waits long."""
    return max(PIECE, min(BATCH, left // 4))
