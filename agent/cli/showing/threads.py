"""`relance list --threads`: every thread with its reason, the way the screen Watching has them; never changes one."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection

from agent.cli.output import local, one_line, out, out_json, table
from agent.decide.threads.groups import WORDS, group_of
from agent.store.shown import screens
from agent.store.shown.values import JudgedThread

PAGE = 500
"""Rows that are in memory at once."""


def listed(connection: Connection, reason: str | None, *, as_json: bool) -> None:
    """All of them, newest first, or those with one reason or of one group."""
    rows = pages(connection, reason or "")
    if as_json:
        for row in rows:
            out_json(document(row))
        return
    cells = [_cells(row) for row in rows]
    if cells:
        table(cells, ("group", "next", "person", "subject", "why"))
    else:
        known = f" with the reason {one_line(reason, 40)}" if reason else ""
        groups = f" The groups are {', '.join(WORDS)}." if reason else ""
        out(f"No threads{known}.{groups}")


def pages(connection: Connection, reason: str) -> Iterator[JudgedThread]:
    """Read a page at a time, however many there are."""
    start = 0
    while True:
        rows, total = screens.threads(connection, start, PAGE, "", reason)
        yield from rows
        start += PAGE
        if start >= total:
            return


def document(row: JudgedThread) -> dict[str, object]:
    """One thread."""
    return {
        "thread": row.root, "person": row.person, "subject": row.subject, "group": _group(row),
        "code": row.reason or None, "hold": row.hold or None, "reason": row.sentence,
        "due": local(row.due), "last": local(row.last),
    }  # fmt: skip


def _group(row: JudgedThread) -> str:
    return group_of(quiet=bool(row.quiet), hold=row.hold, reason=row.reason)


def _cells(row: JudgedThread) -> tuple[str, ...]:
    due = row.due.astimezone().strftime("%a %d %b") if row.due else "-"
    why = one_line(row.sentence or row.reason or "not judged yet", 400)
    return _group(row), due, one_line(row.person, 30), one_line(row.subject, 40), why
