"""What a plan asks the person to do with their own hands; marked as done here, and never sent."""

from __future__ import annotations

from agent.common.desk import Desk
from agent.common.outcome import Done, no
from agent.decide.plans.lifecycle import Progress
from agent.store.work import followups


def task_done(desk: Desk, number: int) -> Done | None:
    """Approving a task means that it is done. None where it is a mail."""
    with desk.store.read() as connection:
        row = followups.find(connection, number)
    if row is None or row.kind != "task":
        return None
    with desk.store.write() as change:
        moved = row.state != Progress.APPROVED and followups.move(
            change, number, Progress.APPROVED, actor="user", code="task_done"
        )
    if moved:
        return Done(True, "task_done", "Done; nothing was sent.")
    early = row.state == Progress.WATCHING
    return no("state", "Its day has not come yet; `skip` passes it over." if early else f"It is {row.state}.")
