"""Lines with a head on the left whose words wrap under themselves, not under the head; only paints."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from tui.text import joined, own

NARROWEST = 12
"""Cells for the words beside a head, however narrow the terminal: less breaks every word."""


class Hanging(Widget):
    """Heads of so many columns, each with its words beside it, under a title if there is one."""

    def __init__(self, rows: Sequence[tuple[Content, Content]], indent: int, title: str = "") -> None:
        super().__init__(classes="hanging")
        self._rows, self._indent, self._title = tuple(rows), indent, title

    def lines(self, width: int) -> list[Content]:
        """As it stands in so many columns."""
        found = [own(self._title, "bold")] if self._title else []
        for head, words in self._rows:
            pieces = words.wrap(max(width - self._indent, NARROWEST)) or [Content("")]
            gap = " " * max(self._indent - cell_len(head.plain), 0)
            found.append(joined(head, gap, pieces[0]))
            found += [joined(" " * self._indent, piece) for piece in pieces[1:]]
        return found

    def render(self) -> Content:
        return Content("\n").join(self.lines(self.size.width or 80))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        del container, viewport
        return len(self.lines(width))
