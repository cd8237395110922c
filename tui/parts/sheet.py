"""A page of reading over the screen: why, voice, thread, help, records; never changes anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.parts.indented import Hanging
from tui.text import titled


class SheetPage(ModalScreen[None]):
    """Content to scroll through and put away."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,w,v,question_mark", "dismiss", "Close"),
        Binding("j,down", "move(1)", "Down", show=False),
        Binding("k,up", "move(-1)", "Up", show=False),
        Binding("d,pagedown,space", "move(12)", "Page down", show=False),
        Binding("b,pageup", "move(-12)", "Page up", show=False),
        Binding("g,home", "move(-100000)", "Top", show=False),
        Binding("G,end", "move(100000)", "End", show=False),
    ]

    def __init__(self, title: Content, blocks: Sequence[Content | Hanging], *, at_end: bool = False) -> None:
        super().__init__()
        self._title, self._blocks, self._at_end = title, blocks, at_end

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="sheet", can_focus=False):
            for block in self._blocks:
                yield Static(block) if isinstance(block, Content) else block

    def on_mount(self) -> None:
        sheet = self.query_one("#sheet", VerticalScroll)
        titled(sheet, self._title)
        sheet.border_subtitle = "esc close · j k scroll"
        if self._at_end:
            sheet.scroll_end(animate=False)

    def action_move(self, lines: int) -> None:
        self.query_one("#sheet", VerticalScroll).scroll_relative(y=lines, animate=False)
