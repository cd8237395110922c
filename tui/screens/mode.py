"""What every screen has: the lines around it and a way to read the door off the screen's thread; never a verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, cast

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Input, Static

from tui.door.values import ScreenDoor
from tui.parts import bars
from tui.parts.foot import Foot
from tui.parts.host import Host


class Mode(Screen[None]):
    """One of the screens a number leads to."""

    MODE: ClassVar[str] = ""
    AUTO_FOCUS: ClassVar[str | None] = None

    @property
    def relance(self) -> Host:
        return cast("Host", self.app)

    @property
    def door(self) -> ScreenDoor:
        return self.relance.door

    def compose(self) -> ComposeResult:
        # Before the first layout, so that no frame is painted for another width.
        self.add_class(self._breadth())
        with Horizontal(id="top"):
            yield Static(Content(""), id="modes")
            yield Static(Content(""), id="truths")
        yield Static(Content(""), id="banner")
        yield from self.middle()
        yield Static(Content(""), id="empty")
        yield Input(placeholder="filter: words of a name or a subject, esc clears", id="finder", max_length=80)
        yield Static(Content(""), id="notice")
        yield Foot()

    def _breadth(self) -> str:
        """The class for a terminal of this width."""
        return [name for least, name in self.app.HORIZONTAL_BREAKPOINTS or () if self.app.size.width >= least][-1]

    def middle(self) -> ComposeResult:
        """What the screen is about."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self.lines()
        self.refill()

    def on_screen_resume(self) -> None:
        if self.is_mounted:
            self.lines()
            self.refill()

    def on_resize(self) -> None:
        if self.is_mounted:
            self.call_after_refresh(self.lines)

    def refill(self) -> None:
        """Read again and paint."""
        raise NotImplementedError

    def read(self, get: Callable[[], Any], then: Callable[[Any], None], group: str = "read") -> None:
        """Ask the door in a thread; only the newest question of a group is answered."""
        self.relance.ask(self, get, then, group)

    def lines(self) -> None:
        """Paint the lines around."""
        app = self.relance
        now = self.door.now()
        narrow = app.size.width < 116
        tabs = bars.tabs(self.MODE, app.counts, narrow=narrow)
        self._line("#modes", tabs, layout=not narrow)
        room = app.size.width - 2 - (0 if narrow else tabs.cell_length + 1)
        self._line("#truths", bars.truths(app.status, now, room))
        words = bars.banner(app.status)
        self._line("#banner", words)
        self.query_one("#banner").set_class(bool(words.plain), "-on")
        self.tick()

    def _line(self, where: str, words: Content, *, layout: bool = False) -> None:
        """Paint one line again, if it says something else; its size stays unless `layout`."""
        line = self.query_one(where, Static)
        if not (isinstance(line.content, Content) and line.content.is_same(words)):
            line.update(words, layout=layout)

    def tick(self) -> None:
        """Paint what depends on the time."""
        self._line("#notice", bars.notice(self.relance.notice, self.door.now(), self.door.zone))

    def empty(self, words: Content | None) -> None:
        """Say that there is nothing, or show the screen again."""
        self.set_class(words is not None, "-empty")
        if words is not None:
            self.query_one("#empty", Static).update(words)

    def action_filter_now(self) -> None:
        finder = self.query_one("#finder", Input)
        finder.display = True
        # At once: a key typed ahead must land in the filter and never on a verb.
        self.set_focus(finder)

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.input.id == "finder":
            self.refill()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.input.id == "finder":
            self.main_focus()

    def dead(self, action: str) -> str:
        """Why a key that is dim does nothing."""
        del action
        return "Nothing here to do that with."

    def on_key(self, event: Any) -> None:
        bound = self.active_bindings.get(event.key)
        if bound is not None and not bound.enabled and bound.node is self:
            event.stop()
            self.relance.hint(self.dead(bound.binding.action))
            return
        finder = self.query_one("#finder", Input)
        if event.key == "escape" and finder.display:
            event.stop()
            finder.value = ""
            self.main_focus()
            finder.display = False
        elif event.key == "escape":
            self.lift()

    def lift(self) -> None:
        """Show again what is hidden by something else than words."""

    @property
    def wanted(self) -> str:
        """What a person filters by."""
        return self.query_one("#finder", Input).value

    def main_focus(self) -> None:
        """Give the keys back to the middle."""
        raise NotImplementedError

    def undo_target(self) -> int:
        """The highlighted letter, where undo means that one; 0 for the last action."""
        return 0

    def nothing_to_undo(self) -> str:
        """What `undo` says where it has nothing to take back."""
        return "Nothing to undo."
