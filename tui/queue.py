"""The lists and the tables of the screens, with keys for moving and no other; they never act."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import DataTable, OptionList
from textual.widgets.option_list import Option


class Rows(OptionList, inherit_bindings=False):
    """An option list that keeps its place when its rows change, and has no keys of its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "step(1)", "Down", show=False),
        Binding("k,up", "step(-1)", "Up", show=False),
        Binding("g,home", "step(-100000)", "First", show=False),
        Binding("G,end", "step(100000)", "Last", show=False),
    ]

    def __init__(self, identity: str) -> None:
        super().__init__(id=identity, markup=False)
        self.numbers: tuple[int, ...] = ()

    def show_rows(self, numbers: Sequence[int], painted: Sequence[Content]) -> None:
        """Replace the rows; the highlight stays on its row, or on the place where that was."""
        place, before = self.highlighted or 0, self.number
        gone = before != 0 and before not in numbers
        if gone and tuple(number for number in self.numbers if number != before) == tuple(numbers):
            self._take_out(place, numbers)
            return
        self.numbers = tuple(numbers)
        with self.prevent(OptionList.OptionHighlighted):
            self.clear_options()
            self.add_options([Option(one) for one in painted])
            if numbers:
                self.highlighted = numbers.index(before) if before in numbers else min(place, len(numbers) - 1)

    def _take_out(self, place: int, numbers: Sequence[int]) -> None:
        """The usual case, done without painting all others again."""
        self.numbers = tuple(numbers)
        with self.prevent(OptionList.OptionHighlighted):
            self.remove_option_at_index(place)
            self.highlighted = min(place, len(numbers) - 1) if numbers else None

    @property
    def number(self) -> int:
        """The highlighted follow-up; 0 for none."""
        place = self.highlighted
        return self.numbers[place] if place is not None and place < len(self.numbers) else 0

    def action_step(self, by: int) -> None:
        self.step(by)

    def step(self, by: int) -> None:
        """Move the highlight; it stops at the ends."""
        if self.numbers:
            self.highlighted = min(max((self.highlighted or 0) + by, 0), len(self.numbers) - 1)

    def go(self, number: int) -> None:
        """Highlight one row."""
        if number in self.numbers:
            self.highlighted = self.numbers.index(number)


class Table(DataTable[Any], inherit_bindings=False):
    """Rows of one line; `enter` is left to the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "cursor_down", "Down", show=False),
        Binding("k,up", "cursor_up", "Up", show=False),
        Binding("d,pagedown,space", "page_down", "Page down", show=False),
        Binding("b,pageup", "page_up", "Page up", show=False),
        Binding("g,home", "scroll_top", "First", show=False),
        Binding("G,end", "scroll_bottom", "Last", show=False),
    ]

    def __init__(self, identity: str) -> None:
        super().__init__(id=identity, cursor_type="row", show_row_labels=False, cell_padding=1)
