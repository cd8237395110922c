"""The line at the bottom: what each key does here, as many as fit; it repaints one line and never acts itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from rich.cells import cell_len
from textual.content import Content
from textual.events import Click
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Static, TextArea

from tui import keys
from tui.text import joined, own

GAP = 2
"""Cells between two keys, so that they read as two."""


@dataclass(frozen=True, slots=True)
class FootKey:
    """One key and its words."""

    key: str
    words: str
    action: str
    alive: bool = True
    gives_way: int = 0
    """The higher, the sooner it is left out."""

    @property
    def width(self) -> int:
        return cell_len(self.key) + 1 + cell_len(self.words)


class Foot(Static):
    """Keys of the screen below it, dim where they do nothing now."""

    def __init__(self) -> None:
        super().__init__(Content(""), id="foot")
        self._said: list[FootKey] = []

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    def on_resize(self) -> None:
        self.paint()

    def _changed(self, screen: Screen[Any]) -> None:
        if self.is_attached and screen is self.screen:
            self.paint()

    def paint(self) -> None:
        """Say it again for the keys as they are now."""
        room = self.size.width
        if room > 0:
            self._said = fitting(said(self.screen, self.app), room)
            self.update(told(self._said), layout=False)

    async def on_click(self, event: Click) -> None:
        start, at = 0, event.get_content_offset(self)
        for one in self._said:
            if at is not None and start <= at.x < start + one.width and one.alive:
                self.app.heard_at = event.time  # type: ignore[attr-defined]
                await self.run_action(one.action)
            start += one.width + GAP


def said(screen: Screen[Any], app: Any) -> list[FootKey]:
    """The keys of a screen in the order of the table, help at the end."""
    found: dict[str, FootKey] = {}
    typing = _typing(screen.focused)
    for node, binding, alive, _ in screen.active_bindings.values():
        gives_way = keys.gives_way(binding.id) if binding.id else 0
        if not (binding.show or gives_way) or binding.action in found:
            continue
        if typing and node is not screen.focused:
            # Letters and return belong to the text now; what is left has its own chord.
            if not binding.key.startswith("ctrl+"):
                continue
            binding = replace(binding, key_display=binding.key)
        action = binding.action if "." in binding.action else _in(node, binding.action)
        found[binding.action] = FootKey(app.get_key_display(binding), binding.description, action, alive, gives_way)
    return sorted(found.values(), key=lambda one: keys.rank(one.action))


def _typing(focused: Widget | None) -> bool:
    return isinstance(focused, Input) or (isinstance(focused, TextArea) and not focused.read_only)


def _in(node: Any, action: str) -> str:
    return f"{'app' if node is node.app else 'screen' if isinstance(node, Screen) else 'focused'}.{action}"


def fitting(entries: Sequence[FootKey], room: int) -> list[FootKey]:
    """As many as fit, the ones that can be missed left out first."""
    kept = list(entries)
    while len(kept) > 1 and sum(one.width + GAP for one in kept) - GAP > room:
        del kept[max(range(len(kept)), key=lambda place: (kept[place].gives_way, place))]
    return kept


def told(entries: Sequence[FootKey]) -> Content:
    """The line, dim where a key does nothing now."""
    parts: list[Content] = []
    for one in entries:
        styles = ("bold $text-accent", "") if one.alive else ("dim", "dim")
        parts.append(joined(own(one.key, styles[0]), own(f" {one.words}", styles[1])))
    return Content(" " * GAP).join(parts)
