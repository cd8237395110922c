"""Asks one line of a person over the screen; never acts on the answer itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tui.text import Foreign, line, titled

MOST = 400
"""Characters of an answer: a wish or a time takes one line."""

Judge = Callable[[str], Content]
"""Says below the line what the answer so far would mean."""


class AskLine(ModalScreen[str | None]):
    """None when the person thinks better of it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel")]

    def __init__(
        self, title: Content, words: Content, hint: str = "", judge: Judge | None = None, kept: str = "",
        *, right: Callable[[str], bool] = bool,
    ) -> None:  # fmt: skip
        super().__init__()
        self._title, self._words, self._hint, self._judge = title, words, hint, judge
        self._right = right
        """Whether an answer can be taken; any other stays there to be put right, an empty one closes."""
        self._kept = kept
        """What was typed before, to be put right."""

    def compose(self) -> ComposeResult:
        with Vertical(id="ask"):
            yield Static(self._words)
            yield Input(self._kept, placeholder=self._hint, max_length=MOST, id="answer", select_on_focus=False)
            yield Static(Content(""), id="meaning")

    def on_mount(self) -> None:
        titled(self.query_one("#ask"), self._title, Content("enter go on · esc cancel"))
        self.query_one(Input).focus()
        self._say(self._kept)

    def _say(self, value: str) -> None:
        meaning = self.query_one("#meaning", Static)
        meaning.display = self._judge is not None
        if self._judge is not None:
            meaning.update(self._judge(value))

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        self._say(event.value)

    @on(Input.Submitted)
    def answered(self, event: Input.Submitted) -> None:
        event.stop()
        if not event.value or self._right(event.value):
            self.dismiss(event.value)


def about(person: Foreign, verb: str) -> Content:
    """A title that names whom it is about."""
    return Content.assemble(verb, " ", line(person, most=40))
