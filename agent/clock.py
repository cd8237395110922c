"""The one place that asks this machine for the time; never used by judgement, which is told the time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Beat:
    """Where in this boot of this machine something happened."""

    boot: str
    microseconds: int
    """Since boot, sleep included where the system counts it."""


def system_now() -> datetime:
    """Aware UTC."""
    return datetime.now(UTC)


def awake_and_asleep() -> float:
    """Seconds that pass also while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def awake() -> float:
    """Seconds that pass only while the machine runs."""
    return time.monotonic()


def beat() -> Beat:
    """For the audit log, so that a changed wall clock shows."""
    return Beat(boot_id(), int(awake_and_asleep() * 1_000_000))


@cache
def boot_id() -> str:
    """Differs from boot to boot where the system tells."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return f"process-{os.getpid()}"
