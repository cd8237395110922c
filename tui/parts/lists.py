"""A list of any length of which only the visible rows are painted, with keys for moving and no other; never acts."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual, visualize

from tui.text import joined, own

Painter = Callable[[int, int], Content]
"""The row at a place, for so many columns."""
HERE = "▌"
"""Marks the highlighted row, so that colour is not the only sign."""
MOST_KEPT = 500
"""Painted rows in memory, some screens full; beyond them all are painted anew."""


def _nothing(place: int, width: int) -> Content:
    del place, width
    return Content("")


class Rows(ScrollView, can_focus=True):
    """Rows of equal height. The highlight keeps its row when the rows change."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--here"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "step(1)", "Down", show=False),
        Binding("k,up", "step(-1)", "Up", show=False),
        Binding("g,home", "step(-1000000)", "First", show=False),
        Binding("G,end", "step(1000000)", "Last", show=False),
    ]

    class RowMoved(Message):
        """Another row is highlighted."""

    class Chosen(Message):
        """The highlighted row was clicked."""

    def __init__(self, identity: str, tall: int = 1, moved: Callable[[], None] | None = None) -> None:
        super().__init__(id=identity)
        self._moved = moved
        """Told of another highlight before the next key is looked at; a message would come after it."""
        self.numbers: tuple[int, ...] = ()
        self.place = 0
        self._tall = tall
        self._paint: Painter = _nothing
        self._kept: dict[tuple[int, bool, bool], list[Strip]] = {}
        self._made: dict[Hashable, Strip] = {}
        """Lines as they were painted before, wherever they stand now."""

    def show_rows(self, numbers: Sequence[int], paint: Painter) -> None:
        """Replace the rows; the highlight stays on its row, or on the place where that was."""
        before = self.number
        self.numbers, self._paint = tuple(numbers), paint
        last = max(len(self.numbers) - 1, 0)
        self.place = self.numbers.index(before) if before in self.numbers else min(self.place, last)
        self._measure()

    def show_more(self, numbers: Sequence[int]) -> None:
        """Further rows below, painted like the others."""
        self.numbers += tuple(numbers)
        self._measure()

    def _measure(self) -> None:
        self._kept.clear()
        self.virtual_size = Size(self.scrollable_content_region.width, len(self.numbers) * self._tall)
        self._keep_in_sight()
        self.refresh()

    def on_resize(self, event: Resize) -> None:
        del event
        self._measure()

    def notify_style_update(self) -> None:
        self._kept.clear()
        self._made.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        place, part = divmod(self.scroll_offset.y + y, self._tall)
        if place >= len(self.numbers):
            return Strip.blank(width, self.rich_style)
        return self._strips(place, width)[part].crop_extend(0, width, self.rich_style)

    def _strips(self, place: int, width: int) -> list[Strip]:
        here = place == self.place
        # In the terminal's own sixteen colours no shade is known to be readable under all of them.
        swap = here and self.app.native_ansi_color
        kept = self._kept.get((place, here, swap))
        if kept is None:
            if len(self._kept) > MOST_KEPT:
                self._kept.clear()
            kept = self._kept[place, here, swap] = self._painted(place, width, here=here, swap=swap)
        return kept

    def _painted(self, place: int, width: int, *, here: bool, swap: bool) -> list[Strip]:
        lines = self._paint(place, max(width - 2, 1)).split("\n", allow_blank=True)[: self._tall]
        sign = own(HERE, "$text-accent") if here else own(" ")
        whole = [joined(sign, line) for line in (*lines, *[Content("")] * (self._tall - len(lines)))]
        return [self._strip(swapped(line, width) if swap else line, width, here=here) for line in whole]

    def _strip(self, line: Content, width: int, *, here: bool) -> Strip:
        key = (line.plain, tuple(line.spans), width, here)
        made = self._made.get(key)
        if made is None:
            if len(self._made) > MOST_KEPT:
                self._made.clear()
            made = self._made[key] = self._rendered(line, width, here=here)
        return made

    def _rendered(self, line: Content, width: int, *, here: bool) -> Strip:
        style = self.get_visual_style("rows--here") if here else self.visual_style
        found = Visual.to_strips(self, visualize(self, line), width, 1, style, apply_selection=False, pad=True)
        return found[0] if found else Strip.blank(width, style.rich_style)

    @property
    def number(self) -> int:
        """The highlighted one; 0 for none."""
        return self.numbers[self.place] if self.place < len(self.numbers) else 0

    def action_step(self, by: int) -> None:
        self.step(by)

    def action_page(self, by: int) -> None:
        self.step(by * max(self.scrollable_content_region.height // self._tall - 1, 1))

    def step(self, by: int) -> None:
        """Move the highlight; it stops at the ends."""
        if self.numbers:
            self._move(min(max(self.place + by, 0), len(self.numbers) - 1))

    def go(self, number: int) -> None:
        """Highlight one row."""
        if number in self.numbers:
            self._move(self.numbers.index(number))

    def _move(self, place: int) -> None:
        if place == self.place:
            return
        before, self.place = self.place, place
        for changed in (before, place):
            self.refresh(Region(0, changed * self._tall - self.scroll_offset.y, self.size.width, self._tall))
        self._keep_in_sight()
        if self._moved is not None:
            self._moved()
        else:
            self.post_message(self.RowMoved())

    def _keep_in_sight(self) -> None:
        top, high = self.place * self._tall, self.scrollable_content_region.height
        if top < self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, immediate=True)
        elif top + self._tall > self.scroll_offset.y + high > 0:
            self.scroll_to(y=top + self._tall - high, animate=False, immediate=True)

    def on_click(self, event: Click) -> None:
        at = event.get_content_offset(self)
        place = (self.scroll_offset.y + at.y) // self._tall if at is not None else len(self.numbers)
        if place >= len(self.numbers):
            return
        if place == self.place:
            self.post_message(self.Chosen())
        self._move(place)


class Table(Rows):
    """Rows under a head of columns, with keys for whole pages."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d,pagedown,space", "page(1)", "Page down", show=False),
        Binding("b,pageup", "page(-1)", "Page up", show=False),
    ]


def swapped(line: Content, width: int) -> Content:
    """A whole line with text and ground exchanged, in one colour."""
    return own(" " + line.plain[1:] + " " * max(width - line.cell_length, 0), "reverse")


def columns(pieces: Sequence[tuple[Any, int]]) -> Content:
    """Cells beside each other: a piece of exactly so many columns, or our own words to be cut and filled."""
    return joined(*[piece for cell, width in pieces for piece in (_fitted(cell, width), " ")])


def _fitted(cell: Any, width: int) -> Content:
    return cell if isinstance(cell, Content) else own(str(cell)[:width].ljust(width))
