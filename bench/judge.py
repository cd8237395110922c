"""Seconds to judge 100,000 condensed threads."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from agent.decide.threads.quiet import WaitHabits, judge
from agent.decide.threads.summary import Summary


def main() -> None:
    start = datetime(2026, 1, 5, 9, tzinfo=UTC)
    base = Summary(
        "<t>", "Proposal", "ann@partner.example", people=("ann@partner.example",), asks=True, evidence="Could you?"
    )
    many = []
    for number in range(100_000):
        at = (start + timedelta(minutes=7 * number % 130_000)).isoformat()
        many.append(
            replace(
                base,
                thread=f"<{number}>",
                last_own=at,
                clock=at,
                blocked="answered" if number % 3 == 0 else "",
                touches=number % 2,
            )
        )
    now, habits = start + timedelta(days=60), WaitHabits(zone="Europe/Paris", country="FR")
    begun, used = time.perf_counter(), time.process_time()
    due = sum(judge(item, habits, now).quiet for item in many)
    spent, used = time.perf_counter() - begun, time.process_time() - used
    print(f"{len(many)} threads judged in {spent:.2f} s, {used:.2f} s of the processor, {due} due")


if __name__ == "__main__":
    main()
