"""Keeps the proof of a submission where the database cannot be written; read before anything else at the next start."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from agent.paths import make_private

RESERVED = 65_536
"""Bytes set aside while there is room, so that a full disk does not swallow a proof."""


@dataclass(frozen=True, slots=True)
class Proof:
    """How one submission ended."""

    outbox: int
    fence: int
    end: str
    code: str
    evidence: str
    carried_id: str = ""


class Journal:
    """A small file of fixed size, one line a proof."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def reserve(self) -> None:
        """Set the room aside."""
        make_private(self._file.parent)
        with contextlib.suppress(OSError):
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                short = RESERVED - os.fstat(descriptor).st_size
                if short > 0:
                    os.pwrite(descriptor, b"\0" * short, RESERVED - short)
                    os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def add(self, proof: Proof) -> bool:
        """Write a proof down and wait until the disk has it. False when even that fails."""
        line = json.dumps(asdict(proof), ensure_ascii=True).encode() + b"\n"
        try:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                end = len(os.pread(descriptor, RESERVED * 16, 0).rstrip(b"\0"))
                os.pwrite(descriptor, line, end)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError:
            return False
        return True

    def read(self) -> list[Proof]:
        """Every proof; a line cut short by a crash is left out."""
        try:
            kept = self._file.read_bytes().rstrip(b"\0")
        except OSError:
            return []
        found = []
        for line in kept.split(b"\n"):
            with contextlib.suppress(ValueError, TypeError):
                found.append(Proof(**json.loads(line)))
        return found

    def clear(self) -> None:
        """Once the database has them."""
        if self.read():
            descriptor = os.open(self._file, os.O_RDWR)
            try:
                os.ftruncate(descriptor, 0)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        self.reserve()
