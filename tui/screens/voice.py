"""How the user writes, as learned: figures, own phrases, examples; only reads."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui import keys, words
from tui.door.values import VoiceSheet
from tui.screens.mode import Mode
from tui.text import Foreign, joined, line, own

STATES = {
    "too_few": "Too few mails to know how you write. Drafts stay plain and nothing is automatic.",
    "learning": "Still learning: take the figures as a first impression.",
    "ready": "Learned from your own sent mail, from nothing else.",
}
MOST = 12
"""Lines of a list on the sheet."""


class Voice(Mode):
    """One page to scroll through."""

    MODE = "voice"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings("voice")]

    def middle(self) -> ComposeResult:
        with VerticalScroll(id="pages"):
            yield Static(Content(""), id="sheet-text")

    def main_focus(self) -> None:
        self.query_one("#pages", VerticalScroll).focus()

    def refill(self) -> None:
        self.read(self.door.voice, self._filled)

    def _filled(self, sheet: VoiceSheet) -> None:
        self.query_one("#sheet-text", Static).update(Content("\n\n").join(blocks(sheet)))
        if self.focused is None:
            self.main_focus()

    def action_scroll_down_now(self) -> None:
        self.query_one("#pages", VerticalScroll).scroll_relative(y=4, animate=False)

    def action_scroll_up_now(self) -> None:
        self.query_one("#pages", VerticalScroll).scroll_relative(y=-4, animate=False)


def blocks(sheet: VoiceSheet) -> list[Content]:
    """The page, part by part."""
    head = own(f"Your voice, from {words.count(sheet.mails, 'mail')}", "bold")
    parts = [joined(head, "\n", own(STATES.get(sheet.state, ""), "dim"))]
    if sheet.figures:
        rows = [joined(own(f"  {name:<22}", "dim"), own(value, "bold")) for name, value in sheet.figures]
        parts.append(Content("\n").join(rows))
    parts += [_list(title, phrases) for title, phrases in sheet.lists if phrases]
    if sheet.learned:
        taught = [joined("  ", line(text, most=160)) for text in sheet.learned[:MOST]]
        parts.append(joined(own("What your edits taught\n", "bold"), Content("\n").join(taught)))
    if sheet.samples:
        shown = [joined("  ", line(text, "italic", most=160)) for text in sheet.samples[:MOST]]
        parts.append(joined(own("Examples a draft is measured against\n", "bold"), Content("\n").join(shown)))
    return parts


def _phrase(text: Foreign) -> Content:
    shown = line(text, most=70)
    return shown if shown.plain else own("none at all", "dim")


def _list(title: str, phrases: tuple[tuple[Foreign, int], ...]) -> Content:
    most = max((seen for _, seen in phrases), default=0)
    rows = [joined("  ", _bar(seen, most), " ", _phrase(text)) for text, seen in phrases[:MOST]]
    return joined(own(f"{title}\n", "bold"), Content("\n").join(rows))


def _bar(seen: int, most: int) -> Content:
    if not most:
        return own(f"{'never':>16}", "dim")
    filled = max(round(10 * seen / most), 1) if seen else 0
    return joined(own(f"{seen:>5} ", "dim"), own(f"{'█' * filled:<10}", "$text-primary"))
