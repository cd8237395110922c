"""What a screen paints first, read without the machinery of the store so that it stands there at once; never writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent.store.base import raw
from agent.store.base.values import DraftVersion
from agent.store.shown.status_figures import SCHEMA
from agent.store.shown.values import Queued

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOST = 2_000
"""As many as the screen itself shows (MOST_QUEUED in screens.py), so that nothing moves when that is there."""
QUEUE = f"""
SELECT followup.id, followup.person, followup.subject, followup.plan, followup.touch, followup.hold, followup.level,
       followup.kind, followup.reason, thread.summary, thread.sentence, followup.made, thread.last
FROM followup JOIN thread ON thread.id = followup.thread_id
WHERE followup.state IN ('drafted', 'asked') AND EXISTS (SELECT 1 FROM draft WHERE draft.followup_id = followup.id)
ORDER BY followup.due IS NULL, followup.due, followup.id LIMIT {MOST}
"""
DRAFTS = """
SELECT id, followup_id, version, writer, subject, body, voice, facts, notes, made
FROM draft WHERE followup_id = ? ORDER BY version
"""


@dataclass(frozen=True, slots=True)
class First:
    """The queue, and every version of the text on top of it."""

    queue: tuple[Queued, ...] = ()
    drafts: tuple[DraftVersion, ...] = ()


def first(file: Path, key: str | None) -> First:
    """Nothing where there is no database yet, or where it has another shape; then the store itself says why."""
    if not file.exists():
        return First()
    connection = raw.connect(file, key, create=False)
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA:
            return First()
        queue = tuple(
            Queued(*(*columns, _moment(made), None if last is None else _moment(last)))
            for *columns, made, last in connection.execute(QUEUE)
        )
        found = connection.execute(DRAFTS, (queue[0].id,)) if queue else ()
        return First(queue, tuple(DraftVersion(*(*columns, _moment(made))) for *columns, made in found))
    finally:
        connection.close()


def _moment(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)
