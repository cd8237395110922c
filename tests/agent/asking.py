"""A mailbox at autopilot in which questions of the user's are due, and what anybody may put beside them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from agent.drafting.draft import draft_due, learn_voice
from agent.judging.judge import judge_changed
from agent.running.jobs import Jobs, one_pass
from providers.base import Role
from tests.peers.houses import ME, MemoryHouse, person
from tests.sim.forged import ASK, about, furnish, letters, passes, raw, to_tuesday

CONTROL = "control@else.example"
FORBIDS = "Please never write to me again. Remove me from your list."


class Asking:
    """Days count from the question that is due; `CONTROL` was asked too and gets a letter if anybody does."""

    def __init__(self, level: str = "autopilot") -> None:
        self.house = MemoryHouse(level=level, drafts="local")
        self.asked = to_tuesday(self.house) - timedelta(days=8)
        furnish(self.house, 0, self.asked)
        self.ask("control", CONTROL, 0, "Control")

    def ask(self, name: str, to: str, days: float, subject: str, refs: str = "", words: str = "") -> None:
        words = words or about(ASK, len(name) + len(to))
        self.put("sent", name, f"Sam <{ME}>", to, days, words, subject=subject, refs=refs)

    def say(self, name: str, sender: str, days: float, words: str, **more: str) -> None:
        """Somebody's mail in the inbox."""
        self.put("inbox", name, sender, ME, days, words, **more)

    def put(
        self, role: str, name: str, sender: str, to: str, days: float, words: str, *,
        refs: str = "", head: str = "", subject: str = "Offer", came: float | None = None,
    ) -> None:  # fmt: skip
        at = self.asked + timedelta(days=days)
        mail = raw(f"<{name}@m.example>", sender, to, at, words, refs=refs, head=head, subject=subject)
        arrived = at if came is None else self.asked + timedelta(days=came)
        self.house.server.deliver(mail, role=Role(role), received=arrived)

    def judge(self) -> None:
        self.house.sync()
        judge_changed(self.house.home)
        learn_voice(self.house.home)
        draft_due(self.house.home)

    def go(self, hours: int = 24) -> set[str]:
        """Whom letters went to after so many hours."""
        self.judge()
        for _ in range(hours // 4):
            passes(self.house, 4)
        return self.left()

    def wait_for_hold(self) -> None:
        """Until some letter is approved and waits for its time."""
        jobs = Jobs(
            sync=lambda _: self.house.sync(), judge=lambda: judge_changed(self.house.home),
            draft=lambda: draft_due(self.house.home),
        )  # fmt: skip
        for _ in range(60):
            self.house.forward(minutes=30)
            one_pass(self.house.desk, jobs)
            with self.house.home.store.read() as connection:
                if connection.exec_driver_sql("SELECT 1 FROM outbox WHERE state = 'HELD'").first():
                    return
        raise AssertionError("nothing was approved")

    def left(self) -> set[str]:
        return {one for to, _ in letters(self.house) for one in to}


@contextmanager
def asking(level: str = "autopilot") -> Iterator[Asking]:
    """One mailbox for as long as the block lasts."""
    made = Asking(level)
    try:
        yield made
    finally:
        made.house.close()


ANN = person(1)
"""Name and address of somebody who is asked."""
