"""Asks when a draft should come back and shows the local time that means; never moves anything."""

from __future__ import annotations

from datetime import datetime, tzinfo
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from agent.decide.dates.when import parse
from tui.parts.lists import Rows
from tui.text import joined, own, titled

CHOICES = (
    ("1", "1d", "tomorrow"),
    ("3", "3d", "in three days"),
    ("m", "mon", "on Monday"),
    ("w", "2w", "in two weeks"),
)


class Later(ModalScreen[datetime | None]):
    """Four usual answers, or a date typed by hand."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel"),
        *(Binding(key, f"take({number})", text, show=False) for number, (key, _, text) in enumerate(CHOICES)),
        Binding("d,slash", "type", "Date"),
        Binding("enter", "take_here", "Choose", show=False),
    ]

    def __init__(self, title: Content, now: datetime, zone: tzinfo) -> None:
        super().__init__()
        self._title, self._now, self._zone = title, now, zone

    def compose(self) -> ComposeResult:
        with Vertical(id="ask"):
            yield Rows("choices")
            yield Input(placeholder="d  another time: 5d, fri 14:00, 2026-12-01", max_length=40)
            yield Static(Content(""), id="meaning")

    def on_mount(self) -> None:
        titled(self.query_one("#ask"), self._title, Content("enter choose · esc cancel"))
        rows = self.query_one(Rows)
        rows.show_rows(range(1, len(CHOICES) + 1), lambda place, _: self._choice(*CHOICES[place]))
        rows.focus()

    def _choice(self, key: str, spelled: str, text: str) -> Content:
        return joined(own(f" {key} ", "bold"), own(f" {text:<15}"), own(self.meaning(spelled), "dim"))

    def meaning(self, spelled: str) -> str:
        """The local time it stands for."""
        found = parse(spelled, self._now, self._zone)
        return f"{found.astimezone(self._zone):%A %Y-%m-%d %H:%M}" if found else "not a time I understand"

    def action_take(self, number: int) -> None:
        self.dismiss(parse(CHOICES[number][1], self._now, self._zone))

    def action_type(self) -> None:
        self.query_one(Input).focus()

    def action_take_here(self) -> None:
        self.action_take(self.query_one(Rows).place)

    @on(Rows.Chosen)
    def chosen(self, event: Rows.Chosen) -> None:
        event.stop()
        self.action_take_here()

    @on(Input.Changed)
    def typed(self, event: Input.Changed) -> None:
        self.query_one("#meaning", Static).update(Content(self.meaning(event.value) if event.value else ""))

    @on(Input.Submitted)
    def answered(self, event: Input.Submitted) -> None:
        event.stop()
        found = parse(event.value, self._now, self._zone)
        if found is not None:
            self.dismiss(found)
