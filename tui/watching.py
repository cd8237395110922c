"""Every thread with the reason it is touched or left alone; only reads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from tui import keys, words
from tui.door import Page, Watched
from tui.mode import Mode
from tui.queue import Rows, Table, columns
from tui.sheet import Sheet
from tui.text import Foreign, block, fitted, joined, line, own

PAGE = 200
NEAR = 40
"""So many rows before the end the next page is read."""
NEXT = 10
SIGNS = {"drafted": ("●", "$text-accent"), "asked": ("▲", "$text-warning")}


class Watching(Mode):
    """A long table, read a page at a time."""

    MODE = "watching"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("watching")]

    def __init__(self) -> None:
        super().__init__()
        self.threads: list[Watched] = []
        self.total = 0

    def middle(self) -> ComposeResult:
        yield Static(Content(""), id="head")
        yield Static(Content(""), id="columns")
        yield Table("threads")
        yield Static(Content(""), id="detail")

    @property
    def table(self) -> Table:
        return self.query_one("#threads", Table)

    def main_focus(self) -> None:
        self.table.focus()

    def refill(self) -> None:
        most = max(PAGE, len(self.threads))
        self.read(partial(self.door.watching, 0, most, self.wanted), self._filled)

    def _filled(self, page: Page[Watched]) -> None:
        self.threads, self.total = list(page.rows), page.total
        self.table.show_rows([row.number for row in self.threads], self._row)
        self.query_one("#head", Static).update(own(self._summary()), layout=False)
        self.query_one("#columns", Static).update(self._heads(), layout=False)
        self.empty(None if page.total else self._nothing())
        self._tell()
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

    def on_resize(self) -> None:
        super().on_resize()
        if self.is_mounted:
            self.call_after_refresh(self._paint_heads)

    def _paint_heads(self) -> None:
        self.query_one("#columns", Static).update(self._heads(), layout=False)

    def _heads(self) -> Content:
        who, what, why, _ = widths(max(self.table.scrollable_content_region.width - 2, 1))
        return columns(((" ", 2), ("With", who), ("About", what), ("Why", why), ("Next", NEXT)))

    def _row(self, place: int, width: int) -> Content:
        row, (who, what, why, _) = self.threads[place], widths(width)
        sign, style = SIGNS.get(row.state, ("", ""))
        at = words.soon(row.next_at, self.door.now(), self.door.zone) if row.next_at else "–"
        return columns((
            (own(f"{sign:<1}", f"bold {style}"), 1), (own(fitted(row.person, who), "bold" if sign else ""), who),
            (own(fitted(row.subject, what)), what), (own(fitted(row.words or Foreign(row.reason), why), "dim"), why),
            (at, NEXT),
        ))  # fmt: skip

    def _tell(self) -> None:
        """The reason of the highlighted thread, which a column has no room for."""
        thread = self.thread
        said = (thread.words or Foreign(words.readable(thread.reason))) if thread is not None else Foreign()
        self.query_one("#detail", Static).update(line(said, most=400), layout=False)

    @property
    def thread(self) -> Watched | None:
        """The highlighted one."""
        return self.threads[self.table.place] if self.table.place < len(self.threads) else None

    def on_rows_moved(self, event: Rows.Moved) -> None:
        event.stop()
        self._tell()
        known = len(self.threads)
        if known < self.total and self.table.place >= known - NEAR:
            self.read(partial(self.door.watching, known, PAGE, self.wanted), partial(self._more, known), "more")

    def _more(self, known: int, page: Page[Watched]) -> None:
        if known == len(self.threads):
            self.threads += page.rows
            self.table.show_more([row.number for row in page.rows])

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        event.stop()
        self.action_reason_now()

    def action_reason_now(self) -> None:
        thread = self.thread
        if thread is not None:
            self.read(partial(self.door.why_thread, thread.number), partial(self._page, thread), "why")

    def _page(self, thread: Watched, why: Sequence[Foreign]) -> None:
        head = joined(" ", line(thread.person, "bold", most=30), " · ", line(thread.subject, most=40), " ")
        code = joined(own("reason  ", "dim"), own(words.readable(thread.reason)))
        self.app.push_screen(Sheet(head, [*(block(one) for one in why), code]))


def widths(width: int) -> tuple[int, int, int, int]:
    """Columns for whom, what, why and when; the reason gets what is left."""
    rest = max(width - NEXT - 2 - 4, 24)
    who, what = rest * 22 // 100, rest * 28 // 100
    return who, what, rest - who - what, NEXT
