"""Every thread with the reason it is touched or left alone; only reads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import DataTable, Static

from tui import keys, words
from tui.door import Page, Watched
from tui.mode import Mode
from tui.queue import Table
from tui.sheet import Sheet
from tui.text import Foreign, block, cell, joined, line, own, own_cell

PAGE = 200
NEAR = 40
"""So many rows before the end the next page is read."""


class Watching(Mode):
    """A long table, read a page at a time."""

    MODE = "watching"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("watching")]

    def __init__(self) -> None:
        super().__init__()
        self.threads: list[Watched] = []
        self.total = 0
        self._widths = (18, 26, 10, 30)

    def middle(self) -> ComposeResult:
        yield Static(Content(""), id="head")
        yield Table("threads")

    @property
    def table(self) -> Table:
        return self.query_one("#threads", Table)

    def main_focus(self) -> None:
        self.table.focus()

    def refill(self) -> None:
        most = max(PAGE, len(self.threads))
        self.read(partial(self.door.watching, 0, most, self.wanted), self._filled)

    def on_resize(self) -> None:
        if self.is_mounted and self.threads:
            self.call_after_refresh(self._filled, Page(tuple(self.threads), self.total))

    def _filled(self, page: Page[Watched]) -> None:
        table, place = self.table, self.table.cursor_row
        self._columns()
        self.threads, self.total = list(page.rows), page.total
        self._add(page.rows)
        table.move_cursor(row=min(place, max(len(self.threads) - 1, 0)), animate=False)
        self.query_one("#head", Static).update(own(self._summary()))
        self.empty(None if page.total else self._nothing())
        if self.focused is None:
            self.main_focus()

    def _summary(self) -> str:
        found = words.count(self.total, "thread")
        return (
            f"{found} match. enter says why in full." if self.wanted else f"{found}, newest first. Each has its reason."
        )

    def _nothing(self) -> Content:
        if self.wanted:
            return own("No thread contains these words.")
        return joined(
            own("No thread yet.\n\n", "bold"), own("After the first sync every thread is here with its reason.")
        )

    def _columns(self) -> None:
        width = max(self.size.width or 80, 60) - 11
        next_width = 14
        rest = width - next_width
        self._widths = (rest * 24 // 100, rest * 30 // 100, rest - rest * 24 // 100 - rest * 30 // 100, next_width)
        table = self.table
        table.clear(columns=True)
        for title, columns in zip(("With", "About", "Why", "Next"), self._widths, strict=True):
            table.add_column(own_cell(title), width=columns)

    def _add(self, rows: Sequence[Watched]) -> None:
        now, zone = self.door.now(), self.door.zone
        who, what, why, _ = self._widths
        for row in rows:
            loud = "bold" if row.state in {"drafted", "asked"} else ""
            at = words.moment(row.next_at, now, zone) if row.next_at else "–"
            self.table.add_row(
                cell(row.person, who, loud), cell(row.subject, what), cell(row.words or Foreign(row.reason), why),
                own_cell(at), key=None,
            )  # fmt: skip

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        known = len(self.threads)
        if known < self.total and event.cursor_row >= known - NEAR:
            self.read(partial(self.door.watching, known, PAGE, self.wanted), partial(self._more, known), "more")

    def _more(self, known: int, page: Page[Watched]) -> None:
        if known == len(self.threads):
            self.threads += page.rows
            self._add(page.rows)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        event.stop()
        self.action_reason_now()

    def action_reason_now(self) -> None:
        place = self.table.cursor_row
        if place < len(self.threads):
            thread = self.threads[place]
            self.read(partial(self.door.why_thread, thread.number), partial(self._page, thread), "why")

    def _page(self, thread: Watched, why: Sequence[Foreign]) -> None:
        head = joined(" ", line(thread.person, "bold", most=30), " · ", line(thread.subject, most=40), " ")
        code = joined(own("reason  ", "dim"), own(words.readable(thread.reason)))
        self.app.push_screen(Sheet(head, [*(block(one) for one in why), code]))
