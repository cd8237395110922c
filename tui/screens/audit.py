"""The log as a table with the state of its chain; only reads, and never the content of a mail."""

from __future__ import annotations

from datetime import tzinfo
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from tui import keys, words
from tui.door.values import Chain, Happened, RowsPage
from tui.parts.indented import Hanging
from tui.parts.lists import Rows, Table, columns
from tui.parts.sheet import SheetPage
from tui.screens.mode import Mode
from tui.text import Foreign, address, fitted, joined, line, own

PAGE = 200
"""Rows read at once: some screens full, and still read in a moment."""
NEAR = 40
"""So many rows before the end the next page is read."""
WHEN, WHO = 14, 6
"""Cells of a moment and of the longest name of who did it."""
STYLES = {"user": "bold", "daemon": "dim", "policy": ""}


class Audit(Mode):
    """Newest first, a page at a time."""

    MODE = "audit"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("audit")]

    def __init__(self) -> None:
        super().__init__()
        self.events: list[Happened] = []
        self.total = 0

    def middle(self) -> ComposeResult:
        yield Static(Content(""), id="head")
        yield Static(Content(""), id="columns")
        yield Table("events")
        yield Static(Content(""), id="detail")

    @property
    def table(self) -> Table:
        return self.query_one("#events", Table)

    def main_focus(self) -> None:
        self.table.focus()

    def refill(self) -> None:
        self.read(partial(self.door.events, 0, max(PAGE, len(self.events)), self.wanted), self._filled)
        self.read(self.door.chain, self._proven, "chain")

    def on_resize(self) -> None:
        super().on_resize()
        if self.is_mounted:
            self.call_after_refresh(self._paint_heads)

    def _paint_heads(self) -> None:
        what, move, about = widths(max(self.table.scrollable_content_region.width - 2, 1))
        heads = columns((("When", WHEN), ("Who", WHO), ("What", what), ("Move", move), ("About", about)))
        self.query_one("#columns", Static).update(joined(" ", heads), layout=False)

    def _proven(self, chain: Chain) -> None:
        self.query_one("#head", Static).update(chain_line(chain))

    def _filled(self, page: RowsPage[Happened]) -> None:
        self.events, self.total = list(page.rows), page.total
        self.table.show_rows([row.seq for row in self.events], self._row)
        self._paint_heads()
        empty = own("No event contains these words." if self.wanted else "Nothing has happened yet.")
        self.empty(None if page.total else empty)
        self._tell()
        if self.focused is None:
            self.main_focus()

    def _row(self, place: int, width: int) -> Content:
        row, (what, move, about) = self.events[place], widths(width)
        at = words.moment(row.at, self.door.now(), self.door.zone)
        return columns((
            (at, WHEN), (own(f"{words.WHO.get(row.actor, '?'):<{WHO}}", STYLES.get(row.actor, "")), WHO),
            (words.readable(row.event), what), (own(fitted(Foreign(moved(row)), move), "dim"), move),
            (own(fitted(row.person or Foreign(row.object), about), "" if row.person else "dim"), about),
        ))  # fmt: skip

    def _tell(self) -> None:
        """The highlighted event in one sentence, uncut."""
        row = self.event
        said = own("")
        if row is not None:
            about = own(address(row.person)) if row.person else own(row.object)
            said = joined(own(f"{row.seq}  {words.readable(row.event)}  {moved(row)}  "), about)
        self.query_one("#detail", Static).update(said, layout=False)

    @property
    def event(self) -> Happened | None:
        """The highlighted one."""
        return self.events[self.table.place] if self.table.place < len(self.events) else None

    def on_rows_row_moved(self, event: Rows.RowMoved) -> None:
        event.stop()
        self._tell()
        known = len(self.events)
        if known < self.total and self.table.place >= known - NEAR:
            self.read(partial(self.door.events, known, PAGE, self.wanted), partial(self._more, known), "more")

    def _more(self, known: int, page: RowsPage[Happened]) -> None:
        if known == len(self.events):
            self.events += page.rows
            self.table.show_more([row.seq for row in page.rows])

    def on_rows_chosen(self, event: Rows.Chosen) -> None:
        event.stop()
        self.action_record_now()

    def action_record_now(self) -> None:
        row = self.event
        if row is not None:
            self.app.push_screen(SheetPage(own(f" Event {row.seq} "), [record(row, self.door.zone)]))

    def action_export_now(self) -> None:
        self.relance.simply(self.door.export_log)


def widths(width: int) -> tuple[int, int, int]:
    """Columns for what happened, how it moved, and about whom."""
    rest = max(width - WHEN - WHO - 5, 24)
    what, move = rest * 36 // 100, rest * 30 // 100
    return what, move, rest - what - move


def moved(row: Happened) -> str:
    """From where to where, or the code where nothing moved."""
    return (" → ".join(part for part in (row.start, row.end) if part) or row.code).lower().replace("_", " ")


def record(row: Happened, zone: tzinfo) -> Hanging:
    """Everything a row holds."""
    lines = [
        ("at", own(f"{row.at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}")),
        ("by", own(words.WHO.get(row.actor, row.actor))),
        ("event", own(row.event)), ("object", own(row.object)), ("from", own(row.start or "–")),
        ("to", own(row.end or "–")), ("code", own(row.code or "–")),
        ("person", own(address(row.person)) if row.person else own("–")), ("detail", line(row.detail, most=600)),
        ("hash", own(row.hash)), ("commitment", own(row.commitment or "–")),
    ]  # fmt: skip
    return Hanging([(own(name, "dim"), value) for name, value in lines], 12)


def chain_line(chain: Chain) -> Content:
    """What the log can prove, in words and a sign."""
    rows = words.count(chain.rows, "event")
    if chain.broken_at is not None:
        return joined(own(f"✗ {rows}, chain BROKEN at {chain.broken_at}  ", "bold $text-error"), line(chain.words))
    anchored = f", anchored up to {chain.anchored}" if chain.anchored else ", not anchored yet"
    anchored = "" if chain.anchored == chain.rows else anchored
    return own(f"✓ {rows}, chain intact{anchored}", "$text-success")
