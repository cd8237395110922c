"""Every thread with the reason it is touched or left alone; only reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from agent.decide.threads import groups
from tui import keys, words
from tui.door.values import RowsPage, WatchedThread
from tui.parts.lists import Rows, Table, columns
from tui.parts.sheet import SheetPage
from tui.screens.mode import Mode
from tui.text import Foreign, block, fitted, joined, line, own

PAGE = 200
"""Rows read at once: some screens full, and still read in a moment."""
NEAR = 40
"""So many rows before the end the next page is read."""
NEXT = 10
"""Cells of a day."""
SIGNS = {"drafted": ("●", "$text-accent"), "asked": ("▲", "$text-warning")}


class WatchingScreen(Mode):
    """A long table, read a page at a time."""

    MODE = "watching"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("watching")]

    def __init__(self) -> None:
        super().__init__()
        self.threads: list[WatchedThread] = []
        self.total = 0
        self.group = ""
        """Only threads of this group are shown; all of them where it is empty."""
        self.numbers: dict[str, int] = {}

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
        self.read(partial(self.door.watching, 0, most, self.wanted, self.group), self._filled)
        self.read(partial(self.door.groups, self.wanted), self._counted, "groups")

    def _counted(self, numbers: dict[str, int]) -> None:
        self.numbers = numbers
        self._paint_head()

    def _filled(self, page: RowsPage[WatchedThread]) -> None:
        self.threads, self.total = list(page.rows), page.total
        self.table.show_rows([row.number for row in self.threads], self._row)
        self._paint_head()
        self.query_one("#columns", Static).update(self._heads(), layout=False)
        self.empty(None if page.total else self._nothing())
        self._tell()
        if self.focused is None:
            self.main_focus()

    def _paint_head(self) -> None:
        room = self.app.size.width - 2
        self.query_one("#head", Static).update(head(self.numbers, self.group, room), layout=False)

    def _nothing(self) -> Content:
        """What hides everything, and the key that lifts it."""
        if not self.wanted and not self.group:
            return joined(
                own("No thread yet.\n\n", "bold"), own("After the first sync every thread is here with its reason.")
            )
        which = f"No thread is {groups.WORDS[self.group]}" if self.group else "No thread"
        words_of_it = joined(" contains “" if not self.group else " and contains “", line(Foreign(self.wanted)), "”")
        lifts = "esc lifts the words" if self.wanted else "esc shows every thread again"
        return joined(
            own(which, "bold"), words_of_it if self.wanted else "", own(".", "bold"),
            own(f"\n\n{lifts}{', f goes to the next reasons' if self.group else ''}.", "dim"),
        )  # fmt: skip

    def action_reasons_now(self) -> None:
        # Only groups that hold something, so that no press leads to an empty page.
        order = ["", *(group for group in groups.WORDS if self.numbers.get(group) or group == self.group)]
        self._show_group(order[(order.index(self.group) + 1) % len(order)])

    def action_group_now(self, group: str) -> None:
        """What a click on the head asks for."""
        self._show_group(group)

    def _show_group(self, group: str) -> None:
        self.group, self.threads = group, []
        self.table.show_rows((), self._row)
        self._paint_head()
        self.refill()

    def lift(self) -> None:
        if self.group:
            self._show_group("")

    def on_resize(self) -> None:
        super().on_resize()
        if self.is_mounted:
            self.call_after_refresh(self._paint_heads)

    def _paint_heads(self) -> None:
        self._paint_head()
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
    def thread(self) -> WatchedThread | None:
        """The highlighted one."""
        return self.threads[self.table.place] if self.table.place < len(self.threads) else None

    def on_rows_row_moved(self, event: Rows.RowMoved) -> None:
        event.stop()
        self._tell()
        known = len(self.threads)
        if known < self.total and self.table.place >= known - NEAR:
            self.read(
                partial(self.door.watching, known, PAGE, self.wanted, self.group), partial(self._more, known), "more"
            )

    def _more(self, known: int, page: RowsPage[WatchedThread]) -> None:
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

    def _page(self, thread: WatchedThread, why: Sequence[Foreign]) -> None:
        head = joined(" ", line(thread.person, "bold", most=30), " · ", line(thread.subject, most=40), " ")
        code = joined(own("reason  ", "dim"), own(words.readable(thread.reason)))
        self.app.push_screen(SheetPage(head, [*(block(one) for one in why), code]))


def head(numbers: Mapping[str, int], chosen: str, room: int) -> Content:
    """Every group with how many threads it holds, as many as fit; the chosen one always, and a click shows one."""
    entries = [("", "all", sum(numbers.values()))]
    entries += [(group, called, numbers.get(group, 0)) for group, called in groups.WORDS.items()]
    kept = [one for one in entries if one[2] or one[0] == chosen]
    while len(kept) > 2 and sum(len(f" {one[1]} {words.thousands(one[2])} ") for one in kept) > room:
        kept.remove(next(one for one in reversed(kept) if one[0] not in {"", chosen}))
    parts = []
    for group, called, number in kept:
        style = "bold reverse" if group == chosen else "dim"
        click = Style.from_meta({"@click": f"screen.group_now('{group}')"})
        parts.append(Content.styled(f" {called} {words.thousands(number)} ", style).stylize(click))
    return joined(*parts)


def widths(width: int) -> tuple[int, int, int, int]:
    """Columns for whom, what, why and when; the reason gets what is left."""
    rest = max(width - NEXT - 2 - 4, 24)
    who, what = rest * 22 // 100, rest * 28 // 100
    return who, what, rest - who - what, NEXT
