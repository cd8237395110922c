"""The log as a table with the state of its chain; only reads, and never the content of a mail."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import DataTable, Static

from tui import keys, words
from tui.door import Chain, Happened, Page
from tui.mode import Mode
from tui.queue import Table
from tui.sheet import Sheet
from tui.text import Foreign, address, cell, joined, line, own, own_cell

PAGE = 200
NEAR = 40
STYLES = {"user": "bold", "daemon": "dim", "policy": ""}


class Audit(Mode):
    """Newest first, a page at a time."""

    MODE = "audit"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("audit")]

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Happened] = []
        self.total = 0
        self._widths = (16, 8, 24, 18, 20)

    def middle(self) -> ComposeResult:
        yield Static(Content(""), id="head")
        yield Table("events")

    @property
    def table(self) -> Table:
        return self.query_one("#events", Table)

    def main_focus(self) -> None:
        self.table.focus()

    def refill(self) -> None:
        self.read(partial(self.door.events, 0, max(PAGE, len(self.events)), self.wanted), self._filled)
        self.read(self.door.chain, self._proven, "chain")

    def on_resize(self) -> None:
        if self.is_mounted and self.events:
            self.call_after_refresh(self._filled, Page(tuple(self.events), self.total))

    def _proven(self, chain: Chain) -> None:
        self.query_one("#head", Static).update(chain_line(chain))

    def _filled(self, page: Page[Happened]) -> None:
        table, place = self.table, self.table.cursor_row
        self._columns()
        self.events, self.total = list(page.rows), page.total
        self._add(page.rows)
        table.move_cursor(row=min(place, max(len(self.events) - 1, 0)), animate=False)
        empty = own("No event contains these words." if self.wanted else "Nothing has happened yet.")
        self.empty(None if page.total else empty)
        if self.focused is None:
            self.main_focus()

    def _columns(self) -> None:
        width = max(self.size.width or 80, 60) - 13
        rest = width - 12 - 7
        self._widths = (12, 7, rest * 36 // 100, rest * 30 // 100, rest - rest * 36 // 100 - rest * 30 // 100)
        self.table.clear(columns=True)
        for title, columns in zip(("When", "Who", "What", "Move", "About"), self._widths, strict=True):
            self.table.add_column(own_cell(title), width=columns)

    def _add(self, rows: tuple[Happened, ...]) -> None:
        now, zone = self.door.now(), self.door.zone
        for row in rows:
            move = " → ".join(part for part in (row.start, row.end) if part) or row.code
            about = cell(row.person, self._widths[4]) if row.person else own_cell(row.object[: self._widths[4]], "dim")
            self.table.add_row(
                own_cell(words.moment(row.at, now, zone)),
                own_cell(words.WHO.get(row.actor, "?"), STYLES.get(row.actor, "")),
                cell(Foreign(words.readable(row.event)), self._widths[2]),
                cell(Foreign(move.lower()), self._widths[3], "dim"),
                about,
            )

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        known = len(self.events)
        if known < self.total and event.cursor_row >= known - NEAR:
            self.read(partial(self.door.events, known, PAGE, self.wanted), partial(self._more, known), "more")

    def _more(self, known: int, page: Page[Happened]) -> None:
        if known == len(self.events):
            self.events += page.rows
            self._add(page.rows)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        self.action_record_now()

    def action_record_now(self) -> None:
        place = self.table.cursor_row
        if place < len(self.events):
            row = self.events[place]
            self.app.push_screen(Sheet(own(f" Event {row.seq} "), [record(row, self.door.zone)]))

    def action_export_now(self) -> None:
        self.relance.simply(self.door.export_log)


def record(row: Happened, zone: Any) -> Content:
    """Everything a row holds."""
    lines = [
        ("at", own(f"{row.at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}")),
        ("by", own(words.WHO.get(row.actor, row.actor))),
        ("event", own(row.event)), ("object", own(row.object)), ("from", own(row.start or "–")),
        ("to", own(row.end or "–")), ("code", own(row.code or "–")),
        ("person", own(address(row.person)) if row.person else own("–")), ("detail", line(row.detail, most=600)),
        ("hash", own(row.hash)), ("commitment", own(row.commitment or "–")),
    ]  # fmt: skip
    return Content("\n").join([joined(own(f"{name:<12}", "dim"), value) for name, value in lines])


def chain_line(chain: Chain) -> Content:
    """What the log can prove, in words and a sign."""
    rows = words.count(chain.rows, "event")
    if chain.broken_at is not None:
        return joined(own(f"✗ {rows}, chain BROKEN at {chain.broken_at}  ", "bold $text-error"), line(chain.words))
    anchored = "" if chain.anchored == chain.rows else f", anchored up to {chain.anchored}"
    return own(f"✓ {rows}, chain intact{anchored}", "$text-success")
